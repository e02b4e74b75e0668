"""What a file still lacks before it can be signed."""

from datetime import timedelta

from exchanges.rules.agenda import AgendaEntry, check_file
from exchanges.rules.working_days import count_working_days
from tests.exchanges.rules.examples import MONDAY, stay

WEEK = stay("PT", 7)
AGENDA = tuple(AgendaEntry(MONDAY + timedelta(days=number), "Visit") for number in range(5))


def lacking(objectives="Learn to weave", stays=(WEEK,), agenda=AGENDA):
    return [reason.code for reason in check_file(objectives, stays, agenda, count_working_days(stays, {}))]


def test_a_complete_file_lacks_nothing():
    assert lacking() == []


def test_an_empty_file_lacks_objectives_and_stays():
    assert lacking(objectives=" ", stays=(), agenda=()) == ["objectives_missing", "stays_missing"]


def test_each_working_day_needs_an_entry_with_words():
    blank = AgendaEntry(MONDAY, "  ")

    reasons = check_file("Learn", (WEEK,), (blank, *AGENDA[2:]), count_working_days([WEEK], {}))

    assert [reason.sentence() for reason in reasons] == [
        "The agenda has nothing on these working days: 6 September 2021, 7 September 2021."
    ]


def test_entries_stay_inside_the_stays():
    assert lacking(agenda=(*AGENDA, AgendaEntry(MONDAY - timedelta(days=1), "Arrival"))) == ["agenda_outside"]


def test_a_weekend_entry_inside_the_stay_is_fine():
    assert lacking(agenda=(*AGENDA, AgendaEntry(MONDAY + timedelta(days=5), "Museum"))) == []


def test_stays_do_not_overlap():
    assert lacking(stays=(WEEK, stay("ES", 2))) == ["stays_overlap"]
    assert lacking(
        stays=(WEEK, stay("ES", 1, MONDAY + timedelta(days=3)), stay("FR", 1, MONDAY + timedelta(days=5)))
    ) == [
        "stays_overlap",
        "stays_overlap",
    ]


def test_stays_may_follow_each_other():
    assert lacking(stays=(stay("PT", 3), stay("ES", 4, MONDAY + timedelta(days=3)))) == []
