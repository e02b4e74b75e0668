"""Filters that persist: remembering what somebody used last on a list, and keeping what she has named.

A page is named by its address in the address book (`clusters:organisations`), so that any list may use it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse

from clusters.models import SavedView
from clusters.models.saved_views import LONGEST_QUERY
from extratex.shared import clock

LAST = ""
MOST_NAMED = 30


@dataclass(frozen=True)
class View:
    """A named view as components/saved_views.html draws it."""

    pk: int
    label: str
    url: str
    current: bool


class Query(Protocol):
    """The part of an address behind the question mark, such as Django's QueryDict."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


def narrowed_by(query: Query, names: Collection[str]) -> str:
    """Return those filters of an address that narrow something down, in the order of their names."""
    text = urlencode([(name, value) for name in sorted(names) for value in query.getlist(name) if value])
    return text if len(text) <= LONGEST_QUERY else ""


def last_used(user: Any, page: str) -> str:
    """Return the filters that somebody used last on a page, nothing where she has cleared them."""
    return SavedView.objects.filter(user=user, page=page, name=LAST).values_list("query", flat=True).first() or ""


def remember(user: Any, page: str, query: str) -> None:
    """Keep the filters that somebody uses now; a write only where they have changed."""
    if last_used(user, page) != query:
        SavedView.objects.update_or_create(
            user=user, page=page, name=LAST, defaults={"query": query, "updated_at": clock.now()}
        )


def name_view(user: Any, page: str, name: str, query: str) -> bool:
    """Keep filters under a name, a later one over an earlier one; False where there are too many already."""
    mine = SavedView.objects.filter(user=user, page=page).exclude(name=LAST)
    if mine.exclude(name=name).count() >= MOST_NAMED:
        return False
    SavedView.objects.update_or_create(
        user=user, page=page, name=name, defaults={"query": query, "updated_at": clock.now()}
    )
    return True


def named_views(user: Any, page: str, query: str) -> list[View]:
    """Return the views that somebody has named on a page, the one in use marked."""
    url = reverse(page)
    rows = SavedView.objects.filter(user=user, page=page).exclude(name=LAST).order_by("name")
    return [View(row.pk, row.name, f"{url}?{row.query}", current=row.query == query) for row in rows]
