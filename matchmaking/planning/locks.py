"""Whether a pair that a coordinator has locked can be had: nothing is left out without its reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from clusters.enums import ParticipantRole
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _
from matchmaking import inputs, visits
from matchmaking.engine.candidates import why_not
from matchmaking.engine.plan.model import Positions
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, Plan

NOT_TAKING_PART = Reason("not_taking_part", _("One of the two does not take part any more."))
NOT_YOURS = Reason("not_yours", _("The visitor belongs to another partnership."))
HAS_VISITED = Reason("has_visited", _("The visitor has visited already, or is about to."))
NO_SUM = Reason("no_sum", _("No lump sum is laid down for a stay there."))
TWICE = Reason("twice", _("The visitor is locked with another host already."))
NO_PLACE = Reason("no_place", _("The host has no place left for one more locked pair."))
TOO_MANY = Reason("too_many", _("The locked pairs before it are as many as the plan may hold."))
NO_MONEY = Reason("no_money", _("The locked pairs before it leave too little money."))


@dataclass(frozen=True)
class Lock:
    """A locked pair that no rule stands against: rows of visitor and host, and its score in tenths."""

    visitor: int
    host: int
    tenths: int


@dataclass(frozen=True)
class Room:
    """What locked pairs have to share: places of hosts, exchanges, money; None where nothing limits it."""

    places: Positions
    exchanges: int | None
    money: Decimal | None
    cost_of: Mapping[Lock, Decimal]


def against(plan: Plan, visitor: int, host: int) -> Reason | None:
    """Return what the rules say against a pair, or nothing."""
    rows = Candidature.objects.with_profile().filter(pk__in=[visitor, host])
    found = {row.pk: row for row in rows.filter(wave=plan.partnership.wave_id, status=CandidatureStatus.VALIDATED)}
    ours, theirs = found.get(visitor), found.get(host)
    if ours is None or theirs is None or (ours.role, theirs.role) != (ParticipantRole.VISITOR, ParticipantRole.HOST):
        return NOT_TAKING_PART
    if ours.partnership_id != plan.partnership_id:
        return NOT_YOURS
    if visits.visited_among([ours.organisation_id]):
        return HAS_VISITED
    cases = inputs.visitors_from([ours], ours.wave), inputs.hosts_from([theirs], ours.wave)
    return next(iter(why_not(cases[0][0], cases[1][0])), None)


def possible(locked: Iterable[Lock], room: Room) -> tuple[list[Lock], list[tuple[Lock, Reason]]]:
    """Return the locked pairs that can all be had, the oldest wishes first, and the others with what is short."""
    taken = _Taken(room)
    kept: list[Lock] = []
    refused: list[tuple[Lock, Reason]] = []
    for lock in locked:
        reason = taken.short_for(lock)
        if reason is None:
            taken.take(lock)
            kept.append(lock)
        else:
            refused.append((lock, reason))
    return kept, refused


class _Taken:
    """What the locked pairs have taken so far."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.visitors: set[int] = set()
        self.hosts: Counter[int] = Counter()
        self.money = Decimal(0)

    def take(self, lock: Lock) -> None:
        self.visitors.add(lock.visitor)
        self.hosts[lock.host] += 1
        self.money += self.room.cost_of[lock]

    def short_for(self, lock: Lock) -> Reason | None:
        """Return what is short for one more pair, or nothing."""
        room = self.room
        if lock not in room.cost_of:
            return NO_SUM
        short = {
            TWICE: lock.visitor in self.visitors,
            NO_PLACE: self.hosts[lock.host] >= room.places[lock.host],
            TOO_MANY: room.exchanges is not None and len(self.visitors) >= room.exchanges,
            NO_MONEY: room.money is not None and self.money + room.cost_of[lock] > room.money,
        }
        return next((reason for reason, is_so in short.items() if is_so), None)
