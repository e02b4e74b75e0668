"""Every change of an exchange's status happens in this file, and nowhere else.

A verb that several people make one after the other (signing, approving) locks the row first, and so knows whether it is
the last of them.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.models import User
from clusters.words import sentence
from exchanges import ledger, notices, permissions
from exchanges.documents import issue, supersede
from exchanges.enums import AgreementKind, Mode, Party
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Agreement, Approval, Claim, Exchange, ExchangeEvent, PaymentFile, Signature
from exchanges.queries import agreement_in_force, derive_now, problems_of, rules_for
from extratex.documents.enums import State
from extratex.shared import clock
from extratex.shared.moves import Machine, Move, MoveConflict, MoveForbidden
from matchmaking.transitions import proposals


def _is_complete(exchange: Exchange) -> StrOrPromise | None:
    problems = problems_of(exchange)
    return sentence(problems[0]) if problems else None


def _has_account(exchange: Exchange) -> StrOrPromise | None:
    return (
        None
        if agreement_in_force(exchange, AgreementKind.FINANCIAL)
        else _("The visitor has not given an account yet.")
    )


def _has_begun(exchange: Exchange) -> StrOrPromise | None:
    first = exchange.stays.order_by("period").first()
    return None if first and first.first_day <= clock.today() else _("The stay has not begun yet.")


def _is_over(exchange: Exchange) -> StrOrPromise | None:
    over = all(stay.last_day < clock.today() for stay in exchange.stays.all())
    return None if over else _("The stay is not over yet.")


def _has_report_and_evidence(exchange: Exchange) -> StrOrPromise | None:
    if not exchange.reports.filter(role="visitor").exists():
        return _("Write the closing report first.")
    states = set(exchange.evidence.values_list("document__state", flat=True))
    if State.CLEAN not in states:
        return _("Add at least one piece of evidence first; a file counts once it has been checked.")
    return _("A file is still being checked; try again in a moment.") if State.QUARANTINED in states else None


def _is_physical(exchange: Exchange) -> StrOrPromise | None:
    return None if exchange.mode == Mode.PHYSICAL else _("A virtual exchange is not paid.")


def _is_virtual(exchange: Exchange) -> StrOrPromise | None:
    return None if exchange.mode == Mode.VIRTUAL else _("Only for a virtual exchange.")


def _move(
    name: str,
    label: StrOrPromise,
    source: Status,
    target: Status,
    allowed: Callable[[Any, Exchange], bool],
    **more: Any,
) -> Move[Exchange]:
    return Move(name=name, label=label, sources=frozenset({source}), target=target, allowed=allowed, **more)


def _by_claim(user: Any, exchange: Exchange) -> bool:
    claim = Claim.objects.filter(exchange=exchange).first()
    return claim is not None and permissions.can_approve_claim(user, claim)


def _by_payer(user: Any, exchange: Exchange) -> bool:
    payment_file = PaymentFile.objects.filter(claims__exchange=exchange).select_related("budget").first()
    return payment_file is not None and permissions.can_pay(user, payment_file)


EXCHANGE: Machine[Exchange] = Machine.of(
    Exchange,
    ExchangeEvent,
    [
        _move("write_dates", _("Enter the dates"), Status.BUILDING, Status.BUILDING, permissions.can_build),
        _move("write_objectives", _("Write the objectives"), Status.BUILDING, Status.BUILDING, permissions.can_build),
        _move("write_agenda", _("Write the agenda"), Status.BUILDING, Status.BUILDING, permissions.can_build),
        _move(
            "issue_commitment",
            _("Issue the Commitment to Quality"),
            Status.BUILDING,
            Status.SIGNING,
            permissions.can_build,
            guard=_is_complete,
        ),
        _move(
            "reopen",
            _("Change the file again"),
            Status.SIGNING,
            Status.BUILDING,
            permissions.can_build,
            needs_note=True,
            style="plain",
        ),
        _move("sign", _("Sign"), Status.SIGNING, Status.SIGNING, permissions.can_sign),
        _move("sign_last", _("Sign"), Status.SIGNING, Status.SIGNED, permissions.can_sign, guard=_is_complete),
        _move("approve", _("Approve"), Status.SIGNED, Status.SIGNED, permissions.can_approve),
        _move(
            "approve_last", _("Approve"), Status.SIGNED, Status.APPROVED, permissions.can_approve, guard=_is_physical
        ),
        _move("approve_virtual", _("Approve"), Status.SIGNED, Status.READY, permissions.can_approve, guard=_is_virtual),
        _move(
            "give_account",
            _("Give the account"),
            Status.APPROVED,
            Status.APPROVED,
            permissions.can_give_account,
            guard=_is_physical,
        ),
        _move("sign_agreement", _("Sign"), Status.APPROVED, Status.APPROVED, permissions.can_sign, guard=_has_account),
        _move(
            "sign_agreement_last", _("Sign"), Status.APPROVED, Status.READY, permissions.can_sign, guard=_has_account
        ),
        _move("start", _("Start"), Status.READY, Status.ONGOING, permissions.can_run_deadlines, guard=_has_begun),
        _move("finish", _("End"), Status.ONGOING, Status.REPORT_DUE, permissions.can_run_deadlines, guard=_is_over),
        _move(
            "submit_report",
            _("Hand in report and evidence"),
            Status.REPORT_DUE,
            Status.REPORT_SUBMITTED,
            permissions.is_visitor,
            guard=_has_report_and_evidence,
        ),
        _move(
            "send_report_back",
            _("Send back"),
            Status.REPORT_SUBMITTED,
            Status.REPORT_DUE,
            permissions.can_validate_report,
            needs_note=True,
            style="plain",
        ),
        _move(
            "validate_report",
            _("Validate report and evidence"),
            Status.REPORT_SUBMITTED,
            Status.VALIDATED,
            permissions.can_validate_report,
        ),
        _move(
            "claim",
            _("Claim the lump sum"),
            Status.VALIDATED,
            Status.CLAIMED,
            permissions.is_visitor,
            guard=_is_physical,
        ),
        _move(
            "send_claim_back",
            _("Send back"),
            Status.CLAIMED,
            Status.VALIDATED,
            _by_claim,
            needs_note=True,
            style="plain",
        ),
        _move("approve_claim", _("Approve the claim"), Status.CLAIMED, Status.PAYABLE, _by_claim),
        _move("put_in_file", _("Put into a payment file"), Status.PAYABLE, Status.IN_PAYMENT_FILE, _by_payer),
        _move("take_out_of_file", _("Take out of the payment file"), Status.IN_PAYMENT_FILE, Status.PAYABLE, _by_payer),
        _move("mark_paid", _("Mark as paid"), Status.IN_PAYMENT_FILE, Status.PAID, _by_payer),
        Move(
            name="cancel",
            label=_("Cancel the exchange"),
            sources=frozenset({Status.BUILDING, Status.SIGNING, Status.SIGNED, Status.APPROVED, Status.READY}),
            target=Status.CANCELLED,
            allowed=permissions.can_cancel,
            needs_note=True,
            style="stop",
        ),
    ],
)


def make(
    name: str, exchange: Exchange, *, actor: User, effect: Callable[[Exchange], object] | None = None, **more: Any
) -> Exchange:
    """Make one move of the table and tell everybody concerned; for this package only."""

    def inside(fresh: Exchange) -> None:
        if effect is not None:
            effect(fresh)
        event = fresh.events.order_by("pk").last()
        if event is not None:
            notices.tell(fresh, event)

    return EXCHANGE.apply(name, exchange, actor=actor, effect=inside, **more)


def issue_commitment(exchange: Exchange, *, actor: User) -> Exchange:
    """Make the Commitment to Quality of a complete file and ask all four parties to sign it."""
    return make("issue_commitment", exchange, actor=actor, effect=lambda fresh: issue(fresh, AgreementKind.COMMITMENT))


def reopen(exchange: Exchange, *, actor: User, note: str) -> Exchange:
    """Take the Commitment back to change the file; its signatures stay in the ledger and no longer count."""
    return make(
        "reopen", exchange, actor=actor, note=note, effect=lambda fresh: supersede(fresh, AgreementKind.COMMITMENT)
    )


def sign(exchange: Exchange, *, actor: User, party: Party, content_hash: str, address: str | None) -> Exchange:
    """Sign the Commitment to Quality for a party; the last signature freezes rules, rates and sum.

    `content_hash` is the SHA-256 of the document that the person was shown. Raises MoveConflict when it is not the
    version in force any more, MoveForbidden when the person may not sign for that party.
    """
    return _sign(
        exchange, AgreementKind.COMMITMENT, "sign", actor=actor, party=party, content_hash=content_hash, address=address
    )


def sign_agreement(
    exchange: Exchange, *, actor: User, party: Party, content_hash: str, address: str | None
) -> Exchange:
    """Sign the financial agreement for a party; the last signature commits the money or fails as a whole."""
    return _sign(
        exchange,
        AgreementKind.FINANCIAL,
        "sign_agreement",
        actor=actor,
        party=party,
        content_hash=content_hash,
        address=address,
    )


def approve(exchange: Exchange, *, actor: User, side: Party | None = None, note: str = "") -> Exchange:
    """Approve for a side, or for the one that is the actor's; the second side, always another person, completes it.

    Raises MoveForbidden where the actor does not belong to that side, or it or the actor has approved already.
    """
    with transaction.atomic():
        locked = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
        sides = permissions.sides_to_approve(actor, locked)
        chosen = side or next(iter(sides), Party.VISITOR_SIDE)
        if locked.status == Status.SIGNED and chosen not in sides:
            raise MoveForbidden(str(_("This side has approved already, or you have approved for the other side.")))

        def effect(fresh: Exchange) -> None:
            Approval.objects.create(exchange=fresh, side=chosen, person=actor, note=note)

        return make(_approval_move(locked), locked, actor=actor, note=note, facts={"side": chosen}, effect=effect)


def _approval_move(exchange: Exchange) -> str:
    if not exchange.approvals.exists():
        return "approve"
    return "approve_virtual" if exchange.mode == Mode.VIRTUAL else "approve_last"


def start(exchange: Exchange, *, actor: User) -> Exchange:
    """Note that the stay has begun."""
    return make("start", exchange, actor=actor)


def finish(exchange: Exchange, *, actor: User) -> Exchange:
    """Note that the stay is over and ask for the reports."""
    return make("finish", exchange, actor=actor)


def submit_report(exchange: Exchange, *, actor: User) -> Exchange:
    """Hand in the closing report and the evidence."""
    return make("submit_report", exchange, actor=actor)


def send_report_back(exchange: Exchange, *, actor: User, note: str) -> Exchange:
    """Ask the visitor for a change, with the reason."""
    return make("send_report_back", exchange, actor=actor, note=note)


def validate_report(exchange: Exchange, *, actor: User, note: str = "") -> Exchange:
    """Accept the report and the evidence."""
    return make("validate_report", exchange, actor=actor, note=note)


def cancel(exchange: Exchange, *, actor: User, note: str) -> Exchange:
    """Call the exchange off: its days, the host's place and the money set aside for it are free again."""

    def free(fresh: Exchange) -> None:
        fresh.stays.update(live=False)
        ledger.release(fresh, actor=actor)
        proposals.release(fresh.proposal, note=note)

    return make("cancel", exchange, actor=actor, note=note, effect=free)


