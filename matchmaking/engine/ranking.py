"""Who suits whom best among many: exact lists for visitors and for hosts, over any part of them, on any threads.

`Ranking` is prepared once with all hosts and all visitors; each call ranks a part and answers the same whatever the
other calls do. The kernels let go of the interpreter, so that threads use several cores.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from matchmaking.engine.bitmaps import bitmaps_of
from matchmaking.engine.columns import WORD, Columns, Numbers, Words, packed, part
from matchmaking.engine.kernels import best_hosts, best_visitors
from matchmaking.engine.model import Host, Supply, Visitor, Weights
from matchmaking.engine.terms import Terms, supply_of, terms_of

FIRST_BLOCKS = (1, 3, 7, 15, 31, 63)
"""The first blocks are small, in words of 64 hosts: there nothing is known yet that could leave a host out."""
BLOCK = 128


class Lists(NamedTuple):
    """For each row the keys of its best partners and the scores in tenths, the best first; `sizes` are how many."""

    keys: Numbers
    partners: Numbers
    scores: Numbers
    sizes: Numbers

    def of_each(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield each key with its partners' keys and scores."""
        for row, key in enumerate(self.keys.tolist()):
            size = self.sizes[row]
            found = zip(self.partners[row, :size].tolist(), self.scores[row, :size].tolist(), strict=True)
            yield key, list(found)


class Ranking:
    """All visitors and hosts of a run, laid out for the kernels."""

    def __init__(self, visitors: Columns, hosts: Columns, words: Words, terms: Terms) -> None:
        self.visitors = visitors
        self.hosts = hosts
        self._words = words
        self._terms = terms
        self._maps = bitmaps_of(hosts, words, terms)

    def hosts_for(self, first: int, after: int, k: int, *, threads: int = 1) -> Lists:
        """Return the k best hosts of the visitors from one row to another."""
        shares = [range(a, b) for a, b in pairwise(np.linspace(first, after, threads + 1).astype(int).tolist())]
        with ThreadPoolExecutor(threads) as pool:
            return _joined(list(pool.map(lambda rows: self._hosts_for(rows, k), shares)))

    def visitors_for(self, first: int, after: int, k: int, *, threads: int = 1) -> Lists:
        """Return the k best visitors of the hosts from one row to another."""
        shares = [range(a, b) for a, b in pairwise(np.linspace(first, after, threads + 1).astype(int).tolist())]
        with ThreadPoolExecutor(threads) as pool:
            return _joined(list(pool.map(lambda rows: self._visitors_for(rows, k), shares)))

    def _hosts_for(self, rows: range, k: int) -> Lists:
        some = part(self.visitors, rows.start, rows.stop)
        found = _empty(len(rows), k)
        if k and len(rows) and self.hosts.size:
            best_hosts(some, self.hosts, self._maps, self._terms, _cuts(self.hosts.size, FIRST_BLOCKS), *found)
        scores, partners, sizes = found
        return Lists(some.keys, _keys(self.hosts, partners), scores, sizes)

    def _visitors_for(self, rows: range, k: int) -> Lists:
        some = part(self.hosts, rows.start, rows.stop)
        found = _empty(len(rows), k)
        if k and len(rows) and self.visitors.size:
            maps = bitmaps_of(some, self._words, self._terms)
            best_visitors(self.visitors, some, maps, self._terms, _cuts(some.size, ()), *found)
        scores, partners, sizes = found
        return Lists(some.keys, _keys(self.visitors, partners), scores, sizes)


def ranked(
    visitors: Iterable[Visitor], hosts: Iterable[Host], weights: Weights, k: int, *, supply: Supply | None = None
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each visitor's id with the ids of its k best hosts and their scores in tenths, the best first.

    On a tie the lower id stands first. Raises ValueError where k is negative.
    """
    ranking = ranking_of(visitors, hosts, weights, supply=supply)
    return ranking.hosts_for(0, ranking.visitors.size, checked(k)).of_each()


def ranking_of(
    visitors: Iterable[Visitor], hosts: Iterable[Host], weights: Weights, *, supply: Supply | None = None
) -> Ranking:
    """Prepare the ranking of cases; the supply is counted from the hosts where none is given."""
    ours, theirs, words = packed(visitors, hosts)
    return Ranking(ours, theirs, words, terms_of(weights, supply or supply_of(theirs, words), words))


def checked(k: int) -> int:
    """Return how many are wanted; raises ValueError for fewer than none."""
    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}")
    return k


def _empty(rows: int, k: int) -> tuple[Numbers, Numbers, Numbers]:
    return np.zeros((rows, k), np.int64), np.zeros((rows, k), np.int64), np.zeros(rows, np.int64)


def _keys(side: Columns, partners: Numbers) -> Numbers:
    return side.keys[partners] if side.size else partners


def _cuts(hosts: int, first: tuple[int, ...]) -> Numbers:
    """Return where the blocks of hosts begin and end, in words of bits."""
    words = -(-hosts // WORD)
    begins = [0, *first, *range((first or (0,))[-1] + BLOCK, words, BLOCK)]
    return np.array([*(each for each in begins if each < words), words], dtype=np.int64)


def _joined(parts: list[Lists]) -> Lists:
    return Lists(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
