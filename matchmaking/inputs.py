"""What the engine is given: the validated candidatures of a wave as its own cases, read in few queries."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from clusters.eligibility import table_of
from clusters.enums import ParticipantRole
from clusters.models import Wave
from extratex.shared import clock
from matchmaking import visits
from matchmaking.engine.model import Host, Visitor, Window
from matchmaking.models import Candidature
from matchmaking.queries import visitors_accepted


def hosts_of(wave: Wave, *, most: int | None = None) -> list[Host]:
    """Return the validated hosts of a wave, with the places that they have left and the programme's verdict."""
    return hosts_from(_validated(wave, ParticipantRole.HOST)[:most], wave)


def hosts_from(candidatures: Iterable[Candidature], wave: Wave) -> list[Host]:
    """Return candidatures as hosts of the engine."""
    rows = list(candidatures)
    table = table_of(wave, ParticipantRole.HOST)
    accepted = visitors_accepted([row.pk for row in rows])
    return [
        Host(
            id=str(row.pk),
            organisation=str(row.organisation_id),
            country=row.organisation.country.code,
            type=row.organisation.type,
            sectors=_names(row.organisation.sectors.all()),
            technologies_offered=_names(row.technologies.all()),
            purposes=_names(row.purposes.all()),
            languages=frozenset(row.languages),
            windows=windows_of(row, clock.today()),
            capacity_left=row.capacity - accepted.get(row.pk, 0),
            eligible=table.verdict_on(row.organisation, pre_approved=row.pre_approved_by_id is not None).allowed,
        )
        for row in rows
    ]


def visitors_after(wave: Wave, key: int, number: int) -> list[Candidature]:
    """Return the next validated visitors of a wave behind a key, in the order of their keys."""
    return list(_validated(wave, ParticipantRole.VISITOR).filter(pk__gt=key)[:number])


def visitors_from(candidatures: Iterable[Candidature]) -> list[Visitor]:
    """Return candidatures as visitors of the engine."""
    rows = list(candidatures)
    visited = visits.visited_among([row.organisation_id for row in rows])
    return [
        Visitor(
            id=str(row.pk),
            organisation=str(row.organisation_id),
            country=row.organisation.country.code,
            type=row.organisation.type,
            sectors=_names(row.organisation.sectors.all()),
            technologies_sought=_names(row.technologies.all()),
            purposes=_names(row.purposes.all()),
            preferred_countries=frozenset(row.countries),
            languages=frozenset(row.languages),
            windows=windows_of(row, clock.today()),
            days=row.days,
            first_time=row.organisation_id not in visited,
        )
        for row in rows
    ]


def windows_of(candidature: Candidature, today: date) -> tuple[Window, ...]:
    """Return the periods that still lie ahead, cut to what is left of them."""
    ahead = (window for window in candidature.availabilities.all() if window.last_day >= today)
    return tuple((max(window.first_day, today), window.last_day) for window in ahead)


def _validated(wave: Wave, role: ParticipantRole) -> QuerySet[Candidature]:
    rows = Candidature.objects.validated(role).filter(wave=wave).order_by("pk")
    return rows.select_related("organisation__reference_cluster").prefetch_related(
        "organisation__sectors", "technologies", "purposes", "availabilities"
    )


def _names(terms: Iterable[object]) -> frozenset[str]:
    return frozenset(str(term) for term in terms)
