"""Which meetings to hold: what no timetable can exceed, without asking yet in which slot each of them is.

A b-matching: nobody has more meetings than free slots, and all together fit at the tables of all slots. It is the
strongest bound that is cheap, and for most events a timetable reaches it. Where none does and the event is small,
`exact` asks for the slots too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from matchmaking.engine.schedule.model import Case

NODES = 200
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """The requests chosen, by their positions, what no choice exceeds, and the slot of each where it is decided."""

    requests: Sequence[int]
    bound: float
    slots: Sequence[int] = ()


def possible(case: Case) -> list[int]:
    """Return the requests of which both have a free slot in common."""
    return [n for n, request in enumerate(case.requests) if case.common(request)]


def choose(case: Case, *, seconds: float | None) -> Choice:
    """Return the requests of the highest priorities that people's slots and the tables allow."""
    asked = possible(case)
    if not asked:
        return Choice([], 0.0)
    count = len(asked)
    people = np.array([[case.requests[n].a, case.requests[n].b] for n in asked]).T.ravel()
    each = np.tile(np.arange(count), 2)
    degrees = coo_array((np.ones(2 * count), (people, each)), shape=(len(case.participants), count))
    slots = [free.bit_count() for free in case.free]
    places = sum(case.tables_in(slot) for slot in range(case.slots))
    rows = vstack([degrees, coo_array(np.ones((1, count)))]).tocsr()
    found = _highest(case, asked, LinearConstraint(rows, ub=np.array([*slots, places], np.float64)), seconds, NODES)
    if found.values is None:
        return Choice([], min(found.bound, sum(case.requests[n].priority for n in asked)))
    return Choice([n for n, value in zip(asked, found.values, strict=True) if value > HALF], found.bound)


def exact(case: Case, *, seconds: float | None) -> Choice:
    """Return the best timetable there is with the slot of each meeting, or what is proven of it in the time."""
    asked = possible(case)
    couples = [(n, slot) for n in asked for slot in range(case.slots) if case.common(case.requests[n]) >> slot & 1]
    conditions: dict[tuple[str, int, int], int] = {}
    rows: list[int] = []
    columns: list[int] = []
    limits: list[float] = []
    for column, (n, slot) in enumerate(couples):
        request = case.requests[n]
        keys = [("request", n, 0), ("person", request.a, slot), ("person", request.b, slot), ("slot", slot, 0)]
        for key in keys:
            row = conditions.setdefault(key, len(conditions))
            if row == len(limits):
                limits.append(float(case.tables_in(slot)) if key[0] == "slot" else 1.0)
            rows.append(row)
            columns.append(column)
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(limits), len(couples))).tocsr()
    found = _highest(case, [n for n, _ in couples], LinearConstraint(matrix, ub=np.array(limits)), seconds, None)
    if found.values is None:
        return Choice([], found.bound)
    taken = [couple for couple, value in zip(couples, found.values, strict=True) if value > HALF]
    return Choice([n for n, _ in taken], found.bound, [slot for _, slot in taken])


@dataclass(frozen=True, slots=True)
class _Found:
    values: NDArray[np.float64] | None
    bound: float


def _highest(
    case: Case, requests: Sequence[int], conditions: LinearConstraint, seconds: float | None, nodes: int | None
) -> _Found:
    priorities = np.array([case.requests[n].priority for n in requests])
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = max(seconds, 0.05)
    if nodes is not None:
        options["node_limit"] = nodes
    found = milp(
        -priorities,
        integrality=np.ones(len(priorities)),
        bounds=Bounds(0, 1),
        constraints=conditions,
        options=options,
    )
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    return _Found(found.x, bound)