def _sign(
    exchange: Exchange,
    kind: AgreementKind,
    name: str,
    *,
    actor: User,
    party: Party,
    content_hash: str,
    address: str | None,
) -> Exchange:
    with transaction.atomic():
        locked = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
        agreement = _version_in_force(locked, kind, content_hash)
        if party not in permissions.parties_to_sign(actor, agreement):
            raise MoveForbidden(
                str(_("You cannot sign for this party: it has signed, or you have signed for another one."))
            )
        is_last = len(agreement.signatures.all()) + 1 == len(agreement.parties)

        def effect(fresh: Exchange) -> None:
            Signature.objects.create(
                agreement=agreement,
                party=party,
                person=actor,
                name=str(actor),
                content_hash=content_hash,
                address=address,
            )
            if is_last:
                _complete(fresh, agreement, actor)

        facts = {"party": party, "version": agreement.version, "content_hash": content_hash}
        return make(f"{name}_last" if is_last else name, locked, actor=actor, facts=facts, effect=effect)


def _version_in_force(exchange: Exchange, kind: AgreementKind, content_hash: str) -> Agreement:
    agreement = agreement_in_force(exchange, kind)
    if agreement is None or agreement.content_hash != content_hash:
        raise MoveConflict(_("There is a newer version of this paper; read it before you sign."), exchange)
    return agreement


def _complete(exchange: Exchange, agreement: Agreement, actor: User) -> None:
    if agreement.kind == AgreementKind.FINANCIAL:
        ledger.commit(exchange, actor=actor)
        return
    rules = rules_for(exchange)
    derivation = derive_now(exchange)
    if derivation.amount != agreement.amount:
        raise MoveConflict(
            _("The rates have changed since this version was issued: open the file again and issue a new one."),
            exchange,
        )
    exchange.frozen_rules = rules.as_json()
    exchange.derivation = derivation.as_json()
    exchange.lump_sum = derivation.amount
    exchange.frozen_at = clock.now()
    exchange.save(update_fields=["frozen_rules", "derivation", "lump_sum", "frozen_at"])
