"""What a plan is chosen from, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import fsum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

type Positions = NDArray[np.int64]
type Numbers = NDArray[np.float64]
type Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must keep (the first two) and what it should reach (the others); None and 0 limit nothing."""

    max_exchanges: int | None = None
    budget: float | None = None
    min_sme: int = 0
    min_non_member: int = 0
    min_cross_sector_share: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Visitors, hosts and the pairs that could be, in columns: a pair is a position in `visitor`, `host`, `score`, ….

    `visitor` and `host` hold positions in `visitor_ids` and `host_ids`. Scores and costs are at least 0 and count to
    nine decimals. `locked` pairs are part of every plan, `forbidden` ones of none; both hold positions of pairs.
    """

    visitor_ids: Sequence[str]
    sme: Flags
    member: Flags
    host_ids: Sequence[str]
    capacity: Positions
    visitor: Positions
    host: Positions
    score: Numbers
    cost: Numbers
    cross_sector: Flags
    limits: Limits = field(default_factory=Limits)
    locked: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    forbidden: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    time_limit_s: float | None = None

    def with_limits(self, **changes: Any) -> Self:
        """Return the case with some of its limits changed."""
        return replace(self, limits=replace(self.limits, **changes))

    def ids(self, pair: int) -> tuple[str, str]:
        """Return the ids of visitor and host of a pair."""
        return self.visitor_ids[self.visitor[pair]], self.host_ids[self.host[pair]]


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """By how many exchanges a plan misses each target."""

    sme: int
    non_member: int
    cross_sector: int

    @property
    def total(self) -> int:
        """Return the sum, which a plan keeps as small as possible before it looks at any score."""
        return self.sme + self.non_member + self.cross_sector


@dataclass(frozen=True, slots=True)
class Plan:
    """The pairs chosen, and what is proven about them.

    No plan whose shortfalls add up to no more scores above `upper_bound`. `status` is "optimal" where it is proven that
    no plan has smaller shortfalls and none with the same scores more, otherwise "feasible". `least_shortfall` is what
    every plan falls short by, as far as that is proven.
    """

    chosen: tuple[tuple[str, str], ...]
    total_score: float
    upper_bound: float
    status: str
    shortfalls: Shortfalls
    total_cost: float
    sme: int
    non_member: int
    cross_sector: int
    least_shortfall: int

    @property
    def gap(self) -> float:
        """Return the share of its bound that the plan may lack: 0 where it is optimal."""
        return (self.upper_bound - self.total_score) / self.upper_bound if self.upper_bound > 0 else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the answer of the contract, JSON-ready."""
        return {
            "chosen": [list(pair) for pair in self.chosen],
            "total_score": self.total_score,
            "upper_bound": self.upper_bound,
            "status": self.status,
            "shortfalls": {
                "sme": self.shortfalls.sme,
                "non_member": self.shortfalls.non_member,
                "cross_sector": self.shortfalls.cross_sector,
            },
        }


def shortfalls_of(limits: Limits, sme: int, non_member: int, cross_sector: int, chosen: int) -> Shortfalls:
    """Return by how much numbers such as these miss the targets; the share is taken as it is written, in decimals."""
    needed = -(-chosen * written(limits.min_cross_sector_share) // 1)
    return Shortfalls(
        max(0, limits.min_sme - sme),
        max(0, limits.min_non_member - non_member),
        max(0, int(needed) - cross_sector),
    )


def written(number: float) -> Fraction:
    """Return the number as one writes it: 0.07 is seven hundredths, not the binary fraction beside it."""
    return Fraction(repr(float(number)))


def answer(case: Case, pairs: Positions, proven: Mapping[str, Any]) -> Plan:
    """Return the plan of these pairs, counted anew out of the case; `proven` adds bound, status and least shortfall."""
    pairs = np.sort(pairs)
    sme = case.sme[case.visitor[pairs]]
    member = case.member[case.visitor[pairs]]
    counts = int(sme.sum()), int((~member).sum()), int(case.cross_sector[pairs].sum())
    return Plan(
        chosen=tuple(case.ids(pair) for pair in pairs),
        total_score=rounded(fsum(case.score[pairs])),
        shortfalls=shortfalls_of(case.limits, *counts, len(pairs)),
        total_cost=rounded(fsum(case.cost[pairs])),
        sme=counts[0],
        non_member=counts[1],
        cross_sector=counts[2],
        **proven,
    )


def rounded(number: float) -> float:
    """Return a sum without the dust of binary fractions."""
    return round(float(number), 9)
