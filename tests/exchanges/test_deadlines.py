"""The calendar starts and ends stays, one row at a time, whatever is wrong with another one."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from clusters.models import User
from exchanges import deadlines
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from exchanges.tasks import sweep
from exchanges.transitions import exchanges
from extratex.shared.moves import MoveForbidden
from tests import factories as people
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(days_after_beginning: int, hour: int = 12, minute: int = 0) -> datetime:
    day = factories.first_monday() + timedelta(days=days_after_beginning)
    return datetime.combine(day, time(hour, minute), BRUSSELS)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ((-1, 23, 59), ExchangeStatus.READY),
        ((0, 0, 1), ExchangeStatus.ONGOING),
        ((2, 23, 59), ExchangeStatus.ONGOING),
        ((3, 0, 1), ExchangeStatus.REPORT_DUE),
        ((200, 0, 0), ExchangeStatus.REPORT_DUE),
    ],
)
def test_a_stay_begins_on_its_first_day_and_is_over_after_its_last(time_machine, moment, status):
    exchange, _cast = factories.bring_to(ExchangeStatus.READY)
    time_machine.move_to(at(*moment), tick=False)

    sweep()

    assert factories.fresh(exchange).status == status


def test_the_portal_itself_stands_as_actor(time_machine):
    exchange, cast = factories.bring_to(ExchangeStatus.READY)
    time_machine.move_to(at(5))

    deadlines.run()

    assert [event.actor for event in exchange.events.order_by("-pk")[:2]] == [User.objects.system()] * 2
    with pytest.raises(MoveForbidden):
        exchanges.start(exchange, actor=cast.coordinator)


def test_a_second_sweep_finds_nothing_to_do(time_machine):
    factories.bring_to(ExchangeStatus.READY)
    time_machine.move_to(at(5))

    assert [deadlines.run(), deadlines.run()] == [2, 0]


def test_one_row_that_fails_does_not_stop_the_others(time_machine, monkeypatch):
    broken, cast = factories.bring_to(ExchangeStatus.READY)
    visitor = people.make_organisation()
    sound = factories.open_exchange(proposal=factories.make_proposal(visitor, broken.host), actor=cast.host)
    factories.fill(sound, cast.host)
    Exchange.objects.filter(pk=sound.pk).update(status=ExchangeStatus.READY)
    start = exchanges.start

    def sometimes(exchange: Exchange, *, actor: User) -> Exchange:
        if exchange.pk == broken.pk:
            raise RuntimeError("the disk is full")
        return start(exchange, actor=actor)

    monkeypatch.setattr(exchanges, "start", sometimes)
    time_machine.move_to(at(0))

    assert deadlines.run() == 1

    assert factories.fresh(broken).status == ExchangeStatus.READY
    assert factories.fresh(sound).status == ExchangeStatus.ONGOING


def test_a_row_that_somebody_holds_is_left_for_the_next_time(time_machine, race):
    exchange, _cast = factories.bring_to(ExchangeStatus.READY)
    time_machine.move_to(at(0))
    with transaction.atomic():
        Exchange.objects.select_for_update().get(pk=exchange.pk)

        assert race([deadlines.run]) == [None]

        assert factories.fresh(exchange).status == ExchangeStatus.READY
    connection.close()

    assert deadlines.run() == 1


def test_many_sweeps_in_the_same_moment_move_each_row_once(time_machine, race):
    exchange, _cast = factories.bring_to(ExchangeStatus.READY)
    User.objects.system()
    time_machine.move_to(at(0))

    assert race([deadlines.run] * 8) == [None] * 8

    assert exchange.events.filter(move="start").count() == 1
