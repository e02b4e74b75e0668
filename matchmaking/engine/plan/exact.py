"""The proof: HiGHS on the pairs that could still be part of a better plan.

Scipy's HiGHS and OR-Tools live together in one process (a test holds that); the package `highspy` would not.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from matchmaking.engine.plan.model import Numbers, Positions
from matchmaking.engine.plan.problem import Problem

INFEASIBLE = 2
HALF = 0.5
SHORT = 3
"""Three unknowns stand behind the pairs: the shortfalls of SMEs, of non-members, of cross-sector exchanges."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """The best choice found, None where there is none, and what no choice of these pairs goes beyond."""

    chosen: Positions | None
    bound: float
    proven: bool


def highest_score(
    problem: Problem, pairs: Positions, allowed: int, *, seconds: float | None, nodes: int | None = None
) -> Proof:
    """Return the choice among these pairs that scores most with shortfalls of at most `allowed`."""
    objective = np.concatenate([-problem.score[pairs] / problem.score_unit, np.zeros(SHORT)])
    proof = _solve(problem, pairs, objective, allowed, seconds, nodes)
    return Proof(proof.chosen, -proof.bound * problem.score_unit, proof.proven)


def least_shortfall(problem: Problem, *, seconds: float | None) -> Proof:
    """Return the choice whose shortfalls add up to least, and the sum below which none can be."""
    objective = np.concatenate([np.zeros(len(problem)), np.ones(SHORT)])
    return _solve(problem, np.arange(len(problem)), objective, None, seconds, None)


def _solve(
    problem: Problem,
    pairs: Positions,
    objective: Numbers,
    allowed: int | None,
    seconds: float | None,
    nodes: int | None,
) -> Proof:
    matrix, lower, upper = _conditions(problem, pairs, allowed)
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = max(seconds, 0.01)
    if nodes is not None:
        options["node_limit"] = nodes
    found = milp(
        objective,
        integrality=np.ones(len(objective)),
        bounds=Bounds(np.zeros(len(objective)), np.concatenate([np.ones(len(pairs)), np.full(SHORT, np.inf)])),
        constraints=LinearConstraint(matrix, lower, upper),
        options=options,
    )
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    if found.x is None:
        return Proof(None, np.inf if found.status == INFEASIBLE else bound, proven=found.status == INFEASIBLE)
    return Proof(pairs[found.x[: len(pairs)] > HALF], bound, proven=found.status == 0)


def _conditions(problem: Problem, pairs: Positions, allowed: int | None) -> tuple[csr_array, Numbers, Numbers]:
    """Return the rows of the program with their limits: visitors, places, number, then what can bind of the rest."""
    count = len(pairs)
    visitors, at_visitor = np.unique(problem.visitor[pairs], return_inverse=True)
    hosts, at_host = np.unique(problem.host[pairs], return_inverse=True)
    ones, every = np.ones(count), np.arange(count)
    places = vstack(
        [
            coo_array((ones, (at_visitor, every)), shape=(len(visitors), count)),
            coo_array((ones, (at_host, every)), shape=(len(hosts), count)),
            coo_array((ones, (np.zeros(count, np.int64), every)), shape=(1, count)),
        ]
    )
    limits = [np.ones(len(visitors)), problem.capacity[hosts].astype(np.float64), np.array([float(problem.most)])]
    sides, side_limits = _sides(problem, pairs)
    short = np.zeros((len(sides), SHORT))
    short[1:] = -np.diag([1.0, 1.0, float(problem.share.denominator)])
    rows = [hstack([places, coo_array((places.shape[0], SHORT))]), hstack([coo_array(sides), coo_array(short)])]
    limits.append(side_limits)
    if allowed is not None:
        rows.append(coo_array(np.concatenate([np.zeros(count), np.ones(SHORT)])[np.newaxis]))
        limits.append(np.array([float(allowed)]))
    upper = np.concatenate(limits)
    return csr_array(vstack(rows)), np.full(len(upper), -np.inf), upper


def _sides(problem: Problem, pairs: Positions) -> tuple[Numbers, Numbers]:
    """Return budget and targets in whole numbers; what limits nothing has an endless limit."""
    share = problem.share
    locked = share.numerator * problem.locked.count - share.denominator * problem.locked.cross
    scale = max(float(problem.cost[pairs].mean()), 1.0) if len(pairs) else 1.0
    sides = np.array(
        [
            problem.cost[pairs] / scale,
            -1.0 * problem.sme[pairs],
            -1.0 * problem.non_member[pairs],
            float(share.numerator) - share.denominator * problem.cross[pairs],
        ]
    )
    budget = np.inf if problem.budget is None else problem.budget / scale
    return sides, np.array([budget, -float(problem.min_sme), -float(problem.min_non_member), -float(locked)])
