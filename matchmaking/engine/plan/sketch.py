"""Prices to begin with: where hosts keep theirs, each visitor decides alone, and a bound costs one look at each pair.

A few flows then do what would otherwise take dozens; what they prove does not depend on the sketch.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matchmaking.engine.plan.bound import HostPrices
from matchmaking.engine.plan.duals import Relaxation, priced
from matchmaking.engine.plan.model import Numbers

PAIRS = 100_000
ROUNDS = 4
STEPS = 60
HIGHEST = 30.0
WORTH_A_ROUND = 1e-4
NEAR = 0.02


def find_prices(relaxation: Relaxation) -> None:
    """Bring the relaxation near its lowest bound, with a flow a round, as long as a round is worth it."""
    place = np.zeros(len(relaxation.problem.capacity))
    start = _Sketch(relaxation, place, PAIRS).lowest(np.zeros(len(relaxation.rows) + 1))
    for _ in range(ROUNDS):
        before = relaxation.best
        start = _Sketch(relaxation, place, len(relaxation.problem)).lowest(start)
        relaxation.evaluate(start[:-1])
        if relaxation.best < 0 or before - relaxation.best < WORTH_A_ROUND * relaxation.best:
            break
        flow = relaxation.latest
        prices = HostPrices.of(relaxation.problem, flow.whole, flow.chosen)
        place = np.maximum(prices.place - prices.every, 0) * flow.unit
    relaxation.centre = relaxation.best_prices
    relaxation.radius = NEAR


class _Sketch:
    """The bound as a function of the prices of rows and of an exchange as such, from every visitor or every n-th."""

    def __init__(self, relaxation: Relaxation, place: Numbers, pairs: int) -> None:
        problem = relaxation.problem
        visitors = np.unique(problem.visitor)
        taken = np.zeros(len(problem.case.visitor_ids), np.bool_)
        taken[visitors[:: -(-len(problem) // pairs)]] = True
        seen = np.flatnonzero(taken[problem.visitor])
        self._pairs = seen[np.argsort(problem.visitor[seen], kind="stable")]
        visitor = problem.visitor[self._pairs]
        self._starts = np.flatnonzero(np.concatenate([[True], visitor[1:] != visitor[:-1]]))
        self._lengths = np.diff(np.append(self._starts, len(visitor)))
        self._share = len(self._starts) / len(visitors)
        self._worth = relaxation.objective[self._pairs] - place[problem.host[self._pairs]]
        self._matrix = relaxation.scaled[:, self._pairs]
        self._relaxation = relaxation
        self._typical = max(float(relaxation.objective.mean()), 1e-9)

    def lowest(self, start: Numbers) -> Numbers:
        """Return the prices at which the sketch bounds lowest; the last is that of an exchange, in typical scores."""
        box = [(0.0, HIGHEST)] * len(start)
        found = minimize(self._bound, start, jac=True, method="L-BFGS-B", bounds=box, options={"maxiter": STEPS})
        return np.asarray(found.x)

    def _bound(self, prices: Numbers) -> tuple[float, NDArray[np.float64]]:
        """Return the bound at these prices and its slope, both in typical scores an exchange."""
        relaxation, rows, every = self._relaxation, prices[:-1], prices[-1] * self._typical
        weights = priced(self._worth, rows, self._matrix)
        most = np.maximum.reduceat(weights, self._starts)
        goes = most > every
        hits = np.flatnonzero(weights == np.repeat(np.where(goes, most, np.inf), self._lengths))
        chosen = hits[np.searchsorted(hits, self._starts[goes])]
        bound = float((most[goes] - every).sum()) + self._share * relaxation.constant(rows)
        exchanges = self._share * relaxation.problem.most
        slope = np.append(
            self._share * relaxation.slope(rows) - self._matrix[:, chosen].sum(axis=1),
            (exchanges - len(chosen)) * self._typical,
        )
        scale = self._typical * max(exchanges, 1.0)
        return (bound + every * exchanges) / scale, slope / scale
