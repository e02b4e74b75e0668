"""Who is told what when an exchange moves: one table, read by everybody who wants to know."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import StaffRoleName
from clusters.models import User
from exchanges.enums import Mode
from exchanges.models import Exchange, ExchangeEvent
from extratex.notices import outbox

type Audience = Callable[[Exchange], Q]


def visitor(exchange: Exchange) -> Q:
    """The people of the visiting organisation."""
    return Q(memberships__organisation=exchange.visitor_id)


def host(exchange: Exchange) -> Q:
    """The people of the host."""
    return Q(memberships__organisation=exchange.host_id)


def visitor_side(exchange: Exchange) -> Q:
    """The staff of the visitor's reference cluster."""
    return Q(staff_roles__cluster=exchange.visitor_cluster_id)


def host_side(exchange: Exchange) -> Q:
    """The staff of the host's reference cluster."""
    return Q(staff_roles__cluster=exchange.host_cluster_id)


def coordinator(exchange: Exchange) -> Q:
    """The coordinators of the partnership that pays."""
    return Q(staff_roles__partnership=exchange.partnership_id, staff_roles__role=StaffRoleName.COORDINATOR)


def finance(exchange: Exchange) -> Q:
    """The finance officers of the partnership that pays."""
    return Q(staff_roles__partnership=exchange.partnership_id, staff_roles__role=StaffRoleName.FINANCE_OFFICER)


EVERYBODY = (visitor, host, visitor_side, host_side)


@dataclass(frozen=True)
class Message:
    """What one audience is told."""

    to: tuple[Audience, ...]
    subject: StrOrPromise
    text: StrOrPromise


