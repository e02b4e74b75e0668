"""Building the file: each part saves, nobody overwrites unseen, and what the rules lack is said."""

from datetime import timedelta

import pytest
from django.urls import reverse

from exchanges.enums import ExchangeStatus, Mode
from exchanges.models import AgendaItem, Exchange, ExchangeEvent
from exchanges.queries import derive_now, problems_of
from exchanges.transitions import building, exchanges
from exchanges.transitions.building import Dates
from extratex.shared.moves import MoveConflict
from matchmaking import stays
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")


def page(name: str, exchange: Exchange) -> str:
    return reverse(f"exchanges:{name}", args=[exchange.pk])


def dates_from(client, exchange: Exchange, **changes: object) -> dict[str, object]:
    begin = factories.first_monday()
    seen = client.get(page("dates", exchange)).context["form"]["seen"].value()
    entered = {"mode": Mode.PHYSICAL, "first_day": begin, "last_day": begin + timedelta(days=2), "seen": seen}
    return entered | changes


def test_an_empty_file_says_all_that_it_lacks():
    exchange, _cast = factories.make_exchange()

    codes = [problem.code for problem in problems_of(exchange)]

    assert codes == ["objectives_missing", "stays_missing"]


def test_a_complete_file_has_no_problem_and_its_sum():
    exchange, cast = factories.make_exchange()

    exchange = factories.fill(exchange, cast.visitor)

    assert problems_of(exchange) == ()
    assert derive_now(exchange).amount == 305


def test_the_matching_hears_when_a_stay_begins_as_long_as_it_counts():
    exchange, cast = factories.make_exchange()
    host = exchange.proposal.host_id
    exchange = factories.fill(exchange, cast.visitor)

    assert stays.begun_at([host]) == {host: [factories.first_monday()]}

    exchange.stays.update(live=False)
    assert stays.begun_at([host]) == {}


def test_an_organisation_that_is_no_member_of_a_cluster_stands_against_the_file():
    exchange, cast = factories.make_exchange(is_cluster_member=False)

    exchange = factories.fill(exchange, cast.visitor)

    assert [problem.code for problem in problems_of(exchange)] == ["not_in_eccp_cluster"]


def test_dates_are_saved_and_lead_back_to_the_file(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)
    entered = dates_from(client, exchange, travels_last="on")

    response = client.post(page("dates", exchange), entered)

    assert response.headers["Location"] == page("detail", exchange)
    stay = exchange.stays.get()
    assert (stay.first_day, stay.last_day) == (entered["first_day"], entered["last_day"])
    assert stay.travel_days == [entered["last_day"]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_day": "2020-01-01"}, "first_day"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"travel_day": "2020-01-01"}, "travel_day"),
        ({"mode": "astral"}, "mode"),
        ({"first_day": "\x00"}, "first_day"),
    ],
)
def test_dates_that_cannot_be_are_refused_at_their_field(client, changes, field):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.host)

    response = client.post(page("dates", exchange), dates_from(client, exchange, **changes))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not exchange.stays.exists()


def test_overlapping_stays_of_one_visitor_are_refused_with_the_reason(client):
    first, cast = factories.make_exchange()
    building.write_dates(
        first,
        Dates(Mode.VIRTUAL, factories.first_monday(), factories.first_monday() + timedelta(days=4)),
        actor=cast.visitor,
        seen=building.mark_of_dates(first),
    )
    second = factories.open_exchange(
        proposal=factories.make_proposal(first.visitor, factories.factories.make_organisation(country="SK")),
        actor=cast.visitor,
    )
    client.force_login(cast.visitor)

    response = client.post(page("dates", second), dates_from(client, second))

    assert response.status_code == 422
    assert "another stay on some of these days" in response.content.decode()
    assert not second.stays.exists()


def test_a_virtual_exchange_cannot_become_a_second_physical_one(client):
    first, cast = factories.make_exchange()
    factories.fill(first, cast.visitor, mode=Mode.VIRTUAL)
    second = factories.open_exchange(
        proposal=factories.make_proposal(first.visitor, factories.factories.make_organisation(country="SK")),
        actor=cast.visitor,
    )
    client.force_login(cast.visitor)

    response = client.post(page("dates", first), dates_from(client, first, mode=Mode.PHYSICAL))

    assert response.status_code == 422
    assert "travels once in the whole scheme" in response.content.decode()
    assert factories.fresh(first).mode == Mode.VIRTUAL
    assert factories.fresh(second).mode == Mode.PHYSICAL


