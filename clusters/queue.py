"""The queue of registrations as staff see it: since when each waits, until when it is due, what can be chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from clusters import pages, permissions, queries
from clusters.enums import OrganisationStatus, OrganisationType, RuleName
from clusters.models import Organisation
from clusters.words import due_in_words, due_tone, since_in_words


@dataclass(frozen=True)
class QueueRow:
    """One registration of the list; `due_on` only while it waits for its validation."""

    organisation: Organisation
    due_on: date | None
    first_sent: datetime | None
    is_choosable: bool

    @property
    def type(self) -> str:
        """Return its type in words."""
        return str(OrganisationType(self.organisation.type).label)

    @property
    def status(self) -> str:
        """Return its status in words."""
        return str(OrganisationStatus(self.organisation.status).label)

    @property
    def since(self) -> str:
        """Return for how long it has waited here."""
        return since_in_words(self.organisation.status_since)

    @property
    def due(self) -> str:
        """Return until when its answer is due."""
        return due_in_words(self.due_on) if self.due_on else ""

    @property
    def due_tone(self) -> str:
        """Return how pressing it is."""
        return due_tone(self.due_on) if self.due_on else ""


def rows_of(organisations: Iterable[Organisation], user: Any) -> list[QueueRow]:
    """Return registrations as rows of the list (two queries, however many they are)."""
    listed = list(organisations)
    days = queries.days(RuleName.VALIDATION_DAYS)
    first = queries.first_submissions(row.pk for row in listed)
    return [_row(each, user, days, first.get(each.pk)) for each in listed]


def _row(organisation: Organisation, user: Any, days: int, first: datetime | None) -> QueueRow:
    waits = organisation.status == OrganisationStatus.SUBMITTED
    is_earlier = waits and first is not None and localtime(first).date() != localtime(organisation.status_since).date()
    return QueueRow(
        organisation,
        due_on=pages.answer_due(organisation, days) if waits else None,
        first_sent=first if is_earlier else None,
        is_choosable=waits and permissions.can_validate(user, organisation),
    )
