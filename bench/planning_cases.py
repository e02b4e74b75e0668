"""Cases of planning as large as one likes: hosts of unequal renown, lump sums by distance, two thirds of them SMEs."""

import numpy as np

from matchmaking.engine.plan.model import Case, Limits

LUMP_SUMS = [305, 410, 520, 640, 780, 910, 1100]
HOW_OFTEN = [0.1, 0.15, 0.25, 0.2, 0.15, 0.1, 0.05]
SMES, MEMBERS, OTHER_SECTORS = 0.6, 0.7, 0.45
SMALL = 100
SEED = 874137


def some_case(visitors: int, candidates: int) -> Case:
    """Generate as many hosts as visitors, with targets that bind and a budget that does too."""
    chance = np.random.default_rng(SEED)
    renown = np.cumsum(chance.gamma(2.0, 1.0, visitors))
    quality = chance.normal(0, 6, visitors)
    host = np.concatenate([_drawn(chance, renown, candidates) for _ in range(visitors)])
    pairs = visitors * candidates
    most = visitors if visitors < SMALL else int(0.7 * visitors)
    exchanges = int(0.6 * most)
    return Case(
        visitor_ids=[f"v{each}" for each in range(visitors)],
        sme=chance.random(visitors) < SMES,
        member=chance.random(visitors) < MEMBERS,
        host_ids=[f"h{each}" for each in range(visitors)],
        capacity=chance.choice([1, 2, 3, 4], visitors, p=[0.5, 0.3, 0.1, 0.1]),
        visitor=np.repeat(np.arange(visitors), candidates),
        host=host,
        score=np.round(np.clip(62 + quality[host] + chance.normal(0, 12, pairs), 5, 100), 1),
        cost=chance.choice(LUMP_SUMS, pairs, p=HOW_OFTEN).astype(np.float64),
        cross_sector=chance.random(pairs) < OTHER_SECTORS,
        limits=Limits(
            max_exchanges=most,
            budget=float(most * 420),
            min_sme=int(0.7 * exchanges) + exchanges // 4,
            min_non_member=int(0.45 * exchanges),
            min_cross_sector_share=0.6,
        ),
    )


def _drawn(chance: np.random.Generator, renown: np.ndarray, count: int) -> np.ndarray:
    if count >= len(renown):
        return np.arange(len(renown))
    drawn = np.unique(np.searchsorted(renown, chance.random(2 * count) * renown[-1]))
    while len(drawn) < count:
        drawn = np.union1d(drawn, chance.integers(0, len(renown), count))
    return chance.permutation(drawn)[:count]
