"""A case in whole numbers, without the pairs that are decided: what all solvers work on.

Scores and costs become integers, so that sums and comparisons are exact. Locked pairs are taken out, and with them
their visitors, places and money; what cannot be chosen at all goes too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.json_input import decimals
from matchmaking.engine.plan.model import Case, Flags, Numbers, Positions, written

DECIMALS = 9
LARGEST_SUM = 2**62
DUST = 1e-3


@dataclass(frozen=True, slots=True)
class Tally:
    """What a choice of pairs adds up to, in the whole numbers of its problem."""

    count: int
    score: int
    cost: int
    sme: int
    non_member: int
    cross: int

    def __sub__(self, other: "Tally") -> "Tally":
        """Return what this choice has more than another."""
        return Tally(
            self.count - other.count,
            self.score - other.score,
            self.cost - other.cost,
            self.sme - other.sme,
            self.non_member - other.non_member,
            self.cross - other.cross,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One condition on the sum of a coefficient over the chosen pairs: sum ≤ limit, for a target + its shortfall."""

    name: str
    coefficient: Numbers
    limit: float
    target: bool


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The pairs left to choose from, with everything else that a solver asks for.

    `pair` leads back to the positions of the case. `most`, `budget`, `min_sme`, `min_non_member` are what the locked
    pairs leave of the limits; `share` is the smallest fraction that asks for the same numbers as the one given.
    """

    case: Case
    pair: Positions
    visitor: Positions
    host: Positions
    capacity: Positions
    score: NDArray[np.int64]
    cost: NDArray[np.int64]
    cross: Flags
    sme: Flags
    non_member: Flags
    score_unit: int
    score_step: int
    most: int
    budget: int | None
    min_sme: int
    min_non_member: int
    share: Fraction
    locked: Tally

    @classmethod
    def of(cls, case: Case) -> "Problem":
        """Return the problem of a case; raises ValueError where its locked pairs cannot all be had."""
        score, score_unit = _whole(case.score)
        cost, cost_unit = _whole(case.cost)
        held = case.locked
        sme, non_member = case.sme[case.visitor], ~case.member[case.visitor]
        locked = Tally(
            len(held),
            *(int(each[held].sum()) for each in (score, cost, sme, non_member, case.cross_sector)),
        )
        limits = case.limits
        free = case.capacity - np.bincount(case.host[held], minlength=len(case.capacity))
        budget = None if limits.budget is None else floor(written(limits.budget) * cost_unit) - locked.cost
        most = len(case.visitor_ids) if limits.max_exchanges is None else limits.max_exchanges
        _check_locks(case, free, budget, most)
        kept = _still_possible(case, free, None if budget is None else cost <= budget)
        left = int(np.minimum(free, np.bincount(case.host[kept], minlength=len(free))).sum())
        most = min(most - locked.count, left, len(np.unique(case.visitor[kept])))
        return cls(
            case=case,
            pair=kept,
            visitor=case.visitor[kept],
            host=case.host[kept],
            capacity=np.minimum(free, max(len(kept), 1)),
            score=score[kept],
            cost=cost[kept],
            cross=case.cross_sector[kept],
            sme=sme[kept],
            non_member=non_member[kept],
            score_unit=score_unit,
            score_step=int(np.gcd.reduce(score)) if len(score) else 1,
            most=most,
            budget=budget,
            min_sme=limits.min_sme - locked.sme,
            min_non_member=limits.min_non_member - locked.non_member,
            share=_fraction_above(written(limits.min_cross_sector_share), most + locked.count),
            locked=locked,
        )

    def __len__(self) -> int:
        """Count the pairs that are left to choose from."""
        return len(self.pair)

    def tally(self, chosen: Positions) -> Tally:
        """Return what these pairs add up to, the locked ones left out."""
        columns = self.score, self.cost, self.sme, self.non_member, self.cross
        return Tally(len(chosen), *(int(each[chosen].sum()) for each in columns))

    def shortfall(self, tally: Tally) -> int:
        """Return the sum of shortfalls of such a choice together with the locked pairs."""
        chosen = tally.count + self.locked.count
        needed = int(-(-chosen * self.share // 1))
        return (
            max(0, self.min_sme - tally.sme)
            + max(0, self.min_non_member - tally.non_member)
            + max(0, needed - tally.cross - self.locked.cross)
        )

    def allows(self, tally: Tally) -> bool:
        """Return whether such a choice keeps the number of exchanges and the budget."""
        return tally.count <= self.most and (self.budget is None or tally.cost <= self.budget)

    def rows(self) -> list[Row]:
        """Return the conditions beside places and numbers: the budget if it can be exceeded, and the targets."""
        return [row for row in self._all_rows() if _can_bind(row)]

    def _all_rows(self) -> Iterable[Row]:
        if self.budget is not None:
            yield Row("budget", self.cost.astype(np.float64), float(self.budget), target=False)
        if self.min_sme > 0:
            yield Row("sme", -self.sme.astype(np.float64), float(-self.min_sme), target=True)
        if self.min_non_member > 0:
            yield Row("non_member", -self.non_member.astype(np.float64), float(-self.min_non_member), target=True)
        if self.share > 0:
            limit = self.locked.cross - self.share * self.locked.count
            yield Row("cross_sector", float(self.share) - self.cross.astype(np.float64), float(limit), target=True)

    def in_points(self, score: float) -> float:
        """Return a score of whole numbers in the points of the case, the locked pairs counted in."""
        return (score + self.locked.score) / self.score_unit


def _can_bind(row: Row) -> bool:
    return row.target or float(row.coefficient.sum()) > row.limit


def _whole(numbers: Numbers) -> tuple[NDArray[np.int64], int]:
    """Return the numbers times a power of ten that makes them whole, and that power; further decimals round up."""
    places = decimals(np.unique(numbers).tolist(), DECIMALS)
    total = float(numbers.sum()) + 1
    while places and total * 10**places > LARGEST_SUM:
        places -= 1
    unit = 10**places
    near = np.rint(numbers * unit)
    return np.where(np.abs(near - numbers * unit) < DUST, near, np.ceil(numbers * unit)).astype(np.int64), unit


def _check_locks(case: Case, free: Positions, budget: int | None, most: int) -> None:
    visitors = case.visitor[case.locked]
    if len(np.unique(visitors)) < len(visitors):
        raise ValueError("a visitor comes in more than one locked pair")
    if (free < 0).any():
        raise ValueError("a host comes in more locked pairs than it has capacity")
    if len(np.intersect1d(case.locked, case.forbidden)):
        raise ValueError("a pair is locked and forbidden")
    if len(case.locked) > most:
        raise ValueError("more pairs are locked than max_exchanges allows")
    if budget is not None and budget < 0:
        raise ValueError("the locked pairs cost more than the budget")


def _still_possible(case: Case, free: Positions, affordable: Flags | None) -> Positions:
    possible = free[case.host] > 0
    possible[case.forbidden] = False
    taken = np.zeros(len(case.visitor_ids), np.bool_)
    taken[case.visitor[case.locked]] = True
    possible &= ~taken[case.visitor]
    if affordable is not None:
        possible &= affordable
    return np.flatnonzero(possible)


def _fraction_above(share: Fraction, most: int) -> Fraction:
    """Return the smallest fraction of at least `share` whose denominator is at most `most`.

    For up to `most` exchanges it asks for the same whole numbers; and between it and the next one lies more than any
    solver's tolerance.
    """
    most = max(most, 1)
    near = share.limit_denominator(most)
    if near >= share:
        return near
    over, under = near.numerator, near.denominator
    if under == 1:
        return Fraction(over * most + 1, most)
    denominator = -pow(over, -1, under) % under
    denominator += (most - denominator) // under * under
    return Fraction(1 + over * denominator, under) / denominator
