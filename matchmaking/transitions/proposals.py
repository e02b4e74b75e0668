"""Every change of a proposal's status happens in this file, and nowhere else.

Who proposes or accepts locks the two candidatures first, in the order of their keys, then the proposal: so limits and
places are counted while nobody else can use them up. Who answers an offer names its number (`seen`), so that nobody
agrees unseen to dates that have just been changed.
"""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import ParticipantRole, RuleName
from clusters.models import User
from clusters.queries import rule_value
from extratex.shared import clock
from extratex.shared.moves import Machine, Move, MoveConflict, MoveForbidden
from matchmaking import matching, notices, permissions, queries
from matchmaking.enums import CandidatureStatus, DeclineReason
from matchmaking.enums import ProposalStatus as Status
from matchmaking.models import Candidature, Proposal, ProposalEvent
from matchmaking.offers import OPEN_OFFER, Offer, against_days, days_as_facts, full_period
from matchmaking.signals import proposal_accepted
from matchmaking.stay_rules import Days
from matchmaking.words import refusal_in_words

ALREADY_PROPOSED = _("There is a proposal between the two already.")
DECLINED_BEFORE = _("A proposal between the two was declined before.")
NOT_VALIDATED = {
    ParticipantRole.VISITOR: _("The visitor's candidature is not validated."),
    ParticipantRole.HOST: _("The host's candidature is not validated."),
}
HAS_VISITED = _("The visitor has visited already, or is about to; an organisation visits once in the whole scheme.")
LIMIT_REACHED = _("You have %(limit)s open proposals, which is the limit. Wait for an answer or take one back.")
OTHER_OFFER = _("Another offer has been made since you opened the page. Please read it, and then answer.")
NO_PLACE_LEFT = _("The host has no place left: it has accepted as many visitors as it can receive.")


def _can_be_accepted(proposal: Proposal) -> StrOrPromise | None:
    if proposal.expires_on < clock.today():
        return _("The time to answer is over.")
    if proposal.first_day is not None and proposal.first_day <= clock.today():
        return _("The proposed days have come: propose other dates.")
    full = full_period(proposal.host, proposal.first_day) if proposal.first_day is not None else ""
    return full or against_pair(proposal.visitor, proposal.host)


def _can_be_countered(proposal: Proposal) -> StrOrPromise | None:
    return _("The time to answer is over.") if proposal.expires_on < clock.today() else None


def _is_overdue(proposal: Proposal) -> StrOrPromise | None:
    return None if proposal.expires_on < clock.today() else _("There is still time to answer.")


def against_pair(visitor: Candidature, host: Candidature) -> StrOrPromise | None:
    """Say why these two cannot agree on an exchange now, or nothing; without their names, which may be kept back."""
    for candidature in (visitor, host):
        if candidature.status != CandidatureStatus.VALIDATED:
            return NOT_VALIDATED[ParticipantRole(candidature.role)]
    if visitor.wave_id != host.wave_id:
        return _("Visitor and host take part in two different waves.")
    verdict = queries.pair_verdict(visitor, host)
    if not verdict.allowed:
        return refusal_in_words(verdict)
    if queries.has_travelled(visitor):
        return HAS_VISITED
    return None if queries.places_left(host) else NO_PLACE_LEFT


