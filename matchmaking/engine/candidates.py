"""Which hosts suit a visitor best, why they do, and why others cannot be had.

Hard rules exclude: another country, another organisation, a common language, a common window with enough weekdays, free
capacity, an eligible host. Wishes rank what is left; how they make the score is said at `HostIndex.match`.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _
from matchmaking.engine.hosts import HostIndex
from matchmaking.engine.merits import Merits
from matchmaking.engine.model import Host, Suggestion, Visitor, Weights
from matchmaking.engine.windows import common, weekdays


def rank(visitor: Visitor, hosts: Iterable[Host] | HostIndex, weights: Weights, k: int) -> list[Suggestion]:
    """Return the k best hosts for the visitor, the highest score first, on a tie in the order of their ids.

    Give a `HostIndex` to rank several visitors against the same hosts. Raises ValueError where k is negative.
    """
    if k < 0:
        message = f"k must be at least 0, not {k}"
        raise ValueError(message)
    index = hosts if isinstance(hosts, HostIndex) else HostIndex(hosts)
    positions, scores = index.match(visitor, weights)
    best = np.argsort(-scores, kind="stable")[:k]
    merits = Merits(visitor, index, weights)
    return [
        Suggestion(index.hosts[positions[each]].id, float(scores[each]), merits.of(int(positions[each])))
        for each in best
    ]


def rank_all(
    visitors: Iterable[Visitor], hosts: Iterable[Host], weights: Weights, k: int
) -> Iterator[tuple[str, list[Suggestion]]]:
    """Yield each visitor's id with its k best hosts, one visitor at a time; only that one's pairs are in memory."""
    index = HostIndex(hosts)
    for visitor in visitors:
        yield visitor.id, rank(visitor, index, weights, k)


def why_not(visitor: Visitor, host: Host) -> list[Reason]:
    """Name each hard rule that keeps the two apart; empty where they may meet."""
    return [*_against_the_two(visitor, host), *_against_the_host(host), *_against_the_dates(visitor, host)]


def _against_the_two(visitor: Visitor, host: Host) -> Iterator[Reason]:
    if visitor.country == host.country:
        yield Reason("same_country", _("Both are in {country}."), {"country": host.country})
    if visitor.organisation == host.organisation:
        yield Reason("same_organisation", _("Both are the same organisation."))
    if not visitor.languages & host.languages:
        yield Reason("no_common_language", _("They speak no common language."))


def _against_the_host(host: Host) -> Iterator[Reason]:
    if not host.eligible:
        yield Reason("not_eligible", _("This host may not receive visitors in this wave."))
    if host.capacity_left <= 0:
        yield Reason("no_capacity", _("This host has no place left."))


def _against_the_dates(visitor: Visitor, host: Host) -> Iterator[Reason]:
    longest = max(map(weekdays, common(visitor.windows, host.windows)), default=0)
    if longest < visitor.days:
        yield Reason(
            "no_common_dates",
            _("Longest time free together, in weekdays: {longest}. Needed: {days}."),
            {"longest": longest, "days": visitor.days},
        )
