"""The list and the file: what they show, to whom, and with how many queries."""

import pytest
from django.urls import reverse

from exchanges.enums import ExchangeStatus, Mode
from exchanges.models import Exchange
from exchanges.next_actions import next_action
from exchanges.transitions import exchanges
from extratex.documents import access
from tests import factories as people
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")

LIST = "/exchanges/"
LIST_QUERIES = 14
PAGES = ["detail", "dates", "objectives", "agenda", "commitment", "approval", "account", "financial_agreement", "move"]


def detail(client, exchange: Exchange) -> str:
    return client.get(reverse("exchanges:detail", args=[exchange.pk])).content.decode()


def make_rows(number: int) -> factories.Cast:
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor)
    for _row in range(number - 1):
        proposal = factories.make_proposal(people.make_organisation(), exchange.host)
        factories.open_exchange(proposal=proposal, actor=cast.host)
    return cast


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count_does_not_grow(client, rows, django_assert_num_queries):
    cast = make_rows(rows)
    client.force_login(cast.host_side)
    client.get(LIST)

    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(LIST)

    assert response.content.decode().count("data-exchange=") == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "valbi"}, 1),
        ({"text": "nobody"}, 0),
        ({"status": "building"}, 1),
        ({"status": "paid"}, 0),
        ({"country": "CZ"}, 1),
        ({"country": "IT"}, 1),
        ({"country": "SK"}, 0),
        ({"page": "999"}, 1),
        ({"page": "x"}, 1),
    ],
)
def test_the_list_is_narrowed(client, query, found):
    _exchange, cast = factories.make_exchange(legal_name="Tessitura Valbisenzio")
    client.force_login(cast.visitor)

    assert client.get(LIST, query).content.decode().count("data-exchange=") == found


def test_a_number_finds_its_exchange(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    answers = [
        client.get(LIST, {"text": text}).content.decode() for text in (exchange.number, str(exchange.pk), "987654321")
    ]

    assert [answer.count("data-exchange=") for answer in answers] == [1, 1, 0]


@pytest.mark.parametrize(
    "query",
    [{"text": "\x00"}, {"text": "9" * 90}, {"text": "x" * 5000}, {"status": "dreaming"}, {"country": "ZZ"}],
)
def test_a_malformed_filter_is_answered_calmly(client, query):
    _exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    assert client.get(LIST, query).status_code == 200


def test_htmx_gets_the_results_alone(client):
    _exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    answer = client.get(LIST, headers={"HX-Request": "true"}).content.decode()

    assert answer.strip().startswith('<div id="results">')
    assert "<html" not in answer


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["stranger", "other_cluster", "other_partnership"])
def test_who_has_nothing_to_do_with_a_file_does_not_find_it(client, name, role):
    exchange, _cast = factories.make_exchange()
    person = {
        "stranger": people.make_person,
        "other_cluster": lambda: people.make_staff(people.StaffRoleName.REFERENCE_STAFF, people.cluster("SPK")),
        "other_partnership": lambda: people.make_staff(people.StaffRoleName.COORDINATOR, people.partnership("EXXTRA")),
    }[role]()
    client.force_login(person)
    address = reverse(f"exchanges:{name}", args=[exchange.pk])

    answers = [client.get(address).status_code, client.post(address).status_code]

    assert set(answers) <= {404, 405}
    assert 404 in answers


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_signed_in_is_asked_to(client, name):
    exchange, _cast = factories.make_exchange()

    response = client.get(reverse(f"exchanges:{name}", args=[exchange.pk]))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_the_programme_officer_reads_the_file_and_changes_nothing(client):
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(people.make_staff(people.StaffRoleName.PROGRAMME_OFFICER))

    assert exchange.visitor.legal_name in detail(client, exchange)
    assert client.get(reverse("exchanges:commitment", args=[exchange.pk])).status_code == 200
    assert (
        client.post(reverse("exchanges:move", args=[exchange.pk]), {"move": "cancel", "note": "x"}).status_code == 403
    )


