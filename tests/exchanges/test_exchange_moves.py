"""The whole table of an exchange: every status times every move, and who may make which."""

from dataclasses import replace
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Exchange, ExchangeEvent
from exchanges.transitions import exchanges
from exchanges.transitions.exchanges import EXCHANGE
from extratex.shared.moves import Machine, MoveConflict, MoveForbidden, NoteMissing
from tests import factories as people
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")

TABLE = {
    "write_dates": ({Status.BUILDING}, Status.BUILDING),
    "write_objectives": ({Status.BUILDING}, Status.BUILDING),
    "write_agenda": ({Status.BUILDING}, Status.BUILDING),
    "issue_commitment": ({Status.BUILDING}, Status.SIGNING),
    "reopen": ({Status.SIGNING}, Status.BUILDING),
    "sign": ({Status.SIGNING}, Status.SIGNING),
    "sign_last": ({Status.SIGNING}, Status.SIGNED),
    "approve": ({Status.SIGNED}, Status.SIGNED),
    "approve_last": ({Status.SIGNED}, Status.APPROVED),
    "approve_virtual": ({Status.SIGNED}, Status.READY),
    "give_account": ({Status.APPROVED}, Status.APPROVED),
    "sign_agreement": ({Status.APPROVED}, Status.APPROVED),
    "sign_agreement_last": ({Status.APPROVED}, Status.READY),
    "start": ({Status.READY}, Status.ONGOING),
    "finish": ({Status.ONGOING}, Status.REPORT_DUE),
    "submit_report": ({Status.REPORT_DUE}, Status.REPORT_SUBMITTED),
    "send_report_back": ({Status.REPORT_SUBMITTED}, Status.REPORT_DUE),
    "validate_report": ({Status.REPORT_SUBMITTED}, Status.VALIDATED),
    "claim": ({Status.VALIDATED}, Status.CLAIMED),
    "send_claim_back": ({Status.CLAIMED}, Status.VALIDATED),
    "approve_claim": ({Status.CLAIMED}, Status.PAYABLE),
    "put_in_file": ({Status.PAYABLE}, Status.IN_PAYMENT_FILE),
    "take_out_of_file": ({Status.IN_PAYMENT_FILE}, Status.PAYABLE),
    "mark_paid": ({Status.IN_PAYMENT_FILE}, Status.PAID),
    "cancel": (
        {Status.BUILDING, Status.SIGNING, Status.SIGNED, Status.APPROVED, Status.READY},
        Status.CANCELLED,
    ),
}

BOTH_SIDES_AND_BOTH_ORGANISATIONS = {"visitor", "host", "visitor_side", "host_side", "coordinator"}
WHO = {
    "write_dates": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "write_objectives": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "write_agenda": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "issue_commitment": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "reopen": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "sign": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "sign_last": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "approve": {"visitor_side", "host_side", "coordinator"},
    "approve_last": {"visitor_side", "host_side", "coordinator"},
    "approve_virtual": {"visitor_side", "host_side", "coordinator"},
    "give_account": {"visitor"},
    "sign_agreement": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "sign_agreement_last": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
    "start": {"system"},
    "finish": {"system"},
    "submit_report": {"visitor"},
    "send_report_back": {"visitor_side", "coordinator"},
    "validate_report": {"visitor_side", "coordinator"},
    "claim": {"visitor"},
    "send_claim_back": set(),
    "approve_claim": set(),
    "put_in_file": set(),
    "take_out_of_file": set(),
    "mark_paid": set(),
    "cancel": BOTH_SIDES_AND_BOTH_ORGANISATIONS,
}


def permissive() -> Machine[Exchange]:
    """The same table, in which everybody may do everything and no condition holds back."""
    moves = {
        name: replace(move, allowed=lambda _user, _exchange: True, guard=None) for name, move in EXCHANGE.moves.items()
    }
    return Machine(EXCHANGE.model, EXCHANGE.event_model, moves)


def test_the_table_has_exactly_these_moves():
    assert set(EXCHANGE.moves) == set(TABLE) == set(WHO)


