"""What waits in the files of the exchanges: building, signing, approving, and the reports afterwards."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.enums import ParticipantRole, RuleName
from clusters.permissions import Roles
from exchanges.desk.items import Item, Reader, Source
from exchanges.enums import AgreementKind, Party
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Agreement, Approval, ClosingReport, Exchange, Signature, Stay
from extratex.shared import clock

PAGES = {
    Status.BUILDING: "exchanges:detail",
    Status.SIGNING: "exchanges:commitment",
    Status.SIGNED: "exchanges:approval",
}


def visitor_side(roles: Roles) -> Q:
    """Return the condition that one looks after the visitor, without taking part."""
    looks_after = Q(visitor_cluster__in=roles.clusters) | Q(partnership__in=roles.coordinates)
    return looks_after & not_participant(roles)


def host_side(roles: Roles) -> Q:
    """Return the condition that one looks after the host, without taking part."""
    looks_after = Q(host_cluster__in=roles.clusters) | Q(host_partnership__in=roles.coordinates)
    return looks_after & not_participant(roles)


def not_participant(roles: Roles) -> Q:
    """Return the condition that neither organisation is one's own."""
    return ~Q(visitor__in=roles.organisations) & ~Q(host__in=roles.organisations)


def exchanges(reader: Reader) -> QuerySet[Exchange] | None:
    """Return the files that one has to build, to sign or to approve."""
    roles = reader.roles
    if not (roles.organisations or roles.clusters or roles.coordinates):
        return None
    mine = Q(visitor__in=roles.organisations) | Q(host__in=roles.organisations)
    to_build = Q(status=Status.BUILDING) & mine
    waiting = to_build | _to_sign(reader) | _to_approve(reader) | _to_agree(reader)
    return _with_sums(Exchange.objects.filter(waiting)).order_by("status_since", "pk")


def _to_sign(reader: Reader) -> Q:
    roles = reader.roles
    parties = [
        (Party.VISITOR, Q(visitor__in=roles.organisations)),
        (Party.HOST, Q(host__in=roles.organisations)),
        (Party.VISITOR_SIDE, visitor_side(roles)),
        (Party.HOST_SIDE, host_side(roles)),
    ]
    found = Q(pk__in=[])
    for party, belongs in parties:
        found |= belongs & Q(_unsigned(AgreementKind.COMMITMENT, party, reader))
    return Q(status=Status.SIGNING) & found


def _to_approve(reader: Reader) -> Q:
    roles = reader.roles
    given = Approval.objects.filter(exchange=OuterRef("pk"))
    found = Q(pk__in=[])
    for side, belongs in [(Party.VISITOR_SIDE, visitor_side(roles)), (Party.HOST_SIDE, host_side(roles))]:
        found |= belongs & ~Q(Exists(given.filter(side=side)))
    return Q(status=Status.SIGNED) & found & ~Q(Exists(given.filter(person=reader.user.pk)))


def _to_agree(reader: Reader) -> Q:
    """An owner of the visitor gives its account and signs the financial agreement; the coordinator signs it too."""
    roles = reader.roles
    issued = Q(Exists(_in_force(AgreementKind.FINANCIAL)))
    visitor = Q(visitor__in=roles.owns) & (~issued | Q(_unsigned(AgreementKind.FINANCIAL, Party.VISITOR, reader)))
    coordinator = (
        Q(partnership__in=roles.coordinates)
        & not_participant(roles)
        & Q(_unsigned(AgreementKind.FINANCIAL, Party.VISITOR_SIDE, reader))
    )
    return Q(status=Status.APPROVED) & (visitor | coordinator)


def _in_force(kind: AgreementKind) -> QuerySet[Agreement]:
    return Agreement.objects.filter(exchange=OuterRef("pk"), kind=kind, superseded_at__isnull=True)


def _unsigned(kind: AgreementKind, party: Party, reader: Reader) -> Exists:
    """A version in force that this party has not signed, nor this person for another party."""
    signatures = Signature.objects.filter(agreement=OuterRef("pk"))
    return Exists(
        _in_force(kind).filter(
            ~Exists(signatures.filter(party=party)), ~Exists(signatures.filter(person=reader.user.pk))
        )
    )