PROPOSAL = Machine.of(
    Proposal,
    ProposalEvent,
    [
        Move(
            name="accept",
            label=_("Accept the proposal"),
            sources=frozenset({Status.PROPOSED}),
            target=Status.ACCEPTED,
            allowed=permissions.can_answer,
            guard=_can_be_accepted,
        ),
        Move(
            name="counter",
            label=_("Propose other dates"),
            sources=frozenset({Status.PROPOSED}),
            target=Status.PROPOSED,
            allowed=permissions.can_answer,
            guard=_can_be_countered,
            style="plain",
        ),
        Move(
            name="decline",
            label=_("Decline"),
            sources=frozenset({Status.PROPOSED}),
            target=Status.DECLINED,
            allowed=permissions.can_answer,
            needs_note=True,
            note_label=_("Why not; the other side reads this"),
            style="plain",
        ),
        Move(
            name="withdraw",
            label=_("Take the proposal back"),
            sources=frozenset({Status.PROPOSED}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_withdraw,
            style="stop",
        ),
        Move(
            name="expire",
            label=_("Expire"),
            sources=frozenset({Status.PROPOSED}),
            target=Status.EXPIRED,
            allowed=permissions.can_run_deadlines,
            guard=_is_overdue,
        ),
        Move(
            name="release",
            label=_("Close"),
            sources=frozenset({Status.PROPOSED, Status.ACCEPTED}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_run_deadlines,
            needs_note=True,
        ),
    ],
)


@transaction.atomic
def propose(
    visitor: Candidature,
    host: Candidature,
    *,
    by: ParticipantRole,
    actor: User,
    message: str,
    offer: Offer = OPEN_OFFER,
    minds_declines: bool = False,
) -> Proposal:
    """Propose an exchange for one of the two sides; raises MoveForbidden, or MoveConflict with the reason.

    Staff propose for a member that they look after; the history says for whom. People may ask again after a refusal;
    what the portal proposes by itself minds it as the matching does (`queries.declined_hosts`).
    """
    visitor, host = queries.locked_pair(visitor, host)
    proposer = visitor if by == ParticipantRole.VISITOR else host
    if not permissions.can_propose_for(actor, proposer):
        raise MoveForbidden(str(_("You may not do this here.")))
    _refuse_impossible(visitor, host, proposer)
    if minds_declines and host.pk in queries.declined_hosts([visitor.pk]).get(visitor.pk, ()):
        raise MoveConflict(DECLINED_BEFORE, proposer)
    _refuse_days(host, offer.days, proposer)
    is_member = permissions.is_member(actor, proposer)
    first_day, last_day = offer.days or (None, None)
    proposal = Proposal(
        visitor=visitor,
        host=host,
        proposed_by=by,
        author=actor,
        for_member=not is_member,
        agreed_before=offer.agreed_before,
        message=message,
        first_day=first_day,
        last_day=last_day,
        expires_on=_last_day_to_answer(),
    )
    _insert(proposal)
    facts: dict[str, object] = {**days_as_facts(offer.days), "agreed_before": offer.agreed_before}
    if not is_member:
        facts["for_member"] = str(proposer.organisation)
    PROPOSAL.begin(proposal, actor=actor, facts=facts)
    notices.tell_of_proposal(proposal)
    return proposal


@transaction.atomic
def accept(proposal: Proposal, *, actor: User, seen: int | None = None) -> Proposal:
    """Agree: the exchange file is opened in the same transaction, and one place of the host is taken."""
    queries.locked_pair(proposal.visitor, proposal.host)
    _refuse_other_offer(proposal, seen)

    def agree(fresh: Proposal) -> None:
        notices.tell_of_proposal(fresh)
        matching.ask_about(fresh.host, by=actor)
        proposal_accepted.send(sender=Proposal, proposal=fresh, actor=actor)

    return PROPOSAL.apply("accept", proposal, actor=actor, effect=agree)


@transaction.atomic
def counter(proposal: Proposal, *, actor: User, days: Days, note: str = "", seen: int | None = None) -> Proposal:
    """Propose other dates: the answer is the other side's, and its time begins anew."""
    fresh = _refuse_other_offer(proposal, seen)
    _refuse_days(fresh.host, days, fresh)
    changes = {
        "first_day": days[0],
        "last_day": days[1],
        "offers": fresh.offers + 1,
        "offered_at": clock.now(),
        "turn": fresh.waiting.role,
        "expires_on": _last_day_to_answer(),
    }
    facts = days_as_facts(days)
    return PROPOSAL.apply(
        "counter",
        proposal,
        actor=actor,
        note=note,
        changes=changes,
        facts=facts,
        effect=notices.tell_of_proposal,
    )


@transaction.atomic
def decline(
    proposal: Proposal,
    *,
    actor: User,
    note: str,
    reason: DeclineReason = DeclineReason.OTHER,
    seen: int | None = None,
) -> Proposal:
    """Say no, with the reason: the other side reads it, and the next ranking minds it (`queries.declined_hosts`)."""
    fresh = _refuse_other_offer(proposal, seen)
    changes = {"decline_reason": reason, "declined_periods": queries.mark_of_periods(fresh.visitor, fresh.host)}

    def part(fresh: Proposal) -> None:
        notices.tell_of_proposal(fresh)
        matching.ask_about(fresh.visitor, by=actor)
        matching.ask_about(fresh.host, by=actor)

    return PROPOSAL.apply(
        "decline", proposal, actor=actor, note=note, changes=changes, facts={"reason": reason}, effect=part
    )


def withdraw(proposal: Proposal, *, actor: User) -> Proposal:
    """Take one's own offer back before it is answered."""
    return PROPOSAL.apply("withdraw", proposal, actor=actor, effect=notices.tell_of_proposal)


@transaction.atomic
def remind(proposal: Proposal) -> None:
    """Recall a locked proposal, once for its last day, to the side that has to answer."""
    Proposal.objects.filter(pk=proposal.pk).update(reminded_of=proposal.expires_on)
    PROPOSAL.record("remind", proposal, actor=User.objects.system())
    notices.tell_of_proposal(proposal)


def expire(proposal: Proposal) -> Proposal:
    """Close a proposal whose last day is over, under the portal's own name."""
    return PROPOSAL.apply("expire", proposal, actor=User.objects.system(), effect=notices.tell_of_proposal)


def release(proposal: Proposal, *, note: str) -> Proposal:
    """Close a proposal whose ground is gone, under the portal's own name: its place and the pair are free again.

    Called when a candidature is withdrawn, and by the app of exchanges when the exchange is cancelled.
    """

    def set_free(fresh: Proposal) -> None:
        notices.tell_of_proposal(fresh)
        matching.ask_about(fresh.host)

    return PROPOSAL.apply("release", proposal, actor=User.objects.system(), note=note, effect=set_free)


def _refuse_impossible(visitor: Candidature, host: Candidature, proposer: Candidature) -> None:
    if queries.live_proposal(visitor, host) is not None:
        raise MoveConflict(ALREADY_PROPOSED, proposer)
    if (reason := against_pair(visitor, host)) is not None:
        raise MoveConflict(reason, proposer)
    if not queries.proposals_left(proposer):
        raise MoveConflict(LIMIT_REACHED % {"limit": int(rule_value(RuleName.OPEN_PROPOSALS))}, proposer)


def _refuse_days(host: Candidature, days: Days | None, about: Candidature | Proposal) -> None:
    if days is not None and (against := against_days(host, days)):
        raise MoveConflict(" ".join(against), about)


def _refuse_other_offer(proposal: Proposal, seen: int | None) -> Proposal:
    """Lock the proposal, and refuse an answer to an offer that is no longer the last one."""
    fresh = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if seen is not None and fresh.offers != seen:
        raise MoveConflict(OTHER_OFFER, fresh)
    return fresh


def _last_day_to_answer() -> date:
    return clock.today() + timedelta(days=int(rule_value(RuleName.PROPOSAL_DAYS)))


def _insert(proposal: Proposal) -> None:
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as fault:
        if "pair_has_one_live_proposal" not in str(fault):
            raise
        raise MoveConflict(ALREADY_PROPOSED, proposal.sender) from fault
