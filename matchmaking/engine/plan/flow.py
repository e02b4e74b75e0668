"""The heaviest choice of pairs under places and numbers alone: a min-cost flow, exact however large.

Everything else (budget, targets) comes in through the weights: `duals` puts prices on it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matchmaking.engine.plan.model import Numbers, Positions
from matchmaking.engine.plan.problem import Problem

PRECISION = 2**36
"""The heaviest pair in whole units of a flow; what rounding to them may lose is added to every bound."""
SMALLEST_UNIT = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """The choice of the greatest weight, the weights in whole units, and how large a unit is (0: no pair has any)."""

    chosen: Positions
    whole: NDArray[np.int64]
    unit: float


class Network:
    """Source → visitors → hosts → sink, with a way past for those who stay at home."""

    def __init__(self, problem: Problem) -> None:
        visitors, hosts = len(problem.case.visitor_ids), len(problem.case.host_ids)
        self._most = problem.most
        self._sink = 1 + visitors + hosts
        every_visitor = 1 + np.arange(visitors, dtype=np.int32)
        every_host = 1 + visitors + np.arange(hosts, dtype=np.int32)
        self._tail = (1 + problem.visitor).astype(np.int32)
        self._head = (1 + visitors + problem.host).astype(np.int32)
        self._outer = (
            np.concatenate([np.zeros(visitors, np.int32), every_host, np.zeros(1, np.int32)]),
            np.concatenate([every_visitor, np.full(hosts + 1, self._sink, np.int32)]),
            np.concatenate([np.ones(visitors, np.int64), problem.capacity, [self._most]]),
        )

    def heaviest(self, weights: Numbers) -> Flow:
        """Return the choice of the greatest weight: none weighs more, but for a unit a pair."""
        top = float(weights.max(initial=0.0))
        if top <= 0 or self._most <= 0:
            return Flow(np.zeros(0, np.int64), np.zeros(len(weights), np.int64), 0.0)
        unit = max(top / PRECISION, SMALLEST_UNIT)
        whole = np.rint(weights / unit).astype(np.int64)
        worth = np.flatnonzero(whole > 0)
        return Flow(worth[self._flows(worth, whole) > 0], whole, unit)

    def _flows(self, pairs: Positions, whole: NDArray[np.int64]) -> NDArray[Any]:
        tail, head, capacity = self._outer
        flow = min_cost_flow.SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            self._tail[pairs], self._head[pairs], np.ones(len(pairs), np.int64), -whole[pairs]
        )
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, np.zeros(len(capacity), np.int64))
        flow.set_nodes_supplies(np.array([0, self._sink], np.int32), np.array([self._most, -self._most], np.int64))
        status = flow.solve()
        if status != flow.OPTIMAL:
            message = f"the flow of {len(pairs)} pairs ended as {status}"
            raise RuntimeError(message)
        return np.asarray(flow.flows(arcs))
