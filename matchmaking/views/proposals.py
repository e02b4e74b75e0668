"""The list of proposals, proposing an exchange, and naming one that is agreed already."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from clusters.enums import ParticipantRole
from clusters.permissions import roles_of
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict
from extratex.shared.paging import KeyedPage
from matchmaking import permissions, queries
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.forms.proposals import AgreementForm, ProposalForm
from matchmaking.models import Candidature, Proposal, Suggestion
from matchmaking.models.querysets import own, turn_of
from matchmaking.shown import shown_to
from matchmaking.transitions import proposals as transitions
from matchmaking.views.access import key_in, listed

ROWS = 25
CONFLICT, UNFIT = 409, 422

RECEIVED, SENT, OPEN, CLOSED = "received", "sent", "open", "closed"
TABS = {
    RECEIVED: gettext_lazy("Yours to answer"),
    SENT: gettext_lazy("Waiting for the other side"),
    OPEN: gettext_lazy("Open"),
    CLOSED: gettext_lazy("Closed"),
}


@require_GET
def proposal_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the proposals that one has to answer, that wait for others, or that are closed; staff see all of theirs."""
    tabs = _tabs_of(request.user)
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else tabs[0]
    rows = Proposal.objects.visible_to(request.user)
    shown = queries.with_unread(rows.filter(_condition(chosen, request.user)).for_list(), request.user)
    context = {
        "page": KeyedPage(shown, request.GET, ROWS),
        "pills": _pills(rows, request.user, tabs, chosen),
        "tab": chosen,
        "is_member": RECEIVED in tabs,
    }
    return render_page(request, "matchmaking/proposals.html", context, fragment="results")


