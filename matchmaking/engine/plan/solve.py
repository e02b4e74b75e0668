"""The way in: `plan` finds the least shortfall, then the highest score, and proves what it can in the time it has."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, inf

import numpy as np

from matchmaking.engine.clock import Clock
from matchmaking.engine.plan import exact
from matchmaking.engine.plan.bound import losses
from matchmaking.engine.plan.duals import Relaxation
from matchmaking.engine.plan.flow import Network
from matchmaking.engine.plan.model import Case, Plan, Positions, answer, rounded
from matchmaking.engine.plan.problem import Problem, Tally
from matchmaking.engine.plan.repair import Mending
from matchmaking.engine.plan.sketch import find_prices

MOST_STEPS = 80
MENDED = 8
STRADDLES = 8
FIRST_STEP = 0.01
FIRST_NODES = 20
AT_ONCE = 1_000
LARGEST_PROOF = 60_000
PAIRS_A_SECOND = 5_000
DUST = 1e-6
"""In points: what binary fractions may hide of a bound."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: what it does, the best score so far and what no plan exceeds, both in points."""

    step: str
    score: float
    upper_bound: float


def plan(case: Case, *, clock: Clock | None = None, told: Callable[[Progress], None] = lambda _progress: None) -> Plan:
    """Return the best plan of a case, proven as far as its time limit allows; the same case gives the same plan.

    Only an answer that the time cut off may differ from one run to the next. `told` hears of the progress; a search
    that the clock's `cancelled` calls off ends at its next step with the best plan so far. Raises ValueError where the
    locked pairs cannot all be had.
    """
    problem = Problem.of(case)
    search = _Search(problem, clock or Clock(case.time_limit_s), told)
    search.run()
    pairs = np.concatenate([case.locked, problem.pair[search.chosen]]).astype(np.int64)
    return answer(case, pairs, search.proven())


