"""What waits in the money: claims to make and to approve, payments to order and to confirm."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchanges.desk.files import not_participant
from exchanges.desk.items import Item, Reader, Source
from exchanges.enums import ClaimStatus, ExchangeStatus, Mode, PaymentFileStatus
from exchanges.models import Claim, Exchange, ExchangeEvent, PaymentFile


def claims_to_make(reader: Reader) -> QuerySet[Exchange] | None:
    """Return the exchanges whose visitor can claim now."""
    mine = reader.roles.organisations
    if not mine:
        return None
    ready = Exchange.objects.filter(status=ExchangeStatus.VALIDATED, mode=Mode.PHYSICAL, visitor__in=mine)
    return ready.select_related("visitor", "host").order_by("status_since", "pk")


def claim_to_make_item(exchange: Exchange, _reader: Reader) -> Item:
    """Return the line of a lump sum to be claimed."""
    return Item(
        key=f"claim-of-{exchange.pk}",
        url=reverse("exchanges:claim", args=[exchange.pk]),
        title=str(exchange),
        reference=exchange.number,
        todo=_("claim the lump sum"),
        waits_since=exchange.status_since,
        amount=exchange.lump_sum,
    )


def claims(reader: Reader) -> QuerySet[Claim] | None:
    """Return the claims that one may approve: as coordinator, having neither made them nor validated their report."""
    roles = reader.roles
    if not roles.coordinates:
        return None
    validated = ExchangeEvent.objects.filter(subject=OuterRef("exchange"), move="validate_report", actor=reader.user.pk)
    outside = Exchange.objects.filter(pk=OuterRef("exchange")).filter(not_participant(roles))
    waiting = Claim.objects.filter(status=ClaimStatus.SUBMITTED, exchange__partnership__in=roles.coordinates)
    waiting = waiting.exclude(claimed_by=reader.user.pk).filter(~Exists(validated), Exists(outside))
    return waiting.select_related("exchange__visitor", "exchange__host").order_by("status_since", "pk")


def claim_item(claim: Claim, _reader: Reader) -> Item:
    """Return the line of a claim."""
    return Item(
        key=f"claim-{claim.pk}",
        url=reverse("exchanges:claim_detail", args=[claim.pk]),
        title=str(claim.exchange),
        reference=claim.exchange.number,
        todo=_("approve the claim"),
        waits_since=claim.status_since,
        due_on=claim.due_on,
        amount=claim.amount,
    )


def payments(reader: Reader) -> QuerySet[Claim] | None:
    """Return the approved claims that one may put into a payment file."""
    roles = reader.roles
    if not roles.pays_for:
        return None
    payable = Claim.objects.payable().filter(exchange__partnership__in=roles.pays_for)
    payable = payable.filter(~Q(approved_by=reader.user.pk))
    return payable.select_related("exchange__visitor", "exchange__host", "exchange__partnership").order_by(
        "status_since", "pk"
    )


def payment_item(claim: Claim, _reader: Reader) -> Item:
    """Return the line of a claim to be paid."""
    return Item(
        key=f"payment-{claim.pk}",
        url=f"{reverse('exchanges:payments')}?partnership={claim.exchange.partnership.slug}",
        title=str(claim.exchange),
        reference=claim.exchange.number,
        todo=_("put into a payment file"),
        waits_since=claim.status_since,
        due_on=claim.due_on,
        amount=claim.amount,
    )


def payment_files(reader: Reader) -> QuerySet[PaymentFile] | None:
    """Return the payment files that wait for the bank's answer."""
    roles = reader.roles
    if not roles.pays_for:
        return None
    waiting = PaymentFile.objects.filter(status=PaymentFileStatus.CREATED, budget__partnership__in=roles.pays_for)
    return waiting.select_related("budget__partnership").order_by("status_since", "pk")


def payment_file_item(payment_file: PaymentFile, _reader: Reader) -> Item:
    """Return the line of a payment file."""
    return Item(
        key=f"payment-file-{payment_file.pk}",
        url=reverse("exchanges:payment_file", args=[payment_file.pk]),
        title=_("Payment file of %(partnership)s") % {"partnership": payment_file.budget.partnership},
        reference=payment_file.message_id,
        todo=_("hand it to the bank, then mark it as paid"),
        waits_since=payment_file.status_since,
        due_on=payment_file.execute_on,
        amount=payment_file.total,
    )


SOURCES = [
    Source("own-claims", gettext_lazy("To claim"), claims_to_make, claim_to_make_item),
    Source("claims", gettext_lazy("Claims"), claims, claim_item),
    Source("payments", gettext_lazy("Payments"), payments, payment_item),
    Source("payment-files", gettext_lazy("Payment files"), payment_files, payment_file_item),
]
