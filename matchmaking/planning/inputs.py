"""What a plan is chosen from: the best hosts of the partnership's visitors, what each pair costs, what counts already.

Pairs come from the engine's exact lists of both sides, so that no hard rule is broken; wishes of coordinators are added
where nothing stands against them. Exchanges that count already enter as pairs that every plan has: so the limits are
those of the whole partnership.
"""

import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from clusters.enums import OrganisationType, ParticipantRole
from extratex.shared import clock
from extratex.shared.reasons import Reason
from matchmaking import inputs, queries, standing, stays, visits
from matchmaking.engine.columns import COUNTRIES, COUNTRY, DAYS, EARTH_RADIUS, PLACE, S_SECTORS, Columns, take
from matchmaking.engine.model import Supply, Weights
from matchmaking.engine.plan.model import Case, Flags, Limits, Numbers, Positions
from matchmaking.engine.ranking import Lists, Ranking
from matchmaking.engine.terms import Terms, supply_of, terms_of
from matchmaking.enums import WishKind
from matchmaking.models import Availability, Candidature, Plan
from matchmaking.models.querysets import CandidatureQuerySet
from matchmaking.planning import locks

CANDIDATES = 50
"""So many hosts of each visitor can be chosen; and as many pairs again are found from the hosts' side."""
TENTHS = 10
GRID_OF_KM = 100
MADE = "made "


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs that could be, in columns; `visitor` and `host` are rows of the partnership's visitors and of all hosts."""

    visitor: Positions
    host: Positions
    tenths: Positions
    cost: Numbers
    cross_sector: Flags

    def kept(self, which: Any) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Input:
    """The case of the engine, the supply behind its scores, refused locks with their reasons, and figures."""

    case: Case
    supply: Supply
    refused: list[dict[str, Any]]
    figures: dict[str, Any]

    def chosen(self, pairs: Collection[tuple[str, str]]) -> Iterator[tuple[int, int, int]]:
        """Yield for each chosen pair the keys of its candidatures and its position, without what is made already."""
        case = self.case
        visitors, hosts = ({name: at for at, name in enumerate(ids)} for ids in (case.visitor_ids, case.host_ids))
        codes = case.visitor * len(hosts) + case.host
        for visitor, host in pairs:
            if not visitor.startswith(MADE):
                at = np.searchsorted(codes, visitors[visitor] * len(hosts) + hosts[host])
                yield int(visitor), int(host), int(at)


def read(plan: Plan) -> Input:
    """Read the input of a plan as the candidatures, exchanges and rates stand now."""
    return _Reader(plan).read()