def _with_sums(rows: QuerySet[Exchange]) -> QuerySet[Exchange]:
    """Fetch with each file its first and last day, and its sum: the frozen one, or that of the paper to be signed."""
    stays = Stay.objects.filter(exchange=OuterRef("pk")).order_by().values("exchange")
    paper = Agreement.objects.filter(exchange=OuterRef("pk"), superseded_at__isnull=True).order_by("-issued_at")
    return rows.select_related("visitor", "host").annotate(
        begins_on=Subquery(stays.annotate(first=Min("period__startswith")).values("first")),
        ends_before=Subquery(stays.annotate(after=Max("period__endswith")).values("after")),
        shown_sum=Coalesce(F("lump_sum"), Subquery(paper.values("amount")[:1])),
        has_financial=Exists(_in_force(AgreementKind.FINANCIAL)),
    )


def exchange_item(exchange: Any, reader: Reader) -> Item:
    """Return the line of a file that is being prepared; everything has to be signed before the stay begins."""
    todo, page = _step(exchange, reader)
    return Item(
        key=f"exchange-{exchange.pk}",
        url=reverse(page, args=[exchange.pk]),
        title=str(exchange),
        reference=exchange.number,
        todo=todo,
        waits_since=exchange.status_since,
        due_on=exchange.begins_on - clock.ONE_DAY if exchange.begins_on else None,
        amount=exchange.shown_sum,
    )


def _step(exchange: Any, reader: Reader) -> tuple[str, str]:
    if exchange.status == Status.APPROVED:
        if exchange.visitor_id in reader.roles.owns and not exchange.has_financial:
            return _("say to which account you want to be paid"), "exchanges:account"
        return _("sign the financial agreement"), "exchanges:financial_agreement"
    words = {
        Status.BUILDING: _("enter dates, objectives and agenda"),
        Status.SIGNING: _("sign the Commitment to Quality"),
        Status.SIGNED: _("approve the exchange"),
    }
    return words[exchange.status], PAGES[exchange.status]


def reports(reader: Reader) -> QuerySet[Exchange] | None:
    """Return the reports that one has to write or to check."""
    roles = reader.roles
    if not (roles.organisations or roles.clusters or roles.coordinates):
        return None
    by_host = ClosingReport.objects.filter(exchange=OuterRef("pk"), role=ParticipantRole.HOST)
    waiting = (
        Q(status=Status.REPORT_DUE, visitor__in=roles.organisations)
        | Q(status__in=[Status.REPORT_DUE, Status.REPORT_SUBMITTED], host__in=roles.organisations) & ~Q(Exists(by_host))
        | Q(status=Status.REPORT_SUBMITTED) & visitor_side(roles)
    )
    by_visitor = ClosingReport.objects.filter(exchange=OuterRef("pk"), role=ParticipantRole.VISITOR)
    rows = _with_sums(Exchange.objects.filter(waiting)).annotate(has_report=Exists(by_visitor))
    return rows.order_by("status_since", "pk")


def report_item(exchange: Any, reader: Reader) -> Item:
    """Return the line of a report."""
    todo, page = _report_step(exchange, reader)
    return Item(
        key=f"report-{exchange.pk}",
        url=reverse(page, args=[exchange.pk]),
        title=str(exchange),
        reference=exchange.number,
        todo=todo,
        waits_since=exchange.status_since,
        due_on=_payment_due(exchange, reader),
        amount=exchange.shown_sum,
    )


def _report_step(exchange: Any, reader: Reader) -> tuple[str, str]:
    if exchange.visitor_id in reader.roles.organisations and exchange.has_report:
        return _("add the evidence and hand in"), "exchanges:evidence"
    if reader.roles.organisations & {exchange.visitor_id, exchange.host_id}:
        return _("write the closing report"), "exchanges:report"
    return _("check report and evidence"), "exchanges:check"


def _payment_due(exchange: Any, reader: Reader) -> date | None:
    if exchange.ends_before is None:
        return None
    due: date = exchange.ends_before - clock.ONE_DAY + reader.days(RuleName.PAYMENT_DAYS)
    return due


SOURCES = [
    Source("exchanges", gettext_lazy("Exchanges"), exchanges, exchange_item),
    Source("reports", gettext_lazy("Reports"), reports, report_item),
]