def _tabs_of(user: Any) -> list[str]:
    """Members first see what they have to answer; staff see what is open among those whom they look after."""
    if not permissions.can_list_all(user):
        return [RECEIVED, SENT, CLOSED]
    return [RECEIVED, SENT, OPEN, CLOSED] if roles_of(user).organisations else [OPEN, CLOSED]


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HtmxHttpRequest) -> HttpResponse:
    """Propose an exchange, as the visitor to a host or the other way round."""
    visitor, host, role = _pair(request)
    there = queries.live_proposal(visitor, host)
    if there is not None:
        messages.info(request, _("There is a proposal between the two already; here it is."))
        return redirect("matchmaking:proposal", there.pk)
    proposer, other = (visitor, host) if role == ParticipantRole.VISITOR else (host, visitor)
    form = ProposalForm(request.POST or None, proposer=proposer, other=other)
    status, refusal = (UNFIT if form.errors else 200), transitions.against_pair(visitor, host)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = transitions.propose(visitor, host, by=role, actor=request.user, **form.terms)
        except MoveConflict as conflict:
            status, refusal = CONFLICT, conflict.reason
        else:
            messages.success(request, _sent(proposal))
            return redirect("matchmaking:proposal", proposal.pk)
    context = _proposing(request, form, refusal)
    context["for_member"] = not permissions.is_member(request.user, proposer)
    return render_page(request, "matchmaking/propose.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HtmxHttpRequest) -> HttpResponse:
    """Name the organisation with which one has agreed already; it confirms with one click."""
    own = Candidature.objects.of_member(request.user).filter(status=CandidatureStatus.VALIDATED).with_profile()
    if not own.exists():
        return render_page(request, "matchmaking/agree_later.html")
    initial = {"candidature": key_in(request.GET, "candidature") or own[0].pk}
    form = AgreementForm(request.POST or None, candidatures=own, initial=initial)
    status = UNFIT if form.errors else 200
    if request.method == "POST" and form.is_valid():
        mine, other = form.cleaned_data["candidature"], form.cleaned_data["named"]
        visitor, host = (mine, other) if mine.is_visitor else (other, mine)
        try:
            proposal = transitions.propose(visitor, host, by=mine.role, actor=request.user, **form.terms)
        except MoveConflict as conflict:
            form.add_error(None, str(conflict.reason))
            status = CONFLICT
        else:
            messages.success(request, _("Sent. As soon as the other side has confirmed it, the file is opened."))
            return redirect("matchmaking:proposal", proposal.pk)
    return render_page(request, "matchmaking/agree.html", {"form": form}, status=status)


def _pair(request: HtmxHttpRequest) -> tuple[Candidature, Candidature, ParticipantRole]:
    """Return the two and the side for which the person speaks; 404 for whom she may not speak to.

    One's own visitor speaks to every host of the catalogue; a host, and staff for a member, to whom it is suggested.
    """
    visitor_key, host_key = key_in(request.GET, "visitor"), key_in(request.GET, "host")
    if visitor_key is None or host_key is None:
        raise Http404
    own = Candidature.objects.of_member(request.user).with_profile()
    visitor = own.filter(pk=visitor_key, role=ParticipantRole.VISITOR).first()
    if visitor is not None:
        return visitor, listed(request, ParticipantRole.HOST, host_key), ParticipantRole.VISITOR
    host = own.filter(pk=host_key, role=ParticipantRole.HOST).first()
    if host is not None:
        return _seen_by(request, host, visitor_key), host, ParticipantRole.HOST
    pair = _suggestion(visitor_key, host_key)
    side = _side_helped(request, pair)
    return pair.visitor, pair.host, side


def _seen_by(request: HtmxHttpRequest, host: Candidature, visitor_key: int) -> Candidature:
    """Return a visitor that is suggested to the host or stands in the catalogue for its people; 404 otherwise."""
    suggested = Suggestion.objects.in_force().filter(host=host).values("visitor")
    catalogued = Candidature.objects.in_catalogue_for(request.user, ParticipantRole.VISITOR).values("pk")
    rows = Candidature.objects.filter(Q(pk__in=suggested) | Q(pk__in=catalogued))
    return get_object_or_404(rows.with_profile(), pk=visitor_key)


def _suggestion(visitor_key: int, host_key: int) -> Suggestion:
    """Return the suggestion of the two to each other, whichever list it stands in; 404 where there is none."""
    rows = Suggestion.objects.in_force().filter(visitor=visitor_key, host=host_key).order_by("-side")
    found = rows.select_related("visitor__organisation", "visitor__wave", "host__organisation", "host__wave").first()
    if found is None:
        raise Http404
    return found


def _side_helped(request: HtmxHttpRequest, pair: Suggestion) -> ParticipantRole:
    """Return for which of two members staff propose: the one they look after, the named one where it is both."""
    wished = request.GET.get("as", ParticipantRole.VISITOR)
    sides = sorted((pair.visitor, pair.host), key=lambda each: each.role != wished)
    for candidature in sides:
        if permissions.looks_after(request.user, candidature):
            return ParticipantRole(candidature.role)
    raise Http404


def _sent(proposal: Proposal) -> str:
    if proposal.for_member:
        return _("Sent for %(member)s, who has been told and can take it back.") % {"member": proposal.sender}
    return _("Your proposal is sent. You hear from us as soon as there is an answer.")


def _proposing(request: HtmxHttpRequest, form: ProposalForm, refusal: Any) -> dict[str, object]:
    proposer = form.proposer
    mine, other = shown_to(request.user, [proposer, form.other])
    visitor, host = (mine, other) if proposer.is_visitor else (other, mine)
    return {
        "visitor": visitor,
        "host": host,
        "proposer": proposer,
        "other": other,
        "form": form,
        "refusal": refusal,
        "left": queries.proposals_left(proposer),
    }


def _condition(tab: str, user: Any) -> Q:
    if tab == CLOSED:
        return ~Q(status=ProposalStatus.PROPOSED)
    waiting = Q(status=ProposalStatus.PROPOSED)
    if tab == OPEN:
        return waiting
    visitors, hosts = (turn_of(user, side) for side in (ParticipantRole.VISITOR, ParticipantRole.HOST))
    if tab == RECEIVED:
        return waiting & (visitors | hosts)
    by_visitor = Q(turn=ParticipantRole.HOST) & own(user, "visitor__")
    by_host = Q(turn=ParticipantRole.VISITOR) & own(user, "host__")
    return waiting & (by_visitor | by_host)


def _pills(rows: QuerySet[Proposal], user: Any, tabs: list[str], chosen: str) -> list[dict[str, object]]:
    counts = rows.aggregate(**{tab: Count("pk", filter=_condition(tab, user)) for tab in tabs})
    address = reverse("matchmaking:proposals")
    return [
        {"label": TABS[tab], "url": f"{address}?tab={tab}", "current": tab == chosen, "count": counts[tab]}
        for tab in tabs
    ]
