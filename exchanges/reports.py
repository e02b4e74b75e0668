"""The export of a partnership's exchanges: one line an exchange, the same columns in XLSX and CSV."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.models import Organisation, Partnership
from exchanges.enums import LedgerKind
from exchanges.models import Exchange, LedgerEntry, Stay
from extratex.shared import clock
from extratex.shared.spreadsheets import Column

ROWS_AT_ONCE = 500


def exchanges_of(partnership: Partnership, user: Any) -> Iterator[Exchange]:
    """Return the exchanges of a partnership that the person may see, oldest first, read in chunks by one query."""
    rows: QuerySet[Exchange] = (
        Exchange.objects.visible_to(user)
        .filter(partnership=partnership)
        .select_related("visitor", "host", "visitor_cluster", "host_cluster", "partnership", "proposal")
        .annotate(
            committed_at=_entered(LedgerKind.COMMIT),
            paid_at=_entered(LedgerKind.PAY),
            begins_on=_of_stays(Min("period__startswith")),
            ends_before=_of_stays(Max("period__endswith")),
            visitor_sectors=_sectors("visitor"),
            host_sectors=_sectors("host"),
        )
        .order_by("pk")
    )
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def _entered(kind: LedgerKind) -> Subquery:
    return Subquery(LedgerEntry.objects.filter(exchange=OuterRef("pk"), kind=kind).values("at")[:1])


def _of_stays(bound: Min | Max) -> Subquery:
    stays = Stay.objects.filter(exchange=OuterRef("pk")).order_by().values("exchange")
    return Subquery(stays.annotate(bound=bound).values("bound"))


def _sectors(side: str) -> ArraySubquery:
    organisation = Organisation.objects.filter(pk=OuterRef(side), sectors__isnull=False)
    return ArraySubquery(organisation.order_by("sectors__name").values(name=F("sectors__name")))


def _day(moment: Any) -> Any:
    return timezone.localdate(moment) if moment else None


def _yes_no(value: bool) -> str:  # noqa: FBT001 the question itself
    return _("yes") if value else _("no")


def _derived(exchange: Any, name: str) -> Any:
    return exchange.derivation.get(name) if exchange.derivation else None


COLUMNS: list[Column[Any]] = [
    Column(gettext_lazy("Number"), lambda row: row.number, width=14),
    Column(gettext_lazy("Status"), lambda row: row.get_status_display()),
    Column(gettext_lazy("Since"), lambda row: _day(row.status_since), "date"),
    Column(gettext_lazy("Partnership"), lambda row: row.partnership.acronym, width=14),
    Column(gettext_lazy("Visitor"), lambda row: row.visitor.legal_name),
    Column(gettext_lazy("Type of visitor"), lambda row: row.visitor.get_type_display()),
    Column(gettext_lazy("Staff of visitor"), lambda row: row.visitor.headcount, "number"),
    Column(gettext_lazy("Turnover of visitor (EUR)"), lambda row: row.visitor.turnover_eur, "money"),
    Column(gettext_lazy("Balance of visitor (EUR)"), lambda row: row.visitor.balance_eur, "money"),
    Column(gettext_lazy("Country of visitor"), lambda row: row.visitor.country.code, width=12),
    Column(gettext_lazy("Cluster member"), lambda row: _yes_no(row.visitor.is_cluster_member), width=12),
    Column(gettext_lazy("Visitor's cluster"), lambda row: row.visitor_cluster.short_name, width=16),
    Column(gettext_lazy("Host"), lambda row: row.host.legal_name),
    Column(gettext_lazy("Type of host"), lambda row: row.host.get_type_display()),
    Column(gettext_lazy("Country of host"), lambda row: row.host.country.code, width=12),
    Column(gettext_lazy("Host's cluster"), lambda row: row.host_cluster.short_name, width=16),
    Column(gettext_lazy("Sectors of visitor"), lambda row: ", ".join(row.visitor_sectors)),
    Column(gettext_lazy("Sectors of host"), lambda row: ", ".join(row.host_sectors)),
    Column(gettext_lazy("Cross-sector"), lambda row: _yes_no(row.cross_sector), width=12),
    Column(gettext_lazy("Prior agreement"), lambda row: _yes_no(row.proposal.agreed_before), width=12),
    Column(gettext_lazy("Mode"), lambda row: row.get_mode_display(), width=12),
    Column(gettext_lazy("First day"), lambda row: row.begins_on, "date"),
    Column(gettext_lazy("Last day"), lambda row: row.ends_before and row.ends_before - clock.ONE_DAY, "date"),
    Column(gettext_lazy("Working days"), lambda row: _derived(row, "working_days"), "number"),
    Column(gettext_lazy("Lump sum (EUR)"), lambda row: row.lump_sum, "money"),
    Column(gettext_lazy("Frozen on"), lambda row: _day(row.frozen_at), "date"),
    Column(gettext_lazy("Committed on"), lambda row: _day(row.committed_at), "date"),
    Column(gettext_lazy("Paid on"), lambda row: _day(row.paid_at), "date"),
]
