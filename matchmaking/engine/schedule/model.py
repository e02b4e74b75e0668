"""What a timetable is made from, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A meeting asked for, by the positions of the two participants."""

    a: int
    b: int
    priority: float


@dataclass(frozen=True, slots=True)
class Case:
    """Participants by their ids, and what they ask for; slots are numbered from 0.

    `free` holds for each participant the slots in which she can meet, as bits. `tables` limits the meetings of a slot,
    None does not.
    """

    participants: Sequence[str]
    slots: int
    requests: Sequence[Request]
    free: Sequence[int]
    tables: int | None = None
    time_limit_s: float | None = None

    def common(self, request: Request) -> int:
        """Return the slots in which both can meet, as bits."""
        return self.free[request.a] & self.free[request.b]

    def tables_in(self, slot: int) -> int:
        """Return how many meetings a slot can hold: for want of tables, or of people who are there."""
        present = sum(free >> slot & 1 for free in self.free)
        return present // 2 if self.tables is None else min(self.tables, present // 2)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting in its slot and at its table."""

    a: str
    b: str
    slot: int
    table: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """The meetings, in the order of slots and tables, and what is proven about them.

    No timetable reaches priorities beyond `upper_bound`; `status` is "optimal" where this one reaches it, otherwise
    "feasible". `gaps` are the slots in which people wait between two meetings of theirs, all together.
    """

    meetings: tuple[Meeting, ...]
    total_priority: float
    upper_bound: float
    status: str
    gaps: int

    def as_json(self) -> dict[str, Any]:
        """Return the answer of the contract, JSON-ready."""
        return {
            "meetings": [{"a": each.a, "b": each.b, "slot": each.slot, "table": each.table} for each in self.meetings],
            "total_priority": self.total_priority,
            "upper_bound": self.upper_bound,
            "status": self.status,
        }
