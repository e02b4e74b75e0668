"""Every change of a payment file's status happens in this file; its claims and their exchanges move with it.

Locks are taken in one order: the file, then the exchanges by their keys, then each claim.
"""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.models import Budget, User
from clusters.permissions import roles_of
from exchanges import payments, permissions
from exchanges.documents import PAYMENT_FILE as KIND
from exchanges.enums import PaymentFileStatus as Status
from exchanges.models import Claim, Exchange, PaymentFile, PaymentFileEvent
from exchanges.transitions import claims
from extratex.documents import store
from extratex.shared.moves import Machine, Move, MoveConflict, MoveForbidden

PAYMENT_FILE: Machine[PaymentFile] = Machine.of(
    PaymentFile,
    PaymentFileEvent,
    [
        Move(
            name="mark_paid",
            label=_("Mark as paid"),
            sources=frozenset({Status.CREATED}),
            target=Status.PAID,
            allowed=permissions.can_pay,
        ),
        Move(
            name="discard",
            label=_("Discard the file"),
            sources=frozenset({Status.CREATED}),
            target=Status.DISCARDED,
            allowed=permissions.can_pay,
            needs_note=True,
            style="stop",
        ),
    ],
)


def create(chosen: Collection[int], *, budget: Budget, execute_on: date, actor: User) -> PaymentFile:
    """Make one file for the bank out of the chosen claims; all of them go into it, or none does.

    Raises MoveForbidden for who does not pay for the budget, MoveConflict where a claim can no longer be paid, was
    approved by the actor, or has an account that SEPA does not reach.
    """
    if budget.partnership_id not in roles_of(actor).pays_for:
        raise MoveForbidden(str(_("Only a finance officer of this partnership makes its payment files.")))
    with transaction.atomic():
        payable = _locked(chosen, budget)
        _refuse_unfit(payable, budget, actor)
        order = payments.order_for(budget, [each.claim for each in payable], execute_on)
        payment_file = PaymentFile.objects.create(
            budget=budget,
            message_id=order.message_id,
            document=store.keep(order.content, name=f"{order.message_id}.xml", kind=KIND, by=actor),
            total=order.total,
            execute_on=execute_on,
            created_by=actor,
        )
        PAYMENT_FILE.begin(payment_file, actor=actor)
        for each in payable:
            claims.put_in_file(each.claim, payment_file, actor=actor)
    return payment_file


def mark_paid(payment_file: PaymentFile, *, actor: User) -> PaymentFile:
    """Note that the bank has carried out the whole file: every claim and exchange in it is paid."""

    def pay(fresh: PaymentFile) -> None:
        for claim in _claims_in(fresh):
            claims.mark_paid(claim, actor=actor)

    return PAYMENT_FILE.apply("mark_paid", payment_file, actor=actor, effect=pay)


def discard(payment_file: PaymentFile, *, actor: User, note: str) -> PaymentFile:
    """Give up a file that the bank has not carried out; its claims wait for the next one."""

    def free(fresh: PaymentFile) -> None:
        for claim in _claims_in(fresh):
            claims.take_out_of_file(claim, actor=actor)

    facts = {"claims": [claim.exchange.number for claim in _claims_in(payment_file)]}
    return PAYMENT_FILE.apply("discard", payment_file, actor=actor, note=note, facts=facts, effect=free)


def _locked(chosen: Collection[int], budget: Budget) -> list[payments.Payable]:
    """Lock the exchanges of the chosen claims by their keys, and read the claims as they stand behind the lock."""
    exchanges = Exchange.objects.select_for_update(of=("self",)).filter(claim__in=chosen).order_by("pk")
    list(exchanges.values_list("pk", flat=True))
    payable = [each for each in payments.payables(budget) if each.claim.pk in set(chosen)]
    if not payable or len(payable) != len(set(chosen)):
        raise MoveConflict(
            _("Not all of these claims can be paid any more: somebody else was faster. Look at the list again."), budget
        )
    return payable


def _refuse_unfit(payable: Collection[payments.Payable], budget: Budget, actor: User) -> None:
    for each in payable:
        if (reason := each.why_not(actor)) is not None:
            raise MoveConflict(f"{each.claim.exchange.number}: {reason}", budget)


def _claims_in(payment_file: PaymentFile) -> list[Claim]:
    return list(payment_file.claims.select_related("exchange").order_by("exchange"))