@pytest.mark.parametrize(
    ("role", "status"), [("host", 403), ("host_side", 403), ("visitor", 200), ("coordinator", 200)]
)
def test_the_agreement_on_money_is_for_visitor_and_payer(client, role, status):
    exchange, cast = factories.bring_to(ExchangeStatus.READY)
    if role == "host_side":
        person = people.make_staff(people.StaffRoleName.REFERENCE_STAFF, people.cluster("CLUTEX"))
    else:
        person = getattr(cast, role)
    client.force_login(person)
    paper = exchange.agreements.get(kind="financial").document

    assert client.get(reverse("exchanges:financial_agreement", args=[exchange.pk])).status_code == status
    assert access.can_read(person, paper) == (status == 200)
    assert (reverse("documents:download", args=[paper.pk]) in detail(client, exchange)) == (status == 200)
    assert ("ending in 3456" in detail(client, exchange)) == (status == 200)


def test_the_commitment_is_read_by_all_who_see_the_file_and_by_nobody_else():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    document = exchange.agreements.get().document

    assert all(access.can_read(person, document) for person in vars(cast).values())
    assert not access.can_read(people.make_person(), document)


def test_the_file_shows_what_is_still_to_be_solved_with_its_page(client):
    exchange, cast = factories.make_exchange()
    client.force_login(cast.visitor)

    text = detail(client, exchange)

    assert "The objectives of the exchange are not written yet." in text
    assert reverse("exchanges:objectives", args=[exchange.pk]) in text
    assert "As the file stands; frozen when the last party signs." in text


def test_the_file_says_when_its_sum_was_frozen(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    client.force_login(cast.host)

    assert "Frozen on" in detail(client, exchange)


def test_what_one_writes_is_never_run_as_markup(client):
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor)
    Exchange.objects.filter(pk=exchange.pk).update(objectives="<script>alert(1)</script>")
    exchanges.issue_commitment(exchange, actor=cast.visitor)
    client.force_login(cast.host)

    for name in ("detail", "commitment"):
        assert "<script>alert" not in client.get(reverse(f"exchanges:{name}", args=[exchange.pk])).content.decode()


@pytest.mark.parametrize(
    ("status", "turn"),
    [
        (ExchangeStatus.SIGNING, {"visitor", "host", "visitor_side", "host_side", "coordinator"}),
        (ExchangeStatus.SIGNED, {"visitor_side", "host_side", "coordinator"}),
        (ExchangeStatus.APPROVED, {"visitor"}),
        (ExchangeStatus.READY, set()),
    ],
)
def test_the_next_action_is_whose_turn_it_is(status, turn):
    exchange, cast = factories.bring_to(status)

    mine = {role for role, person in vars(cast).items() if next_action(person, exchange).is_mine}

    assert mine == turn


def test_the_next_action_of_a_file_leads_through_its_parts():
    exchange, cast = factories.make_exchange()
    labels = [next_action(cast.visitor, exchange).label]
    exchange = factories.fill(exchange, cast.visitor)
    labels.append(next_action(cast.visitor, factories.fresh(exchange)).label)

    assert labels == ["Enter the dates", "Issue the Commitment"]
    assert not next_action(cast.visitor_side, exchange).is_mine


@pytest.mark.parametrize("status", [each for each in ExchangeStatus if each not in {"claimed", "payable"}])
def test_every_status_has_words_for_everybody(client, status):
    exchange, cast = factories.make_exchange()
    Exchange.objects.filter(pk=exchange.pk).update(status=status)

    for person in vars(cast).values():
        client.force_login(person)
        assert client.get(reverse("exchanges:detail", args=[exchange.pk])).status_code == 200


def test_a_virtual_exchange_shows_no_sum(client):
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor, mode=Mode.VIRTUAL)
    client.force_login(cast.visitor)

    assert "A virtual exchange earns a certificate and no money" in detail(client, exchange)
