"""The addresses of this app."""

from django.urls import path

from matchmaking.views import candidatures, hosts, proposals, runs, suggestions

app_name = "matchmaking"

urlpatterns = [
    path("candidatures/", candidatures.candidature_list, name="candidatures"),
    path("candidatures/new/<slug:role>/", candidatures.new, name="new"),
    path("candidatures/<int:pk>/", candidatures.detail, name="candidature"),
    path("candidatures/<int:pk>/edit/", candidatures.edit, name="edit"),
    path("candidatures/<int:pk>/check/", candidatures.check, name="check"),
    path("candidatures/<int:pk>/move/", candidatures.make_move, name="move"),
    path("hosts/", hosts.host_list, name="hosts"),
    path("hosts/<int:pk>/", hosts.host_detail, name="host"),
    path("matching/", runs.run_list, name="runs"),
    path("matching/start/", runs.start, name="start_run"),
    path("matching/<int:pk>/", runs.detail, name="run"),
    path("matching/<int:pk>/cancel/", runs.cancel, name="cancel_run"),
    path("suggestions/", suggestions.suggestion_list, name="suggestions"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/new/", proposals.propose, name="propose"),
    path("proposals/<int:pk>/", proposals.detail, name="proposal"),
    path("proposals/<int:pk>/move/", proposals.make_move, name="proposal_move"),
]
