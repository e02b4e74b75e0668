"""The page of a proposal: reading, answering, proposing other dates, declining, and writing to each other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from extratex.documents.enums import State
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import Move, MoveConflict
from extratex.shared.paging import KeyedPage
from matchmaking import offers, pages, permissions, queries, threads
from matchmaking.enums import DeclineReason, ProposalStatus
from matchmaking.forms.messages import MessageForm
from matchmaking.forms.proposals import DeclineForm, OtherDatesForm
from matchmaking.models import Candidature, Proposal
from matchmaking.transitions import proposals as transitions
from matchmaking.views.access import key_in, proposal_of_thread, visible_proposal

MESSAGES = 30
CONFLICT, UNFIT = 409, 422
PAGES = {"counter": "matchmaking:other_dates", "decline": "matchmaking:decline"}
"""Answers that are given on a page of their own."""


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with its offers, both profiles and the messages; the messages alone where htmx asks anew."""
    if request.htmx:
        proposal = proposal_of_thread(request, pk)
        context = _thread(request, proposal, seen=threads.read_upto(proposal, request.user))
        return render_page(request, "matchmaking/thread.html", context, fragment="thread")
    proposal = visible_proposal(request, pk)
    seen = threads.mark_read(proposal, reader=request.user)
    form = MessageForm() if threads.can_write(request.user, proposal) else None
    return _page(request, proposal, form, seen=seen)


