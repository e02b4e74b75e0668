"""The first page is open to everybody and says true numbers only."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clusters.enums import EventKind
from clusters.models import ProgrammeEvent
from exchanges.enums import ExchangeStatus as Status
from exchanges.views.home import next_events
from extratex.shared import clock
from tests import factories
from tests.exchanges.money.counting import counted
from tests.exchanges.money.factories import make_exchange

pytestmark = pytest.mark.usefixtures("programme")


def test_anonymous_sees_what_was_reached(client):
    make_exchange(Status.PAID)
    make_exchange(Status.READY)
    make_exchange(Status.CANCELLED)

    page = client.get(reverse("home")).content.decode()

    assert "1 done of 59" in page
    assert "1 done of 30" in page
    assert "0 done of 17" in page
    assert "of up to €1,100" in page


def test_signed_in_person_is_led_to_the_desk(client, visitor_person):
    client.force_login(visitor_person)

    assert reverse("desk") in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_home_takes_as_many_queries_for_any_number(rows, client):
    for _ in range(rows):
        make_exchange(Status.READY)

    _response, queries = counted(client, reverse("home"))

    assert queries == 14


def test_home_that_was_drawn_already_asks_only_whether_it_still_holds(client):
    client.get(reverse("home"))

    _response, queries = counted(client, reverse("home"))

    assert queries == 2


def test_next_event_stands_first_then_the_undated_then_the_last_past():
    partnership = factories.partnership()
    later, soon = (
        ProgrammeEvent.objects.create(
            partnership=partnership,
            kind=EventKind.MISSION,
            title=f"In {days} days",
            starts_on=clock.today() + timedelta(days=days),
        )
        for days in (40, 3)
    )

    events = list(next_events())

    assert events[:2] == [soon, later]
    assert events[2].starts_on is None
    assert events[3].starts_on < clock.today()
