"""A claim is for exactly the frozen sum; three people make it, approve it and validated the report before it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from clusters.enums import StaffRoleName
from clusters.models import Membership, StaffRole, User
from exchanges.enums import ClaimStatus
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Claim
from exchanges.transitions import claims
from exchanges.transitions.claims import CLAIM
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from tests import factories
from tests.exchanges.money.factories import make_exchange, make_person, make_validated

pytestmark = pytest.mark.usefixtures("programme")

LEGAL = {
    (ClaimStatus.SUBMITTED, "approve"): ClaimStatus.APPROVED,
    (ClaimStatus.SUBMITTED, "send_back"): ClaimStatus.SENT_BACK,
    (ClaimStatus.SENT_BACK, "resubmit"): ClaimStatus.SUBMITTED,
    (ClaimStatus.APPROVED, "put_in_file"): ClaimStatus.IN_PAYMENT_FILE,
    (ClaimStatus.IN_PAYMENT_FILE, "take_out_of_file"): ClaimStatus.APPROVED,
    (ClaimStatus.IN_PAYMENT_FILE, "mark_paid"): ClaimStatus.PAID,
}


def test_table_of_moves_holds_these_and_no_others():
    table = {(source, move.name): move.target for move in CLAIM.moves.values() for source in move.sources}

    assert table == LEGAL


@pytest.mark.parametrize("status", ClaimStatus.values)
def test_only_a_claim_that_waits_can_be_approved(status, visitor_person, ntt_officer, coordinator):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)
    claim.status = status

    refusal = CLAIM.moves["approve"].refusal(claim)

    assert (refusal is None) == (status == ClaimStatus.SUBMITTED)


def test_claim_goes_from_the_visitor_over_the_coordinator(visitor_person, ntt_officer, coordinator, finance_officer):
    exchange = make_validated(visitor_person, ntt_officer)

    claim = claims.submit(exchange, actor=visitor_person)
    assert claim.amount == exchange.lump_sum
    claim = claims.approve(claim, actor=coordinator)

    exchange.refresh_from_db()
    assert (claim.status, exchange.status) == (ClaimStatus.APPROVED, Status.PAYABLE)
    assert [event.move for event in claim.events.all()] == ["begin", "approve"]
    assert Notice.objects.filter(person=finance_officer).exists()


def test_claim_that_was_sent_back_is_made_again(visitor_person, ntt_officer, coordinator):
    exchange = make_validated(visitor_person, ntt_officer)
    claim = claims.submit(exchange, actor=visitor_person)

    claims.send_back(claim, actor=coordinator, note="Which account is it?")
    again = claims.submit(exchange, actor=visitor_person)

    assert again == claim
    assert [event.move for event in again.events.all()] == ["begin", "send_back", "resubmit"]
    assert again.events.get(move="send_back").note == "Which account is it?"


def test_sending_back_needs_a_reason(visitor_person, ntt_officer, coordinator):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    with pytest.raises(NoteMissing):
        claims.send_back(claim, actor=coordinator, note="  ")

    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED
    assert claim.exchange.status == Status.CLAIMED


def test_only_the_visitor_claims(visitor_person, ntt_officer, coordinator, stranger):
    exchange = make_validated(visitor_person, ntt_officer)

    for person in (ntt_officer, coordinator, stranger):
        with pytest.raises(MoveForbidden):
            claims.submit(exchange, actor=person)
    assert not Claim.objects.exists()


def test_exchange_is_claimed_once(visitor_person, ntt_officer):
    exchange = make_validated(visitor_person, ntt_officer)
    claims.submit(exchange, actor=visitor_person)

    with pytest.raises(MoveConflict):
        claims.submit(exchange, actor=visitor_person)
    assert Claim.objects.count() == 1


def test_who_validated_the_report_does_not_approve_the_claim(visitor_person, coordinator):
    claim = claims.submit(make_validated(visitor_person, validator=coordinator), actor=visitor_person)

    with pytest.raises(MoveForbidden):
        claims.approve(claim, actor=coordinator)


def test_who_claimed_does_not_approve(ntt_officer):
    both = User.objects.get(pk=factories.make_person("Coordinator and visitor").pk)
    StaffRole.objects.create(user=both, role=StaffRoleName.COORDINATOR, partnership=factories.partnership())
    claim = claims.submit(make_validated(both, ntt_officer), actor=both)
    Membership.objects.filter(user=both).delete()

    with pytest.raises(MoveForbidden):
        claims.approve(claim, actor=User.objects.get(pk=both.pk))


@pytest.mark.parametrize("role", [StaffRoleName.FINANCE_OFFICER, StaffRoleName.COORDINATOR])
def test_nobody_of_another_partnership_or_another_role_approves(role, visitor_person, ntt_officer):
    place = factories.partnership("EXXTRA" if role == StaffRoleName.COORDINATOR else "EXTRATEX")
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    with pytest.raises(MoveForbidden):
        claims.approve(claim, actor=factories.make_staff(role, place))


@pytest.mark.parametrize("amount", ["304.99", "305.01", "1100.00"])
def test_database_refuses_a_claim_for_another_sum(amount, visitor_person, ntt_officer):
    exchange = make_validated(visitor_person, ntt_officer)

    with pytest.raises(IntegrityError, match="exactly the frozen sum"), transaction.atomic():
        Claim.objects.create(
            exchange=exchange, amount=Decimal(amount), claimed_by=visitor_person, due_on=exchange.created_at
        )


def test_database_refuses_to_change_the_sum_of_a_claim(visitor_person, ntt_officer):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    with pytest.raises(IntegrityError, match="exactly the frozen sum"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(amount=Decimal("1000.00"))


def test_database_refuses_a_claim_before_the_sum_is_frozen(visitor_person):
    exchange = make_exchange(Status.SIGNING)

    with pytest.raises(IntegrityError, match="exactly the frozen sum"), transaction.atomic():
        Claim.objects.create(
            exchange=exchange, amount=Decimal("305.00"), claimed_by=visitor_person, due_on=exchange.created_at
        )


def test_database_refuses_an_approver_who_claimed(visitor_person, ntt_officer):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    with pytest.raises(IntegrityError, match="approver_is_not_the_claimant"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(approved_by=visitor_person)


def test_claim_cannot_stand_as_approved_without_its_approver(visitor_person, ntt_officer):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    with pytest.raises(IntegrityError, match="approved_claim_has_its_approver"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.APPROVED)


def test_claim_is_due_within_the_days_that_the_rules_lay_down(visitor_person, ntt_officer):
    exchange = make_validated(visitor_person, ntt_officer)

    claim = claims.submit(exchange, actor=visitor_person)

    assert (claim.due_on - exchange.stays.get().last_day).days == 10


def test_person_without_a_role_sees_no_claim(visitor_person, ntt_officer, stranger, coordinator, finance_officer):
    claim = claims.submit(make_validated(visitor_person, ntt_officer), actor=visitor_person)

    for person in (visitor_person, ntt_officer, coordinator, finance_officer):
        assert list(Claim.objects.visible_to(person)) == [claim]
    assert not Claim.objects.visible_to(stranger).exists()
    assert not Claim.objects.visible_to(make_person()).exists()
