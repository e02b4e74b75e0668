"""Fewer gaps: meetings change their slots, alone or by chains, as long as people wait less for it, all together."""

from collections.abc import Callable, Iterable

from matchmaking.engine.schedule.timetable import NOBODY, Board, bits

ROUNDS = 20


def gaps_of(busy: int, free: int) -> int:
    """Return in how many free slots a person waits between her first meeting and her last."""
    if not busy:
        return 0
    lowest = busy & -busy
    between = (1 << busy.bit_length()) - lowest
    return (between & free & ~busy).bit_count()


class Gaps:
    """Closes the gaps of a full board; sums and tables stay as they are."""

    def __init__(self, board: Board, most: list[int]) -> None:
        self.board = board
        self.most = most

    def total(self) -> int:
        """Return the gaps of all people."""
        return sum(map(self._of, range(len(self.board.idle))))

    def _of(self, person: int) -> int:
        free = self.board.case.free[person]
        return gaps_of(free & ~self.board.idle[person], free)

    def close(self, over: Callable[[], bool]) -> None:
        """Move what lies at the edge of a person's day into her gaps, round by round, until nothing helps."""
        for _ in range(ROUNDS):
            before = self.total()
            for person in range(len(self.board.idle)):
                if over():
                    return
                self._settle(person)
            if self.total() == before:
                return

    def _settle(self, person: int) -> None:
        for _ in range(self.board.case.slots):
            if not self._of(person) or not self._close_one(person):
                return

    def _close_one(self, person: int) -> bool:
        free = self.board.case.free[person]
        busy = free & ~self.board.idle[person]
        within = (1 << busy.bit_length()) - (busy & -busy)
        for into in bits(within & free & ~busy):
            for slot in (busy.bit_length() - 1, (busy & -busy).bit_length() - 1, *bits(busy)):
                if self._move(self.board.at[person][slot], slot, into):
                    return True
        return False

    def _move(self, request: int, slot: int, into: int) -> bool:
        chain = self.board.component(request, into)
        if chain is None or not self._fits(chain, slot, into):
            return False
        people = {person for each in chain for person in self.board.people[each]}
        before = self._sum(people)
        self.board.mark()
        self.board.swap(chain, slot, into)
        if self._sum(people) < before:
            return True
        self.board.undo()
        return False

    def _fits(self, chain: list[int], slot: int, into: int) -> bool:
        leaving = sum(self.board.slot[each] == slot for each in chain)
        change = 2 * leaving - len(chain)
        return self.board.load(into) + change <= self.most[into] and self.board.load(slot) - change <= self.most[slot]

    def _sum(self, people: Iterable[int]) -> int:
        return sum(map(self._of, people))


def tables(board: Board) -> list[int]:
    """Return a table for each request that has a slot: where somebody just sat, if nobody else comes there first."""
    seat = [NOBODY] * len(board.idle)
    table = [NOBODY] * len(board.slot)
    for held in board.held:
        taken: set[int] = set()
        waiting = []
        for request in sorted(held):
            wish = next((seat[person] for person in board.people[request] if seat[person] != NOBODY), NOBODY)
            kept = wish != NOBODY and wish < len(held) and wish not in taken
            if kept:
                table[request] = wish
                taken.add(wish)
            else:
                waiting.append(request)
        left = (number for number in range(len(held)) if number not in taken)
        for request, number in zip(waiting, left, strict=True):
            table[request] = number
        for request in held:
            for person in board.people[request]:
                seat[person] = table[request]
    return table
