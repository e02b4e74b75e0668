"""May this person do it to this exchange, claim or payment file? Pure questions; the status is another matter."""

from typing import Any

from clusters.models.people import SYSTEM_ADDRESS
from clusters.permissions import roles_of
from exchanges.enums import AgreementKind, Party
from exchanges.models import Agreement, Claim, Exchange, PaymentFile
from extratex.documents.models import Document


def is_visitor(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person belongs to the visiting organisation."""
    return exchange.visitor_id in roles_of(user).organisations


def owns_visitor(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person is an owner of the visiting organisation, and so answers for its money."""
    return exchange.visitor_id in roles_of(user).owns


def is_host(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person belongs to the host."""
    return exchange.host_id in roles_of(user).organisations


def is_participant(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person belongs to one of the two organisations."""
    return is_visitor(user, exchange) or is_host(user, exchange)


def is_visitor_side(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person looks after the visitor: cluster staff or coordinator, never a participant."""
    roles = roles_of(user)
    looks_after = exchange.visitor_cluster_id in roles.clusters or exchange.partnership_id in roles.coordinates
    return looks_after and not is_participant(user, exchange)


def is_host_side(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person looks after the host: cluster staff or coordinator, never a participant."""
    roles = roles_of(user)
    looks_after = exchange.host_cluster_id in roles.clusters or exchange.host_partnership_id in roles.coordinates
    return looks_after and not is_participant(user, exchange)


def is_side(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person looks after either of the two."""
    return is_visitor_side(user, exchange) or is_host_side(user, exchange)


BELONGS = {
    Party.VISITOR: is_visitor,
    Party.HOST: is_host,
    Party.VISITOR_SIDE: is_visitor_side,
    Party.HOST_SIDE: is_host_side,
}


def can_build(user: Any, exchange: Exchange) -> bool:
    """Both organisations write the file; their clusters may help them."""
    return is_participant(user, exchange) or is_side(user, exchange)


def parties_to_sign(user: Any, agreement: Agreement) -> list[Party]:
    """Return for which parties the person may sign this version now.

    Nobody signs twice: the two sides, and visitor and host, are different people.
    """
    signatures = list(agreement.signatures.all())
    if any(signature.person_id == user.pk for signature in signatures):
        return []
    signed = {signature.party for signature in signatures}
    waiting = [Party(party) for party in agreement.parties if party not in signed]
    return [party for party in waiting if _may_sign_as(user, agreement, party)]


def _may_sign_as(user: Any, agreement: Agreement, party: Party) -> bool:
    exchange = agreement.exchange
    if agreement.kind == AgreementKind.FINANCIAL and party == Party.VISITOR_SIDE:
        return exchange.partnership_id in roles_of(user).coordinates and not is_participant(user, exchange)
    if agreement.kind == AgreementKind.FINANCIAL and party == Party.VISITOR:
        return owns_visitor(user, exchange)
    return BELONGS[party](user, exchange)


def can_sign(user: Any, exchange: Exchange) -> bool:
    """Whoever belongs to one of the parties signs."""
    return is_participant(user, exchange) or is_side(user, exchange)


def sides_to_approve(user: Any, exchange: Exchange) -> list[Party]:
    """Return for which side the person may approve now; whoever has approved for one side never does for the other."""
    approvals = list(exchange.approvals.all())
    if any(approval.person_id == user.pk for approval in approvals):
        return []
    approved = {approval.side for approval in approvals}
    return [
        side for side in (Party.VISITOR_SIDE, Party.HOST_SIDE) if side not in approved and BELONGS[side](user, exchange)
    ]


def can_approve(user: Any, exchange: Exchange) -> bool:
    """A side that has not approved yet approves."""
    return bool(sides_to_approve(user, exchange))


def can_cancel(user: Any, exchange: Exchange) -> bool:
    """Both organisations and both sides may call it off before it starts."""
    return can_build(user, exchange)


def can_give_account(user: Any, exchange: Exchange) -> bool:
    """Only an owner of the visitor says to which account it is paid: who is invited to write redirects no money."""
    return owns_visitor(user, exchange)


def can_run_deadlines(user: Any, exchange: Exchange) -> bool:  # noqa: ARG001 the signature of every permission
    """Starting and ending a visit is done by the calendar, under the portal's own name."""
    return bool(user.email == SYSTEM_ADDRESS)


def can_see_account(user: Any, exchange: Exchange) -> bool:
    """The visitor, and the money roles of the partnership that pays, see the last four characters."""
    roles = roles_of(user)
    return is_visitor(user, exchange) or exchange.partnership_id in roles.pays_for | roles.coordinates


def can_validate_report(user: Any, exchange: Exchange) -> bool:
    """The visitor's side checks the reports and the evidence."""
    return is_visitor_side(user, exchange)


def can_approve_claim(user: Any, claim: Claim) -> bool:
    """The coordinator of the partnership that pays; neither who claimed nor who validated the report."""
    exchange = claim.exchange
    if exchange.partnership_id not in roles_of(user).coordinates or is_participant(user, exchange):
        return False
    validated = exchange.events.filter(move="validate_report", actor=user).exists()
    return claim.claimed_by_id != user.pk and not validated


def can_resubmit_claim(user: Any, claim: Claim) -> bool:
    """The visitor claims again what was sent back."""
    return is_visitor(user, claim.exchange)


def can_pay(user: Any, payment_file: PaymentFile) -> bool:
    """The finance officers of the partnership that pays."""
    return payment_file.budget.partnership_id in roles_of(user).pays_for


def can_read_money_papers(user: Any, exchange: Exchange) -> bool:
    """The visitor, its side, and the money roles of the partnership that pays read the financial agreement."""
    return (
        is_visitor(user, exchange)
        or is_visitor_side(user, exchange)
        or can_see_account(user, exchange)
        or roles_of(user).oversees_all
    )


def can_read_paper(user: Any, document: Document) -> bool:
    """Whoever may see the file may read its papers; money papers are for visitor and payer."""
    agreement = Agreement.objects.filter(document=document).first()
    exchanges = Exchange.objects.visible_to(user)
    if agreement is not None and agreement.kind == AgreementKind.FINANCIAL:
        exchange = exchanges.filter(pk=agreement.exchange_id).first()
        return exchange is not None and can_read_money_papers(user, exchange)
    return agreement is not None and exchanges.filter(pk=agreement.exchange_id).exists()


def can_read_evidence(user: Any, document: Document) -> bool:
    """Tickets and invoices are for the visitor and for those who check; the host needs them for nothing."""
    exchange = Exchange.objects.visible_to(user).filter(evidence__document=document).first()
    return exchange is not None and (is_visitor(user, exchange) or not is_host(user, exchange))


def can_read_payment_file(user: Any, document: Document) -> bool:
    """The payment file itself is for the finance officers, since it holds account numbers in full."""
    files = PaymentFile.objects.filter(document=document).select_related("budget")
    return any(can_pay(user, payment_file) for payment_file in files)
