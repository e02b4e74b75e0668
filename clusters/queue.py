"""The queue of registrations as staff see it: since when each waits, until when it is due, what can be chosen."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, TypedDict

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django_countries import countries

from clusters import pages, permissions, queries
from clusters.enums import OrganisationStatus, OrganisationType, RuleName
from clusters.models import Organisation
from clusters.words import due_in_words, due_tone, since_in_words

A_DAY = "j M Y"


class QueueRow(TypedDict):
    """One registration of the list, in words; `due` only while it waits for its validation."""

    key: int
    name: str
    number: str
    place: str
    type: str
    cluster: str
    since: str
    first_sent: str
    due: str
    due_tone: str
    status: str
    status_tone: str
    is_choosable: bool


def rows_of(organisations: Iterable[Organisation], user: Any) -> list[QueueRow]:
    """Return registrations as rows of the list (two queries, however many they are)."""
    listed = list(organisations)
    clerk = _Clerk(user, queries.days(RuleName.VALIDATION_DAYS))
    first = queries.first_submissions(row.pk for row in listed)
    return [clerk.row(each, first.get(each.pk)) for each in listed]


class _Clerk:
    """Writes rows for one reader; looks up each word once for the whole list."""

    def __init__(self, user: Any, answer_days: int) -> None:
        self.user = user
        self.answer_days = answer_days
        self.types = {str(value): str(label) for value, label in OrganisationType.choices}
        self.statuses = {str(value): str(label) for value, label in OrganisationStatus.choices}
        self.country = cache(lambda code: str(countries.name(code)))

    def row(self, organisation: Organisation, first: datetime | None) -> QueueRow:
        """Return one row; `first` is when the registration was handed in for the first time."""
        waits = organisation.status == OrganisationStatus.SUBMITTED
        since = localtime(organisation.status_since).date()
        due_on = pages.answer_due(organisation, self.answer_days) if waits else None
        return QueueRow(
            key=organisation.pk,
            name=organisation.legal_name,
            number=organisation.number,
            place=f"{organisation.town}, {self.country(organisation.country.code)}",
            type=self.types[organisation.type],
            cluster=organisation.reference_cluster.short_name,
            since=since_in_words(organisation.status_since) if waits else date_format(since, A_DAY),
            first_sent=_earlier(first, since) if waits else "",
            due=due_in_words(due_on) if due_on else "",
            due_tone=due_tone(due_on) if due_on else "",
            status=self.statuses[organisation.status],
            status_tone=organisation.status_tone,
            is_choosable=waits and permissions.can_validate(self.user, organisation),
        )


def _earlier(first: datetime | None, since: date) -> str:
    """Return the day on which a registration was first sent, where it was not the one since which it waits."""
    day = localtime(first).date() if first else since
    return date_format(day, A_DAY) if day != since else ""