class _Reader:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.wave = plan.partnership.wave
        whole = inputs.case_of(self.wave)
        self.hosts, self.words = whole.hosts, whole.words
        self.supply = supply_of(self.hosts, self.words)
        self.terms: Terms = terms_of(Weights.from_values(plan.parameters["weights"]), self.supply, self.words)
        own = _visitors_of(plan)
        self.visited = visits.visited_among([organisation for organisation, _sme, _member in own.values()])
        free = [key for key, (organisation, _sme, _member) in own.items() if organisation not in self.visited]
        self.visitors = take(
            whole.visitors, np.flatnonzero(np.isin(whole.visitors.keys, np.array(sorted(free), np.int64))).tolist()
        )
        self.sme = np.array([own[key][1] for key in self.visitors.keys.tolist()], np.bool_)
        self.member = np.array([own[key][2] for key in self.visitors.keys.tolist()], np.bool_)
        self.places = _places_left(self.hosts, plan)
        self.made = list(standing.made_by(plan.partnership))

    def read(self) -> Input:
        """Put the case together."""
        found = self._candidates()
        locked, refused = self._locks()
        rows = [(found.visitor, found.host, found.tenths), *([_columns_of(locked)] if locked else [])]
        pairs = self._weighed(*(np.concatenate(columns) for columns in zip(*rows, strict=True)))
        pairs = pairs.kept(np.isfinite(pairs.cost) & (self.places[pairs.host] > 0))
        chosen, too_many = locks.possible(locked, self._room(pairs, locked))
        refused += [self._refusal(pair, reason) for pair, reason in too_many]
        return Input(self._case(pairs, chosen), self.supply, refused, self._figures(pairs))

    def _candidates(self) -> Pairs:
        """Return the best pairs by the lists of either side, each once."""
        ranking = self._ranking(self.visitors, self.hosts)
        visitors, hosts = self.visitors.size, self.hosts.size
        if not visitors or not hosts:
            return _no_pairs()
        of_visitors = ranking.hosts_for(0, visitors, min(CANDIDATES, hosts))
        of_hosts = ranking.visitors_for(0, hosts, min(visitors, max(1, CANDIDATES * visitors // hosts)))
        ours, partners, scores = _flat(of_visitors)
        theirs, guests, others = _flat(of_hosts)
        visitor = np.concatenate([ours, np.searchsorted(self.visitors.keys, guests)])
        host = np.concatenate([np.searchsorted(self.hosts.keys, partners), theirs])
        _codes, first = np.unique(visitor * hosts + host, return_index=True)
        nothing = _no_pairs()
        tenths = np.concatenate([scores, others])[first]
        return Pairs(visitor[first], host[first], tenths, nothing.cost, nothing.cross_sector)

    def _locks(self) -> tuple[list[locks.Lock], list[dict[str, Any]]]:
        """Return the pairs that were locked and that nothing stands against, and the others with the reason."""
        possible: list[locks.Lock] = []
        refused: list[dict[str, Any]] = []
        for visitor, host in self._wished(WishKind.LOCK):
            reason = locks.against(self.plan, visitor, host)
            ours, theirs = _row_of(self.visitors, visitor), _row_of(self.hosts, host)
            if reason is None and ours is not None and theirs is not None:
                score = self._score(ours, theirs)
                possible.append(locks.Lock(ours, theirs, score))
            else:
                refused.append(self._refusal((visitor, host), reason or locks.NOT_TAKING_PART))
        return possible, refused

    def _score(self, visitor: int, host: int) -> int:
        """Return the score of two that may meet, in tenths."""
        found = self._ranking(take(self.visitors, [visitor]), take(self.hosts, [host])).hosts_for(0, 1, 1)
        return int(found.scores[0, 0]) if found.sizes[0] else 0

    def _weighed(self, visitor: Positions, host: Positions, tenths: Positions) -> Pairs:
        """Return the pairs, each once, with what they cost (NaN where no sum is laid down) and if sectors differ."""
        _codes, first = np.unique(visitor * max(self.hosts.size, 1) + host, return_index=True)
        visitor, host, tenths = visitor[first], host[first], tenths[first]
        ours, theirs = self.visitors.masks(S_SECTORS)[visitor], self.hosts.masks(S_SECTORS)[host]
        cross = ours.any(axis=1) & theirs.any(axis=1) & ~(ours & theirs).any(axis=1)
        return Pairs(visitor, host, tenths, self._costs(visitor, host), cross)

    def _costs(self, visitor: Positions, host: Positions) -> Numbers:
        countries = [*self.words.numbers[COUNTRIES]]
        kinds = np.stack([self.hosts.numbers(COUNTRY)[host], self.visitors.numbers(DAYS)[visitor]], axis=1)
        unlike, kind = np.unique(kinds, axis=0, return_inverse=True)
        asked = [(countries[country], days) for country, days in unlike.tolist()]
        sums = standing.sums_of(set(asked))
        nothing = standing.StaySum(Decimal("NaN"), Decimal("NaN"), 0)
        known = [sums.get(stay, nothing) for stay in asked]
        far, near, limit = (
            (
                np.array([float(value) for value in values], np.float64)
                for values in zip(*((each.far, each.near, each.near_km) for each in known), strict=True)
            )
            if known
            else (np.zeros(0), np.zeros(0), np.zeros(0))
        )
        at = kind.reshape(-1)
        return np.where(_km_between(self.visitors, visitor, self.hosts, host) < limit[at], near[at], far[at])

    def _room(self, pairs: Pairs, locked: Collection[locks.Lock]) -> locks.Room:
        """Return what the locked pairs have to share."""
        limits = self._limits()
        at = {lock: self._position(pairs, lock.visitor, lock.host) for lock in locked}
        return locks.Room(
            places=self.places,
            exchanges=None if limits.max_exchanges is None else limits.max_exchanges - len(self.made),
            money=None if limits.budget is None else Decimal(str(limits.budget)) - self._made_cost(),
            cost_of={lock: Decimal(str(pairs.cost[row])) for lock, row in at.items() if row is not None},
        )

    def _position(self, pairs: Pairs, visitor: int | None, host: int | None) -> int | None:
        """Return where two stand among the pairs, which are in the order of their rows; None where they do not."""
        if visitor is None or host is None:
            return None
        codes = pairs.visitor * self.hosts.size + pairs.host
        code = visitor * self.hosts.size + host
        at = int(np.searchsorted(codes, code))
        return at if at < len(codes) and codes[at] == code else None

    def _limits(self) -> Limits:
        """Return the limits of the plan, never less than what is made already takes."""
        plan = self.plan
        return Limits(
            max_exchanges=None if plan.max_exchanges is None else max(plan.max_exchanges, len(self.made)),
            budget=None if plan.budget is None else float(max(plan.budget, self._made_cost())),
            min_sme=plan.min_sme,
            min_non_member=plan.min_non_member,
            min_cross_sector_share=float(plan.min_cross_sector_share),
        )

    def _made_cost(self) -> Decimal:
        return sum((each.cost for each in self.made), Decimal(0))

    def _case(self, pairs: Pairs, locked: Collection[locks.Lock]) -> Case:
        """Return the case: pairs that could be, and behind them one for each exchange that is made already."""
        used, host = np.unique(pairs.host, return_inverse=True)
        visitors, made = self.visitors.size, len(self.made)
        names = [f"{MADE}{number}" for number in range(made)]
        forbidden = {
            self._position(pairs, _row_of(self.visitors, ours), _row_of(self.hosts, theirs))
            for ours, theirs in self._wished(WishKind.FORBID)
        }
        wished = {self._position(pairs, lock.visitor, lock.host) for lock in locked}
        first = len(pairs.visitor)
        of_made = {name: np.array([getattr(each, name) for each in self.made], np.bool_) for name in ("sme", "member")}
        return Case(
            visitor_ids=[*map(str, self.visitors.keys.tolist()), *names],
            sme=np.concatenate([self.sme, of_made["sme"]]),
            member=np.concatenate([self.member, of_made["member"]]),
            host_ids=[*map(str, self.hosts.keys[used].tolist()), *names],
            capacity=np.concatenate([self.places[used], np.ones(made, np.int64)]),
            visitor=np.concatenate([pairs.visitor, np.arange(visitors, visitors + made)]),
            host=np.concatenate([host.reshape(-1), np.arange(len(used), len(used) + made)]),
            score=np.concatenate([pairs.tenths / TENTHS, np.zeros(made)]),
            cost=np.concatenate([pairs.cost, [float(each.cost) for each in self.made]]),
            cross_sector=np.concatenate(
                [pairs.cross_sector, np.array([each.cross_sector for each in self.made], np.bool_)]
            ),
            limits=self._limits(),
            locked=np.array([*sorted(at for at in wished if at is not None), *range(first, first + made)], np.int64),
            forbidden=np.array(sorted(at for at in forbidden if at is not None), np.int64),
            time_limit_s=float(self.plan.seconds),
        )

    def _figures(self, pairs: Pairs) -> dict[str, Any]:
        """Return what the page says about the choice that there was."""
        rows = np.unique(pairs.visitor)
        return {
            "visitors": self.visitors.size,
            "hosts": self.hosts.size,
            "candidates": len(pairs.visitor),
            "visited": len(self.visited),
            "possible": {
                "all": len(rows),
                "sme": int(self.sme[rows].sum()),
                "non_member": int((~self.member[rows]).sum()),
                "cross_sector": len(np.unique(pairs.visitor[pairs.cross_sector])),
            },
            "made": {
                "all": len(self.made),
                "sme": sum(each.sme for each in self.made),
                "non_member": sum(not each.member for each in self.made),
                "cross_sector": sum(each.cross_sector for each in self.made),
                "cost": str(self._made_cost()),
            },
        }

    def _ranking(self, visitors: Columns, hosts: Columns) -> Ranking:
        return Ranking(visitors, hosts, self.words, self.terms)

    def _wished(self, kind: WishKind) -> Iterator[tuple[int, int]]:
        for wish in self.plan.parameters["wishes"]:
            if wish["kind"] == kind:
                yield wish["visitor"], wish["host"]

    def _refusal(self, pair: tuple[int, int] | locks.Lock, reason: Reason) -> dict[str, Any]:
        if isinstance(pair, locks.Lock):
            pair = int(self.visitors.keys[pair.visitor]), int(self.hosts.keys[pair.host])
        return {"visitor": pair[0], "host": pair[1], "reason": reason.as_json()}


def _visitors_of(plan: Plan) -> dict[int, tuple[int, bool, bool]]:
    """Return the partnership's visitors by their keys: organisation, whether it is an SME, whether it is a member."""
    rows = Candidature.objects.validated(ParticipantRole.VISITOR).filter(
        partnership=plan.partnership_id, wave=plan.partnership.wave_id
    )
    listed = rows.values_list("pk", "organisation", "organisation__type", "organisation__is_cluster_member")
    return {key: (owner, kind == OrganisationType.SME, member) for key, owner, kind, member in listed}


def _places_left(hosts: Columns, plan: Plan) -> Positions:
    """Return how many visitors each host can still receive: in all, and in the periods for which it has said so."""
    rows = Candidature.objects.validated(ParticipantRole.HOST).filter(wave=plan.partnership.wave_id)
    capacity = dict(rows.values_list("pk", "capacity"))
    accepted = queries.visitors_accepted_in(plan.partnership.wave)
    by_period = _places_by_period(rows)
    left = [
        max(min(capacity.get(key, 0) - accepted.get(key, 0), by_period.get(key, sys.maxsize)), 0)
        for key in hosts.keys.tolist()
    ]
    return np.array(left, np.int64)


def _places_by_period(hosts: CandidatureQuerySet) -> dict[int, int]:
    """Return the places left in the periods ahead of the hosts that have limited every one of them."""
    ahead = Availability.objects.filter(candidature__in=hosts.values("pk"), last_day__gte=clock.today())
    periods: dict[int, list[tuple[date, date, int | None]]] = defaultdict(list)
    for key, first, last, places in ahead.values_list("candidature", "first_day", "last_day", "capacity"):
        periods[key].append((first, last, places))
    limited = [key for key, some in periods.items() if all(period[2] is not None for period in some)]
    begun = stays.begun_at(limited)
    return {
        key: sum(
            max((places or 0) - sum(first <= day <= last for day in begun.get(key, ())), 0)
            for first, last, places in periods[key]
        )
        for key in limited
    }


def _flat(lists: Lists) -> tuple[Positions, Positions, Positions]:
    """Return lists as pairs: the row of the owner, the key of the partner, the score in tenths."""
    filled = np.arange(lists.partners.shape[1]) < lists.sizes[:, None]
    owners = np.repeat(np.arange(len(lists.sizes)), lists.sizes)
    return owners, lists.partners[filled], lists.scores[filled]


def _columns_of(locked: list[locks.Lock]) -> tuple[Positions, Positions, Positions]:
    rows = np.array([(lock.visitor, lock.host, lock.tenths) for lock in locked], np.int64)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _no_pairs() -> Pairs:
    none = np.zeros(0, np.int64)
    return Pairs(none, none, none, np.zeros(0), np.zeros(0, np.bool_))


def _row_of(columns: Columns, key: int) -> int | None:
    row = int(np.searchsorted(columns.keys, key))
    return row if row < columns.size and columns.keys[row] == key else None


def _km_between(visitors: Columns, visitor: Positions, hosts: Columns, host: Positions) -> Numbers:
    """Return how far each pair lies apart, to a tenth of a kilometre; endlessly far where a place is not known."""
    squared = np.zeros(len(visitor))
    known = np.zeros(len(visitor), np.bool_)
    for axis in range(3):
        ours, theirs = visitors.numbers(PLACE + axis)[visitor], hosts.numbers(PLACE + axis)[host]
        squared += (ours - theirs).astype(np.float64) ** 2
        known |= (ours > 0) & (theirs > 0)
    arc = 2 * EARTH_RADIUS * np.arcsin(np.minimum(np.sqrt(squared) / (2 * EARTH_RADIUS), 1))
    return np.where(known, np.round(arc / GRID_OF_KM, 1), np.inf)
