"""Makes exchanges that have come as far as a test needs, without the steps that would have led there."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clusters.enums import ParticipantRole
from clusters.models import Budget, Organisation, Partnership, User
from exchanges import ledger
from exchanges.enums import COMMITTED_STATUSES, EvidenceKind, Mode
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import BankAccount, Claim, ClosingReport, Evidence, Exchange, ExchangeEvent, Stay
from exchanges.transitions import claims
from extratex.documents import store
from extratex.shared import clock
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, Proposal
from tests.factories import make_organisation, make_person, partnership

ITALIAN = "IT60X0542811101000000123456"
TURKISH = "TR330006100519786457841326"
FROZEN_LATER = [Status.SIGNED, Status.APPROVED, *COMMITTED_STATUSES]
DERIVATION: dict[str, Any] = {
    "lines": [
        {
            "step": {"code": "half", "text": "Lump sum: half of the full amount", "values": {}},
            "because": {"code": "few_days", "text": "Working days under 5.", "values": {}},
            "amount": "305.00",
        }
    ],
    "amount": "305.00",
    "rate": None,
    "working_days": 3,
    "distance": None,
    "halved": True,
    "virtual": False,
    "country": "CZ",
    "problems": [],
}


def make_budget(total: int = 45_000, of: Partnership | None = None) -> Budget:
    """Return the budget of a partnership, made where there is none."""
    budget, _created = Budget.objects.get_or_create(
        partnership=of or partnership(),
        defaults={
            "total": Decimal(total),
            "payer_name": "Next Technology Tecnotessile & Co.",
            "payer_iban": "IT60X0542811101000000123456",
            "payer_bic": "BLOPIT22",
        },
    )
    return budget


def make_exchange(
    status: str = Status.BUILDING,
    *,
    visitor: Organisation | None = None,
    host: Organisation | None = None,
    first_day: date | None = None,
    lump_sum: Decimal = Decimal("305.00"),
    mode: Mode = Mode.PHYSICAL,
    of: Partnership | None = None,
    **fields: Any,
) -> Exchange:
    """Create an exchange in a status, with its proposal, a stay of three days, its frozen sum and its ledger entry."""
    visitor = visitor or make_organisation()
    host = host or make_organisation(country="CZ", reference_cluster="CLUTEX")
    extratex = of or partnership()
    exchange = Exchange.objects.create(
        proposal=_proposal(visitor, host, extratex),
        wave=extratex.wave,
        visitor=visitor,
        host=host,
        visitor_cluster=visitor.reference_cluster,
        host_cluster=host.reference_cluster,
        partnership=extratex,
        host_partnership=extratex,
        mode=mode,
        status=status,
        **_frozen(status, lump_sum, mode),
        **fields,
    )
    begins = first_day or clock.today() - timedelta(days=10)
    Stay.objects.create(exchange=exchange, visitor=visitor, host=host, period=(begins, begins + timedelta(days=3)))
    if status in COMMITTED_STATUSES and mode == Mode.PHYSICAL:
        _commit(exchange)
    return exchange


def _frozen(status: str, lump_sum: Decimal, mode: Mode) -> dict[str, Any]:
    if status not in FROZEN_LATER:
        return {}
    amount = lump_sum if mode == Mode.PHYSICAL else Decimal(0)
    return {
        "frozen_at": clock.now(),
        "lump_sum": amount,
        "derivation": DERIVATION | {"amount": str(amount)},
        "frozen_rules": {},
    }


def _commit(exchange: Exchange) -> None:
    make_budget(of=exchange.partnership)
    actor = make_person()
    ledger.commit(exchange, actor=actor)
    if exchange.status == Status.PAID:
        ledger.pay(exchange, actor=actor)


def _proposal(visitor: Organisation, host: Organisation, of: Partnership) -> Proposal:
    person = make_person()
    return Proposal.objects.create(
        visitor=_candidature(visitor, ParticipantRole.VISITOR, of, person),
        host=_candidature(host, ParticipantRole.HOST, of, person),
        proposed_by=ParticipantRole.VISITOR,
        author=person,
        message="May we come?",
        expires_on=clock.today() + timedelta(days=14),
        status=ProposalStatus.ACCEPTED,
    )


def _candidature(organisation: Organisation, role: ParticipantRole, of: Partnership, contact: User) -> Candidature:
    found, _created = Candidature.objects.get_or_create(
        organisation=organisation,
        wave=of.wave,
        role=role,
        defaults={
            "partnership": of,
            "contact": contact,
            "languages": ["en"],
            "motivation": "To learn.",
            "status": CandidatureStatus.VALIDATED,
        },
    )
    return found


def make_account(exchange: Exchange, iban: str = ITALIAN, holder: str = "Tessitura Però & Figli") -> BankAccount:
    """Give an exchange the account to which it is paid."""
    return BankAccount.objects.create(
        exchange=exchange, holder=holder, iban=iban, last_four=iban[-4:], given_by=make_person()
    )


def make_report(exchange: Exchange, role: ParticipantRole = ParticipantRole.VISITOR) -> ClosingReport:
    """Write a closing report."""
    return ClosingReport.objects.create(
        exchange=exchange, role=role, author=make_person(), summary="We met.", outcomes="We go on.", satisfaction=4
    )


def make_evidence(exchange: Exchange, name: str = "ticket.pdf") -> Evidence:
    """Add a piece of evidence that has been checked."""
    person = make_person()
    document = store.keep(b"%PDF-1.7 ticket", name=name, kind="evidence", by=person)
    return Evidence.objects.create(exchange=exchange, kind=EvidenceKind.TRAVEL, document=document, added_by=person)


def make_validated(visitor_person: User, validator: User, **fields: Any) -> Exchange:
    """Create an exchange whose report the validator has validated and that the visitor's person can claim."""
    exchange = make_exchange(Status.VALIDATED, visitor=_organisation_of(visitor_person), **fields)
    make_account(exchange)
    ExchangeEvent.objects.create(
        subject=exchange,
        move="validate_report",
        source=Status.REPORT_SUBMITTED,
        target=Status.VALIDATED,
        actor=validator,
    )
    return exchange


def _organisation_of(person: User) -> Organisation:
    """Return a new organisation of the person: each travels once."""
    return make_organisation(owner=person)


def make_payable(coordinator: User, **fields: Any) -> Claim:
    """Create a claim that the coordinator has approved."""
    claimant = make_person()
    exchange = make_validated(claimant, make_person(), **fields)
    return claims.approve(claims.submit(exchange, actor=claimant), actor=coordinator)
