"""What budget and targets cost: prices under which the heaviest choice, a flow, is as good a bound as can be had.

For prices y ≥ 0 no plan scores more than  max Σ (score − Σ y·coefficient)·x + Σ y·limit + allowed·max y of the targets,
where x keeps places and numbers. This is convex and piecewise linear in y, of four dimensions at most: cutting planes
inside a box around the best prices find the lowest point in some twenty flows, whatever the number of pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from matchmaking.engine.plan.flow import Flow, Network
from matchmaking.engine.plan.model import Numbers, Positions
from matchmaking.engine.plan.problem import Problem, Row

WIDEST = 64.0
NARROWEST = 1e-6
GOOD_STEP = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """One choice of pairs: what it scores, and by how much it exceeds each row."""

    chosen: Positions
    score: float
    excess: Numbers

    def value(self, prices: Numbers) -> float:
        """Return what the choice is worth at these prices, without the shortfall that is allowed."""
        return self.score - float(self.excess @ prices)


def priced(worth: Numbers, prices: Numbers, matrix: NDArray[np.float64]) -> Numbers:
    """Return worth − prices·matrix, row by row: for so few rows, threads of a library would wait longer than work."""
    left = worth.copy()
    for price, row in zip(prices, matrix, strict=True):
        if price:
            left -= price * row
    return left


@dataclass(slots=True)
class Relaxation:
    """The bound as a function of prices, with every choice that it met.

    `objective` is what a pair is worth (zeros, where only shortfalls count); `allowed` is the sum of shortfalls that
    a plan may have, or None where each costs 1 instead. Prices are kept in units that make the rows alike.
    """

    problem: Problem
    network: Network
    objective: Numbers
    allowed: int | None
    rows: Sequence[Row]
    cuts: list[Cut] = field(default_factory=list)
    best_prices: Numbers = field(init=False)
    best: float = field(default=np.inf)
    centre: Numbers = field(init=False)
    radius: float = field(default=1.0)
    settled: bool = field(default=False)
    latest: Flow = field(init=False)
    scaled: NDArray[np.float64] = field(init=False)
    _limits: Numbers = field(init=False)
    _shortfall: float = field(init=False)

    def __post_init__(self) -> None:
        """Scale the rows: a price of 1 makes a typical pair one typical score cheaper."""
        worth = float(self.objective.mean()) if self.objective.any() else 1.0
        scale = [1.0 if row.target else max(float(np.abs(row.coefficient).mean()), 1e-9) for row in self.rows]
        scale = [each / worth for each in scale]
        self.scaled = np.array([row.coefficient / each for row, each in zip(self.rows, scale, strict=True)])
        self.scaled = self.scaled.reshape(len(self.rows), len(self.objective))
        self._shortfall = worth
        self._limits = np.array([row.limit / each for row, each in zip(self.rows, scale, strict=True)])
        self.centre = np.zeros(len(self.rows))
        self.best_prices = self.centre

    @property
    def targets(self) -> NDArray[np.bool_]:
        """Return which rows are targets."""
        return np.array([row.target for row in self.rows], np.bool_)

    def allow(self, shortfall: int) -> None:
        """Bound the plans with this sum of shortfalls instead; the choices met stay of use."""
        if shortfall != self.allowed:
            self.allowed, self.best, self.settled = shortfall, np.inf, False
            self.evaluate(self.best_prices)
            self.evaluate(np.zeros(len(self.rows)))
            self.centre, self.radius = self.best_prices, 1.0

    def weights(self, prices: Numbers) -> Numbers:
        """Return what each pair is worth at these prices."""
        return priced(self.objective, prices, self.scaled)

    def constant(self, prices: Numbers) -> float:
        """Return what the limits, and the shortfall that is allowed, add to the bound at these prices."""
        return float(prices @ self._limits) + self._missing * float(prices[self.targets].max(initial=0.0))

    @property
    def _missing(self) -> float:
        """Return what the shortfall that is allowed costs at a price of 1."""
        return (self.allowed or 0) * self._shortfall

    def slope(self, prices: Numbers) -> Numbers:
        """Return how the constant grows with each price."""
        dearest = np.zeros(len(prices))
        if self._missing and self.targets.any():
            dearest[np.argmax(np.where(self.targets, prices, -1.0))] = self._missing
        return self._limits + dearest

    def evaluate(self, prices: Numbers) -> float:
        """Return the bound at these prices, and keep the choice behind it and the prices if they are the best."""
        weights = self.weights(prices)
        self.latest = self.network.heaviest(weights)
        chosen = self.latest.chosen
        bound = float(weights[chosen].sum()) + self.constant(prices) + self.problem.most * self.latest.unit
        excess = self.scaled[:, chosen].sum(axis=1) - self._limits
        self.cuts.append(Cut(chosen, float(self.objective[chosen].sum()), excess))
        if bound < self.best:
            self.best, self.best_prices = bound, prices
        return bound

    def improve(self) -> None:
        """Take one step towards the lowest bound; `settled` says that there is none left worth a flow."""
        prices, foreseen = self._lowest_of_the_cuts()
        gain = self.best - foreseen
        worth_it = 1e-7 * max(abs(self.best), 1.0)
        if gain <= worth_it:
            self.settled = self.radius >= WIDEST or not self._at_the_border(prices)
            self.radius *= 4
            return
        before = self.best
        bound = self.evaluate(prices)
        if before - bound >= GOOD_STEP * gain:
            self.radius *= 2 if self._at_the_border(prices) else 1
            self.centre = prices
        elif bound > before:
            self.radius = max(self.radius / 2, NARROWEST)
            self.centre = self.best_prices

    def _at_the_border(self, prices: Numbers) -> bool:
        moved = np.abs(prices - self.centre)
        return bool(((moved >= self.radius * 0.999) & (prices > 0)).any())

    def _lowest_of_the_cuts(self) -> tuple[Numbers, float]:
        """Return the prices in the box at which the choices met so far bound worst, and that bound from below."""
        count = len(self.rows)
        above = np.array([[-1.0, 0.0, *-cut.excess] for cut in self.cuts])
        against = np.array([-cut.score for cut in self.cuts])
        spread = np.zeros((count, count + 2))
        spread[:, 1] = -1.0
        spread[:, 2:] = np.eye(count)
        highest = 1.0 if self.allowed is None else np.inf
        box = [
            (max(0.0, at - self.radius), min(at + self.radius, highest if row.target else np.inf))
            for at, row in zip(self.centre, self.rows, strict=True)
        ]
        found = linprog(
            np.concatenate([[1.0, self._missing], np.zeros(count)]),
            A_ub=np.vstack([above, spread[self.targets]]),
            b_ub=np.concatenate([against, np.zeros(int(self.targets.sum()))]),
            bounds=[(None, None), (0.0, None), *box],
            method="highs",
        )
        if found.status != 0:
            return self.best_prices, self.best
        return found.x[2:], float(found.fun)
