"""A timetable under way: who meets whom when, and the exchanges of two slots that keep everything allowed.

Where a meeting finds no slot free for both, the meetings in two slots that hang together (a Kempe chain) change places;
each person on the chain stays busy in both slots but those at its ends.
"""

from collections.abc import Iterator

from matchmaking.engine.schedule.model import Case

NOBODY = -1


class Board:
    """Requests in slots; `at` holds for each person and slot the request that is there, or NOBODY."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.people = [(request.a, request.b) for request in case.requests]
        self.slot = [NOBODY] * len(case.requests)
        self.at = [[NOBODY] * case.slots for _ in case.participants]
        self.idle = list(case.free)
        self.held: list[dict[int, None]] = [{} for _ in range(case.slots)]
        self._made: list[tuple[int, int, bool]] = []

    def load(self, slot: int) -> int:
        """Count the meetings of a slot."""
        return len(self.held[slot])

    def mark(self) -> None:
        """Set the point to which `undo` leads back."""
        self._made.clear()

    def undo(self) -> None:
        """Take back everything since the mark."""
        for request, slot, came in reversed(self._made.copy()):
            if came:
                self.take(request)
            else:
                self.put(request, slot)
        self._made.clear()

    def put(self, request: int, slot: int) -> None:
        """Place a request in a slot in which both are idle."""
        a, b = self.people[request]
        self.slot[request] = slot
        self.at[a][slot] = self.at[b][slot] = request
        self.idle[a] &= ~(1 << slot)
        self.idle[b] &= ~(1 << slot)
        self.held[slot][request] = None
        self._made.append((request, slot, True))

    def take(self, request: int) -> int:
        """Take a request out of its slot and return that slot."""
        slot = self.slot[request]
        a, b = self.people[request]
        self.slot[request] = NOBODY
        self.at[a][slot] = self.at[b][slot] = NOBODY
        self.idle[a] |= 1 << slot
        self.idle[b] |= 1 << slot
        del self.held[slot][request]
        self._made.append((request, slot, False))
        return slot

    def other(self, request: int, person: int) -> int:
        """Return whom a person meets in a request."""
        a, b = self.people[request]
        return b if a == person else a

    def chain(self, person: int, slot: int, into: int) -> list[int] | None:
        """Return the meetings that have to change between two slots so that a person is idle in `slot` and busy `into`.

        The person is idle in `into`. None where somebody at the other end cannot come in the slot that she would get.
        """
        found: list[int] = []
        here, there = slot, into
        request = self.at[person][here]
        while request != NOBODY and (not found or request != found[0]):
            found.append(request)
            person = self.other(request, person)
            if not self.case.free[person] >> there & 1:
                return None
            here, there = there, here
            request = self.at[person][here]
        return found

    def component(self, request: int, into: int) -> list[int] | None:
        """Return all meetings that change with a request that goes into another slot, None where somebody cannot."""
        slot = self.slot[request]
        found = [request]
        for person in self.people[request]:
            if not self.case.free[person] >> into & 1:
                return None
            if self.at[person][into] == NOBODY:
                continue
            rest = self.chain(person, into, slot)
            if rest is None:
                return None
            if rest[-1] == request:
                return rest
            found += rest
        return found

    def swap(self, chain: list[int], one: int, two: int) -> None:
        """Move each meeting of a chain from one of two slots to the other."""
        slots = [self.take(request) for request in chain]
        for request, slot in zip(chain, slots, strict=True):
            self.put(request, two if slot == one else one)

    def place(self, request: int, most: list[int]) -> bool:
        """Place a request, by a chain if need be, with at most so many meetings a slot; False where none helps."""
        a, b = self.people[request]
        both = [slot for slot in bits(self.idle[a] & self.idle[b]) if self.load(slot) < most[slot]]
        if both:
            self.put(request, min(both, key=lambda slot: self.load(slot) - most[slot]))
            return True
        return self._place_by_chain(request, most)

    def _place_by_chain(self, request: int, most: list[int]) -> bool:
        for here, there in (self.people[request], self.people[request][::-1]):
            for into in bits(self.idle[here]):
                for slot in bits(self.idle[there] & self.case.free[here] & ~(1 << into)):
                    chain = self._usable(here, there, (slot, into), most)
                    if chain is not None:
                        self.swap(chain, slot, into)
                        self.put(request, slot)
                        return True
        return False

    def _usable(self, here: int, there: int, slots: tuple[int, int], most: list[int]) -> list[int] | None:
        slot, into = slots
        if self.at[here][slot] == NOBODY:
            return None
        chain = self.chain(here, slot, into)
        if chain is None or any(there in self.people[each] for each in chain):
            return None
        odd = len(chain) % 2
        if self.load(slot) - odd + 1 > most[slot] or self.load(into) + odd > most[into]:
            return None
        return chain

    def unplaced(self) -> list[int]:
        """Return the requests that have no slot."""
        return [request for request, slot in enumerate(self.slot) if slot == NOBODY]


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
