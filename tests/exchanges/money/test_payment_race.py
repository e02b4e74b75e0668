"""Two officers make a file of the same claim at once: one file holds it, and without the guards it would be two."""

import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection

from clusters.enums import StaffRoleName
from exchanges import payments
from exchanges.models import PaymentFile
from exchanges.transitions import claims, payment_files
from extratex.documents import store
from extratex.shared import clock
from extratex.shared.moves import Machine, MoveConflict
from tests import factories
from tests.exchanges.money.factories import make_budget, make_payable
from tests.invariants import assert_invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("programme")]

ROUNDS = 5


def race(claim, officers):
    """Let both officers act at the same moment and return how each of them fared."""
    budget, outcomes, start = make_budget(), [], threading.Barrier(len(officers))

    def act(officer):
        try:
            start.wait()
            payment_files.create([claim.pk], budget=budget, execute_on=clock.today(), actor=officer)
            outcomes.append("created")
        except (MoveConflict, IntegrityError) as fault:
            outcomes.append(type(fault).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.fixture
def officers(programme):
    return [factories.make_staff(StaffRoleName.FINANCE_OFFICER, factories.partnership()) for _ in range(2)]


def test_claim_ends_in_one_file(officers, coordinator):
    for _ in range(ROUNDS):
        claim = make_payable(coordinator)

        assert race(claim, officers) == ["MoveConflict", "created"]

        assert PaymentFile.objects.filter(claims=claim).count() == 1
    assert PaymentFile.objects.count() == ROUNDS
    assert_invariants()


@pytest.fixture
def no_locks(monkeypatch):
    """Take the row locks away: both officers act on what they read before either has written."""
    both_have_read = threading.Barrier(2)

    def read_together(chosen, budget):
        payable = [each for each in payments.payables(budget) if each.claim.pk in chosen]
        both_have_read.wait(timeout=20)
        return payable

    monkeypatch.setattr(payment_files, "_locked", read_together)
    monkeypatch.setattr(Machine, "_locked", lambda _machine, row: row)
    monkeypatch.setattr(claims, "_locked", lambda exchange: exchange)


@contextmanager
def without_trigger(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'exchanges_claim'::regclass AND tgname LIKE %s",
            [f"pgtrigger_{name}%"],
        )
        [(trigger,)] = cursor.fetchall()
        cursor.execute(f'ALTER TABLE exchanges_claim DISABLE TRIGGER "{trigger}"')
        try:
            yield
        finally:
            cursor.execute(f'ALTER TABLE exchanges_claim ENABLE TRIGGER "{trigger}"')


@pytest.mark.usefixtures("no_locks")
def test_database_alone_still_holds_a_claim_in_one_file(officers, coordinator):
    claim = make_payable(coordinator)

    assert race(claim, officers) == ["IntegrityError", "created"]

    assert PaymentFile.objects.count() == 1


@pytest.mark.usefixtures("no_locks")
def test_negative_control_without_any_guard_the_bank_would_pay_twice(officers, coordinator):
    claim = make_payable(coordinator)

    with without_trigger("claim_stands_in_one_file"):
        assert race(claim, officers) == ["created", "created"]

    ordered = [store.read(payment_file.document) for payment_file in PaymentFile.objects.all()]
    assert [claim.exchange.number.encode() in content for content in ordered] == [True, True]
