"""All hosts of a run, laid out so that one visitor is compared with every one of them at once.

Each wish has an inverted index: word → positions of the hosts that have it. A visitor touches only the lists of its own
words; memory grows with the hosts and what they say of themselves, never with the pairs.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.model import Host, Visitor, Weights, Window
from matchmaking.engine.windows import Days, merged, weekdays, weekdays_before

type Positions = NDArray[np.intp]
type Mask = NDArray[np.bool_]
type Numbers = NDArray[np.float64]


class HostIndex:
    """The hosts in the order of their ids, with windows merged; raises ValueError for an id that comes twice."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self.hosts = sorted(hosts, key=lambda host: host.id)
        for host, following in pairwise(self.hosts):
            if host.id == following.id:
                message = f"host {host.id} comes twice"
                raise ValueError(message)
        self._open = np.array([host.eligible and host.capacity_left > 0 for host in self.hosts], dtype=np.bool_)
        self._countries = _positions([host.country] for host in self.hosts)
        self._organisations = _positions([host.organisation] for host in self.hosts)
        self._languages = _positions(host.languages for host in self.hosts)
        self._technologies = _positions(host.technologies_offered for host in self.hosts)
        self._purposes = _positions(host.purposes for host in self.hosts)
        self._sectors = _positions(host.sectors for host in self.hosts)
        self._has_sector = np.array([bool(host.sectors) for host in self.hosts], dtype=np.bool_)
        self.windows = [merged(host.windows) for host in self.hosts]
        self._availability = _Availability(self.windows)

    def __len__(self) -> int:
        """Count the hosts."""
        return len(self.hosts)

    def offering(self, technology: str) -> int:
        """Count the hosts that offer a technology."""
        return len(self._technologies.get(technology, ()))

    def rarity(self, technology: str) -> float:
        """Return ln(1 + N / (1 + n)) of N hosts and n that offer it: what few offer counts more."""
        return log(1 + len(self) / (1 + self.offering(technology)))

    def match(self, visitor: Visitor, weights: Weights) -> tuple[Positions, Numbers]:
        """Return the positions of the hosts that no hard rule excludes, in order of id, and the score of each.

        The score is 100 times the mean of six figures between 0 and 1, weighted and rounded to 0.1: the share of the
        rarity sought that is offered; 1 for another sector; the share of the visitor's purposes that are in common; 1
        for a preferred country; the share of the visitor's free weekdays on which the host is free; 1 for a first
        visit.
        """
        longest, together = self._availability.with_visitor(visitor)
        possible = np.flatnonzero(self._possible(visitor) & (longest >= visitor.days))
        share = weights.shares()
        free = sum(weekdays(window) for window in merged(visitor.windows))
        mean = share.technologies * self._technology_share(visitor)
        mean += share.cross_sector * self._in_another_sector(visitor)
        mean += share.purposes * (self._count(self._purposes, visitor.purposes) / max(len(visitor.purposes), 1))
        mean += share.preferred_country * self._any(self._countries, visitor.preferred_countries)
        mean += share.dates * (together / max(free, 1))
        mean += share.first_time * float(visitor.first_time)
        return possible, rounded(mean[possible])

    def _possible(self, visitor: Visitor) -> Mask:
        same = self._any(self._countries, [visitor.country]) | self._any(self._organisations, [visitor.organisation])
        return self._open & ~same & self._any(self._languages, visitor.languages)

    def _technology_share(self, visitor: Visitor) -> Numbers:
        found = np.zeros(len(self))
        sought = 0.0
        for technology in sorted(visitor.technologies_sought):
            rarity = self.rarity(technology)
            sought += rarity
            if technology in self._technologies:
                found[self._technologies[technology]] += rarity
        return found / sought if sought else found

    def _in_another_sector(self, visitor: Visitor) -> Mask:
        known = self._has_sector & bool(visitor.sectors)
        return known & ~self._any(self._sectors, visitor.sectors)

    def _any(self, index: dict[str, Positions], words: Iterable[str]) -> Mask:
        found = np.zeros(len(self), dtype=np.bool_)
        for word in words:
            if word in index:
                found[index[word]] = True
        return found

    def _count(self, index: dict[str, Positions], words: Iterable[str]) -> Numbers:
        found = np.zeros(len(self))
        for word in words:
            if word in index:
                found[index[word]] += 1
        return found


class _Availability:
    """The windows of all hosts in one row; a host without any holds an empty one, so that each has its place."""

    def __init__(self, windows: list[list[Window]]) -> None:
        bounds = [[(a.toordinal(), b.toordinal() + 1) for a, b in each] or [(1, 1)] for each in windows]
        self._first = np.array([first for each in bounds for first, _ in each], dtype=np.int64)
        self._after = np.array([after for each in bounds for _, after in each], dtype=np.int64)
        self._starts = np.cumsum([0, *(len(each) for each in bounds)])[:-1]

    def with_visitor(self, visitor: Visitor) -> tuple[Days, Days]:
        """Return for each host the weekdays of the longest common window, and of all common windows together."""
        longest = np.zeros(len(self._starts), dtype=np.int64)
        together = np.zeros(len(self._starts), dtype=np.int64)
        if not len(self._starts):
            return longest, together
        for first_day, last_day in merged(visitor.windows):
            first = np.maximum(self._first, first_day.toordinal())
            after = np.minimum(self._after, last_day.toordinal() + 1)
            days = weekdays_before(np.maximum(first, after)) - weekdays_before(first)
            np.maximum(longest, np.maximum.reduceat(days, self._starts), out=longest)
            together += np.add.reduceat(days, self._starts)
        return longest, together


def rounded(mean: Numbers) -> Numbers:
    """Return 100 times the mean rounded to 0.1, half a tenth up, never above 100."""
    return np.minimum(np.floor(1000 * mean + 0.5), 1000) / 10


def _positions(words_of_each: Iterable[Iterable[str]]) -> dict[str, Positions]:
    found: dict[str, list[int]] = {}
    for position, words in enumerate(words_of_each):
        for word in words:
            found.setdefault(word, []).append(position)
    return {word: np.array(positions, dtype=np.intp) for word, positions in found.items()}
