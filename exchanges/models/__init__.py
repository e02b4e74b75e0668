"""The tables of this app."""

from exchanges.models.agreements import Agreement, Approval, Signature
from exchanges.models.exchanges import AgendaItem, Exchange, ExchangeEvent, Stay
from exchanges.models.money import (
    BankAccount,
    Claim,
    ClaimEvent,
    LedgerEntry,
    PaymentFile,
    PaymentFileEvent,
)
from exchanges.models.reports import ClosingReport, Evidence

__all__ = [
    "AgendaItem",
    "Agreement",
    "Approval",
    "BankAccount",
    "Claim",
    "ClaimEvent",
    "ClosingReport",
    "Evidence",
    "Exchange",
    "ExchangeEvent",
    "LedgerEntry",
    "PaymentFile",
    "PaymentFileEvent",
    "Signature",
    "Stay",
]
