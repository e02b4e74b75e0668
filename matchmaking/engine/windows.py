"""Weekdays, Monday to Friday, in periods of availability.

The engine knows no public holidays: whether enough working days are left is for the rules of the exchange to say once
its dates are known.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from matchmaking.engine.model import Window

WEEK, WORKING_WEEK = 7, 5

type Span = tuple[int, int]
"""A window counted in weekdays since the first Monday of the calendar: from, and behind its last."""


def weekdays_before(ordinal: int) -> int:
    """Count the weekdays before a day given as proleptic ordinal, whose day 1 is a Monday."""
    weeks, rest = divmod(ordinal - 1, WEEK)
    return weeks * WORKING_WEEK + min(rest, WORKING_WEEK)


def span(window: Window) -> Span:
    """Return a window as it stands among the weekdays."""
    return weekdays_before(window[0].toordinal()), weekdays_before(window[1].toordinal() + 1)


def weekdays(window: Window) -> int:
    """Count the weekdays of a window."""
    first, after = span(window)
    return after - first


def merged(windows: Iterable[Window]) -> list[Window]:
    """Return the windows in order, those that overlap or touch joined, so that no day counts twice."""
    joined: list[Window] = []
    for first_day, last_day in sorted(windows):
        if joined and _touches(joined[-1][1], first_day):
            joined[-1] = (joined[-1][0], max(joined[-1][1], last_day))
        else:
            joined.append((first_day, last_day))
    return joined


def common(one: Iterable[Window], other: Iterable[Window]) -> list[Window]:
    """Return the periods in which both are free, in order."""
    theirs = merged(other)
    both = ((max(a, c), min(b, d)) for a, b in merged(one) for c, d in theirs)
    return [window for window in both if window[0] <= window[1]]


def parted(
    periods: Iterable[tuple[Window, int | None]], first_days: Collection[date]
) -> tuple[list[Window], list[Window]]:
    """Part periods into those with a place left and those that are full.

    Each comes with its places, None where it has as many as anybody asks for. A stay takes a place in every period in
    which it begins.
    """
    free: list[Window] = []
    full: list[Window] = []
    for (first_day, last_day), places in periods:
        taken = sum(first_day <= day <= last_day for day in first_days)
        (free if places is None or taken < places else full).append((first_day, last_day))
    return free, full


def _touches(last_day: date, first_day: date) -> bool:
    return first_day <= last_day or first_day - last_day == timedelta(days=1)
