"""The addresses of this app."""

from django.urls import path

from matchmaking.views import (
    answers,
    candidatures,
    files,
    hosts,
    plan_pairs,
    plans,
    proposals,
    runs,
    suggestions,
    writing,
)

app_name = "matchmaking"

urlpatterns = [
    path("candidatures/", candidatures.candidature_list, name="candidatures"),
    path("candidatures/new/<slug:role>/", writing.new, name="new"),
    path("candidatures/<int:pk>/", candidatures.detail, name="candidature"),
    path("candidatures/<int:pk>/edit/", writing.edit, name="edit"),
    path("candidatures/<int:pk>/edit/<slug:slug>/", writing.page, name="edit_page"),
    path("candidatures/<int:pk>/files/", files.files, name="files"),
    path("candidatures/<int:pk>/check/", writing.check, name="check"),
    path("candidatures/<int:pk>/move/", candidatures.make_move, name="move"),
    path("hosts/", hosts.host_list, name="hosts"),
    path("hosts/<int:pk>/", hosts.host_detail, name="host"),
    path("matching/", runs.run_list, name="runs"),
    path("matching/start/", runs.start, name="start_run"),
    path("matching/<int:pk>/", runs.detail, name="run"),
    path("matching/<int:pk>/cancel/", runs.cancel, name="cancel_run"),
    path("cockpit/plans/", plans.plan_list, name="plans"),
    path("cockpit/plans/new/", plans.new, name="new_plan"),
    path("cockpit/plans/compare/", plans.compare, name="compare_plans"),
    path("cockpit/plans/<int:pk>/", plans.detail, name="plan"),
    path("cockpit/plans/<int:pk>/again/", plans.again, name="plan_again"),
    path("cockpit/plans/<int:pk>/cancel/", plans.cancel, name="cancel_plan"),
    path("cockpit/plans/<int:pk>/wish/", plan_pairs.wish, name="wish_of_plan"),
    path("cockpit/plans/<int:pk>/send/", plan_pairs.send, name="send_plan"),
    path("suggestions/", suggestions.suggestion_list, name="suggestions"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/new/", proposals.propose, name="propose"),
    path("proposals/agreed/", proposals.agree, name="agree"),
    path("proposals/<int:pk>/", answers.detail, name="proposal"),
    path("proposals/<int:pk>/move/", answers.make_move, name="proposal_move"),
    path("proposals/<int:pk>/dates/", answers.other_dates, name="other_dates"),
    path("proposals/<int:pk>/decline/", answers.decline, name="decline"),
    path("proposals/<int:pk>/message/", answers.write_message, name="write_message"),
]
