"""What a coordinator asks next: what each target costs, and in what two plans differ."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import fsum, inf, isclose

from matchmaking.engine.clock import Clock
from matchmaking.engine.plan.model import Case, Plan, rounded
from matchmaking.engine.plan.solve import plan

STEP = 10
"""A limit is moved by a tenth of itself, a share by a tenth of one."""
SHARE_STEP = 0.1


@dataclass(frozen=True, slots=True)
class TargetCost:
    """What it changes to ask for `other` instead of `value` under the limit `key`.

    "30 SMEs instead of 28 lowers the score by 1.2 %" reads: value 28, other 30, percent −1.2. `percent` is None where
    the score was 0. `shortfall_change` says how many exchanges more the targets are missed by: a plan that misses more
    of them may well score more. `certain` is whether both plans are proven to be the best.
    """

    key: str
    value: float
    other: float
    score: float
    other_score: float
    shortfall_change: int
    certain: bool

    @property
    def percent(self) -> float | None:
        """Return the change of the score in per cent of what it was."""
        return 100 * (self.other_score - self.score) / self.score if self.score else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """In what the second of two plans differs from the first: pairs kept, added and dropped, and sums that change."""

    kept: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str], ...]
    score_change: float
    cost_change: float
    sme_change: int
    non_member_change: int
    cross_sector_change: int
    shortfall_change: int


def what_targets_cost(
    case: Case, base: Plan | None = None, *, clock: Callable[[], Clock] | None = None
) -> list[TargetCost]:
    """Return what a step down and a step up of each limit that is set would do, each by a plan of its own.

    `base` is the plan of the case where it is known; `clock` makes the clock for each plan, the case's time limit
    otherwise.
    """
    new_clock = clock or (lambda: Clock(case.time_limit_s))
    return list(target_costs(case, base or plan(case, clock=new_clock()), clock=new_clock))


def target_costs(case: Case, base: Plan, *, clock: Callable[[], Clock]) -> Iterator[TargetCost]:
    """Yield the same one after the other, as each plan is made."""
    for key, value, other in _steps(case):
        yield _cost(key, value, other, base, plan(case.with_limits(**{key: other}), clock=clock()))


def compare(first: Plan, second: Plan) -> Comparison:
    """Return in what the second plan differs from the first."""
    before, after = set(first.chosen), set(second.chosen)
    return Comparison(
        kept=tuple(pair for pair in first.chosen if pair in after),
        added=tuple(pair for pair in second.chosen if pair not in before),
        dropped=tuple(pair for pair in first.chosen if pair not in after),
        score_change=rounded(second.total_score - first.total_score),
        cost_change=rounded(second.total_cost - first.total_cost),
        sme_change=second.sme - first.sme,
        non_member_change=second.non_member - first.non_member,
        cross_sector_change=second.cross_sector - first.cross_sector,
        shortfall_change=second.shortfalls.total - first.shortfalls.total,
    )


def _cost(key: str, value: float, other: float, before: Plan, after: Plan) -> TargetCost:
    return TargetCost(
        key=key,
        value=value,
        other=other,
        score=before.total_score,
        other_score=after.total_score,
        shortfall_change=after.shortfalls.total - before.shortfalls.total,
        certain=before.status == after.status == "optimal",
    )


def _steps(case: Case) -> Iterator[tuple[str, float, float]]:
    limits, visitors = case.limits, len(case.visitor_ids)
    for key, value, least, most in (
        ("min_sme", limits.min_sme, 0, visitors),
        ("min_non_member", limits.min_non_member, 0, visitors),
        ("max_exchanges", limits.max_exchanges, len(case.locked), inf),
    ):
        if value:
            yield from _around(key, value, max(1, value // STEP), (least, most))
    share, budget = limits.min_cross_sector_share, limits.budget
    if share:
        yield from _around("min_cross_sector_share", share, SHARE_STEP, (0.0, 1.0))
    if budget:
        yield from _around("budget", budget, budget / STEP, (fsum(case.cost[case.locked]), inf))


def _around(key: str, value: float, step: float, within: tuple[float, float]) -> Iterator[tuple[str, float, float]]:
    """Yield a step down and a step up, each where there is room for it: no target of 33 where 11 could visit."""
    lower, higher = max(within[0], value - step), min(within[1], value + step)
    for other, is_a_step in ((lower, lower < value), (higher, higher > value)):
        if is_a_step and not isclose(other, value):
            yield key, value, round(other, 9)
