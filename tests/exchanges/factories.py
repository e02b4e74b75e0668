"""Makes exchanges for the tests, and takes them by their real moves to where a test begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clusters.enums import ParticipantRole, StaffRoleName
from clusters.models import Budget, Organisation, User
from clusters.queries import open_wave, partnership_of
from exchanges.enums import AgreementKind, ExchangeStatus, HalfDay, Mode, Party
from exchanges.models import Exchange
from exchanges.queries import agreement_in_force, working_days_of
from exchanges.receivers import open_exchange
from exchanges.transitions import building, exchanges
from exchanges.transitions.account import Account, give_account
from exchanges.transitions.building import AgendaRow, Dates
from extratex.shared import clock
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, Proposal
from tests import factories

IBAN = "IT60X0542811101000000123456"
JUNE = 6


@dataclass(frozen=True)
class Cast:
    """The people of one exchange."""

    visitor: User
    host: User
    visitor_side: User
    host_side: User
    coordinator: User


def first_monday() -> date:
    """Return a Monday of next June on which no country of the tests rests."""
    day = date(clock.today().year + 1, JUNE, 8)
    return day + timedelta(days=-day.weekday() % 7)


def make_candidature(organisation: Organisation, role: ParticipantRole, **fields: object) -> Candidature:
    """Create a validated candidature."""
    wave = open_wave()
    partnership = partnership_of(organisation.reference_cluster)
    contact = fields.pop("contact", None) or factories.make_person()
    defaults = {"languages": ["en"], "motivation": "To learn.", "status": CandidatureStatus.VALIDATED}
    return Candidature.objects.create(
        organisation=organisation, wave=wave, partnership=partnership, role=role, contact=contact, **(defaults | fields)
    )


def make_proposal(visitor: Organisation, host: Organisation) -> Proposal:
    """Create an accepted proposal between two organisations."""
    candidatures = [
        Candidature.objects.filter(organisation=organisation, role=role).first() or make_candidature(organisation, role)
        for organisation, role in ((visitor, ParticipantRole.VISITOR), (host, ParticipantRole.HOST))
    ]
    return Proposal.objects.create(
        visitor=candidatures[0],
        host=candidatures[1],
        proposed_by=ParticipantRole.VISITOR,
        author=candidatures[0].contact,
        message="May we come?",
        expires_on=clock.today() + timedelta(days=14),
        status=ProposalStatus.ACCEPTED,
    )


def make_cast() -> Cast:
    """Create a person for each part in an exchange between NTT's and CLUTEX's members."""
    return Cast(
        visitor=factories.make_person("Visitor"),
        host=factories.make_person("Host"),
        visitor_side=factories.make_staff(StaffRoleName.REFERENCE_STAFF, factories.cluster("NTT"), "Visitor's side"),
        host_side=factories.make_staff(StaffRoleName.REFERENCE_STAFF, factories.cluster("CLUTEX"), "Host's side"),
        coordinator=factories.make_staff(StaffRoleName.COORDINATOR, factories.partnership(), "Coordinator"),
    )


def make_exchange(cast: Cast | None = None, **visitor_fields: object) -> tuple[Exchange, Cast]:
    """Open the file of an exchange from Prato to Liberec, with a budget behind it."""
    people = cast or make_cast()
    visitor = factories.make_organisation(owner=people.visitor, **visitor_fields)
    host = factories.make_organisation(
        owner=people.host, country="CZ", reference_cluster="CLUTEX", sectors=("Automotive",)
    )
    make_budget()
    proposal = make_proposal(visitor, host)
    return open_exchange(proposal=proposal, actor=people.host), people


def make_budget(total: int = 45_000) -> Budget:
    """Give EXTRATEX its money, once."""
    budget, _created = Budget.objects.get_or_create(
        partnership=factories.partnership(),
        defaults={"total": Decimal(total), "payer_name": "EXTRATEX", "payer_iban": IBAN, "payer_bic": "BLOPIT22"},
    )
    return budget


def fill(exchange: Exchange, actor: User, *, days: int = 3, mode: str = Mode.PHYSICAL) -> Exchange:
    """Enter dates, objectives and agenda, so that the file is complete."""
    begin = first_monday()
    dates = Dates(mode, begin, begin + timedelta(days=days - 1))
    exchange = building.write_dates(exchange, dates, actor=actor, seen=building.mark_of_dates(exchange))
    exchange = building.write_objectives(
        exchange,
        objectives="Try recycled yarns on a narrow loom.",
        expected_outcomes="A first sample.",
        actor=actor,
        seen=building.mark_of_objectives(exchange),
    )
    rows = [AgendaRow(day, HalfDay.MORNING, "In the weaving hall", "Liberec") for day in working_days_of(exchange)]
    return building.write_agenda(exchange, rows, actor=actor, seen=building.mark_of_agenda(exchange))


def sign(exchange: Exchange, person: User, party: Party) -> Exchange:
    """Sign the Commitment to Quality in force."""
    agreement = agreement_in_force(fresh(exchange), AgreementKind.COMMITMENT)
    return exchanges.sign(exchange, actor=person, party=party, content_hash=agreement.content_hash, address="192.0.2.1")


def sign_agreement(exchange: Exchange, person: User, party: Party) -> Exchange:
    """Sign the financial agreement in force."""
    agreement = agreement_in_force(fresh(exchange), AgreementKind.FINANCIAL)
    return exchanges.sign_agreement(
        exchange, actor=person, party=party, content_hash=agreement.content_hash, address="192.0.2.1"
    )


def fresh(exchange: Exchange) -> Exchange:
    """Read an exchange anew."""
    return Exchange.objects.get(pk=exchange.pk)


def sign_all(exchange: Exchange, cast: Cast) -> None:
    """Let all four parties sign the Commitment to Quality."""
    sign(exchange, cast.visitor, Party.VISITOR)
    sign(exchange, cast.host, Party.HOST)
    sign(exchange, cast.visitor_side, Party.VISITOR_SIDE)
    sign(exchange, cast.host_side, Party.HOST_SIDE)


def _approved_by_both(exchange: Exchange, cast: Cast) -> None:
    exchanges.approve(exchange, actor=cast.visitor_side, side=Party.VISITOR_SIDE)
    exchanges.approve(exchange, actor=cast.host_side, side=Party.HOST_SIDE)


def _agreed(exchange: Exchange, cast: Cast) -> None:
    give_account(exchange, Account("Tessitura Prova", IBAN, "BLOPIT22"), actor=cast.visitor)
    sign_agreement(exchange, cast.visitor, Party.VISITOR)
    sign_agreement(exchange, cast.coordinator, Party.VISITOR_SIDE)


STEPS: list[tuple[ExchangeStatus, Callable[[Exchange, Cast], object]]] = [
    (ExchangeStatus.SIGNING, lambda exchange, cast: exchanges.issue_commitment(exchange, actor=cast.visitor)),
    (ExchangeStatus.SIGNED, sign_all),
    (ExchangeStatus.APPROVED, _approved_by_both),
    (ExchangeStatus.READY, _agreed),
]


def bring_to(status: ExchangeStatus, cast: Cast | None = None, *, days: int = 3) -> tuple[Exchange, Cast]:
    """Return a complete exchange in a status up to READY, reached by its real moves."""
    exchange, people = make_exchange(cast)
    exchange = fill(exchange, people.visitor, days=days)
    for target, step in STEPS:
        if exchange.status == status:
            break
        step(exchange, people)
        exchange = fresh(exchange)
        assert exchange.status == target
    assert exchange.status == status
    return exchange, people
