"""All sources together: how much waits of each kind, and the part of it that is shown."""

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from exchanges.desk import entry, files, money, people
from exchanges.desk.items import Item, Reader, Source

SOURCES = [*people.SOURCES, *entry.SOURCES, *files.SOURCES, *money.SOURCES]
SHOWN = 25


@dataclass(frozen=True)
class Pile:
    """What waits of one kind: how much of it, and where it is read from."""

    source: Source
    rows: QuerySet[Any]
    count: int

    def items(self, reader: Reader, rows: Any) -> list[Item]:
        """Return rows as items."""
        return [self.source.item(row, reader) for row in rows]


@dataclass(frozen=True)
class Board:
    """The desk as it is shown: all piles, and of one of them a page, or of all of them what has waited longest."""

    piles: list[Pile]
    items: list[Item]
    chosen: Pile | None
    page: "Page[Any] | None"

    @property
    def total(self) -> int:
        """Return how much waits altogether."""
        return sum(pile.count for pile in self.piles)

    @property
    def longest(self) -> int:
        """Return for how many days the item has waited that has waited longest of those shown."""
        return max((item.days for item in self.items), default=0)


class KnownCount(Paginator):  # type: ignore[type-arg]  # Django's own class takes no parameters at run time
    """A paginator that has been told how many rows there are."""

    def __init__(self, rows: Any, count: int) -> None:
        super().__init__(rows, SHOWN)
        self.__dict__["count"] = count


def board_for(user: Any, *, kind: str = "", page: str = "") -> Board:
    """Return what waits for a person: of one kind by pages, or the longest waiting of all kinds."""
    reader = Reader(user)
    piles = [pile for source in SOURCES if (pile := _pile(source, reader)) is not None]
    chosen = next((pile for pile in piles if pile.source.kind == kind), None)
    if chosen is not None:
        shown = KnownCount(chosen.rows, chosen.count).get_page(page)
        return Board(piles, chosen.items(reader, shown), chosen, shown)
    sorted_piles = [pile.items(reader, pile.rows[:SHOWN]) for pile in piles]
    merged = heapq.merge(*sorted_piles, key=lambda item: item.waits_since)
    return Board(piles, list(islice(merged, SHOWN)), None, None)


def _pile(source: Source, reader: Reader) -> Pile | None:
    rows = source.rows(reader)
    count = rows.count() if rows is not None else 0
    return Pile(source, rows, count) if rows is not None and count else None
