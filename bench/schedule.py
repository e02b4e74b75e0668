"""How near a timetable of meetings comes to its bound, how soon, and what first come, first served reaches.

Run as `python -m bench.schedule`.
"""

import random
import time

from matchmaking.engine.clock import Clock
from matchmaking.engine.schedule.model import Case, Request
from matchmaking.engine.schedule.solve import schedule

SEED = 874137
# people, requests, slots, tables, share of the slots in which somebody is away, seconds; what is wanted
EVENTS = [
    (22, 92, 8, 11, 0.0, 5.0, "the proven optimum under 5 s"),
    (22, 92, 8, 11, 0.1, 5.0, "the proven optimum under 5 s"),
    (200, 1_200, 12, 80, 0.0, 5.0, "the bound in 0.5 s"),
    (1_000, 8_000, 16, 400, 0.0, 10.0, "at least 99.5 % of the bound in 10 s"),
    (1_000, 8_000, 16, 400, 0.1, 10.0, "at least 99.5 % of the bound in 10 s"),
]


def some_case(people: int, requests: int, slots: int, tables: int, away: float) -> Case:
    """Generate requests between people at random, the same for the same numbers."""
    chance = random.Random(SEED)
    couples: set[tuple[int, int]] = set()
    while len(couples) < requests:
        couples.add(tuple(sorted(chance.sample(range(people), 2))))
    asked = sorted(couples)
    chance.shuffle(asked)
    return Case(
        participants=[f"p{each}" for each in range(people)],
        slots=slots,
        tables=tables,
        requests=[Request(a, b, chance.choice([1, 1, 2, 3])) for a, b in asked],
        free=[sum((chance.random() >= away) << slot for slot in range(slots)) for _ in range(people)],
    )


def first_come(case: Case) -> float:
    """Give each request, in the order in which they came, the first slot that suits both."""
    busy, load, total = [0] * len(case.participants), [0] * case.slots, 0.0
    for request in case.requests:
        open_slots = case.common(request) & ~busy[request.a] & ~busy[request.b]
        slot = next((slot for slot in range(case.slots) if open_slots >> slot & 1 and load[slot] < case.tables), None)
        if slot is not None:
            busy[request.a] |= 1 << slot
            busy[request.b] |= 1 << slot
            load[slot] += 1
            total += request.priority
    return total


def measure(case: Case, limit: float) -> None:
    steps: dict[str, float] = {}
    started, worked = time.perf_counter(), time.process_time()
    found = schedule(case, clock=Clock(limit), told=lambda step: steps.update({step: time.perf_counter() - started}))
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    bound = found.upper_bound
    print(
        f"  schedule                 {found.total_priority:,} of {bound:,} ({found.total_priority / bound:.3%}), "
        f"{found.status}, placed after {steps['gaps']:.2f} s, {seconds:.2f} s in all ({work:.2f} s of work), "
        f"{found.gaps / len(case.participants):.2f} gaps a person"
    )
    print(f"  first come, first served {first_come(case) / bound:.3%}")


if __name__ == "__main__":
    for people, requests, slots, tables, away, limit, wanted in EVENTS:
        print(f"{people:,} people, {requests:,} requests, {slots} slots, {tables} tables, {away:.0%} away")
        print(f"  wanted: {wanted}")
        measure(some_case(people, requests, slots, tables, away), limit)