MESSAGES: dict[str, tuple[Message, ...]] = {
    "begin": (
        Message(
            (visitor, host),
            _("Build your exchange"),
            _(
                "Your proposal was accepted. Enter the dates, the objectives and the agenda; "
                "the page shows the lump sum as you go."
            ),
        ),
        Message(
            (visitor_side, host_side),
            _("An exchange is being built"),
            _("Visitor and host build the file together. You are told when it is ready to be signed."),
        ),
    ),
    "issue_commitment": (
        Message(
            EVERYBODY,
            _("Please sign the Commitment to Quality"),
            _("The file is complete. All four parties sign this version by click."),
        ),
    ),
    "reopen": (
        Message(
            EVERYBODY,
            _("The file was opened again"),
            _("The Commitment to Quality was taken back to change the file; signatures on it no longer count."),
        ),
    ),
    "sign": (
        Message(
            (visitor, host),
            _("One more signature on the Commitment to Quality"),
            _("The page of the exchange shows who has signed and who still has to."),
        ),
    ),
    "sign_last": (
        Message(
            (visitor, host),
            _("The Commitment to Quality is signed by all"),
            _("The lump sum is frozen now: no later change of the tables moves it. Both sides still have to approve."),
        ),
        Message(
            (visitor_side, host_side, coordinator),
            _("Please approve the exchange"),
            _("All four parties have signed. Each side approves, by two different people."),
        ),
    ),
    "approve": (
        Message((visitor, host), _("One side has approved your exchange"), _("The other side still has to approve.")),
    ),
    "approve_last": (
        Message(
            (visitor,),
            _("Approved: give your account and sign the financial agreement"),
            _(
                "Both sides have approved. Tell us to which account the lump sum is paid; "
                "the financial agreement follows from it."
            ),
        ),
        Message(
            (host,), _("Your exchange is approved by both sides"), _("The visitor signs the financial agreement next.")
        ),
    ),
    "approve_virtual": (
        Message(
            EVERYBODY, _("The virtual exchange is approved by both sides"), _("It is ready to start on the agreed day.")
        ),
    ),
    "give_account": (
        Message(
            (coordinator,),
            _("Please sign a financial agreement"),
            _("The visitor has given its account. Visitor and coordinator sign this version of the agreement."),
        ),
    ),
    "sign_agreement": (
        Message(
            (visitor, coordinator),
            _("One signature on the financial agreement is still missing"),
            _("The visitor and the coordinator of its partnership both sign."),
        ),
    ),
    "sign_agreement_last": (
        Message(
            (visitor, host),
            _("Ready to start"),
            _(
                "The financial agreement is signed and the lump sum is set aside for you. "
                "Keep evidence of the journey and of the stay."
            ),
        ),
        Message(
            (visitor_side, host_side, finance),
            _("An exchange is ready to start"),
            _("The financial agreement is signed and the money is committed."),
        ),
    ),
    "start": (
        Message(
            (visitor, host),
            _("Your exchange begins"),
            _("We wish you a good visit. Collect evidence as you go: tickets, invoices, attendance, pictures."),
        ),
    ),
    "finish": (
        Message(
            (visitor,),
            _("Please write your closing report"),
            _("The stay is over. Write the closing report and add the evidence; your side checks both."),
        ),
        Message(
            (host,),
            _("Please write your closing report as host"),
            _("The stay is over. Tell us in a few lines how it went."),
        ),
    ),
    "submit_report": (
        Message(
            (visitor_side,),
            _("Please check a closing report and its evidence"),
            _("The visitor has handed in the closing report."),
        ),
    ),
    "send_report_back": (
        Message(
            (visitor,),
            _("Your report needs a change"),
            _("Your side has sent the report back with a reason; what you wrote is kept."),
        ),
    ),
    "validate_report": (
        Message(
            (visitor,),
            _("Your report is validated: claim your lump sum"),
            _("One click claims exactly the frozen sum."),
        ),
        Message(
            (host,), _("The exchange is validated"), _("Report and evidence were accepted. Thank you for hosting.")
        ),
    ),
    "validate_virtual": (
        Message(EVERYBODY, _("The virtual exchange is validated"), _("Report and evidence were accepted.")),
    ),
    "claim": (Message((coordinator,), _("Please approve a claim"), _("The visitor claims the frozen lump sum.")),),
    "send_claim_back": (
        Message((visitor,), _("Your claim was sent back"), _("The coordinator has sent the claim back with a reason.")),
    ),
    "approve_claim": (
        Message((visitor,), _("Your claim is approved"), _("The finance officer pays it next.")),
        Message((finance,), _("A claim is ready to be paid"), _("Put it into the next payment file.")),
    ),
    "put_in_file": (
        Message((visitor,), _("Your payment is on its way to the bank"), _("The lump sum stands in a payment file.")),
    ),
    "take_out_of_file": (
        Message(
            (visitor,),
            _("Your payment waits for the next file"),
            _("The payment file was discarded before the bank had it; the approved claim goes into the next one."),
        ),
    ),
    "mark_paid": (
        Message((visitor,), _("Your lump sum is paid"), _("The bank has carried out the payment.")),
        Message(
            (host, visitor_side, coordinator), _("An exchange is paid"), _("The visitor's lump sum has been paid.")
        ),
    ),
    "cancel": (
        Message(
            (*EVERYBODY, coordinator),
            _("An exchange was cancelled"),
            _("It will not take place. Money that was set aside for it is free again."),
        ),
    ),
}


def tell(exchange: Exchange, event: ExchangeEvent) -> None:
    """Write a notice to everybody whom the move concerns, except the one who made it."""
    told: set[int] = {event.actor_id}
    for message in MESSAGES.get(_topic(exchange, event), ()):
        for person in _people(exchange, message.to):
            if person.pk in told:
                continue
            told.add(person.pk)
            outbox.tell(
                person,
                "exchanges",
                f"{message.subject} · {exchange.number}",
                _text(exchange, event, message),
                link=reverse("exchanges:detail", args=[exchange.pk]),
                key=f"exchange-event:{event.pk}:{person.pk}",
            )


def _topic(exchange: Exchange, event: ExchangeEvent) -> str:
    if event.move == "validate_report" and exchange.mode == Mode.VIRTUAL:
        return "validate_virtual"
    return event.move


def _people(exchange: Exchange, audiences: Iterable[Audience]) -> Iterable[User]:
    condition = Q()
    for audience in audiences:
        condition |= audience(exchange)
    return User.objects.filter(condition, is_active=True).distinct().order_by("pk")


def _text(exchange: Exchange, event: ExchangeEvent, message: Message) -> str:
    lines = [f"{exchange.visitor} → {exchange.host} ({exchange.number})", "", str(message.text)]
    if event.note:
        lines += ["", str(_("Reason:")), event.note]
    return "\n".join(lines)
