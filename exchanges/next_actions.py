"""The one thing that a person has to do next on an exchange, or whom it waits for; alike on its page and the desk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.permissions import roles_of
from clusters.words import listed, sentence
from exchanges import permissions
from exchanges.enums import AgreementKind, Mode, Party
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Agreement, Exchange
from exchanges.queries import agreement_in_force, problems_of
from extratex.shared.reasons import Reason

PAGES_OF_PROBLEMS = {"objectives_missing": "objectives", "agenda_missing": "agenda", "agenda_outside": "agenda"}


@dataclass(frozen=True, kw_only=True)
class NextAction:
    """What comes next: with an address or a move it is this person's turn, without both it waits for somebody else."""

    title: StrOrPromise
    text: StrOrPromise = ""
    url: str = ""
    label: StrOrPromise = ""
    move: str = ""
    due_on: date | None = None

    @property
    def is_mine(self) -> bool:
        """Tell whether it is this person's turn."""
        return bool(self.url or self.move)


def next_action(user: Any, exchange: Exchange) -> NextAction:
    """Return the next action of an exchange as this person sees it."""
    return NEXT[Status(exchange.status)](user, exchange)


def page_for(problem: Reason, exchange: Exchange) -> str:
    """Return the address of the page on which a problem of the file is solved."""
    return _page(PAGES_OF_PROBLEMS.get(problem.code, "dates"), exchange)


def _page(name: str, exchange: Exchange) -> str:
    return reverse(f"exchanges:{name}", args=[exchange.pk])


def _building(user: Any, exchange: Exchange) -> NextAction:
    if not permissions.is_participant(user, exchange):
        return NextAction(
            title=_("Visitor and host build the file"),
            text=_("They enter dates, objectives and agenda. You are told as soon as there is something to sign."),
        )
    missing = _missing_part(exchange)
    if missing is not None:
        return missing
    problems = problems_of(exchange)
    if problems:
        return NextAction(
            title=_("Something stands against this file"),
            text=sentence(problems[0]),
            url=page_for(problems[0], exchange),
            label=_("Change it"),
        )
    return NextAction(
        title=_("The file is complete: issue the Commitment to Quality"),
        text=_("Check dates, agenda and lump sum below. Once issued, all four parties sign exactly this version."),
        move="issue_commitment",
        label=_("Issue the Commitment"),
    )


def _missing_part(exchange: Exchange) -> NextAction | None:
    if not exchange.stays.all():
        return NextAction(
            title=_("Enter the dates"),
            text=_("First and last day of the stay, and the days of travel. The lump sum follows from them."),
            url=_page("dates", exchange),
            label=_("Enter the dates"),
        )
    if not exchange.objectives.strip():
        return NextAction(
            title=_("Write the objectives"),
            text=_("What visitor and host want to learn, try or begin together."),
            url=_page("objectives", exchange),
            label=_("Write the objectives"),
        )
    if not exchange.agenda.all():
        return NextAction(
            title=_("Plan the agenda"),
            text=_("At least one line for each working day."),
            url=_page("agenda", exchange),
            label=_("Plan the agenda"),
        )
    return None


def _signing(user: Any, exchange: Exchange) -> NextAction:
    agreement = agreement_in_force(exchange, AgreementKind.COMMITMENT)
    return _sign(user, exchange, agreement, _("Sign the Commitment to Quality"), "commitment")


def _sign(user: Any, exchange: Exchange, agreement: Agreement | None, title: StrOrPromise, page: str) -> NextAction:
    if agreement is None:
        return NextAction(title=exchange.get_status_display())
    signed = [party for party in agreement.parties if agreement.signature_of(party)]
    waiting = [party for party in agreement.parties if party not in signed]
    if permissions.parties_to_sign(user, agreement):
        text = _("Your turn. Signed so far: %(parties)s.") % {"parties": _names(signed) or _("nobody")}
        url = _page(page, exchange)
        return NextAction(title=title, text=text, url=url, label=_("Read and sign"), due_on=exchange.first_day)
    return NextAction(
        title=_("Waiting for signatures"), text=_("Still to sign: %(parties)s.") % {"parties": _names(waiting)}
    )


def _signed(user: Any, exchange: Exchange) -> NextAction:
    sides = permissions.sides_to_approve(user, exchange)
    if sides:
        return NextAction(
            title=_("Approve the exchange"),
            text=_("All four parties have signed. You can approve for: %(sides)s.") % {"sides": _names(sides)},
            url=_page("approval", exchange),
            label=_("Check and approve"),
            due_on=exchange.first_day,
        )
    approved = {approval.side for approval in exchange.approvals.all()}
    waiting = [side for side in (Party.VISITOR_SIDE, Party.HOST_SIDE) if side not in approved]
    return NextAction(
        title=_("Waiting for approval"), text=_("Still to approve: %(sides)s.") % {"sides": _names(waiting)}
    )


def _approved(user: Any, exchange: Exchange) -> NextAction:
    agreement = agreement_in_force(exchange, AgreementKind.FINANCIAL)
    if agreement is not None:
        return _sign(user, exchange, agreement, _("Sign the financial agreement"), "financial_agreement")
    if permissions.can_give_account(user, exchange):
        return NextAction(
            title=_("Give the account for the lump sum"),
            text=_("The financial agreement follows from it; you and the coordinator sign it."),
            url=_page("account", exchange),
            label=_("Give the account"),
            due_on=exchange.first_day,
        )
    return NextAction(
        title=_("Waiting for the visitor's account"),
        text=_("An owner of the visiting organisation gives it; the financial agreement follows at once."),
    )


