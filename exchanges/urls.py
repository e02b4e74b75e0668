"""The addresses of this app: the file of an exchange and its building; reports and money; home and desk."""

from django.urls import URLPattern, URLResolver, include, path

from exchanges.views import building, files, signing

file_pages: list[URLPattern | URLResolver] = [
    path("exchanges/", files.exchange_list, name="list"),
    path("exchanges/<int:pk>/", files.detail, name="detail"),
    path("exchanges/<int:pk>/move/", files.make_move, name="move"),
    path("exchanges/<int:pk>/dates/", building.dates, name="dates"),
    path("exchanges/<int:pk>/objectives/", building.objectives, name="objectives"),
    path("exchanges/<int:pk>/agenda/", building.agenda, name="agenda"),
    path("exchanges/<int:pk>/commitment/", signing.commitment, name="commitment"),
    path("exchanges/<int:pk>/approval/", signing.approval, name="approval"),
    path("exchanges/<int:pk>/account/", signing.account, name="account"),
    path("exchanges/<int:pk>/financial-agreement/", signing.financial_agreement, name="financial_agreement"),
]

money_pages: list[URLPattern | URLResolver] = []

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((file_pages + money_pages, "exchanges"))),
]
