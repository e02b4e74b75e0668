"""Money: the visitor's account, claims, payment files and the ledger behind each budget."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Budget
from exchanges.enums import ClaimStatus, LedgerKind, PaymentFileStatus
from exchanges.models.exchanges import Exchange
from exchanges.models.querysets import ClaimQuerySet, PaymentFileQuerySet
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.fields import EncryptedTextField
from extratex.shared.moves import MoveEvent

IN_FILE = [ClaimStatus.IN_PAYMENT_FILE, ClaimStatus.PAID]


class BankAccount(models.Model):
    """The account to which a visitor's lump sum is paid; given with the financial agreement, encrypted at rest."""

    exchange = models.OneToOneField(
        Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="account"
    )
    holder = models.CharField(_("account holder"), max_length=70)
    iban = EncryptedTextField(_("IBAN"))
    last_four = models.CharField(_("last four characters"), max_length=4)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    given_by = models.ForeignKey(
        "clusters.User", verbose_name=_("given by"), on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("given"), default=clock.now)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")

    def __str__(self) -> str:
        return f"{self.holder} ···· {self.last_four}"


class PaymentFile(models.Model):
    """A pain.001.001.09 file for the bank: one budget, any number of approved claims."""

    Status = PaymentFileStatus

    budget = models.ForeignKey(Budget, verbose_name=_("budget"), on_delete=models.PROTECT, related_name="payment_files")
    message_id = models.CharField(_("message identification"), max_length=35, unique=True)
    document = models.OneToOneField(Document, verbose_name=_("document"), on_delete=models.PROTECT, related_name="+")
    total = models.DecimalField(_("total (EUR)"), max_digits=12, decimal_places=2)
    execute_on = models.DateField(_("to be executed on"))
    created_by = models.ForeignKey(
        "clusters.User", verbose_name=_("created by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=clock.now)
    status = models.CharField(
        _("status"), max_length=10, choices=PaymentFileStatus.choices, default=PaymentFileStatus.CREATED, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = PaymentFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment file")
        verbose_name_plural = _("payment files")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=PaymentFileStatus.values), name="payment_file_status_is_known"
            ),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="payment_file_is_for_money"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {PaymentFileStatus.PAID: "ok", PaymentFileStatus.CREATED: "wait"}.get(PaymentFileStatus(self.status), "")


class PaymentFileEvent(MoveEvent):
    """What happened to a payment file."""

    subject = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a payment file")
        verbose_name_plural = _("events of payment files")


class Claim(models.Model):
    """The visitor's claim of exactly the frozen sum."""

    Status = ClaimStatus

    exchange = models.OneToOneField(
        Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="claim"
    )
    amount = models.DecimalField(_("amount (EUR)"), max_digits=8, decimal_places=2)
    claimed_by = models.ForeignKey(
        "clusters.User", verbose_name=_("claimed by"), on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        "clusters.User",
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    payment_file = models.ForeignKey(
        PaymentFile,
        verbose_name=_("payment file"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
    )
    due_on = models.DateField(_("to be paid by"))
    created_at = models.DateTimeField(_("claimed"), default=clock.now, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=ClaimStatus.choices, default=ClaimStatus.SUBMITTED, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="claim_is_for_money"),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("claimed_by")), name="approver_is_not_the_claimant"
            ),
            models.CheckConstraint(condition=models.Q(status__in=ClaimStatus.values), name="claim_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=IN_FILE, payment_file__isnull=False)
                | ~models.Q(status__in=IN_FILE) & models.Q(payment_file__isnull=True),
                name="claim_in_a_file_says_so",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[ClaimStatus.APPROVED, *IN_FILE]) | models.Q(approved_by__isnull=False),
                name="approved_claim_has_its_approver",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="claim_is_exactly_the_frozen_sum",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("amount", "exchange_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.amount IS DISTINCT FROM
                       (SELECT lump_sum FROM exchanges_exchange WHERE id = NEW.exchange_id AND frozen_at IS NOT NULL)
                    THEN RAISE EXCEPTION 'a claim is for exactly the frozen sum' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="claim_stands_in_one_file",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("payment_file_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF OLD.payment_file_id IS NOT NULL AND NEW.payment_file_id IS NOT NULL
                       AND OLD.payment_file_id <> NEW.payment_file_id
                    THEN RAISE EXCEPTION 'a claim stands in one payment file only' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="payer_is_not_the_approver",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("payment_file_id", "approved_by_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.payment_file_id IS NOT NULL AND NEW.approved_by_id =
                       (SELECT created_by_id FROM exchanges_paymentfile WHERE id = NEW.payment_file_id)
                    THEN RAISE EXCEPTION 'who approved a claim does not pay it' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange.number}: {self.amount}"

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {ClaimStatus.PAID: "ok", ClaimStatus.SENT_BACK: "stop"}.get(ClaimStatus(self.status), "wait")


class ClaimEvent(MoveEvent):
    """What happened to a claim."""

    subject = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of claims")


class LedgerEntry(models.Model):
    """One movement of a budget, written together with it. Inserted only."""

    budget = models.ForeignKey(Budget, verbose_name=_("budget"), on_delete=models.PROTECT, related_name="entries")
    exchange = models.ForeignKey(Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=LedgerKind.choices)
    amount = models.DecimalField(_("amount (EUR)"), max_digits=8, decimal_places=2)
    actor = models.ForeignKey("clusters.User", verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("exchange", "kind", name="exchange_is_committed_and_paid_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ledger_amount_is_not_negative"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.exchange.number} {self.get_kind_display()} {self.amount}"
