"""Which pairs can still matter: prices of hosts that prove, pair by pair, what a plan with it could score at most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.plan.duals import Relaxation
from matchmaking.engine.plan.model import Numbers
from matchmaking.engine.plan.problem import Problem

LOOKS = 200_000_000
"""How many pairs are looked at before prices that have not settled are taken as they are."""

type Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class HostPrices:
    """What a place at each host is worth, `every` of it for the exchange as such, in the whole units of a flow."""

    place: Whole
    every: int
    worth: Whole

    @classmethod
    def of(cls, problem: Problem, whole: Whole, chosen: Whole) -> "HostPrices":
        """Return prices at which each visitor of the heaviest choice is where it gains most.

        They follow from the choice by the longest paths of its network: a place is worth at least what the visitor in
        it would add elsewhere. Prices that did not settle in time still prove a bound, only a weaker one.
        """
        hosts = len(problem.capacity)
        home = np.zeros(len(problem.case.visitor_ids), np.int64)
        matched = np.full(len(home), -1, np.int64)
        matched[problem.visitor[chosen]] = problem.host[chosen]
        home[problem.visitor[chosen]] = whole[chosen]
        order = np.argsort(problem.host, kind="stable")
        ladder = _Ladder(problem.visitor[order], problem.host[order], whole[order], matched, home)
        place = ladder.climb(np.zeros(hosts, np.int64))
        full = np.bincount(problem.host[chosen], minlength=hosts) >= problem.capacity
        every = int(place[~full].max(initial=0)) if len(chosen) >= problem.most else 0
        place = ladder.climb(np.maximum(place, every))
        worth = np.zeros(len(home), np.int64)
        np.maximum.at(worth, problem.visitor, whole - place[problem.host])
        return cls(place, every, worth)

    def bound(self, problem: Problem) -> int:
        """Return what no choice can weigh more than."""
        scarce = np.maximum(self.place - self.every, 0)
        return int(self.worth.sum() + (problem.capacity * scarce).sum()) + self.every * problem.most

    def loss(self, problem: Problem, whole: Whole) -> Whole:
        """Return by how much the bound falls for a plan with this pair; 0 for those of the heaviest choice."""
        price = np.maximum(self.place, self.every)
        return price[problem.host] + self.worth[problem.visitor] - whole


@dataclass(frozen=True, slots=True, eq=False)
class _Ladder:
    """The pairs sorted by host, and where each visitor is (−1: at home) with what it gains there."""

    visitor: Whole
    host: Whole
    whole: Whole
    matched: Whole
    home: Whole

    def climb(self, place: Whole) -> Whole:
        """Return the least prices from these upwards at which no visitor would rather be elsewhere."""
        if not len(self.host):
            return place
        starts = np.flatnonzero(np.concatenate([[True], self.host[1:] != self.host[:-1]]))
        named = self.host[starts]
        away = self.matched >= 0
        for _ in range(1 + LOOKS // len(self.host)):
            standing = np.where(away, place[self.matched] - self.home, 0)
            asked = np.maximum.reduceat(standing[self.visitor] + self.whole, starts)
            raised = place.copy()
            raised[named] = np.maximum(place[named], asked)
            if np.array_equal(raised, place):
                break
            place = raised
        return place


def losses(problem: Problem, relaxation: Relaxation) -> tuple[float, Numbers]:
    """Return the bound at the best prices found, and by how much each pair would lower it if it were chosen."""
    weights = relaxation.weights(relaxation.best_prices)
    flow = relaxation.network.heaviest(weights)
    if not flow.unit:
        return relaxation.best, -weights
    prices = HostPrices.of(problem, flow.whole, flow.chosen)
    bound = (prices.bound(problem) + problem.most) * flow.unit + relaxation.constant(relaxation.best_prices)
    return bound, (prices.loss(problem, flow.whole) * flow.unit).astype(np.float64)
