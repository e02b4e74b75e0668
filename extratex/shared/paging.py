"""Long lists page by page: by the key of a row, so that page 4,000 costs what page 1 costs.

A page is found by what stands at its edge, not by a number: whatever is added or taken away meanwhile, nobody sees a
row twice on the way or misses one. Rows are counted only as far as a person cares.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, Q, QuerySet
from django.utils.timezone import is_naive

COUNTED = 1000
LONGEST_KEY = 2000
AFTER, BEFORE = "after", "before"


class KeyInvalid(ValueError):
    """This text is no key of the list."""


@dataclass(frozen=True)
class Order:
    """One column by which a list is ordered, perhaps of a related row; it must not be null."""

    path: str
    descends: bool
    field: "Field[Any, Any]"

    def value_of(self, row: Model) -> Any:
        """Return what the row has in this column."""
        return attrgetter(self.path.replace("__", "."))(row)

    def beyond(self, value: Any, *, backwards: bool, or_equal: bool = False) -> Q:
        """Return the condition that a row stands behind the value, or before it when one goes backwards."""
        comparison = "lt" if self.descends != backwards else "gt"
        return Q(**{f"{self.path}__{comparison}{'e' if or_equal else ''}": value})


class KeyedPage[M: Model]:
    """One page of a list in the order of its queryset, whose last column must make the order certain (`pk`)."""

    is_keyed = True

    def __init__(self, rows: QuerySet[M], asked: Mapping[str, str], size: int) -> None:
        self.rows = rows
        self.size = size
        self.orders = orders_of(rows)
        self.has_previous = self.has_next = False
        self.object_list: list[M] = self._read(asked)

    def __iter__(self) -> Iterator[M]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    def __bool__(self) -> bool:
        """A page is a page, also when nothing stands on it."""
        return True

    @property
    def next_key(self) -> str:
        """Return what names the last row of this page in an address."""
        return self._key(self.object_list[-1])

    @property
    def previous_key(self) -> str:
        """Return what names the first row of this page in an address."""
        return self._key(self.object_list[0])

    @cached_property
    def counted(self) -> int:
        """Return how many rows there are, at most one more than is counted."""
        if not self.has_previous and not self.has_next:
            return len(self.object_list)
        return self.rows.order_by()[: COUNTED + 1].count()

    @property
    def most(self) -> int:
        """Return how far rows are counted."""
        return COUNTED

    @property
    def is_more(self) -> bool:
        """Tell whether there are more rows than were counted."""
        return self.counted > COUNTED

    def _read(self, asked: Mapping[str, str]) -> list[M]:
        """Read the page that was asked for; the first one where the key is none of this list."""
        name = next((name for name in (AFTER, BEFORE) if asked.get(name)), None)
        try:
            values = self._values(asked[name]) if name else []
        except KeyInvalid:
            return self._first()
        if name == AFTER:
            return self._after(values)
        return self._before(values) if name else self._first()

    def _first(self) -> list[M]:
        found, self.has_next = self._take(self.rows)
        self.has_previous = False
        return found

    def _last(self) -> list[M]:
        found, self.has_previous = self._take(self.rows.reverse())
        self.has_next = False
        return found[::-1]

    def _after(self, values: list[Any]) -> list[M]:
        """Read on; the end of the list where nothing follows any more."""
        found, self.has_next = self._take(self.rows.filter(self._condition(values, backwards=False)))
        self.has_previous = True
        return found or self._last()

    def _before(self, values: list[Any]) -> list[M]:
        """Read back; the whole first page where less than a page is left before the key."""
        found, self.has_previous = self._take(self.rows.filter(self._condition(values, backwards=True)).reverse())
        self.has_next = True
        return found[::-1] if self.has_previous or len(found) == self.size else self._first()

    def _take(self, rows: QuerySet[M]) -> tuple[list[M], bool]:
        """Read one row more than is shown, which tells whether the list goes on."""
        found = list(rows[: self.size + 1])
        return found[: self.size], len(found) > self.size

    def _condition(self, values: list[Any], *, backwards: bool) -> Q:
        """Compare column by column; the first one also by itself, so that its index is entered at the right place."""
        beyond = Q(pk__in=[])
        for order, value in reversed(list(zip(self.orders, values, strict=True))):
            same = Q(**{order.path: value})
            beyond = order.beyond(value, backwards=backwards) | (same & beyond)
        return self.orders[0].beyond(values[0], backwards=backwards, or_equal=True) & beyond

    def _key(self, row: M) -> str:
        values = [order.value_of(row) for order in self.orders]
        return base64.urlsafe_b64encode(_dumped(values).encode()).decode().rstrip("=")

    def _values(self, key: str) -> list[Any]:
        """Read a key as values of the columns; raises KeyInvalid."""
        try:
            padded = key + "=" * (-len(key) % 4)
            written = json.loads(base64.urlsafe_b64decode(padded.encode("ascii"))) if len(key) < LONGEST_KEY else None
            if not isinstance(written, list) or len(written) != len(self.orders):
                raise KeyInvalid
            return [_value(order.field, each) for order, each in zip(self.orders, written, strict=True)]
        except (binascii.Error, ValidationError, ValueError, TypeError, OverflowError, RecursionError) as fault:
            raise KeyInvalid from fault


def orders_of(rows: QuerySet[Any]) -> list[Order]:
    """Return the columns by which a queryset is ordered."""
    names = rows.query.order_by or rows.model._meta.ordering
    return [_order(rows.model, str(name)) for name in names]


def _order(model: type[Model], name: str) -> Order:
    path = name.removeprefix("-")
    *relations, last = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return Order(path, name.startswith("-"), field)  # type: ignore[arg-type]


def _value(field: "Field[Any, Any]", written: Any) -> Any:
    """Return a value as the column holds it; a text that no column can hold is none, nor a time without its zone."""
    if isinstance(written, (list, dict)) or written is None or "\x00" in str(written):
        raise KeyInvalid
    str(written).encode()
    value = field.to_python(written)
    field.run_validators(value)
    if isinstance(value, datetime) and is_naive(value):
        raise KeyInvalid
    return value


def _dumped(values: list[Any]) -> str:
    return json.dumps(values, cls=_Exact, separators=(",", ":"))


class _Exact(DjangoJSONEncoder):
    """Keeps the microseconds of a time, by which rows differ."""

    def default(self, o: Any) -> Any:
        """Write a time in full."""
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
