"""What the engine is given: the validated candidatures of a wave as its own cases.

For a page a few candidatures become cases one by one; for a run all of them are read as columns, in few queries and
without a model instance for each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from matchmaking import stays, visits
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
from matchmaking.engine.windows import parted
from matchmaking.models import Availability, Candidature
from matchmaking.queries import declined_hosts, doubted_technologies, visitors_accepted, visitors_accepted_in

AT_ONCE = 10_000
BOTH = (ParticipantRole.VISITOR, ParticipantRole.HOST)


def hosts_from(candidatures: Iterable[Candidature], wave: Wave) -> list[Host]:
    """Return candidatures as hosts of the engine."""
    rows, today = list(candidatures), clock.today()
    table = table_of(wave, ParticipantRole.HOST)
    periods = {row.pk: _periods_of(row) for row in rows}
    doubted = doubted_technologies(list(periods))
    accepted, begun = visitors_accepted(periods), stays.begun_at(_counting_by_period(periods))
    found = []
    for row in rows:
        free, full = parted(periods[row.pk], begun.get(row.pk, ()))
        found.append(
            Host(
                **_facts_of(row, table),
                wary_technologies=frozenset(doubted.get(row.pk, ())),
                technologies_offered=_names(row.technologies.all()),
                sectors_offered=_names(row.sectors.all()),
                windows=_ahead(free, today),
                full_windows=_ahead(full, today),
                capacity_left=row.capacity - accepted.get(row.pk, 0),
            )
        )
    return found


def visitors_from(candidatures: Iterable[Candidature], wave: Wave) -> list[Visitor]:
    """Return candidatures as visitors of the engine."""
    rows, today = list(candidatures), clock.today()
    table = table_of(wave, ParticipantRole.VISITOR)
    visited = visits.visited_among([row.organisation_id for row in rows])
    keys = [row.pk for row in rows]
    declined, doubted = declined_hosts(keys), doubted_technologies(keys)
    shortest = shortest_stay()
    return [
        Visitor(
            **_facts_of(row, table),
            wary_technologies=frozenset(doubted.get(row.pk, ())),
            technologies_sought=_names(row.technologies.all()),
            sectors_sought=_names(row.sectors.all()),
            preferred_countries=frozenset(row.countries),
            windows=_ahead((window for window, _places in _periods_of(row)), today),
            days=max(row.days, shortest),
            first_time=row.organisation_id not in visited,
            declined=frozenset(declined.get(row.pk, ())),
        )
        for row in rows
    ]


def _facts_of(row: Candidature, table: Table) -> dict[str, Any]:
    """Return what visitors and hosts have in common."""
    organisation = row.organisation
    return {
        "id": row.pk,
        "organisation": str(row.organisation_id),
        "country": organisation.country.code,
        "type": organisation.type,
        "sectors": _names(organisation.sectors.all()),
        "purposes": _names(row.purposes.all()),
        "languages": frozenset(row.languages),
        "excluded_countries": frozenset(row.excluded_countries),
        "partner_types": frozenset(row.partner_types),
        "place": (organisation.latitude, organisation.longitude),
        "eligible": table.verdict_on(organisation, pre_approved=row.pre_approved_by_id is not None).allowed,
    }


def _periods_of(candidature: Candidature) -> list[tuple[Window, int | None]]:
    return [((each.first_day, each.last_day), each.capacity) for each in candidature.availabilities.all()]


def _counting_by_period(periods: Mapping[int, Iterable[tuple[Window, int | None]]]) -> list[int]:
    """Return the hosts that have said for a period how many they can receive in it."""
    return [key for key, some in periods.items() if any(places is not None for _window, places in some)]


def _ahead(windows: Iterable[Window], today: date) -> tuple[Window, ...]:
    """Return the periods that still lie ahead, cut to what is left of them."""
    return tuple((max(first_day, today), last_day) for first_day, last_day in windows if last_day >= today)


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
    excluded_countries: list[str]
    partner_types: list[str]
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
    "excluded_countries",
    "partner_types",
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
        self._doubted = doubted_technologies(self._rows.values("pk"))
        self._declined = declined_hosts(self._rows.values("pk")) if role == ParticipantRole.VISITOR else {}

    def rows(self) -> Iterable[Row]:
        """Yield the candidatures in the order of their keys."""
        facts = [_Fact(*row) for row in self._rows.order_by("pk").values_list(*FACTS).iterator(AT_ONCE)]
        technologies = self._masks(Candidature.technologies.through.objects.all(), "candidature", TECHNOLOGIES)
        purposes = self._masks(Candidature.purposes.through.objects.all(), "candidature", PURPOSES)
        sectors = self._masks(Organisation.sectors.through.objects.all(), "organisation", SECTORS)
        sought = self._masks(Candidature.sectors.through.objects.all(), "candidature", SECTORS)
        windows = self._windows()
        visited = self._visited(fact.organisation for fact in facts)
        for fact in facts:
            free, full = windows.get(fact.key, ((), ()))
            spans = spans_of(free)
            yield Row(
                fact.key,
                self._numbers(fact, spans, visited, has_period=bool(free or not full)),
                (
                    technologies.get(fact.key, 0),
                    sectors.get(fact.organisation, 0),
                    purposes.get(fact.key, 0),
                    self._words.mask(LANGUAGES, fact.languages),
                    self._words.mask(COUNTRIES, fact.countries) if self._role == ParticipantRole.VISITOR else 0,
                    self._words.mask(COUNTRIES, fact.excluded_countries),
                    self._words.mask(TYPES, fact.partner_types),
                    0,
                    0,
                    sought.get(fact.key, 0),
                    self._words.mask(TECHNOLOGIES, self._doubted.get(fact.key, ())),
                ),
                spans,
                tuple(sorted(self._declined.get(fact.key, ()))),
            )

    def _numbers(
        self, fact: _Fact, spans: tuple[tuple[int, int], ...], visited: Collection[int], *, has_period: bool
    ) -> tuple[int, ...]:
        is_host = self._role == ParticipantRole.HOST
        has_place = not is_host or (has_period and fact.capacity > self._accepted.get(fact.key, 0))
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

    def _windows(self) -> Mapping[int, tuple[Sequence[Window], Sequence[Window]]]:
        """Return for each candidature its periods ahead, first those with a place left, then those that are full."""
        periods: dict[int, list[tuple[Window, int | None]]] = defaultdict(list)
        today = clock.today()
        ahead = Availability.objects.filter(candidature__in=self._rows.values("pk"), last_day__gte=today)
        facts = ahead.values_list("candidature", "first_day", "last_day", "capacity")
        for key, first_day, last_day, capacity in facts.iterator(AT_ONCE):
            periods[key].append(((first_day, last_day), capacity))
        begun = self._begun(_counting_by_period(periods))
        parts = ((key, parted(some, begun.get(key, ()))) for key, some in periods.items())
        return {key: (_ahead(free, today), _ahead(full, today)) for key, (free, full) in parts}

    def _begun(self, hosts: Iterable[int]) -> Mapping[int, list[date]]:
        """Return when stays begin at the hosts that count their places by the period."""
        if self._role == ParticipantRole.VISITOR:
            return {}
        return {key: days for some in batched(hosts, AT_ONCE) for key, days in stays.begun_at(some).items()}

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