class _Search:
    def __init__(self, problem: Problem, clock: Clock, told: Callable[[Progress], None]) -> None:
        self.problem, self.clock, self.told = problem, clock, told
        self.network = Network(problem)
        self.chosen: Positions = np.zeros(0, np.int64)
        self.floor = 0
        self.bound = inf

    def run(self) -> None:
        """Choose, from what is quickest to what takes longest, and stop where nothing is left to prove."""
        self._take_the_heaviest()
        if self.closed:
            return
        self._tell("prices")
        relaxation = self._begin()
        self._tell("targets")
        self._reach_the_targets()
        self._tell("score")
        self._raise_the_score(relaxation)
        self._tell("proof")
        self._prove(relaxation)

    @property
    def tally(self) -> Tally:
        """Return what the pairs chosen so far add up to."""
        return self.problem.tally(self.chosen)

    @property
    def short(self) -> int:
        """Return the sum of shortfalls of the best plan so far."""
        return self.problem.shortfall(self.tally)

    @property
    def highest(self) -> int:
        """Return the highest score that the bound and the steps between scores leave open, locked pairs left out."""
        if self.bound == inf:
            return int(self.problem.score.sum())
        step, locked = max(self.problem.score_step, 1), self.problem.locked.score
        exceeded = self.bound + DUST * self.problem.score_unit + locked
        return max(self.tally.score, floor(exceeded / step) * step - locked)

    @property
    def closed(self) -> bool:
        """Return whether the best plan is proven to be the best of all."""
        return self.short <= self.floor and self.highest - self.tally.score <= 2 * DUST * self.problem.score_unit

    def proven(self) -> dict[str, float | str | int]:
        """Return what is proven about the plan, as the answer says it."""
        score = self.tally.score if self.closed else self.highest
        return {
            "upper_bound": rounded(self.problem.in_points(score)),
            "status": "optimal" if self.closed else "feasible",
            "least_shortfall": self.short if self.closed else self.floor,
        }

    def _tell(self, step: str) -> None:
        self.told(Progress(step, self.problem.in_points(self.tally.score), self.problem.in_points(float(self.highest))))

    def _take_the_heaviest(self) -> None:
        """Take what would be best without budget and targets; often it keeps them all."""
        if self.problem.most <= 0:
            self.floor, self.bound = self.short, 0.0
            return
        free = Relaxation(self.problem, self.network, self.problem.score.astype(np.float64), 0, [])
        self.bound = free.evaluate(np.zeros(0))
        heaviest = free.cuts[0].chosen
        tally = self.problem.tally(heaviest)
        if self.problem.allows(tally) and not self.problem.shortfall(tally):
            self.chosen = heaviest

    def _begin(self) -> Relaxation:
        """Price budget and targets as if all could be reached, and make a first plan of the choices met."""
        score = self.problem.score.astype(np.float64)
        relaxation = Relaxation(self.problem, self.network, score, 0, self.problem.rows())
        find_prices(relaxation)
        self._straddle(relaxation)
        return relaxation

    def _straddle(self, relaxation: Relaxation) -> None:
        """Meet choices on both sides of what is exceeded, by dearer and dearer prices, and mix plans out of them."""
        mending = Mending(self.problem, None)
        prices, near = relaxation.best_prices, relaxation.cuts[-1]
        for turn in range(STRADDLES):
            latest = relaxation.cuts[-1]
            exceeded = latest.excess > 0
            mixed = mending.mix(near.chosen, latest.chosen)
            if mixed is not None and mending.better(self.problem.tally(mixed), self.tally):
                self.chosen = mixed
            if not exceeded.any() or relaxation.best < 0 or self.clock.over(0.8):
                break
            prices = prices + FIRST_STEP * 2**turn * exceeded
            relaxation.evaluate(prices)

    def _reach_the_targets(self) -> None:
        """Make the sum of shortfalls as small as it gets, and raise the floor below which it cannot be."""
        if not self.short:
            return
        rows = self.problem.rows()
        relaxation = Relaxation(self.problem, self.network, np.zeros(len(self.problem)), None, rows)
        relaxation.evaluate(relaxation.targets.astype(np.float64))
        mending = Mending(self.problem, None)
        while True:
            self.floor = max(self.floor, ceil(-relaxation.best - DUST))
            self.chosen = mending.best_of(self.chosen, relaxation.cuts[-1].chosen)
            if self.short <= self.floor or self._is_done_with(relaxation, 0.3):
                break
            relaxation.improve()
        if self.short > self.floor and len(self.problem) <= LARGEST_PROOF and not self.clock.over(0.5):
            left = self.clock.left()
            proof = exact.least_shortfall(self.problem, seconds=None if left is None else left / 2)
            self._take(proof.chosen, None)
            self.floor = min(self.short, max(self.floor, ceil(proof.bound - DUST)))

    def _raise_the_score(self, relaxation: Relaxation) -> None:
        """Lower the bound by prices and make a better plan out of the choices met, roughly at first, then finely."""
        relaxation.allow(self.short)
        self._bound_by(relaxation)
        self._mend(relaxation, self.short)
        self._tell("score")
        while not self._is_done_with(relaxation, 0.7):
            relaxation.improve()
        self._bound_by(relaxation)
        self._mend(relaxation, self.short)

    def _bound_by(self, relaxation: Relaxation) -> None:
        self.bound = min(self.bound, relaxation.best)

    def _mend(self, relaxation: Relaxation, allowed: int | None) -> None:
        """Make the best plan out of the choices that are worth most at the best prices."""
        mending = Mending(self.problem, allowed)
        met = sorted(relaxation.cuts, key=lambda cut: -cut.value(relaxation.best_prices))
        for cut in met[:MENDED]:
            if self.closed or self.clock.over(0.8):
                break
            self.chosen = mending.best_of(self.chosen, cut.chosen)

    def _is_done_with(self, relaxation: Relaxation, share: float) -> bool:
        return relaxation.settled or len(relaxation.cuts) >= MOST_STEPS or self.clock.over(share)

    def _prove(self, relaxation: Relaxation) -> None:
        """Leave out the pairs that cannot be part of a better plan, and solve the rest: briefly, then to the end."""
        for nodes in (FIRST_NODES, None):
            if self.closed or self.clock.over():
                return
            bound, loss = losses(self.problem, relaxation)
            better = self.tally.score + max(self.problem.score_step, 1) - DUST * self.problem.score_unit
            open_pairs = np.flatnonzero(bound - loss >= better)
            first = max(AT_ONCE, 3 * self.problem.most)
            if nodes and len(open_pairs) <= first:
                continue
            if nodes:
                few = np.argsort(loss[open_pairs], kind="stable")[:first]
                open_pairs = np.sort(open_pairs[few])
            left = self.clock.left()
            if len(open_pairs) > min(LARGEST_PROOF, inf if left is None else left * PAIRS_A_SECOND):
                return
            proof = exact.highest_score(self.problem, open_pairs, self.short, seconds=left, nodes=nodes)
            self._take(proof.chosen, self.short)
            if not nodes:
                self.bound = min(self.bound, max(proof.bound, self.tally.score))
            self._tell("proof")

    def _take(self, chosen: Positions | None, allowed: int | None) -> None:
        if chosen is not None and Mending(self.problem, allowed).better(self.problem.tally(chosen), self.tally):
            self.chosen = chosen
