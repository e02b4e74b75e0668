"""Working days: what is left out and why, each day once, the longest and the shortest stay."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges.rules.working_days import (
    LeftOut,
    Stay,
    check_maximum,
    check_minimum,
    count_working_days,
    last_day_allowed,
)
from tests.exchanges.rules.examples import MONDAY, SETTINGS, stay

FRIDAY = MONDAY + timedelta(days=4)


def test_weekend_holiday_and_travel_days_are_left_out_by_name():
    week = Stay("PT", MONDAY, MONDAY + timedelta(days=6), frozenset({MONDAY}))

    days = count_working_days([week], {"PT": {FRIDAY: "Example Day"}, "IT": {MONDAY: "Elsewhere"}})

    assert days.total == 3
    assert [(left.day.day, left.kind) for left in days.left_out] == [
        (6, LeftOut.TRAVEL),
        (10, LeftOut.HOLIDAY),
        (11, LeftOut.WEEKEND),
        (12, LeftOut.WEEKEND),
    ]
    assert [left.reason.sentence() for left in days.left_out][:3] == [
        "Travel day.",
        "Public holiday in PT: Example Day.",
        "The weekend in PT.",
    ]


def test_another_weekend_is_data():
    days = count_working_days([stay("XX", 7)], {}, {"XX": frozenset({4, 5})})

    assert [left.day.weekday() for left in days.left_out] == [4, 5]


def test_overlapping_stays_are_counted_once():
    assert count_working_days([stay("PT", 4), stay("PT", 5), stay("PT", 5)], {}).total == 5


def test_a_day_counts_where_it_is_a_working_day():
    days = count_working_days([stay("PT", 3), stay("ES", 3)], {"ES": {MONDAY: "Día de ejemplo"}})

    assert days.by_country() == {"PT": 1, "ES": 2}
    assert days.left_out == ()


def test_a_stay_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before its first day"):
        Stay("PT", FRIDAY, MONDAY)


@pytest.mark.parametrize(
    ("first_day", "months", "allowed"),
    [
        (date(2021, 9, 1), 1, date(2021, 10, 1)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 12, 31), 1, date(2022, 1, 31)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
        (date(9999, 12, 15), 1, date.max),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_of_the_next(first_day, months, allowed):
    assert last_day_allowed(first_day, months) == allowed


def test_the_maximum_spans_all_stays():
    first, second = stay("PT", 5), stay("ES", 5, date(2021, 10, 4))

    assert check_maximum([first], SETTINGS) == ()
    assert [reason.code for reason in check_maximum([second, first], SETTINGS)] == ["too_long"]


@pytest.mark.parametrize(("days", "enough"), [(2, False), (3, True)])
def test_the_minimum_is_counted_in_working_days(days, enough):
    assert (check_minimum(count_working_days([stay("PT", days)], {}), SETTINGS) == ()) is enough


# Properties

offsets = st.integers(0, 40)
holiday_sets = st.dictionaries(offsets.map(lambda days: MONDAY + timedelta(days=days)), st.just("Holiday"), max_size=8)


@st.composite
def any_stays(draw):
    found = []
    for _ in range(draw(st.integers(0, 5))):
        begins = MONDAY + timedelta(days=draw(offsets))
        ends = begins + timedelta(days=draw(st.integers(0, 10)))
        travel = frozenset(draw(st.lists(st.sampled_from([begins, ends]), max_size=2)))
        found.append(Stay(draw(st.sampled_from(["PT", "ES", "FR"])), begins, ends, travel))
    return found


@given(any_stays(), any_stays(), holiday_sets)
def test_disjoint_stays_add_up(some, later, holidays):
    moved = [
        Stay(
            each.country,
            each.first_day + timedelta(days=60),
            each.last_day + timedelta(days=60),
            frozenset(day + timedelta(days=60) for day in each.travel_days),
        )
        for each in later
    ]
    calendar = {"PT": holidays}

    together = count_working_days(some + moved, calendar).total

    assert together == count_working_days(some, calendar).total + count_working_days(moved, calendar).total


@given(any_stays(), holiday_sets, offsets)
def test_a_further_holiday_never_raises_the_count(stays, holidays, offset):
    further = holidays | {MONDAY + timedelta(days=offset): "Further holiday"}

    assert count_working_days(stays, {"PT": further}).total <= count_working_days(stays, {"PT": holidays}).total


@given(any_stays(), holiday_sets)
def test_each_day_is_either_counted_or_left_out(stays, holidays):
    days = count_working_days(stays, {"PT": holidays})

    counted, left_out = {each.day for each in days.counted}, {each.day for each in days.left_out}
    assert counted | left_out == {day for each in stays for day in each.days()}
    assert not counted & left_out
    assert sum(days.by_country().values()) == days.total


@given(any_stays(), st.randoms(use_true_random=False))
def test_the_order_of_stays_is_irrelevant_to_the_count(stays, random):
    shuffled = list(stays)
    random.shuffle(shuffled)

    assert count_working_days(stays, {}) == count_working_days(shuffled, {})
