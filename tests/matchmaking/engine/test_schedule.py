"""Timetables of meetings: against an independent program, what they keep, their bound, gaps and tables."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.clock import Clock
from matchmaking.engine.schedule.gaps import gaps_of
from matchmaking.engine.schedule.reading import case_from
from matchmaking.engine.schedule.solve import schedule
from tests.matchmaking.engine.independent import best_timetable_by_milp


def some_case(chance, people, slots):
    names = [f"p{n}" for n in range(people)]
    couples = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :] if chance.random() < 0.5]
    case = {
        "participants": names,
        "slots": slots,
        "requests": [{"a": a, "b": b, "priority": chance.choice([0, 1, 1, 2, 3.5])} for a, b in couples],
    }
    if chance.random() < 0.7:
        case["tables"] = chance.randint(0, 4)
    if chance.random() < 0.7:
        case["unavailable"] = {
            name: [slot for slot in range(slots) if chance.random() < 0.3] for name in names if chance.random() < 0.7
        }
    return case


cases = st.builds(some_case, st.integers(0, 2**32).map(random.Random), st.integers(0, 9), st.integers(0, 6))


def scheduled(case, **how):
    return schedule(case_from(case), **how)


def keeps_everything(case, meetings):
    asked = Counter(frozenset((request["a"], request["b"])) for request in case["requests"])
    away = {(who, slot) for who, blocked in case.get("unavailable", {}).items() for slot in blocked}
    presences = Counter((who, meeting.slot) for meeting in meetings for who in (meeting.a, meeting.b))
    seats = Counter((meeting.slot, meeting.table) for meeting in meetings)
    tables = case.get("tables", len(case["requests"]))
    return (
        not Counter(frozenset((meeting.a, meeting.b)) for meeting in meetings) - asked
        and all(count == 1 for count in presences.values())
        and all(count == 1 for count in seats.values())
        and not away & set(presences)
        and all(0 <= meeting.slot < case["slots"] and 0 <= meeting.table < tables for meeting in meetings)
    )


def event(chance, people, requests, slots, tables, blocked):
    names = [f"p{n}" for n in range(people)]
    couples = set()
    while len(couples) < requests:
        couples.add(tuple(sorted(chance.sample(range(people), 2))))
    return {
        "participants": names,
        "slots": slots,
        "tables": tables,
        "requests": [
            {"a": names[a], "b": names[b], "priority": chance.choice([1, 1, 2, 3])} for a, b in sorted(couples)
        ],
        "unavailable": {name: [slot for slot in range(slots) if chance.random() < blocked] for name in names},
    }


@given(cases)
@settings(deadline=None, max_examples=100)
def test_every_timetable_keeps_what_it_must(case):
    answer = scheduled(case)

    assert keeps_everything(case, answer.meetings)
    placed = {frozenset((meeting.a, meeting.b)) for meeting in answer.meetings}
    assert answer.total_priority == sum(
        request["priority"] for request in case["requests"] if frozenset((request["a"], request["b"])) in placed
    )
    assert answer.total_priority <= answer.upper_bound
    assert (answer.status == "optimal") == (answer.total_priority == answer.upper_bound)


def test_a_small_timetable_is_as_good_as_an_independent_program_finds_it():
    for seed in range(100):
        chance = random.Random(seed)
        case = some_case(chance, chance.randint(2, 8), chance.randint(1, 5))

        answer = scheduled(case)

        assert answer.total_priority == pytest.approx(best_timetable_by_milp(case)), seed
        assert answer.status == "optimal", seed


@given(cases)
@settings(deadline=None, max_examples=30)
def test_one_more_slot_never_makes_a_timetable_worse(case):
    assert scheduled(case).total_priority <= scheduled(case | {"slots": case["slots"] + 1}).total_priority


def test_the_same_case_gives_the_same_timetable():
    case = event(random.Random(2), 40, 200, 8, 15, 0.1)

    assert scheduled(case) == scheduled(case)


@pytest.mark.parametrize(("slots", "tables", "blocked"), [(8, 11, 0), (8, 11, 0.1), (10, 8, 0.1)])
def test_a_mission_of_22_people_is_scheduled_at_the_proven_optimum(slots, tables, blocked):
    case = event(random.Random(2021), 22, 92, slots, tables, blocked)

    answer = scheduled(case, clock=Clock(20.0))

    assert answer.status == "optimal"
    assert keeps_everything(case, answer.meetings)


def test_200_people_are_scheduled_at_the_bound():
    case = event(random.Random(5), 200, 1200, 12, 80, 0)

    answer = scheduled(case)

    assert answer.status == "optimal"
    assert keeps_everything(case, answer.meetings)


def test_closing_gaps_leaves_few_of_them():
    case = event(random.Random(3), 40, 160, 12, 20, 0)

    answer = scheduled(case)

    assert answer.status == "optimal"
    assert answer.gaps <= len(case["participants"])


def test_a_timetable_that_is_called_off_keeps_what_it_must():
    case = event(random.Random(5), 60, 500, 8, 20, 0.2)

    answer = scheduled(case, clock=Clock(cancelled=lambda: True))

    assert keeps_everything(case, answer.meetings)
    assert answer.total_priority <= answer.upper_bound


@pytest.mark.parametrize(
    ("busy", "free", "gaps"),
    [(0, 0b1111, 0), (0b0110, 0b1111, 0), (0b1001, 0b1111, 2), (0b1001, 0b1101, 1), (0b10101, 0b11111, 2)],
)
def test_a_gap_is_a_free_slot_between_two_meetings(busy, free, gaps):
    assert gaps_of(busy, free) == gaps
