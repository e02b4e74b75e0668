"""The addresses of this app."""

from django.urls import path

from clusters.views import contact, events, facts, organisations, profiles, programme, validation

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
    path("clusters/<slug:slug>/", programme.cluster, name="cluster"),
    path("clusters/<slug:slug>/edit/", profiles.edit_cluster, name="edit_cluster"),
    path("clusters/<slug:slug>/labels/", profiles.add_label, name="add_label"),
    path("partnerships/", programme.partnership_list, name="partnerships"),
    path("partnerships/<slug:slug>/", programme.partnership, name="partnership"),
    path("partnerships/<slug:slug>/edit/", profiles.edit_partnership, name="edit_partnership"),
    path("partnerships/<slug:slug>/publish/", events.new, name="new_event"),
    path("visits/", events.missions, name="missions"),
    path("events/", events.events, name="events"),
    path("events/<int:pk>/", events.event, name="event"),
    path("events/<int:pk>/edit/", events.edit, name="edit_event"),
    path("contact/", contact.contact, name="contact"),
    path("programme/", programme.programme, name="programme"),
    path("programme/facts/", facts.overview, name="facts"),
    path("programme/facts/rates/import/", facts.import_rates, name="rate_import"),
    path("programme/facts/<slug:kind>/", facts.fact_list, name="fact_list"),
    path("programme/facts/<slug:kind>/new/", facts.new, name="fact_new"),
    path("programme/facts/<slug:kind>/<int:pk>/", facts.edit, name="fact"),
    path("programme/facts/<slug:kind>/<int:pk>/take-back/", facts.take_back, name="fact_take_back"),
    path("how-it-works/<slug:role>/", programme.how_it_works, name="how_it_works"),
]
