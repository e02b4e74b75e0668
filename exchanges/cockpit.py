"""What a partnership has reached of its targets: counted in the database, each exchange in exactly one stage.

Planned: alive, and the money not yet committed. Committed: approved by both sides and, where it is paid, the money set
aside. Done: report and evidence validated. Paid: the bank has carried out the payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.enums import OrganisationType
from clusters.models import Budget, Partnership
from exchanges.enums import COMMITTED_STATUSES, DONE_STATUSES, ExchangeStatus
from exchanges.models import Exchange

PAID, DONE, COMMITTED, PLANNED = "paid", "done", "committed", "planned"
STAGES = (PAID, DONE, COMMITTED, PLANNED)
STAGE_LABELS = {
    PAID: gettext_lazy("paid"),
    DONE: gettext_lazy("done, not yet paid"),
    COMMITTED: gettext_lazy("committed"),
    PLANNED: gettext_lazy("planned"),
}
SUPPORTED = (PAID, DONE, COMMITTED)
PERCENT = 100

STAGE = Case(
    When(status=ExchangeStatus.PAID, then=Value(PAID)),
    When(status__in=DONE_STATUSES, then=Value(DONE)),
    When(status__in=COMMITTED_STATUSES, then=Value(COMMITTED)),
    default=Value(PLANNED),
    output_field=CharField(),
)
MEASURES: dict[str, Q] = {
    "all": Q(),
    "sme": Q(visitor__type=OrganisationType.SME),
    "non_member": Q(visitor__is_cluster_member=False),
    "cross_sector": Q(cross_sector=True),
}


@dataclass(frozen=True)
class Tally:
    """How many exchanges of one kind stand in each stage."""

    stages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))

    @property
    def supported(self) -> int:
        """Return those that are committed, done or paid."""
        return sum(self.stages[stage] for stage in SUPPORTED)

    @property
    def reached(self) -> int:
        """Return those that have taken place and were validated, paid ones included."""
        return self.stages[PAID] + self.stages[DONE]


@dataclass(frozen=True)
class Target:
    """One target and how far it is, ready for components/bar.html and for the table beside it."""

    label: str
    total: int
    tally: Tally
    text: str = ""

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Return the stages as the parts of a bar, the surest first."""
        return [{"label": STAGE_LABELS[stage], "value": self.tally.stages[stage]} for stage in STAGES]

    @property
    def values(self) -> list[int]:
        """Return the numbers in the order of the bar's parts."""
        return [self.tally.stages[stage] for stage in STAGES]


@dataclass(frozen=True)
class Matrix:
    """How many exchanges lead from which country to which."""

    hosts: list[str]
    rows: list[tuple[str, list[int], int]]
    totals: list[int]
    total: int


def live(partnership: Partnership) -> QuerySet[Exchange]:
    """Return the exchanges that count for a partnership: all of its visitors' that were not cancelled."""
    return Exchange.objects.filter(partnership=partnership).exclude(status=ExchangeStatus.CANCELLED)


def tallies(partnership: Partnership) -> dict[str, Tally]:
    """Count a partnership's exchanges by stage for every measure (one query)."""
    counted: Any = (
        live(partnership)
        .order_by()
        .values(stage=STAGE)
        .annotate(**{name: Count("pk", filter=condition or None) for name, condition in MEASURES.items()})
    )
    found = {(row["stage"], name): row[name] for row in counted for name in MEASURES}
    return {name: Tally({stage: found.get((stage, name), 0) for stage in STAGES}) for name in MEASURES}


def targets_of(partnership: Partnership) -> list[Target]:
    """Return the targets that a partnership has set itself, with what is reached of each; empty where it set none."""
    counted = tallies(partnership)
    plain = [
        (_("Exchanges"), partnership.planned_exchanges, "all"),
        (_("Visits by small and medium-sized companies"), partnership.target_sme_visitors, "sme"),
        (_("Visitors from outside the partnerships"), partnership.target_non_member_visitors, "non_member"),
    ]
    targets = [
        Target(label, goal, counted[name], _reached(counted[name].reached, goal)) for label, goal, name in plain if goal
    ]
    if partnership.target_cross_sector_share:
        targets.append(_cross_sector(partnership.target_cross_sector_share, counted["all"], counted["cross_sector"]))
    return targets


def _reached(reached: int, goal: int) -> str:
    return _("%(reached)s done of %(goal)s") % {"reached": reached, "goal": goal}


def _cross_sector(share: Decimal, supported: Tally, cross_sector: Tally) -> Target:
    """Return the share as a count: how many of the supported exchanges have to be cross-sector, and how many are."""
    goal = int((share * supported.supported).to_integral_value(ROUND_CEILING))
    at_least = int(share * PERCENT)
    if supported.supported:
        percent = PERCENT * cross_sector.supported // supported.supported
        text = _("%(percent)s %% of the supported, at least %(at_least)s %%") % {
            "percent": percent,
            "at_least": at_least,
        }
    else:
        text = _("none supported yet; at least %(at_least)s %%") % {"at_least": at_least}
    return Target(_("Across sectors"), goal, cross_sector, text)


def money_of(partnership: Partnership) -> Budget | None:
    """Return the partnership's budget, whose columns move only together with the ledger (one query)."""
    return Budget.objects.filter(partnership=partnership).first()


def matrix_of(partnership: Partnership) -> Matrix | None:
    """Return from which country to which the live exchanges lead, or None where there is none (one query)."""
    counted: Any = (
        live(partnership)
        .order_by()
        .values(origin=F("visitor__country"), destination=F("host__country"))
        .annotate(together=Count("pk"))
    )
    numbers = {(row["origin"], row["destination"]): row["together"] for row in counted}
    return _matrix(numbers) if numbers else None


def _matrix(numbers: dict[tuple[str, str], int]) -> Matrix:
    origins = sorted({origin for origin, _destination in numbers})
    hosts = sorted({destination for _origin, destination in numbers})
    rows = [_matrix_row(numbers, origin, hosts) for origin in origins]
    return Matrix(
        hosts=hosts,
        rows=rows,
        totals=[sum(row[1][place] for row in rows) for place in range(len(hosts))],
        total=sum(numbers.values()),
    )


def _matrix_row(numbers: dict[tuple[str, str], int], origin: str, hosts: Sequence[str]) -> tuple[str, list[int], int]:
    cells = [numbers.get((origin, host), 0) for host in hosts]
    return origin, cells, sum(cells)
