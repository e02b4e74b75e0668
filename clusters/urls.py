"""The addresses of this app."""

from django.urls import path

from clusters.views import facts, organisations, programme, validation

app_name = "clusters"

urlpatterns = [
    path("organisation/", organisations.mine, name="mine"),
    path("organisation/new/", organisations.new, name="new"),
    path("organisation/<int:pk>/", organisations.detail, name="organisation"),
    path("organisation/<int:pk>/edit/", organisations.edit, name="edit"),
    path("organisation/<int:pk>/check/", organisations.check, name="check"),
    path("organisation/<int:pk>/move/", organisations.make_move, name="move"),
    path("organisations/", validation.organisation_list, name="organisations"),
    path("partners/", programme.partners, name="partners"),
    path("partnerships/<slug:slug>/", programme.partnership, name="partnership"),
    path("programme/", programme.programme, name="programme"),
    path("programme/facts/", facts.overview, name="facts"),
    path("programme/facts/rates/import/", facts.import_rates, name="rate_import"),
    path("programme/facts/<slug:kind>/", facts.fact_list, name="fact_list"),
    path("programme/facts/<slug:kind>/new/", facts.new, name="fact_new"),
    path("programme/facts/<slug:kind>/<int:pk>/", facts.edit, name="fact"),
    path("programme/facts/<slug:kind>/<int:pk>/take-back/", facts.take_back, name="fact_take_back"),
]
