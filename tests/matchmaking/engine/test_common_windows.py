"""Weekdays and windows, against a count day by day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.windows import common, merged, parted, weekdays
from tests.matchmaking.engine.cases import MONDAY, SOME, window_lists

SOME_WINDOWS = window_lists(SOME)


def days_of(windows):
    return {first + timedelta(days=each) for first, last in windows for each in range((last - first).days + 1)}


@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_weekdays_are_counted_as_on_the_calendar(first_day, length):
    window = (first_day, first_day + timedelta(days=length))

    assert weekdays(window) == sum(day.weekday() < 5 for day in days_of([window]))


@given(SOME_WINDOWS)
def test_merged_windows_hold_the_same_days_once(windows):
    joined = merged(windows)

    assert days_of(joined) == days_of(windows)
    assert all(after[0] - before[1] > timedelta(days=1) for before, after in pairwise(joined))


@given(SOME_WINDOWS, SOME_WINDOWS)
def test_common_windows_are_the_days_of_both(one, other):
    found = common(one, other)

    assert days_of(found) == days_of(one) & days_of(other)
    assert found == common(other, one) == sorted(found)


@pytest.mark.parametrize("windows", [(), ((date(2021, 1, 1), date(2021, 1, 1)),)])
def test_nobody_is_free_together_with_who_is_never_free(windows):
    assert common(windows, ()) == []


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9), st.none() | st.integers(1, 3))),
    st.lists(st.integers(0, 30)),
)
def test_a_period_is_full_once_as_many_stays_begin_in_it_as_it_has_places(periods, stays):
    windows = [
        ((MONDAY + timedelta(first), MONDAY + timedelta(first + more)), places) for first, more, places in periods
    ]
    begun = [MONDAY + timedelta(day) for day in stays]

    free, full = parted(windows, begun)

    assert len(free) + len(full) == len(windows)
    for window, places in windows:
        taken = len([day for day in begun if day in days_of([window])])
        assert window in (full if places is not None and taken >= places else free)