@require_POST
def write_message(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Write a message; what was typed stays where it cannot be sent."""
    proposal = visible_proposal(request, pk)
    if permissions.voice_of(request.user, proposal) is None:
        raise PermissionDenied
    form, status = MessageForm(request.POST, request.FILES), UNFIT
    if form.is_valid():
        given = form.cleaned_data
        try:
            threads.write(proposal, author=request.user, text=given["text"], files=given["uploads"])
        except ValidationError as refusal:
            form.add_error("uploads", refusal)
        except MoveConflict as conflict:
            form.add_error(None, str(conflict.reason))
            status = CONFLICT
        else:
            messages.success(request, _("Your message is sent."))
            return redirect(reverse("matchmaking:proposal", args=[pk]) + "#thread")
    return _page(request, proposal, form, status=status)


@require_POST
def make_move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Accept a proposal or take it back."""
    proposal = visible_proposal(request, pk)
    name = request.POST.get("move", "")
    if name == "accept":
        transitions.accept(proposal, actor=request.user, seen=key_in(request.GET, "seen"))
    elif name == "withdraw":
        transitions.withdraw(proposal, actor=request.user)
    else:
        raise Http404
    messages.success(request, _done(name, proposal))
    return redirect("matchmaking:proposal", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def other_dates(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Propose other dates: the answer is then the other side's."""
    proposal = _to_answer(request, pk)
    form = OtherDatesForm(
        request.POST or None,
        proposer=proposal.answering,
        other=proposal.waiting,
        on_the_table=proposal.days,
        initial={"seen": proposal.offers},
    )

    def save() -> None:
        given = form.cleaned_data
        assert form.days is not None  # noqa: S101 the form needs days
        transitions.counter(proposal, actor=request.user, days=form.days, note=given["note"], seen=given["seen"])
        messages.success(request, _("Your dates are sent. Now it is for the other side to answer."))

    return _answered_page(request, proposal, form, save, "matchmaking/other_dates.html")


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say no, with a reason."""
    proposal = _to_answer(request, pk)
    form = DeclineForm(request.POST or None, initial={"seen": proposal.offers})

    def save() -> None:
        given = form.cleaned_data
        reason = DeclineReason(given["reason"])
        transitions.decline(proposal, actor=request.user, note=given["note"], reason=reason, seen=given["seen"])
        messages.success(request, _("Declined; the other side has been told why."))

    return _answered_page(request, proposal, form, save, "matchmaking/decline.html")


def _to_answer(request: HtmxHttpRequest, pk: int) -> Proposal:
    proposal = visible_proposal(request, pk)
    if not permissions.is_participant(request.user, proposal):
        raise PermissionDenied
    return proposal


def _answered_page(
    request: HtmxHttpRequest, proposal: Proposal, form: Any, save: Callable[[], None], template: str
) -> HttpResponse:
    """Show the form of an answer, or give it; whoever comes too late is led to how the proposal stands now."""
    if not permissions.can_answer(request.user, proposal) or proposal.status != ProposalStatus.PROPOSED:
        raise MoveConflict(_("There is nothing to answer for you here now: see how the proposal stands."), proposal)
    status = UNFIT if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except MoveConflict as conflict:
            form.add_error(None, str(conflict.reason))
            status = CONFLICT
        else:
            return redirect("matchmaking:proposal", proposal.pk)
    context = {
        "proposal": proposal,
        "form": form,
        "days": offers.days_in_words(proposal.days),
        "periods": [(each, pages.periods_of(each)) for each in (proposal.visitor, proposal.host)],
    }
    return render_page(request, template, context, status=status)


def _page(
    request: HtmxHttpRequest,
    proposal: Proposal,
    form: MessageForm | None,
    *,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    moves = transitions.PROPOSAL.open_to(request.user, proposal)
    context = {
        "phases": pages.phases_of_proposal(proposal),
        "days": offers.days_in_words(proposal.days),
        "moves": [_worded(move, proposal) for move in moves if move.name not in PAGES],
        "answers": [(move, reverse(PAGES[move.name], args=[proposal.pk])) for move in moves if move.name in PAGES],
        "move_url": f"{reverse('matchmaking:proposal_move', args=[proposal.pk])}?seen={proposal.offers}",
        "blocked": transitions.PROPOSAL.blocked_for(request.user, proposal),
        "can_answer": permissions.can_answer(request.user, proposal),
        "is_participant": permissions.is_participant(request.user, proposal),
        "sides": [_side(proposal, proposal.visitor), _side(proposal, proposal.host)],
        "history": queries.proposal_history(proposal),
        "shows_contacts": proposal.status == ProposalStatus.ACCEPTED,
        "message_form": form,
        "voice": permissions.voice_of(request.user, proposal),
        **_thread(request, proposal, seen=seen),
    }
    return render_page(request, "matchmaking/proposal.html", context, status=status)


def _thread(request: HtmxHttpRequest, proposal: Proposal, *, seen: int | None = None) -> dict[str, object]:
    """Return a page of the messages, the youngest first; those after the one that was `seen` last are new."""
    page = KeyedPage(proposal.messages.for_thread(), request.GET, MESSAGES)
    documents = [attachment.document for message in page for attachment in message.attachments.all()]
    return {
        "proposal": proposal,
        "thread": page,
        "seen": seen,
        "thread_is_open": threads.is_open(proposal),
        "is_checking": any(document.state == State.QUARANTINED for document in documents),
    }


def _worded(move: Move[Proposal], proposal: Proposal) -> Move[Proposal]:
    """Name the acceptance by what it is: of dates, of a proposal, or of what was agreed before."""
    if move.name != "accept":
        return move
    if proposal.agreed_before:
        return replace(move, label=_("Yes, we have agreed"))
    return replace(move, label=_("Accept these dates")) if proposal.offers > 1 else move


def _side(proposal: Proposal, candidature: Candidature) -> dict[str, object]:
    return {
        "candidature": candidature,
        "has_proposed": candidature.role == proposal.proposed_by,
        "profile": pages.profile_of(candidature),
        "facts": pages.organisation_facts(candidature),
    }


def _done(name: str, proposal: Proposal) -> str:
    values = {"visitor": proposal.visitor.organisation.legal_name, "host": proposal.host.organisation.legal_name}
    sentences = {
        "accept": _("Agreed: %(visitor)s visits %(host)s. The file of the exchange is open; build it together."),
        "withdraw": _("The proposal is taken back, and the other side has been told."),
    }
    return sentences[name] % values
