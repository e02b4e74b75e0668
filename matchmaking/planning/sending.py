"""Sending the proposals of a plan: a dry run that reads, then, once confirmed, one proposal a pair in the background.

The row of the plan is the intent. Each pair has a transaction of its own, which also writes what became of it: a worker
that is killed leaves a plan that the sweep takes up again at the next pair, and nobody is asked twice.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from clusters.eligibility import participant_from
from clusters.enums import ParticipantRole, RuleName
from clusters.models import User
from clusters.queries import eligible_countries, rule_value
from clusters.rules.eligibility import check_pair
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger
from extratex.shared.moves import MoveConflict, MoveForbidden
from extratex.shared.sentences import with_one_stop
from matchmaking import permissions, queries, visits
from matchmaking.enums import CandidatureStatus, PairOutcome
from matchmaking.models import Candidature, Plan, PlannedPair, Proposal
from matchmaking.transitions import proposals
from matchmaking.words import refusal_in_words

logger = get_logger(__name__)

SLICE_SECONDS = 60.0
AT_ONCE = 100
LONGEST_REASON = 500


@dataclass(frozen=True)
class DryRun:
    """What sending a plan would do: the pairs that pass, and those that do not with the reason."""

    passing: list[PlannedPair]
    stopped: list[tuple[PlannedPair, StrOrPromise]]


def look_through(plan: Plan, *, by: User) -> DryRun:
    """Say which proposals would be sent now and which not, in a fixed number of queries; nothing is changed."""
    sides = ("visitor", "host")
    rows = plan.pairs.to_send().select_related(*(f"{side}__organisation__reference_cluster" for side in sides))
    pairs = list(rows.order_by("-score", "pk"))
    check = _Check(pairs, by)
    found = [(pair, check.against(pair)) for pair in pairs]
    return DryRun(
        [pair for pair, reason in found if reason is None], [(pair, reason) for pair, reason in found if reason]
    )


class _Check:
    """Knows what is asked of all pairs at once."""

    def __init__(self, pairs: list[PlannedPair], by: User) -> None:
        self.by = by
        visitors, hosts = [pair.visitor_id for pair in pairs], [pair.host_id for pair in pairs]
        live = Proposal.objects.live().filter(visitor__in=visitors, host__in=hosts)
        self.proposed = set(live.values_list("visitor", "host"))
        made = Proposal.objects.open().filter(visitor__in=visitors, proposed_by=ParticipantRole.VISITOR)
        self.open = Counter(made.values_list("visitor", flat=True))
        self.declined = queries.declined_hosts(visitors)
        self.most = int(rule_value(RuleName.OPEN_PROPOSALS))
        self.visited = visits.visited_among([pair.visitor.organisation_id for pair in pairs])
        self.accepted = queries.visitors_accepted(hosts)
        self.countries = eligible_countries()

    def against(self, pair: PlannedPair) -> StrOrPromise | None:
        """Return what stands against proposing a pair, as the move itself would say it."""
        visitor, host = pair.visitor, pair.host
        for candidature in (visitor, host):
            if candidature.status != CandidatureStatus.VALIDATED:
                return proposals.NOT_VALIDATED[ParticipantRole(candidature.role)]
        if not permissions.can_propose_for(self.by, visitor):
            return with_one_stop(_("You cannot propose for %(visitor)s.") % {"visitor": visitor.organisation})
        if (visitor.pk, host.pk) in self.proposed:
            return proposals.ALREADY_PROPOSED
        return self._against_the_rules(visitor, host)

    def _against_the_rules(self, visitor: Candidature, host: Candidature) -> StrOrPromise | None:
        verdict = check_pair(
            participant_from(visitor.organisation), participant_from(host.organisation), self.countries
        )
        if not verdict.allowed:
            return refusal_in_words(verdict)
        if visitor.organisation_id in self.visited:
            return proposals.HAS_VISITED
        if host.capacity <= self.accepted.get(host.pk, 0):
            return proposals.NO_PLACE_LEFT
        if self.open[visitor.pk] >= self.most:
            return proposals.LIMIT_REACHED % {"limit": self.most}
        return proposals.DECLINED_BEFORE if host.pk in self.declined.get(visitor.pk, ()) else None


def confirm(plan: Plan, *, by: User, message: str) -> bool:
    """Let the proposals be sent; False where that was confirmed before, or the plan is not there yet."""
    with transaction.atomic():
        ready = Plan.objects.done().filter(pk=plan.pk, confirmed_at=None)
        begun = ready.update(confirmed_at=clock.now(), confirmed_by=by, message=message)
        if begun:
            ring("matchmaking.send_plan", plan_id=plan.pk)
    return bool(begun)


def carry_out(plan_id: int) -> None:
    """Send what is not sent yet; nothing where all is sent or another worker is at it."""
    with held(f"plan to send {plan_id}") as mine:
        plan = Plan.objects.to_send().filter(pk=plan_id).select_related("confirmed_by").first() if mine else None
        if plan is None or _send_for_a_while(plan):
            return
    ring("matchmaking.send_plan", plan_id=plan_id)


def _send_for_a_while(plan: Plan) -> bool:
    """Send pair after pair; answer whether all are done, or the time of one task is over."""
    until = time.monotonic() + SLICE_SECONDS
    to_send = plan.pairs.to_send().order_by("pk").values_list("pk", flat=True)
    while some := list(to_send[:AT_ONCE]):
        for key in some:
            _send(key, plan)
            if time.monotonic() > until:
                return False
    Plan.objects.to_send().filter(pk=plan.pk).update(sent_at=clock.now())
    return True


def _send(key: int, plan: Plan) -> None:
    """Propose one pair in a transaction of its own; a fault of our own is written down, and the others go on."""
    try:
        with transaction.atomic():
            pair = plan.pairs.to_send().filter(pk=key).select_for_update(of=("self",)).first()
            if pair is not None:
                _propose(pair, plan)
    except Exception:
        logger.exception("planned_pair_failed", pair=key)
        _write(key, PairOutcome.REFUSED, why_not=_("The portal could not send this one; please propose it by hand."))


def _propose(pair: PlannedPair, plan: Plan) -> None:
    actor: Any = plan.confirmed_by
    try:
        proposal = proposals.propose(
            pair.visitor,
            pair.host,
            by=ParticipantRole.VISITOR,
            actor=actor,
            message=plan.message,
            minds_declines=True,
        )
    except MoveConflict as conflict:
        _write(pair.pk, PairOutcome.REFUSED, why_not=str(conflict.reason))
    except MoveForbidden as fault:
        _write(pair.pk, PairOutcome.REFUSED, why_not=str(fault))
    else:
        _write(pair.pk, PairOutcome.SENT, proposal=proposal)


def _write(key: int, outcome: PairOutcome, *, why_not: str = "", proposal: Proposal | None = None) -> None:
    rows = PlannedPair.objects.filter(pk=key)
    rows.update(outcome=outcome, why_not=why_not[:LONGEST_REASON], proposal=proposal)


def outcomes_of(plan: Plan) -> dict[str, int]:
    """Return how many pairs of a plan have come to which outcome."""
    return Counter(plan.pairs.values_list("outcome", flat=True))
