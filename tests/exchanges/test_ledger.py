"""Money: the budget is never overspent, whoever asks at the same moment, and every movement has its entry."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clusters.models import Budget
from exchanges import ledger
from exchanges.enums import ExchangeStatus, LedgerKind, Mode
from exchanges.models import Exchange, LedgerEntry
from exchanges.transitions import exchanges
from extratex.shared import clock
from extratex.shared.moves import MoveConflict
from tests import factories as people
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")

THREADS = 40
SUM = Decimal("305.00")


def frozen_exchanges(number: int) -> list[Exchange]:
    """Make many exchanges whose sum is frozen, without the papers that led there."""
    first, _cast = factories.make_exchange()
    rows = [first]
    for _row in range(number - 1):
        visitor = people.make_organisation()
        proposal = factories.make_proposal(visitor, first.host)
        rows.append(factories.open_exchange(proposal=proposal, actor=proposal.author))
    Exchange.objects.update(lump_sum=SUM, derivation={}, frozen_rules={}, frozen_at=clock.now())
    return [factories.fresh(row) for row in rows]


def set_total(total: Decimal) -> None:
    Budget.objects.filter(partnership=people.partnership()).update(total=total)


def budget() -> Budget:
    return Budget.objects.get(partnership=people.partnership())


def test_the_last_signature_on_the_agreement_commits_the_frozen_sum():
    exchange, cast = factories.bring_to(ExchangeStatus.READY)

    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount, entry.actor) == (LedgerKind.COMMIT, SUM, cast.coordinator)
    assert budget().committed == SUM == exchange.lump_sum


def test_a_budget_without_enough_money_refuses_the_last_signature_as_a_whole():
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    set_total(SUM - Decimal("0.01"))
    factories.give_account(exchange, factories.Account("Tessitura", factories.IBAN), actor=cast.visitor)
    factories.sign_agreement(exchange, cast.visitor, factories.Party.VISITOR)

    with pytest.raises(MoveConflict, match="less than"):
        factories.sign_agreement(exchange, cast.coordinator, factories.Party.VISITOR_SIDE)

    exchange = factories.fresh(exchange)
    assert exchange.status == ExchangeStatus.APPROVED
    assert (budget().committed, LedgerEntry.objects.count()) == (0, 0)
    assert factories.agreement_in_force(exchange, "financial").signatures.count() == 1


def test_cancelling_frees_money_and_days_at_once():
    exchange, cast = factories.bring_to(ExchangeStatus.READY)

    exchanges.cancel(exchange, actor=cast.host, note="The hall has burnt down.")

    assert budget().committed == 0
    assert list(exchange.entries.values_list("kind", flat=True)) == [LedgerKind.COMMIT, LedgerKind.RELEASE]
    assert not exchange.stays.filter(live=True).exists()


def test_after_a_cancelled_exchange_the_visitor_may_begin_another_one():
    exchange, cast = factories.bring_to(ExchangeStatus.READY)
    exchanges.cancel(exchange, actor=cast.host, note="The hall has burnt down.")
    host = people.make_organisation(owner=people.make_person(), country="SK", reference_cluster="SPK")

    second = factories.open_exchange(proposal=factories.make_proposal(exchange.visitor, host), actor=cast.visitor)

    assert factories.fill(second, cast.visitor).stays.filter(live=True).exists()


def test_forty_people_never_spend_more_than_there_is(race):
    rows = frozen_exchanges(THREADS)
    set_total(SUM * 10)
    actor = people.make_person()

    faults = race([lambda row=row: ledger.commit(row, actor=actor) for row in rows])

    assert faults.count(None) == 10
    assert all(isinstance(fault, MoveConflict) for fault in faults if fault)
    assert budget().committed == SUM * 10 <= budget().total
    assert LedgerEntry.objects.count() == 10


def test_without_the_condition_in_the_update_the_same_forty_oversell(race):
    """The negative control: asking first and writing then accepts more than there is money for."""
    rows = frozen_exchanges(THREADS)
    set_total(SUM * 10)
    actor = people.make_person()

    def commit_unguarded(row: Exchange) -> None:
        with transaction.atomic():
            held = Budget.objects.get(partnership=row.partnership_id)
            spent = sum(LedgerEntry.objects.filter(budget=held).values_list("amount", flat=True))
            if spent + SUM > held.total:
                raise MoveConflict("too late", row)
            LedgerEntry.objects.create(budget=held, exchange=row, kind=LedgerKind.COMMIT, amount=SUM, actor=actor)

    faults = race([lambda row=row: commit_unguarded(row) for row in rows])

    assert faults.count(None) > 10


def test_the_same_sum_is_committed_once_also_at_the_same_moment(race):
    row = frozen_exchanges(1)[0]
    actor = people.make_person()

    faults = race([lambda: ledger.commit(row, actor=actor) for _attempt in range(8)])

    assert faults.count(None) == 1
    assert budget().committed == SUM


def test_the_database_itself_refuses_an_overspent_budget():
    factories.make_budget(100)

    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.update(committed=Decimal("100.01"))


@pytest.mark.parametrize(
    "change", [lambda rows: rows.update(amount=1), lambda rows: rows.delete()], ids=["update", "delete"]
)
def test_the_ledger_takes_entries_only(change):
    factories.bring_to(ExchangeStatus.READY)

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        change(LedgerEntry.objects.all())

    assert LedgerEntry.objects.get().amount == SUM


def test_nothing_is_committed_before_the_sum_is_frozen():
    exchange, cast = factories.make_exchange()

    with pytest.raises(MoveConflict, match="not frozen"):
        ledger.commit(exchange, actor=cast.coordinator)


def test_a_virtual_exchange_moves_no_money():
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor, mode=Mode.VIRTUAL)
    exchanges.issue_commitment(exchange, actor=cast.visitor)
    factories.sign_all(exchange, cast)
    exchanges.approve(exchange, actor=cast.visitor_side)
    exchanges.approve(exchange, actor=cast.host_side)

    exchanges.cancel(exchange, actor=cast.host, note="The line is down.")

    assert not LedgerEntry.objects.exists()
