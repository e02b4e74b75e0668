"""What a run goes by, in whole numbers: points of each wish, rarity of each technology, how far is how many points."""

from dataclasses import astuple
from math import log, sin
from typing import NamedTuple

import numpy as np

from matchmaking.engine.columns import EARTH_RADIUS, S_TECHNOLOGIES, TECHNOLOGIES, WORD, Columns, Numbers, Words
from matchmaking.engine.model import Points, Supply, Weights

FAR_KM = 3000
"""From here on a journey brings no points for being short."""
METRES_OF_GRID, METRES_OF_KM = 10, 1000
FINENESS = 1000
GRAINS_BITS = 12
NOWHERE = -1
"""A limit that no distance keeps: where a journey counts nothing."""


P_TECHNOLOGIES, P_SECTOR, P_PURPOSES, P_COUNTRY, P_DATES = range(5)
P_FIRST_TIME, P_TRAVEL, P_TARGETS, P_SOUGHT, P_DECLINES = range(5, 10)
"""Where the points of each wish stand in `Terms.points`."""


class Terms(NamedTuple):
    """The points of the wishes in tenths, the rarity of each technology by its number, and the limits of a journey.

    `near` answers at once for the square of a distance, cut by `grain` bits, the most points that it may still earn.
    """

    points: Numbers
    rarity: Numbers
    limits: Numbers
    near: Numbers
    grain: int


def rarity(supply: Supply, technology: str) -> int:
    """Return 1,000 × ln(1 + N / (1 + n)), rounded, of N hosts and n that offer it; at least 1."""
    return max(1, round(FINENESS * log(1 + supply.hosts / (1 + supply.offers_of(technology)))))


def supply_of(hosts: Columns, words: Words) -> Supply:
    """Count the hosts and what they offer."""
    offered = hosts.masks(S_TECHNOLOGIES)
    offering = {
        technology: int(np.count_nonzero(offered[:, at // WORD] >> np.uint64(at % WORD) & np.uint64(1)))
        for technology, at in words.numbers[TECHNOLOGIES].items()
    }
    return Supply(hosts.size, offering)


def terms_of(weights: Weights, supply: Supply, words: Words) -> Terms:
    """Return the terms for columns whose words have these numbers."""
    points = weights.points()
    values = [rarity(supply, technology) for technology in words.numbers[TECHNOLOGIES]]
    padded = np.zeros(words.width(TECHNOLOGIES) * WORD, dtype=np.int64)
    padded[: len(values)] = values
    limits = np.array(limits_of(points), dtype=np.int64)
    grain = max(int(limits[0]).bit_length() - GRAINS_BITS, 0)
    begins = np.arange((int(limits[0]) >> grain) + 1, dtype=np.int64) << grain
    near = np.searchsorted(-limits, -begins, side="right").astype(np.int64)
    return Terms(np.array(astuple(points), dtype=np.int64), padded, limits, near, grain)


def limits_of(points: Points) -> list[int]:
    """Return for each tenth of the journey's points the square of the longest straight line that still earns it."""
    steps = range(1, points.travel + 1)
    return [_squared(FAR_KM * (points.travel - each) / points.travel) for each in steps] or [NOWHERE]


def _squared(km: float) -> int:
    """Return the square of the straight line through the Earth, on the grid, between places so many km apart."""
    arc = km * METRES_OF_KM / METRES_OF_GRID
    return int((2 * EARTH_RADIUS * sin(arc / (2 * EARTH_RADIUS))) ** 2)
