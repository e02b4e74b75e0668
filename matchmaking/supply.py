"""Supply of hosts: what a partnership's visitors seek against what its hosts offer, counted in the database.

Demand are the validated visitors, supply the validated hosts and the places that they have left. Every table is one
query, however many candidatures there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_countries import countries

from clusters.enums import ParticipantRole, RuleName
from clusters.models import Partnership, Wave
from clusters.queries import days
from extratex.shared import clock
from matchmaking.enums import ProposalStatus
from matchmaking.models import Candidature, Proposal
from matchmaking.models.querysets import CandidatureQuerySet

MONTHS = 12
DECEMBER = 12
DRAWN = 12
FULL = 100
ANYWHERE = ""

SIDES = """
    WITH side AS NOT MATERIALIZED (
        SELECT
            candidature.id,
            candidature.role,
            candidature.organisation_id,
            candidature.countries,
            CASE WHEN candidature.role = 'host'
                THEN greatest(candidature.capacity - coalesce(accepted.taken, 0), 0) ELSE 0 END AS places,
            %(partnership)s::bigint IS NULL OR candidature.partnership_id = %(partnership)s AS is_ours
        FROM matchmaking_candidature candidature
        LEFT JOIN (
            SELECT host_id, count(*) AS taken FROM matchmaking_proposal WHERE status = 'accepted' GROUP BY host_id
        ) accepted ON accepted.host_id = candidature.id
        WHERE candidature.wave_id = %(wave)s AND candidature.status = 'validated'
    )
"""
BY_TECHNOLOGY = """
    , counted AS (
        SELECT
            tie.term_id,
            count(*) FILTER (WHERE side.is_ours AND side.role = 'visitor') AS visitors,
            count(*) FILTER (WHERE side.is_ours AND side.role = 'host') AS hosts,
            coalesce(sum(side.places) FILTER (WHERE side.is_ours), 0) AS places,
            count(*) FILTER (WHERE NOT side.is_ours AND side.role = 'host') AS elsewhere
        FROM side
        JOIN matchmaking_candidature_technologies tie ON tie.candidature_id = side.id
        GROUP BY tie.term_id
        HAVING bool_or(side.is_ours)
    )
    SELECT term.id, term.name, visitors, hosts, places, elsewhere
    FROM counted
    JOIN clusters_term term ON term.id = counted.term_id
"""
BY_COUNTRY = """
    , wished AS (
        SELECT countries, count(*) AS visitors FROM side WHERE is_ours AND role = 'visitor' GROUP BY countries
    )
    SELECT country, country, sum(visitors), sum(hosts), sum(places), 0
    FROM (
        SELECT
            unnest(CASE WHEN countries = '{}' THEN ARRAY['']::varchar[] ELSE countries END) AS country,
            visitors, 0 AS hosts, 0 AS places
        FROM wished
        UNION ALL
        SELECT organisation.country, 0, count(*), sum(side.places)
        FROM side
        JOIN clusters_organisation organisation ON organisation.id = side.organisation_id
        WHERE side.is_ours AND side.role = 'host'
        GROUP BY organisation.country
    ) each
    GROUP BY country
"""
# Each candidature has one bit a month. Few patterns of months occur, so that they are counted before they are parted.
BY_MONTH = """
    , free AS (
        SELECT
            candidature_id,
            bit_or(
                (2 << width_bucket(last_day, %(firsts)s::date[]))
                - (1 << greatest(width_bucket(first_day, %(firsts)s::date[]), 1))
            ) AS months
        FROM matchmaking_availability
        WHERE last_day >= %(today)s AND first_day <= %(until)s
        GROUP BY candidature_id
    ), counted AS (
        SELECT
            free.months,
            count(*) FILTER (WHERE side.role = 'visitor') AS visitors,
            count(*) FILTER (WHERE side.role = 'host') AS hosts,
            sum(side.places) AS places
        FROM free
        JOIN side ON side.id = free.candidature_id AND side.is_ours
        GROUP BY free.months
    )
    SELECT place, '', sum(visitors), sum(hosts), sum(places), 0
    FROM generate_series(1, cardinality(%(firsts)s::date[])) place
    JOIN counted ON counted.months & (1 << place) > 0
    GROUP BY place