@pytest.mark.parametrize("name", TABLE)
def test_each_status_lets_exactly_its_moves_pass(name):
    sources, target = TABLE[name]
    exchange, cast = factories.make_exchange()
    machine = permissive()

    for status in Status:
        Exchange.objects.filter(pk=exchange.pk).update(status=status)
        events = ExchangeEvent.objects.count()
        if status in sources:
            with transaction.atomic():
                moved = machine.apply(name, exchange, actor=cast.visitor, note="Because.")
                assert moved.status == target
                assert moved.events.latest("pk").source == status
                assert ExchangeEvent.objects.count() == events + 1
        else:
            with pytest.raises(MoveConflict):
                machine.apply(name, exchange, actor=cast.visitor, note="Because.")
            assert factories.fresh(exchange).status == status
            assert ExchangeEvent.objects.count() == events


def test_each_move_is_open_to_exactly_its_people():
    exchange, cast = factories.make_exchange()
    everybody = {
        "visitor": cast.visitor,
        "host": cast.host,
        "visitor_side": cast.visitor_side,
        "host_side": cast.host_side,
        "coordinator": cast.coordinator,
        "system": people.User.objects.system(),
        "finance": people.make_staff(people.StaffRoleName.FINANCE_OFFICER, people.partnership()),
        "other_coordinator": people.make_staff(people.StaffRoleName.COORDINATOR, people.partnership("EXXTRA")),
        "other_cluster": people.make_staff(people.StaffRoleName.REFERENCE_STAFF, people.cluster("SPK")),
        "programme_officer": people.make_staff(people.StaffRoleName.PROGRAMME_OFFICER),
        "administrator": people.make_person(is_superuser=True),
        "stranger": people.make_person(),
    }

    allowed = {name: set() for name in TABLE}
    for (role, person), (name, move) in product(everybody.items(), EXCHANGE.moves.items()):
        if move.allowed(person, exchange):
            allowed[name].add(role)

    assert allowed == WHO


@pytest.mark.parametrize("name", ["reopen", "cancel"])
def test_a_move_that_asks_for_a_reason_leaves_no_trace_without_one(name):
    exchange, cast = factories.bring_to(Status.SIGNING)
    events = ExchangeEvent.objects.count()

    with pytest.raises(NoteMissing):
        getattr(exchanges, name)(exchange, actor=cast.visitor, note="  ")

    assert factories.fresh(exchange).status == Status.SIGNING
    assert ExchangeEvent.objects.count() == events


def test_a_forbidden_move_leaves_no_trace():
    exchange, _cast = factories.bring_to(Status.SIGNED)
    events, notices = ExchangeEvent.objects.count(), people_told()

    with pytest.raises(MoveForbidden):
        exchanges.cancel(exchange, actor=people.make_person(), note="I do not like it.")

    assert factories.fresh(exchange).status == Status.SIGNED
    assert (ExchangeEvent.objects.count(), people_told()) == (events, notices)


def people_told() -> int:
    return exchanges.notices.outbox.Notice.objects.count()


def test_a_virtual_exchange_is_approved_without_an_agreement_on_money():
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor, mode="virtual")
    exchanges.issue_commitment(exchange, actor=cast.visitor)
    factories.sign_all(exchange, cast)
    exchanges.approve(exchange, actor=cast.visitor_side)

    approved = exchanges.approve(exchange, actor=cast.host_side)

    assert approved.status == Status.READY
    assert approved.lump_sum == 0


def test_a_status_that_is_not_in_the_list_is_refused_by_the_database():
    exchange, _cast = factories.make_exchange()

    with pytest.raises(IntegrityError), transaction.atomic():
        Exchange.objects.filter(pk=exchange.pk).update(status="dreaming")


def test_events_can_neither_be_changed_nor_removed():
    exchange, _cast = factories.make_exchange()
    event = exchange.events.get()

    for attempt in (lambda: ExchangeEvent.objects.filter(pk=event.pk).update(note="x"), event.delete):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic():
            attempt()

    assert exchange.events.get().note == event.note


def test_everybody_concerned_but_the_one_who_acts_is_told_once():
    exchange, cast = factories.bring_to(Status.SIGNING)
    told = exchanges.notices.outbox.Notice.objects.filter(subject__contains="Please sign the Commitment")

    assert set(told.values_list("person", flat=True)) == {
        cast.host.pk,
        cast.visitor_side.pk,
        cast.host_side.pk,
    }
    assert all(notice.link == f"/exchanges/{exchange.pk}/" for notice in told)
