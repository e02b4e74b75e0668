"""One line of the desk, and how it says since when and until when something waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django_stubs_ext import StrOrPromise

from clusters.enums import RuleName
from clusters.permissions import roles_of
from clusters.queries import rules_on
from clusters.words import days_since, due_in_words, due_tone, since_in_words


@dataclass(frozen=True)
class Item:
    """Something that waits for a person: what, where, since when, until when, for how much (EUR)."""

    key: str
    url: str
    title: str
    reference: str
    todo: str
    waits_since: datetime
    due_on: date | None = None
    amount: Decimal | None = None

    @property
    def days(self) -> int:
        """Return for how many days it has waited."""
        return days_since(self.waits_since)

    @property
    def since(self) -> str:
        """Return since when it waits, in words."""
        return since_in_words(self.waits_since)

    @property
    def due(self) -> str:
        """Return until when it has to be done, in words."""
        return "" if self.due_on is None else due_in_words(self.due_on)

    @property
    def due_tone(self) -> str:
        """Return how pressing it is."""
        return "" if self.due_on is None else due_tone(self.due_on)


class Reader:
    """The person at the desk, and the numbers of the rules, read once when a line first needs one."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.roles = roles_of(user)

    @cached_property
    def rules(self) -> Mapping[str, Decimal]:
        """Return the numbers of the rules in force today."""
        return rules_on()

    def days(self, name: RuleName) -> timedelta:
        """Return a number of days that the rules lay down."""
        return timedelta(days=int(self.rules[name]))


@dataclass(frozen=True)
class Source:
    """One kind of work: which rows wait for a person, the longest waiting first, and how a row becomes an item.

    `rows` returns None where a person has no such work at all, so that nothing is asked of the database.
    """

    kind: str
    label: StrOrPromise
    rows: Callable[[Reader], QuerySet[Any] | None]
    item: Callable[[Any, Reader], Item]