"""


@dataclass(frozen=True)
class Balance:
    """Demand against supply of one technology, country or month; its key is the key of a term, a code or a day."""

    key: Any
    label: str
    visitors: int
    hosts: int
    places: int
    elsewhere: int = 0

    @property
    def missing(self) -> int:
        """Return how many visitors are more than there are places."""
        return max(self.visitors - self.places, 0)


@dataclass(frozen=True)
class Bar:
    """A balance as it is drawn: how long visitors and places are, of 100."""

    balance: Balance
    visitors: float
    places: float


@dataclass(frozen=True)
class Scope:
    """Whose candidatures are counted: those of one partnership, or of a whole wave."""

    wave: Wave
    partnership: Partnership | None

    @property
    def hosts(self) -> CandidatureQuerySet:
        """Return the validated hosts."""
        rows = Candidature.objects.validated(ParticipantRole.HOST).filter(wave=self.wave)
        return rows if self.partnership is None else rows.filter(partnership=self.partnership)


def by_technology(scope: Scope) -> list[Balance]:
    """Return the technologies that somebody seeks or offers, those first of which most is missing."""
    return sorted(_counted(scope, BY_TECHNOLOGY), key=lambda row: (-row.missing, -row.visitors, row.label))


def by_country(scope: Scope) -> list[Balance]:
    """Return for each country how many visitors prefer it and who hosts there; those who go anywhere come last."""
    rows = [
        Balance(each.key, str(countries.name(each.key)) or _("Any country"), each.visitors, each.hosts, each.places)
        for each in _counted(scope, BY_COUNTRY)
    ]
    return sorted(rows, key=lambda row: (row.key == ANYWHERE, -row.visitors, -row.hosts, row.label))


def by_month(scope: Scope) -> list[Balance]:
    """Return for each of the coming months who is free on at least one day of it."""
    months = coming_months(clock.today())
    firsts, until = [first for first, _last in months], months[-1][1]
    found = {row.key: row for row in _counted(scope, BY_MONTH, firsts=firsts, until=until, today=clock.today())}
    nobody = Balance(None, "", 0, 0, 0)
    rows = []
    for place, first in enumerate(firsts, start=1):
        row = found.get(place, nobody)
        rows.append(Balance(first, date_format(first, "F Y"), row.visitors, row.hosts, row.places))
    return rows


def coming_months(today: date) -> list[tuple[date, date]]:
    """Return the first and the last day of what is left of this month, and of those that follow."""
    starts = [today.replace(day=1)]
    for _number in range(MONTHS):
        is_december = starts[-1].month == DECEMBER
        starts.append(date(starts[-1].year + is_december, 1 if is_december else starts[-1].month + 1, 1))
    return [(max(first, today), after - timedelta(days=1)) for first, after in pairwise(starts)]


def bars_of(balances: Sequence[Balance], most: int = DRAWN) -> list[Bar]:
    """Return the first of some balances as bars on one scale."""
    drawn = [each for each in balances if each.visitors or each.places][:most]
    longest = max((max(each.visitors, each.places) for each in drawn), default=0) or 1
    return [
        Bar(each, round(FULL * each.visitors / longest, 1), round(FULL * each.places / longest, 1)) for each in drawn
    ]


def stale_hosts(scope: Scope) -> tuple[int, CandidatureQuerySet]:
    """Return after how many days a host is stale, and the hosts that nobody has touched for longer."""
    limit = days(RuleName.STALE_HOST_DAYS)
    rows = scope.hosts.filter(touched_at__lt=clock.now() - timedelta(days=limit))
    return limit, rows.select_related("organisation__reference_cluster").order_by("touched_at", "pk")


def silent_hosts(scope: Scope) -> CandidatureQuerySet:
    """Return the hosts that have let proposals expire and never answered one, those with most of them first."""
    asked = Proposal.objects.filter(proposed_by=ParticipantRole.VISITOR, host__in=scope.hosts.order_by())
    answered = Q(status__in=[ProposalStatus.ACCEPTED, ProposalStatus.DECLINED])
    counted = (
        asked.order_by()
        .values("host")
        .annotate(expired=Count("pk", filter=Q(status=ProposalStatus.EXPIRED)), answered=Count("pk", filter=answered))
        .filter(expired__gt=0, answered=0)
    )
    number = Subquery(counted.filter(host=OuterRef("pk")).values("expired"), output_field=IntegerField())
    rows = scope.hosts.filter(pk__in=counted.values("host")).annotate(expired=number)
    return rows.select_related("organisation__reference_cluster").order_by("-expired", "pk")


def _counted(scope: Scope, query: str, **more: date | list[date]) -> list[Balance]:
    """Count by one query of this module."""
    partnership = scope.partnership.pk if scope.partnership is not None else None
    with connection.cursor() as cursor:
        cursor.execute(SIDES + query, {"wave": scope.wave.pk, "partnership": partnership, **more})
        return [Balance(key, label, *map(int, numbers)) for key, label, *numbers in cursor.fetchall()]
