"""Every change of a claim's status happens in this file; the exchange moves with it in the same transaction."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.enums import RuleName
from clusters.models import User
from clusters.permissions import roles_of
from clusters.queries import rule_value
from exchanges import ledger, permissions
from exchanges.enums import ClaimStatus as Status
from exchanges.models import Claim, ClaimEvent, Exchange, PaymentFile
from exchanges.transitions import exchanges
from extratex.shared import clock
from extratex.shared.moves import Machine, Move


def _by_payer(user: Any, claim: Claim) -> bool:
    return claim.payment_file is not None and permissions.can_pay(user, claim.payment_file)


def _before_file(user: Any, claim: Claim) -> bool:
    return claim.exchange.partnership_id in roles_of(user).pays_for and claim.approved_by_id != user.pk


CLAIM: Machine[Claim] = Machine.of(
    Claim,
    ClaimEvent,
    [
        Move(
            name="approve",
            label=_("Approve the claim"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.APPROVED,
            allowed=permissions.can_approve_claim,
        ),
        Move(
            name="send_back",
            label=_("Send back"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.SENT_BACK,
            allowed=permissions.can_approve_claim,
            needs_note=True,
            style="plain",
        ),
        Move(
            name="resubmit",
            label=_("Claim again"),
            sources=frozenset({Status.SENT_BACK}),
            target=Status.SUBMITTED,
            allowed=permissions.can_resubmit_claim,
        ),
        Move(
            name="put_in_file",
            label=_("Put into a payment file"),
            sources=frozenset({Status.APPROVED}),
            target=Status.IN_PAYMENT_FILE,
            allowed=_before_file,
        ),
        Move(
            name="take_out_of_file",
            label=_("Take out of the payment file"),
            sources=frozenset({Status.IN_PAYMENT_FILE}),
            target=Status.APPROVED,
            allowed=_by_payer,
            style="plain",
        ),
        Move(
            name="mark_paid",
            label=_("Mark as paid"),
            sources=frozenset({Status.IN_PAYMENT_FILE}),
            target=Status.PAID,
            allowed=_by_payer,
        ),
    ],
)


def submit(exchange: Exchange, *, actor: User) -> Claim:
    """Claim exactly the frozen sum; after a claim that was sent back, claim again."""

    def open_claim(fresh: Exchange) -> None:
        existing = Claim.objects.filter(exchange=fresh).first()
        if existing is not None:
            CLAIM.apply("resubmit", existing, actor=actor, changes={"claimed_by": actor})
            return
        amount = ledger.frozen_sum(fresh)
        claim = Claim.objects.create(exchange=fresh, amount=amount, claimed_by=actor, due_on=_due_on(fresh))
        CLAIM.begin(claim, actor=actor)

    fresh = exchanges.make("claim", exchange, actor=actor, effect=open_claim)
    return Claim.objects.get(exchange=fresh)


def approve(claim: Claim, *, actor: User, note: str = "") -> Claim:
    """Approve for payment; always another person than the one who claims."""
    return _with_exchange("approve", claim, actor=actor, note=note, changes={"approved_by": actor})


def send_back(claim: Claim, *, actor: User, note: str) -> Claim:
    """Send the claim back to the visitor with the reason."""
    return _with_exchange("send_back", claim, actor=actor, note=note)


def put_in_file(claim: Claim, payment_file: PaymentFile, *, actor: User) -> Claim:
    """Bind an approved claim to a payment file."""
    return _with_exchange("put_in_file", claim, actor=actor, changes={"payment_file": payment_file})


def take_out_of_file(claim: Claim, *, actor: User) -> Claim:
    """Set an approved claim free for another payment file."""
    with transaction.atomic():
        exchange = _locked(claim.exchange)
        exchanges.make("take_out_of_file", exchange, actor=actor)
        return CLAIM.apply("take_out_of_file", claim, actor=actor, changes={"payment_file": None})


def mark_paid(claim: Claim, *, actor: User) -> Claim:
    """Note that the bank has paid, and count the sum as paid in the budget."""
    return _with_exchange("mark_paid", claim, actor=actor, effect=lambda fresh: ledger.pay(fresh, actor=actor))


EXCHANGE_MOVES = {
    "approve": "approve_claim",
    "send_back": "send_claim_back",
    "put_in_file": "put_in_file",
    "mark_paid": "mark_paid",
}


def _with_exchange(
    name: str,
    claim: Claim,
    *,
    actor: User,
    note: str = "",
    changes: dict[str, object] | None = None,
    effect: Callable[[Exchange], object] | None = None,
) -> Claim:
    with transaction.atomic():
        exchange = _locked(claim.exchange)
        fresh = CLAIM.apply(name, claim, actor=actor, note=note, changes=changes)
        exchanges.make(EXCHANGE_MOVES[name], exchange, actor=actor, note=note, effect=effect)
    return fresh


def _locked(exchange: Exchange) -> Exchange:
    """Lock the exchange before its claim: every path locks in this order, so that none waits for another in a ring."""
    return Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)


def _due_on(exchange: Exchange) -> date:
    last_day = max(stay.last_day for stay in exchange.stays.all())
    return last_day + timedelta(days=int(rule_value(RuleName.PAYMENT_DAYS, clock.today())))
