"""What can be paid, and the pain.001.001.09 file that tells the bank: no address, or a structured one; plain words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError
from text_unidecode import unidecode

from clusters.models import Budget, EligibleCountry
from exchanges.models import BankAccount, Claim
from extratex.shared import clock
from extratex.shared.moves import MoveConflict

SCHEMA = "pain.001.001.09"
LONGEST_NAME = 70
LONGEST_REMITTANCE = 140
NOT_IN_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
CENTS = 100


@dataclass(frozen=True)
class Order:
    """A finished payment file: its identification, its content, and what it orders the bank to pay, in euro."""

    message_id: str
    content: bytes
    total: Decimal


@dataclass(frozen=True)
class Payable:
    """An approved claim that is in no file, its account, and what the table of countries says of that account."""

    claim: Claim
    account: BankAccount | None
    reached_by_sepa: bool

    def why_not(self, officer: Any) -> StrOrPromise | None:
        """Return in words why this officer cannot put it into a file, or nothing."""
        if self.account is None:
            return gettext_lazy("The visitor has given no account.")
        if self.claim.approved_by_id == officer.pk:
            return gettext_lazy("You approved this claim: another finance officer pays it.")
        if not self.reached_by_sepa:
            return gettext_lazy(
                "The account lies in %(country)s, outside SEPA: pay it by hand as a foreign transfer at the bank."
            ) % {"country": self.account.iban[:2]}
        return None


def payables(budget: Budget) -> list[Payable]:
    """Return every claim that a partnership can pay now, the one that is due first on top (two queries)."""
    claims = (
        Claim.objects.payable()
        .filter(exchange__partnership=budget.partnership_id)
        .select_related("exchange__visitor", "exchange__host", "exchange__account", "approved_by")
        .order_by("due_on", "pk")
    )
    reached = set(EligibleCountry.objects.in_force(clock.today()).filter(sepa="yes").values_list("country", flat=True))
    return [_payable(claim, reached) for claim in claims]


def _payable(claim: Claim, reached: set[str]) -> Payable:
    account: BankAccount | None = getattr(claim.exchange, "account", None)
    return Payable(claim, account, account is not None and account.iban[:2].upper() in reached)


def order_for(budget: Budget, claims: Sequence[Claim], execute_on: date) -> Order:
    """Return the file that pays these claims out of a budget; raises MoveConflict where the schema refuses it."""
    transfer = SepaTransfer(
        {
            "name": sepa_text(budget.payer_name, LONGEST_NAME),
            "IBAN": _compact(budget.payer_iban),
            "BIC": _compact(budget.payer_bic),
            "batch": True,
            "currency": "EUR",
        },
        schema=SCHEMA,
        clean=False,
    )
    for claim in claims:
        transfer.add_payment(_payment(claim, execute_on))
    try:
        content = transfer.export()
    except ValidationError as fault:
        reason = _("The bank's schema refuses this file: check the names, accounts and BICs of its payments.")
        raise MoveConflict(reason, budget) from fault
    return Order(transfer.msg_id, content, total_of(claims))


def total_of(claims: Iterable[Claim]) -> Decimal:
    """Return the sum of claims in euro."""
    return sum((claim.amount for claim in claims), Decimal("0.00"))


def remittance(claim: Claim) -> str:
    """Return what stands on the payee's bank statement."""
    exchange = claim.exchange
    words = _("ClusterXchange lump sum %(number)s, visit to %(host)s") % {
        "number": exchange.number,
        "host": exchange.host,
    }
    return sepa_text(words, LONGEST_REMITTANCE)


def sepa_text(text: str, longest: int) -> str:
    """Return a text in the characters that every bank of SEPA takes, at most so long."""
    allowed = NOT_IN_SEPA.sub(" ", unidecode(unicodedata.normalize("NFKC", text)).replace("&", "+"))
    return " ".join(allowed.split())[:longest].strip()


def _payment(claim: Claim, execute_on: date) -> dict[str, object]:
    account = claim.exchange.account
    payment: dict[str, object] = {
        "name": sepa_text(account.holder, LONGEST_NAME),
        "IBAN": _compact(account.iban),
        "amount": int(claim.amount * CENTS),
        "execution_date": execute_on,
        "description": remittance(claim),
        "endtoend_id": claim.exchange.number,
    }
    return payment | ({"BIC": _compact(account.bic)} if account.bic else {})


def _compact(text: str) -> str:
    return "".join(text.split()).upper()
