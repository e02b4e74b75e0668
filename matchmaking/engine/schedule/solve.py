"""The way in: `schedule` chooses the meetings, places them, closes gaps and gives out tables."""

from collections.abc import Callable
from math import floor

import numpy as np

from matchmaking.engine.clock import Clock
from matchmaking.engine.json_input import decimals
from matchmaking.engine.schedule import bound
from matchmaking.engine.schedule.filling import Filling
from matchmaking.engine.schedule.gaps import Gaps, tables
from matchmaking.engine.schedule.model import Case, Meeting, Timetable
from matchmaking.engine.schedule.timetable import NOBODY, Board

LARGEST_PROOF = 6000
DUST = 1e-6


def schedule(case: Case, *, clock: Clock | None = None, told: Callable[[str], None] = lambda _step: None) -> Timetable:
    """Return the best timetable found, proven where its priorities reach the bound; the same case gives the same one.

    Only an answer that the time cut off may differ from one run to the next. `told` hears what is being done; a search
    that the clock's `cancelled` calls off ends at its next step with what it has.
    """
    clock = clock or Clock(case.time_limit_s)
    told("choosing")
    choice = bound.choose(case, seconds=_part(clock, 0.3))
    highest = _on_the_grid(case, choice.bound)
    told("placing")
    filling = Filling(case, lambda total: total >= highest - DUST or clock.over(0.6))
    filling.fill(choice.requests)
    if filling.total() < highest - DUST:
        filling.improve()
    board = filling.board
    if filling.total() < highest - DUST and _is_small(case) and not clock.over(0.6):
        told("proof")
        board, highest = _proven(case, filling, highest, _part(clock, 0.8))
    told("gaps")
    gaps = Gaps(board, filling.most)
    gaps.close(lambda: clock.over(0.95))
    return _answer(case, board, highest, gaps.total())


def _part(clock: Clock, share: float) -> float | None:
    left = clock.left()
    return None if left is None else left * share


def _is_small(case: Case) -> bool:
    return len(case.requests) * case.slots <= LARGEST_PROOF


def _on_the_grid(case: Case, highest: float) -> float:
    """Return the highest sum of priorities up to a bound: they come in steps, so sums do."""
    everything = [request.priority for request in case.requests]
    unit = 10 ** decimals(everything)
    step = int(np.gcd.reduce([round(priority * unit) for priority in everything])) if everything else 1
    if not step or highest == np.inf:
        return float(sum(everything))
    return float(floor(highest * unit / step + DUST) * step / unit)


def _proven(case: Case, filling: Filling, highest: float, seconds: float | None) -> tuple[Board, float]:
    """Return the better of the timetable so far and the exact one, and the lower of both bounds."""
    found = bound.exact(case, seconds=seconds)
    highest = min(highest, max(_on_the_grid(case, found.bound), filling.total()))
    if sum(case.requests[n].priority for n in found.requests) <= filling.total():
        return filling.board, highest
    board = Board(case)
    for request, slot in zip(found.requests, found.slots, strict=True):
        board.put(request, slot)
    return board, highest


def _answer(case: Case, board: Board, highest: float, gaps: int) -> Timetable:
    table = tables(board)
    meetings = [
        Meeting(case.participants[request.a], case.participants[request.b], slot, table[n])
        for n, (request, slot) in enumerate(zip(case.requests, board.slot, strict=True))
        if slot != NOBODY
    ]
    meetings.sort(key=lambda meeting: (meeting.slot, meeting.table))
    placed = [request.priority for request, slot in zip(case.requests, board.slot, strict=True) if slot != NOBODY]
    total = _plain(sum(placed))
    proven = total >= highest - DUST
    return Timetable(
        tuple(meetings), total, total if proven else _plain(highest), "optimal" if proven else "feasible", gaps
    )


def _plain(number: float) -> float:
    """Return a whole number as an int, without the dust of binary fractions."""
    near = round(float(number), 9)
    return int(near) if near == int(near) else near
