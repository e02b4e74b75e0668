"""Weekdays, Monday to Friday, in periods of availability.

The engine knows no public holidays: whether enough working days are left is for the rules of the exchange to say once
its dates are known.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import overload

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.model import Window

type Days = NDArray[np.int64]

WEEK, WORKING_WEEK = 7, 5


@overload
def weekdays_before(ordinal: int) -> int: ...
@overload
def weekdays_before(ordinal: Days) -> Days: ...
def weekdays_before(ordinal: int | Days) -> int | Days:
    """Count the weekdays before a day given as proleptic ordinal, whose day 1 is a Monday."""
    weeks, rest = (ordinal - 1) // WEEK, (ordinal - 1) % WEEK
    # min(rest, 5) in a form that numbers and arrays share: Sunday, 6, is the only rest above it.
    return weeks * WORKING_WEEK + rest - rest // (WEEK - 1)


def weekdays(window: Window) -> int:
    """Count the weekdays of a window."""
    return weekdays_before(window[1].toordinal() + 1) - weekdays_before(window[0].toordinal())


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
    return common_of_merged(merged(one), merged(other))


def common_of_merged(one: list[Window], other: list[Window]) -> list[Window]:
    """Return the same as `common` for windows that `merged` has put in order already."""
    both = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [window for window in both if window[0] <= window[1]]


def _touches(last_day: date, first_day: date) -> bool:
    return first_day <= last_day or first_day - last_day == timedelta(days=1)
