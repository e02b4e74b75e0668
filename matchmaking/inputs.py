"""What the engine is given: the validated candidatures of a wave as its own cases.

For a page a few candidatures become cases one by one; for a run all of them are read as columns, in few queries and
without a model instance for each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import QuerySet

from clusters.eligibility import Table, table_of
from clusters.enums import ParticipantRole, RuleName
from clusters.models import Organisation, Term, Wave
from clusters.queries import rules_on
from clusters.rules.eligibility import Participant
from extratex.shared import clock
from matchmaking import visits
from matchmaking.engine.columns import (
    COUNTRIES,
    LANGUAGES,
    PURPOSES,
    SECTORS,
    TECHNOLOGIES,
    TYPES,
    Columns,
    Row,
    Words,
    as_columns,
    point_of,
    spans_of,
)
from matchmaking.engine.model import Host, Visitor, Window
from matchmaking.models import Availability, Candidature
from matchmaking.queries import declined_hosts, visitors_accepted, visitors_accepted_in

AT_ONCE = 10_000
BOTH = (ParticipantRole.VISITOR, ParticipantRole.HOST)


def hosts_from(candidatures: Iterable[Candidature], wave: Wave) -> list[Host]:
    """Return candidatures as hosts of the engine."""
    rows = list(candidatures)
    table = table_of(wave, ParticipantRole.HOST)
    accepted = visitors_accepted([row.pk for row in rows])
    return [
        Host(
            id=row.pk,
            organisation=str(row.organisation_id),
            country=row.organisation.country.code,
            type=row.organisation.type,
            sectors=_names(row.organisation.sectors.all()),
            technologies_offered=_names(row.technologies.all()),
            purposes=_names(row.purposes.all()),
            languages=frozenset(row.languages),
            windows=windows_of(row, clock.today()),
            place=(row.organisation.latitude, row.organisation.longitude),
            capacity_left=row.capacity - accepted.get(row.pk, 0),
            eligible=table.verdict_on(row.organisation, pre_approved=row.pre_approved_by_id is not None).allowed,
        )
        for row in rows
    ]


def visitors_from(candidatures: Iterable[Candidature], wave: Wave) -> list[Visitor]:
    """Return candidatures as visitors of the engine."""
    rows = list(candidatures)
    table = table_of(wave, ParticipantRole.VISITOR)
    visited = visits.visited_among([row.organisation_id for row in rows])
    declined = declined_hosts([row.pk for row in rows])
    shortest = shortest_stay()
    return [
        Visitor(
            id=row.pk,
            organisation=str(row.organisation_id),
            country=row.organisation.country.code,
            type=row.organisation.type,
            sectors=_names(row.organisation.sectors.all()),
            technologies_sought=_names(row.technologies.all()),
            purposes=_names(row.purposes.all()),
            preferred_countries=frozenset(row.countries),
            languages=frozenset(row.languages),
            windows=windows_of(row, clock.today()),
            place=(row.organisation.latitude, row.organisation.longitude),
            days=max(row.days, shortest),
            first_time=row.organisation_id not in visited,
            declined=frozenset(declined.get(row.pk, ())),
            eligible=table.verdict_on(row.organisation, pre_approved=row.pre_approved_by_id is not None).allowed,
        )
        for row in rows
    ]


def windows_of(candidature: Candidature, today: date) -> tuple[Window, ...]:
    """Return the periods that still lie ahead, cut to what is left of them."""
    ahead = (window for window in candidature.availabilities.all() if window.last_day >= today)
    return tuple((max(window.first_day, today), window.last_day) for window in ahead)


def shortest_stay() -> int:
    """Return how many working days an exchange lasts at least, by the rules in force; 1 where they say nothing."""
    return max(int(rules_on().get(RuleName.MINIMUM_WORKING_DAYS, 1)), 1)


@dataclass(frozen=True)
class Case:
    """All validated visitors and hosts of a wave as columns, with the words that their numbers stand for."""

    visitors: Columns
    hosts: Columns
    words: Words


def case_of(wave: Wave) -> Case:
    """Read a wave."""
    words = Words()
    visitors, hosts = ([*_Reader(wave, role, words).rows()] for role in BOTH)
    return Case(as_columns(visitors, words), as_columns(hosts, words), words)


class _Fact(NamedTuple):
    """One candidature as the database tells it."""

    key: int
    organisation: int
    country: str
    type: str
    is_cluster_member: bool
    has_eccp_profile: bool
    pre_approved_by: int | None
    latitude: float
    longitude: float
    days: int
    capacity: int
    countries: list[str]
    languages: list[str]


FACTS = (
    "pk",
    "organisation",
    "organisation__country",
    "organisation__type",
    "organisation__is_cluster_member",
    "organisation__reference_cluster__has_eccp_profile",
    "pre_approved_by",
    "organisation__latitude",
    "organisation__longitude",
    "days",
    "capacity",
    "countries",
    "languages",
)


class _Reader:
    """Reads the candidatures of one role, each kind of fact in one query, whatever their number."""

    def __init__(self, wave: Wave, role: ParticipantRole, words: Words) -> None:
        self._role = role
        self._words = words
        self._rows = Candidature.objects.validated(role).filter(wave=wave)
        self._table = table_of(wave, role)
        self._shortest = shortest_stay()
        self._allowed: dict[tuple[object, ...], bool] = {}
        self._names: dict[int, str] = dict(Term.objects.values_list("pk", "name"))
        self._accepted = visitors_accepted_in(wave) if role == ParticipantRole.HOST else {}
        self._declined = declined_hosts(self._rows.values("pk")) if role == ParticipantRole.VISITOR else {}

    def rows(self) -> Iterable[Row]:
        """Yield the candidatures in the order of their keys."""
        facts = [_Fact(*row) for row in self._rows.order_by("pk").values_list(*FACTS).iterator(AT_ONCE)]
        technologies = self._masks(Candidature.technologies.through.objects.all(), "candidature", TECHNOLOGIES)
        purposes = self._masks(Candidature.purposes.through.objects.all(), "candidature", PURPOSES)
        sectors = self._masks(Organisation.sectors.through.objects.all(), "organisation", SECTORS)
        windows = self._windows()
        visited = self._visited(fact.organisation for fact in facts)
        for fact in facts:
            spans = spans_of(windows.get(fact.key, ()))
            yield Row(
                fact.key,
                self._numbers(fact, spans, visited),
                (
                    technologies.get(fact.key, 0),
                    sectors.get(fact.organisation, 0),
                    purposes.get(fact.key, 0),
                    self._words.mask(LANGUAGES, fact.languages),
                    self._words.mask(COUNTRIES, fact.countries) if self._role == ParticipantRole.VISITOR else 0,
                    0,
                    0,
                    0,
                    0,
                ),
                spans,
                tuple(sorted(self._declined.get(fact.key, ()))),
            )

    def _numbers(self, fact: _Fact, spans: tuple[tuple[int, int], ...], visited: Collection[int]) -> tuple[int, ...]:
        is_host = self._role == ParticipantRole.HOST
        has_place = not is_host or fact.capacity > self._accepted.get(fact.key, 0)
        return (
            fact.organisation,
            self._words.number(COUNTRIES, fact.country),
            self._words.number(TYPES, fact.type),
            int(has_place and self._may_take_part(fact)),
            0,
            0 if is_host else max(fact.days, self._shortest),
            int(not is_host and fact.organisation not in visited),
            sum(after - first for first, after in spans),
            *point_of((fact.latitude, fact.longitude)),
        )

    def _may_take_part(self, fact: _Fact) -> bool:
        """Ask the dated table once for each kind of organisation."""
        kind = (fact.type, fact.country, fact.is_cluster_member, fact.has_eccp_profile, fact.pre_approved_by is None)
        if kind not in self._allowed:
            self._allowed[kind] = _verdict(self._table, fact)
        return self._allowed[kind]

    def _masks(self, ties: QuerySet[Any], owner: str, vocabulary: int) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        owners = self._rows.values("pk" if owner == "candidature" else "organisation")
        rows = ties.filter(**{f"{owner}__in": owners}).values_list(f"{owner}_id", "term_id")
        for key, term in rows.iterator(AT_ONCE):
            found[key] |= 1 << self._words.number(vocabulary, self._names[term])
        return found

    def _windows(self) -> Mapping[int, list[Window]]:
        found: dict[int, list[Window]] = defaultdict(list)
        today = clock.today()
        ahead = Availability.objects.filter(candidature__in=self._rows.values("pk"), last_day__gte=today)
        for key, first_day, last_day in ahead.values_list("candidature", "first_day", "last_day").iterator(AT_ONCE):
            found[key].append((max(first_day, today), last_day))
        return found

    def _visited(self, organisations: Iterable[int]) -> frozenset[int]:
        if self._role == ParticipantRole.HOST:
            return frozenset()
        return frozenset().union(*(visits.visited_among(some) for some in batched(organisations, AT_ONCE)))


def _verdict(table: Table, fact: _Fact) -> bool:
    participant = Participant(
        organisation=str(fact.organisation),
        organisation_type=fact.type,
        country=fact.country,
        in_cluster=fact.is_cluster_member,
        in_eccp_cluster=fact.is_cluster_member and fact.has_eccp_profile,
        pre_approved=fact.pre_approved_by is not None,
    )
    return table.verdict_from(participant).allowed


def _names(terms: Iterable[object]) -> frozenset[str]:
    return frozenset(str(term) for term in terms)
