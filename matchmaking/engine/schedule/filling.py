"""Filling a timetable: the chosen meetings first, then what still has room, then better ones in the place of others."""

from collections.abc import Callable, Sequence

from matchmaking.engine.schedule.model import Case
from matchmaking.engine.schedule.timetable import NOBODY, Board, bits

ROUNDS = 30


class Filling:
    """Fills a board; `done` says when to stop early."""

    def __init__(self, case: Case, done: Callable[[float], bool]) -> None:
        self.case = case
        self.board = Board(case)
        self.most = [case.tables_in(slot) for slot in range(case.slots)]
        self.done = done
        self._rank = sorted(range(len(case.requests)), key=lambda n: (-case.requests[n].priority, self._room(n), n))

    def _room(self, request: int) -> int:
        return self.case.common(self.case.requests[request]).bit_count()

    def total(self) -> float:
        """Return the sum of the priorities that are placed."""
        placed = zip(self.case.requests, self.board.slot, strict=True)
        return sum(request.priority for request, slot in placed if slot != NOBODY)

    def fill(self, chosen: Sequence[int]) -> None:
        """Place the chosen requests, then every other for which there is room."""
        wanted = set(chosen)
        everything = [len(self.case.requests)] * self.case.slots
        for request in sorted(wanted, key=lambda n: (self._room(n), -self.case.requests[n].priority, n)):
            self.board.place(request, everything)
        self._level()
        self._place_more()

    def _level(self) -> None:
        """Bring every slot down to its tables: chains first, then the meetings of the lowest priority go."""
        for slot in range(self.case.slots):
            while self.board.load(slot) > self.most[slot] and self._move_one_out(slot):
                pass
            excess = self.board.load(slot) - self.most[slot]
            for request in sorted(self.board.held[slot], key=self._weight)[: max(excess, 0)]:
                self.board.take(request)

    def _move_one_out(self, slot: int) -> bool:
        for into in sorted(range(self.case.slots), key=lambda each: self.board.load(each) - self.most[each]):
            if self.board.load(into) >= self.most[into]:
                return False
            for request in self._ends(slot, into):
                chain = self.board.component(request, into)
                if chain is not None and len(chain) % 2:
                    self.board.swap(chain, slot, into)
                    return True
        return False

    def _ends(self, slot: int, into: int) -> list[int]:
        """Return the meetings of a slot of which somebody is idle in the other: where a chain may begin."""
        at, people = self.board.at, self.board.people
        return [
            request
            for request in self.board.held[slot]
            if any(at[person][into] == NOBODY for person in people[request])
        ]

    def _place_more(self) -> bool:
        placed = False
        for request in self._rank:
            if self.board.slot[request] == NOBODY and self.board.place(request, self.most):
                placed = True
        return placed

    def improve(self) -> None:
        """Put unplaced requests in the place of others that weigh less or find another slot, while that helps."""
        for turn in range(ROUNDS):
            better = False
            for request in self._rank:
                if self.done(self.total() if better else -1.0):
                    return
                if self.board.slot[request] == NOBODY and self._force(request, turn):
                    better = True
            if not better:
                return

    def _force(self, request: int, turn: int) -> bool:
        """Place a request by sending others elsewhere; True where the sum of priorities grew."""
        slots = list(bits(self.case.common(self.case.requests[request])))
        for step in range(len(slots)):
            slot = slots[(step + turn) % len(slots)]
            if self._force_into(request, slot):
                return True
        return False

    def _force_into(self, request: int, slot: int) -> bool:
        board, requests = self.board, self.case.requests
        sent = sorted({board.at[person][slot] for person in board.people[request]} - {NOBODY})
        if not sent and board.load(slot) >= self.most[slot]:
            sent = [min(board.held[slot], key=self._weight)] if self.most[slot] else []
        if not sent:
            return False
        board.mark()
        for each in sent:
            board.take(each)
        board.put(request, slot)
        lost = [each for each in sent if not board.place(each, self.most)]
        if requests[request].priority > sum(requests[each].priority for each in lost):
            return True
        board.undo()
        return False

    def _weight(self, request: int) -> tuple[float, int]:
        return self.case.requests[request].priority, -request
