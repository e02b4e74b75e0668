"""Weekdays and windows, against a count day by day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.windows import common, merged, weekdays
from tests.matchmaking.engine.cases import window_lists


def days_of(windows):
    return {first + timedelta(days=each) for first, last in windows for each in range((last - first).days + 1)}


@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_weekdays_are_counted_as_on_the_calendar(first_day, length):
    window = (first_day, first_day + timedelta(days=length))

    assert weekdays(window) == sum(day.weekday() < 5 for day in days_of([window]))


@given(window_lists())
def test_merged_windows_hold_the_same_days_once(windows):
    joined = merged(windows)

    assert days_of(joined) == days_of(windows)
    assert all(after[0] - before[1] > timedelta(days=1) for before, after in pairwise(joined))


@given(window_lists(), window_lists())
def test_common_windows_are_the_days_of_both(one, other):
    found = common(one, other)

    assert days_of(found) == days_of(one) & days_of(other)
    assert found == common(other, one) == sorted(found)


@pytest.mark.parametrize("windows", [(), ((date(2021, 1, 1), date(2021, 1, 1)),)])
def test_nobody_is_free_together_with_who_is_never_free(windows):
    assert common(windows, ()) == []