def _ready(_user: Any, exchange: Exchange) -> NextAction:
    return NextAction(
        title=_("Everything is ready"),
        text=_("The portal notes the beginning of the stay by itself. Keep tickets and invoices of the journey."),
        due_on=exchange.first_day,
    )


def _ongoing(_user: Any, exchange: Exchange) -> NextAction:
    return NextAction(
        title=_("The visit is under way"),
        text=_("Collect evidence as you go. Report and evidence are asked for when the stay is over."),
        due_on=exchange.last_day,
    )


def _report_due(user: Any, exchange: Exchange) -> NextAction:
    written = {report.role for report in exchange.reports.all()}
    if permissions.is_visitor(user, exchange):
        page, title = (
            ("evidence", _("Add the evidence and hand in"))
            if "visitor" in written
            else (
                "report",
                _("Write your closing report"),
            )
        )
        text = _("Report and evidence are checked by your side; the lump sum follows after that.")
        return NextAction(title=title, text=text, url=_page(page, exchange), label=_("Go on"))
    if permissions.is_host(user, exchange) and "host" not in written:
        return _host_report(exchange)
    return NextAction(title=_("Waiting for the visitor's report"), text=_("Closing report and evidence are due now."))


def _host_report(exchange: Exchange) -> NextAction:
    return NextAction(
        title=_("Write your closing report as host"),
        text=_("A few lines on how it went."),
        url=_page("report", exchange),
        label=_("Write the report"),
    )


def _report_submitted(user: Any, exchange: Exchange) -> NextAction:
    if permissions.can_validate_report(user, exchange):
        return NextAction(
            title=_("Check report and evidence"),
            text=_("Validate them, or send them back with a reason."),
            url=_page("check", exchange),
            label=_("Check"),
        )
    written = {report.role for report in exchange.reports.all()}
    if permissions.is_host(user, exchange) and "host" not in written:
        return _host_report(exchange)
    return NextAction(title=_("Report and evidence are being checked"), text=_("The visitor's side checks them."))


def _validated(user: Any, exchange: Exchange) -> NextAction:
    if exchange.mode == Mode.VIRTUAL:
        return NextAction(title=_("This virtual exchange is complete"), text=_("Report and evidence are validated."))
    if permissions.is_visitor(user, exchange):
        return NextAction(
            title=_("Claim your lump sum"),
            text=_("One click claims exactly the frozen sum."),
            url=_page("claim", exchange),
            label=_("Claim"),
        )
    return NextAction(title=_("Waiting for the visitor's claim"), text=_("Report and evidence are validated."))


def _claimed(user: Any, exchange: Exchange) -> NextAction:
    if permissions.can_approve_claim(user, exchange.claim):
        return NextAction(
            title=_("Approve the claim"),
            text=_("Report and evidence are validated; the claim is for the frozen sum."),
            url=reverse("exchanges:claim_detail", args=[exchange.claim.pk]),
            label=_("Check and approve"),
            due_on=exchange.claim.due_on,
        )
    return NextAction(
        title=_("The claim waits for approval"),
        text=_("The coordinator of the visitor's partnership approves it."),
        due_on=exchange.claim.due_on,
    )


def _payable(user: Any, exchange: Exchange) -> NextAction:
    if exchange.partnership_id in roles_of(user).pays_for:
        return NextAction(
            title=_("Put the claim into a payment file"),
            text=_("The claim is approved."),
            url=reverse("exchanges:payments"),
            label=_("Payments"),
            due_on=exchange.claim.due_on,
        )
    return NextAction(title=_("The claim is approved"), text=_("The finance officer pays it with the next file."))


def _in_payment_file(_user: Any, _exchange: Exchange) -> NextAction:
    return NextAction(
        title=_("The payment is on its way"), text=_("The lump sum stands in a payment file for the bank.")
    )


def _paid(_user: Any, _exchange: Exchange) -> NextAction:
    return NextAction(title=_("The lump sum is paid"), text=_("Nothing is left to do. Thank you for taking part."))


def _cancelled(_user: Any, _exchange: Exchange) -> NextAction:
    return NextAction(title=_("This exchange was cancelled"), text=_("The reason stands under “What happened”."))


def _names(parties: Iterable[str]) -> str:
    return listed(str(Party(party).label) for party in parties)


NEXT: dict[Status, Callable[[Any, Exchange], NextAction]] = {
    Status.BUILDING: _building,
    Status.SIGNING: _signing,
    Status.SIGNED: _signed,
    Status.APPROVED: _approved,
    Status.READY: _ready,
    Status.ONGOING: _ongoing,
    Status.REPORT_DUE: _report_due,
    Status.REPORT_SUBMITTED: _report_submitted,
    Status.VALIDATED: _validated,
    Status.CLAIMED: _claimed,
    Status.PAYABLE: _payable,
    Status.IN_PAYMENT_FILE: _in_payment_file,
    Status.PAID: _paid,
    Status.CANCELLED: _cancelled,
}