def test_a_stale_edit_is_refused_and_keeps_the_text(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)
    seen = client.get(page("objectives", exchange)).context["form"]["seen"].value()
    building.write_objectives(
        exchange, objectives="The host's words.", expected_outcomes="", actor=cast.host, seen=seen
    )

    response = client.post(page("objectives", exchange), {"objectives": "The visitor's words.", "seen": seen})

    answer = response.content.decode()
    assert response.status_code == 409
    assert "The visitor&#x27;s words." in answer
    assert "The host&#x27;s words." in answer
    assert factories.fresh(exchange).objectives == "The host's words."


def test_a_second_save_after_a_conflict_is_a_decision(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)
    factories.fill(exchange, cast.host)
    answer = client.post(page("objectives", exchange), {"objectives": "Mine.", "seen": "old"})

    response = client.post(
        page("objectives", exchange),
        {"objectives": "Mine.", "seen": answer.context["form"]["seen"].value()},
    )

    assert response.status_code == 302
    assert factories.fresh(exchange).objectives == "Mine."


def test_the_agenda_proposes_a_row_for_each_half_of_a_working_day(client):
    exchange, cast = factories.make_exchange()
    exchange = factories.fill(exchange, cast.visitor)
    client.force_login(cast.host)

    rows = client.get(page("agenda", exchange)).context["rows"]

    halves = [(row.initial["day"], row.initial["half"], row.initial.get("what", "")) for row in rows.forms[:6]]
    assert [half for _day, half, _what in halves] == ["1_morning", "2_afternoon"] * 3
    assert [bool(what) for _day, _half, what in halves] == [True, False] * 3


def test_agenda_rows_without_a_text_are_left_out(client):
    exchange, cast = factories.make_exchange()
    exchange = factories.fill(exchange, cast.visitor)
    client.force_login(cast.host)
    seen = client.get(page("agenda", exchange)).context["seen"]
    day = factories.first_monday().isoformat()
    posted = {
        "seen": seen,
        "rows-TOTAL_FORMS": "2",
        "rows-INITIAL_FORMS": "0",
        "rows-0-day": day,
        "rows-0-half": "2_afternoon",
        "rows-0-what": "Visit of the dye house",
        "rows-1-day": day,
        "rows-1-half": "1_morning",
    }

    response = client.post(page("agenda", exchange), posted)

    assert response.status_code == 302
    assert [str(item) for item in exchange.agenda.all()] == [f"{day} afternoon: Visit of the dye house"]


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"rows-TOTAL_FORMS": "9999999999", "rows-INITIAL_FORMS": "0"},
        {"rows-TOTAL_FORMS": "x"},
        {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-day": "2020-01-01", "rows-0-what": "x"},
        {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-what": "\x00"},
    ],
)
def test_a_malformed_agenda_is_refused_and_changes_nothing(client, posted):
    exchange, cast = factories.make_exchange()
    exchange = factories.fill(exchange, cast.visitor)
    client.force_login(cast.host)

    response = client.post(page("agenda", exchange), posted)

    assert response.status_code == 422
    assert AgendaItem.objects.filter(exchange=exchange).count() == 3


@pytest.mark.parametrize("name", ["dates", "objectives", "agenda"])
def test_nothing_can_be_edited_once_the_commitment_is_issued(client, name):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.visitor)

    answers = [client.get(page(name, exchange)), client.post(page(name, exchange), {"seen": "x"})]

    assert [answer.status_code for answer in answers] == [409, 409]


def test_the_domain_refuses_an_edit_of_an_issued_file_too():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    events = ExchangeEvent.objects.count()

    with pytest.raises(MoveConflict):
        building.write_agenda(exchange, [], actor=cast.visitor, seen=building.mark_of_agenda(exchange))

    assert exchange.agenda.count() == 3
    assert ExchangeEvent.objects.count() == events


def test_the_file_opened_again_can_be_edited_and_issued_as_a_new_version(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.host)

    client.post(page("move", exchange), {"move": "reopen", "note": "Another week suits us better."})
    exchanges.issue_commitment(exchange, actor=cast.visitor)

    versions = {each.version: each.is_in_force for each in exchange.agreements.all()}
    assert versions == {1: False, 2: True}


def test_an_incomplete_file_cannot_be_issued(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    response = client.post(page("move", exchange), {"move": "issue_commitment"})

    assert response.status_code == 409
    assert factories.fresh(exchange).status == ExchangeStatus.BUILDING
    assert not exchange.agreements.exists()


@pytest.mark.parametrize("move", ["start", "mark_paid", "", "\x00"])
def test_the_page_makes_no_other_moves_than_its_own(client, move):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    assert client.post(page("move", exchange), {"move": move}).status_code == 404
