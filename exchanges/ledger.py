"""The only place where a budget moves: each movement is a conditional update and its ledger entry, together.

The condition stands in the UPDATE itself, so that of any number of simultaneous commitments only those that the money
suffices for succeed; no lock is waited for, and nothing is read before it is written.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clusters.models import Budget, User
from exchanges.enums import LedgerKind
from exchanges.models import Exchange, LedgerEntry
from extratex.shared.moves import MoveConflict


def commit(exchange: Exchange, *, actor: User) -> None:
    """Commit the frozen sum (EUR) against the partnership's budget; raises MoveConflict where too little is left."""
    amount = frozen_sum(exchange)
    with transaction.atomic():
        taken = Budget.objects.filter(partnership=exchange.partnership_id, committed__lte=F("total") - amount).update(
            committed=F("committed") + amount
        )
        if not taken:
            raise MoveConflict(
                _("The budget of %(partnership)s has less than %(amount)s EUR left, so the sum cannot be committed.")
                % {"partnership": exchange.partnership, "amount": amount},
                exchange,
            )
        _enter(exchange, LedgerKind.COMMIT, amount, actor)


def release(exchange: Exchange, *, actor: User) -> None:
    """Give a committed sum (EUR) back to the budget; does nothing where none was committed."""
    with transaction.atomic():
        if not exchange.entries.filter(kind=LedgerKind.COMMIT).exists():
            return
        amount = frozen_sum(exchange)
        Budget.objects.filter(partnership=exchange.partnership_id).update(committed=F("committed") - amount)
        _enter(exchange, LedgerKind.RELEASE, amount, actor)


def pay(exchange: Exchange, *, actor: User) -> None:
    """Count a committed sum (EUR) as paid; raises MoveConflict where it was never committed."""
    amount = frozen_sum(exchange)
    with transaction.atomic():
        if not exchange.entries.filter(kind=LedgerKind.COMMIT).exists():
            raise MoveConflict(_("This sum was never committed, so it cannot be paid."), exchange)
        Budget.objects.filter(partnership=exchange.partnership_id).update(paid=F("paid") + amount)
        _enter(exchange, LedgerKind.PAY, amount, actor)


def frozen_sum(exchange: Exchange) -> Decimal:
    """Return the frozen sum in euro; raises MoveConflict before it is frozen."""
    if exchange.frozen_at is None or exchange.lump_sum is None:
        raise MoveConflict(_("The lump sum is not frozen yet."), exchange)
    return exchange.lump_sum


def _enter(exchange: Exchange, kind: LedgerKind, amount: Decimal, actor: User) -> None:
    budget = Budget.objects.get(partnership=exchange.partnership_id)
    LedgerEntry.objects.create(budget=budget, exchange=exchange, kind=kind, amount=amount, actor=actor)
