"""Proposing an exchange, answering, and the list of proposals."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters.enums import ParticipantRole
from clusters.permissions import roles_of
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict, NoteMissing
from matchmaking import pages, permissions, queries
from matchmaking.enums import ProposalStatus
from matchmaking.forms.proposals import ProposalForm
from matchmaking.models import Candidature, Proposal, Suggestion
from matchmaking.transitions import proposals as transitions
from matchmaking.views.access import key_in, visible_host, visible_proposal

ROWS = 25
CONFLICT, UNFIT = 409, 422

WITHOUT_NOTE: dict[str, Callable[..., Proposal]] = {"accept": transitions.accept, "withdraw": transitions.withdraw}
WITH_NOTE: dict[str, Callable[..., Proposal]] = {"decline": transitions.decline}

RECEIVED, SENT, OPEN, CLOSED = "received", "sent", "open", "closed"
TABS = {
    RECEIVED: gettext_lazy("To answer"),
    SENT: gettext_lazy("Sent"),
    OPEN: gettext_lazy("Open"),
    CLOSED: gettext_lazy("Answered"),
}


@require_GET
def proposal_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the proposals that one has to answer, has sent, or that are answered; staff see those they look after."""
    tabs = [OPEN, CLOSED] if permissions.can_list_all(request.user) else [RECEIVED, SENT, CLOSED]
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else tabs[0]
    rows = Proposal.objects.visible_to(request.user)
    shown = rows.filter(_condition(chosen, request.user)).for_list()
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "pills": _pills(rows, request.user, tabs, chosen), "tab": chosen}
    return render_page(request, "matchmaking/proposals.html", context, fragment="results")


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HtmxHttpRequest) -> HttpResponse:
    """Propose an exchange, as the visitor to a host or the other way round."""
    visitor, host, role = _pair(request)
    there = queries.live_proposal(visitor, host)
    if there is not None:
        messages.info(request, _("There is a proposal between the two already; here it is."))
        return redirect("matchmaking:proposal", there.pk)
    form = ProposalForm(request.POST or None)
    status, refusal = (UNFIT if form.errors else 200), transitions.against_pair(visitor, host)
    if request.method == "POST" and form.is_valid():
        try:
            message = form.cleaned_data["message"]
            proposal = transitions.propose(visitor, host, by=role, actor=request.user, message=message)
        except MoveConflict as conflict:
            status, refusal = CONFLICT, conflict.reason
        else:
            messages.success(request, _("Your proposal is sent. You hear from us as soon as there is an answer."))
            return redirect("matchmaking:proposal", proposal.pk)
    return render_page(
        request, "matchmaking/propose.html", _proposing(visitor, host, role, form, refusal), status=status
    )


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with the message and both profiles."""
    proposal = visible_proposal(request, pk)
    context = {
        "proposal": proposal,
        "phases": pages.phases_of_proposal(proposal),
        "moves": transitions.PROPOSAL.open_to(request.user, proposal),
        "blocked": transitions.PROPOSAL.blocked_for(request.user, proposal),
        "can_answer": permissions.can_answer(request.user, proposal),
        "is_participant": permissions.is_participant(request.user, proposal),
        "sides": [_side(proposal, proposal.visitor), _side(proposal, proposal.host)],
        "history": queries.proposal_history(proposal),
        "shows_contacts": proposal.status == ProposalStatus.ACCEPTED,
    }
    return render_page(request, "matchmaking/proposal.html", context)


@require_POST
def make_move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Answer a proposal or take it back."""
    proposal = visible_proposal(request, pk)
    name, note = request.POST.get("move", ""), request.POST.get("note", "")
    try:
        _make(name, proposal, request.user, note)
    except NoteMissing as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _done(name, proposal))
    return redirect("matchmaking:proposal", pk)


def _pair(request: HtmxHttpRequest) -> tuple[Candidature, Candidature, ParticipantRole]:
    """Return the two and the side for which the person speaks; 404 for whom she may not speak to."""
    visitor_key, host_key = key_in(request.GET, "visitor"), key_in(request.GET, "host")
    if visitor_key is None or host_key is None:
        raise Http404
    own = Candidature.objects.of_member(request.user).with_profile()
    visitor = own.filter(pk=visitor_key, role=ParticipantRole.VISITOR).first()
    if visitor is not None:
        return visitor, visible_host(request, host_key), ParticipantRole.VISITOR
    host = get_object_or_404(own.filter(role=ParticipantRole.HOST), pk=host_key)
    suggested = Suggestion.objects.in_force().filter(host=host).values("visitor")
    return (
        get_object_or_404(Candidature.objects.filter(pk__in=suggested).with_profile(), pk=visitor_key),
        host,
        ParticipantRole.HOST,
    )


def _proposing(
    visitor: Candidature, host: Candidature, role: ParticipantRole, form: ProposalForm, refusal: Any
) -> dict[str, object]:
    proposer, other = (visitor, host) if role == ParticipantRole.VISITOR else (host, visitor)
    return {
        "visitor": visitor,
        "host": host,
        "other": other,
        "form": form,
        "refusal": refusal,
        "left": queries.proposals_left(proposer),
        "profile": pages.profile_of(other),
        "facts": pages.organisation_facts(other),
    }


def _side(proposal: Proposal, candidature: Candidature) -> dict[str, object]:
    return {
        "candidature": candidature,
        "has_proposed": candidature.role == proposal.proposed_by,
        "profile": pages.profile_of(candidature),
        "facts": pages.organisation_facts(candidature),
    }


def _condition(tab: str, user: Any) -> Q:
    if tab == CLOSED:
        return ~Q(status=ProposalStatus.PROPOSED)
    waiting = Q(status=ProposalStatus.PROPOSED)
    return waiting if tab == OPEN else waiting & _made(user, is_own=tab == SENT)


def _made(user: Any, *, is_own: bool) -> Q:
    """Return the condition that one's own side has proposed, or that the other one has."""
    mine = roles_of(user).organisations
    by_visitor, by_host = Q(proposed_by=ParticipantRole.VISITOR), Q(proposed_by=ParticipantRole.HOST)
    as_visitor, as_host = Q(visitor__organisation__in=mine), Q(host__organisation__in=mine)
    return as_visitor & by_visitor | as_host & by_host if is_own else as_host & by_visitor | as_visitor & by_host


def _pills(rows: QuerySet[Proposal], user: Any, tabs: list[str], chosen: str) -> list[dict[str, object]]:
    counts = rows.aggregate(**{tab: Count("pk", filter=_condition(tab, user)) for tab in tabs})
    address = reverse("matchmaking:proposals")
    return [
        {"label": TABS[tab], "url": f"{address}?tab={tab}", "current": tab == chosen, "count": counts[tab]}
        for tab in tabs
    ]


def _make(name: str, proposal: Proposal, user: Any, note: str) -> None:
    if name in WITHOUT_NOTE:
        WITHOUT_NOTE[name](proposal, actor=user)
    elif name in WITH_NOTE:
        WITH_NOTE[name](proposal, actor=user, note=note)
    else:
        raise Http404


def _done(name: str, proposal: Proposal) -> str:
    values = {"visitor": proposal.visitor.organisation.legal_name, "host": proposal.host.organisation.legal_name}
    sentences = {
        "accept": _("Agreed: %(visitor)s visits %(host)s. The file of the exchange is open; build it together."),
        "decline": _("Declined; the other side has been told why."),
        "withdraw": _("You have taken the proposal back, and the other side has been told."),
    }
    return sentences[name] % values
