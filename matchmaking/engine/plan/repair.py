"""A better plan out of two: where they differ, the difference falls apart into switches that can be made one by one.

Each visitor and each place at a host joins one pair that goes to one that comes; what hangs together is a switch. Any
set of switches uses every place and every visitor at most once. Which of them to make is a knapsack of few conditions:
a linear program, and then a small exact one over the switches that it is least sure of.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matchmaking.engine.plan.model import Numbers, Positions
from matchmaking.engine.plan.problem import Problem, Tally

UNSURE = 150
HALF = 0.5
DUST = 1e-7
NODES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Switches:
    """The differences of two choices, in parts: `part` of each pair that goes or comes, and what each part adds."""

    pairs: Positions
    part: NDArray[np.int32]
    sign: NDArray[np.int64]

    @classmethod
    def between(cls, problem: Problem, base: Positions, other: Positions) -> "Switches":
        """Return the parts by which `other` differs from `base`."""
        goes, comes = np.setdiff1d(base, other), np.setdiff1d(other, base)
        pairs = np.concatenate([goes, comes])
        by_visitor = _matches(problem.visitor[goes], problem.visitor[comes], places=False)
        by_host = _matches(problem.host[goes], problem.host[comes], places=True)
        left = np.concatenate([by_visitor[0], by_host[0]])
        right = np.concatenate([by_visitor[1], by_host[1]]) + len(goes)
        joined = coo_array((np.ones(len(left)), (left, right)), shape=(len(pairs), len(pairs)))
        part = connected_components(joined, directed=False)[1]
        sign = np.repeat(np.array([-1, 1]), [len(goes), len(comes)])
        return cls(pairs, part, sign)

    def __len__(self) -> int:
        """Count the parts."""
        return int(self.part.max(initial=-1)) + 1

    def adds(self, column: NDArray[np.float64]) -> Numbers:
        """Return what each part adds to the sum of a column."""
        return np.bincount(self.part, column[self.pairs] * self.sign, minlength=len(self)).astype(np.float64)

    def made(self, base: Positions, parts: NDArray[np.bool_]) -> Positions:
        """Return the base with these parts switched."""
        switched = parts[self.part]
        goes = self.pairs[switched & (self.sign < 0)]
        comes = self.pairs[switched & (self.sign > 0)]
        return np.union1d(np.setdiff1d(base, goes), comes)


def _matches(left: Positions, right: Positions, *, places: bool) -> tuple[Positions, Positions]:
    """Join the n-th occurrence of a key on the left to its n-th on the right; return the positions joined."""
    left_key, right_key = left.astype(np.int64), right.astype(np.int64)
    if places:
        most = max(len(left), len(right), 1)
        left_key = left_key * most + _rank(left)
        right_key = right_key * most + _rank(right)
    _, at_left, at_right = np.intersect1d(left_key, right_key, assume_unique=True, return_indices=True)
    return at_left, at_right


def _rank(keys: Positions) -> Positions:
    """Return for each key how many equal ones stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, np.bool_)
    starts = np.flatnonzero(first)
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
    return rank


class Mending:
    """Chooses among switches: shortfalls first, or a sum of them that is allowed, then the score."""

    def __init__(self, problem: Problem, allowed: int | None) -> None:
        self._problem = problem
        self._allowed = allowed
        self._rows = problem.rows()

    def best_of(self, base: Positions, other: Positions) -> Positions:
        """Return a choice made of both that is at least as good as the base."""
        made = self.mix(base, other)
        return made if made is not None and self.better(self._problem.tally(made), self._problem.tally(base)) else base

    def mix(self, base: Positions, other: Positions) -> Positions | None:
        """Return a good choice made of both, None where none keeps the limits; neither of them has to."""
        switches = Switches.between(self._problem, base, other)
        if not len(switches):
            return base
        taken = _solve(self._program(base, switches))
        return None if taken is None else switches.made(base, taken)

    def better(self, one: Tally, other: Tally) -> bool:
        """Return whether one choice may be had and is better than the other."""
        if not self._problem.allows(one):
            return False
        return self.rank(one) > self.rank(other)

    def rank(self, tally: Tally) -> tuple[int, int, int]:
        """Return what makes one choice better than another, in order of weight."""
        short = self._problem.shortfall(tally)
        if self._allowed is not None:
            short = max(short, self._allowed)
        return -short, tally.score, -tally.cost

    def _program(self, base: Positions, switches: Switches) -> "_Program":
        problem = self._problem
        count = len(switches)
        missing = sum(row.target for row in self._rows)
        conditions, limits = [], []
        target = 0
        for row in self._rows:
            slack = np.zeros(missing)
            if row.target:
                slack[target] = -1.0
                target += 1
            conditions.append(np.concatenate([switches.adds(row.coefficient), slack]))
            limits.append(row.limit - float(row.coefficient[base].sum()))
        conditions.append(np.concatenate([switches.adds(np.ones(len(problem))), np.zeros(missing)]))
        limits.append(float(problem.most - len(base)))
        if self._allowed is not None:
            conditions.append(np.concatenate([np.zeros(count), np.ones(missing)]))
            limits.append(float(self._allowed))
        worth = switches.adds(problem.score.astype(np.float64))
        dear = float(np.abs(worth).sum()) + 1.0 if self._allowed is None else 0.0
        scale = max(float(np.abs(worth).max(initial=1.0)), 1.0)
        objective = np.concatenate([-worth / scale, np.full(missing, min(dear / scale, 1e5))])
        return _Program(objective, np.array(conditions), np.array(limits), count)


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """Minimise the objective under conditions ≤ limits; the first `count` unknowns are 0 or 1, the rest at least 0."""

    objective: Numbers
    conditions: NDArray[np.float64]
    limits: Numbers
    count: int


def _solve(program: _Program) -> NDArray[np.bool_] | None:
    unknowns = len(program.objective)
    upper = np.where(np.arange(unknowns) < program.count, 1.0, np.inf)
    relaxed = linprog(
        program.objective,
        A_ub=program.conditions,
        b_ub=program.limits,
        bounds=np.column_stack([np.zeros(unknowns), upper]),
        method="highs",
    )
    if relaxed.status != 0:
        return None
    reduced = program.objective - relaxed.ineqlin.marginals @ program.conditions
    value = relaxed.x[: program.count]
    between = (value > DUST) & (value < 1 - DUST)
    doubt = np.where(between, -1.0, np.abs(reduced[: program.count]))
    unsure = np.sort(np.argsort(doubt, kind="stable")[:UNSURE])
    sure = value > HALF
    sure[unsure] = False
    return _decide(program, sure, unsure)


def _decide(program: _Program, sure: NDArray[np.bool_], unsure: Positions) -> NDArray[np.bool_] | None:
    """Decide the switches that the linear program is unsure of, exactly, with the others as they are."""
    free = np.concatenate([unsure, np.arange(program.count, len(program.objective))])
    left = program.limits - program.conditions[:, : program.count][:, sure].sum(axis=1)
    upper = np.where(free < program.count, 1.0, np.inf)
    found = milp(
        program.objective[free],
        integrality=np.ones(len(free)),
        bounds=Bounds(np.zeros(len(free)), upper),
        constraints=LinearConstraint(program.conditions[:, free], ub=left),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    taken = sure.copy()
    taken[unsure] = found.x[: len(unsure)] > HALF
    return taken
