"""The pages of a registration: who sees what, what can be done on them, and how often they ask the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from clusters.enums import OrganisationStatus as Status
from clusters.models import Organisation, User
from clusters.transitions import organisations as transitions
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

type AssertQueries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def draft(visitor_person: User) -> Organisation:
    """A registration that has not been sent."""
    return factories.make_organisation(owner=visitor_person, legal_name="Filatura Nuova", status=Status.DRAFT)


@pytest.fixture
def waiting(visitor_person: User) -> Organisation:
    """A registration that waits for its reference cluster."""
    return factories.make_organisation(owner=visitor_person, legal_name="Filatura Nuova", status=Status.SUBMITTED)


def sign_in(client: Client, person: User) -> None:
    """Sign somebody in and let the session settle, so that only the page itself is counted."""
    client.force_login(person)
    client.get("/partners/")


def page_of(client: Client, person: User, address: str) -> tuple[int, str]:
    """Return what somebody sees at an address."""
    client.force_login(person)
    response = client.get(address)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("address", ["/organisation/", "/organisation/new/", "/organisation/1/", "/organisations/"])
def test_whoever_is_not_signed_in_is_asked_to(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("role", "status", "expected"),
    [
        ("visitor_person", Status.DRAFT, 200),
        ("ntt_officer", Status.DRAFT, 404),
        ("coordinator", Status.DRAFT, 404),
        ("programme_officer", Status.DRAFT, 200),
        ("visitor_person", Status.SUBMITTED, 200),
        ("ntt_officer", Status.SUBMITTED, 200),
        ("coordinator", Status.SUBMITTED, 200),
        ("finance_officer", Status.SUBMITTED, 200),
        ("clutex_officer", Status.SUBMITTED, 404),
        ("other_coordinator", Status.SUBMITTED, 404),
        ("host_person", Status.SUBMITTED, 404),
        ("stranger", Status.SUBMITTED, 404),
        ("stranger", Status.VALIDATED, 404),
    ],
)
def test_a_registration_is_found_by_those_whom_it_concerns(
    request: pytest.FixtureRequest, client: Client, visitor_person: User, role: str, status: Status, expected: int
) -> None:
    organisation = factories.make_organisation(owner=visitor_person, status=status)
    client.force_login(request.getfixturevalue(role))

    assert client.get(f"/organisation/{organisation.pk}/").status_code == expected
    assert client.post(f"/organisation/{organisation.pk}/move/", {"move": "robbery"}).status_code == 404


def test_a_stranger_can_neither_read_nor_change(client: Client, stranger: User, draft: Organisation) -> None:
    client.force_login(stranger)

    for page in ("", "edit/", "check/"):
        assert client.get(f"/organisation/{draft.pk}/{page}").status_code == 404
    assert client.post(f"/organisation/{draft.pk}/edit/who/", {"legal_name": "Mine"}).status_code == 404
    assert client.post(f"/organisation/{draft.pk}/check/", {"seen": ""}).status_code == 404
    assert client.post(f"/organisation/{draft.pk}/move/", {"move": "submit"}).status_code == 404


def test_staff_read_but_do_not_edit(client: Client, ntt_officer: User, visitor_person: User) -> None:
    organisation = factories.make_organisation(owner=visitor_person, status=Status.CHANGES_REQUESTED)

    for page in ("edit/", "edit/who/", "check/"):
        assert page_of(client, ntt_officer, f"/organisation/{organisation.pk}/{page}")[0] == 403


def test_without_an_organisation_one_is_led_to_register(client: Client, stranger: User) -> None:
    status, page = page_of(client, stranger, "/organisation/")

    assert status == 200
    assert "/organisation/new/" in page


def test_with_one_organisation_one_goes_there(client: Client, visitor_person: User, draft: Organisation) -> None:
    client.force_login(visitor_person)

    assert client.get("/organisation/").headers["Location"] == f"/organisation/{draft.pk}/"


def test_from_draft_to_validated_by_the_pages_alone(
    client: Client, visitor_person: User, ntt_officer: User, draft: Organisation
) -> None:
    address = f"/organisation/{draft.pk}/"
    assert "Send to the reference cluster" in page_of(client, visitor_person, f"{address}check/")[1]
    client.post(f"{address}check/", {"seen": ""})
    assert 'value="validate"' in page_of(client, ntt_officer, address)[1]

    response = client.post(f"{address}move/", {"move": "validate"}, follow=True)

    draft.refresh_from_db()
    assert draft.status == Status.VALIDATED
    assert "is validated, and its people have been told" in response.content.decode()


def test_a_registration_that_was_sent_is_edited_no_more(
    client: Client, visitor_person: User, waiting: Organisation
) -> None:
    status, page = page_of(client, visitor_person, f"/organisation/{waiting.pk}/edit/")

    assert status == 409
    assert "it has been sent" in page


def test_what_is_to_be_changed_is_read_where_one_changes_it(
    client: Client, visitor_person: User, ntt_officer: User, waiting: Organisation
) -> None:
    transitions.send_back(waiting, actor=ntt_officer, note="The VAT number is missing.")

    page = page_of(client, visitor_person, f"/organisation/{waiting.pk}/")[1]

    assert "The VAT number is missing." in page
    assert f"/organisation/{waiting.pk}/edit/" in page
    for address in ("check/", "edit/who/"):
        assert (
            "The VAT number is missing." in page_of(client, visitor_person, f"/organisation/{waiting.pk}/{address}")[1]
        )


def test_a_rejection_without_a_reason_is_asked_for_one(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    client.force_login(ntt_officer)

    response = client.post(f"/organisation/{waiting.pk}/move/", {"move": "reject", "note": ""}, follow=True)

    waiting.refresh_from_db()
    assert waiting.status == Status.SUBMITTED
    assert "Say why" in response.content.decode()


def test_a_decision_that_comes_too_late_says_what_has_happened(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    transitions.validate(waiting, actor=ntt_officer)
    client.force_login(ntt_officer)

    response = client.post(f"/organisation/{waiting.pk}/move/", {"move": "validate"})

    assert response.status_code == 409
    assert "Validated" in response.content.decode()


def test_the_list_is_for_staff(client: Client, visitor_person: User, visitor_organisation: Organisation) -> None:
    assert visitor_organisation.status == Status.VALIDATED
    assert page_of(client, visitor_person, "/organisations/")[0] == 403


def test_staff_list_what_they_look_after_and_nothing_else(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    factories.make_organisation(country="CZ", reference_cluster="CLUTEX", legal_name="Of another cluster")

    page = page_of(client, ntt_officer, "/organisations/")[1]

    assert waiting.legal_name in page
    assert "Of another cluster" not in page


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", 2),
        ("?status=submitted", 1),
        ("?country=IT", 2),
        ("?country=CZ", 0),
        ("?type=large", 0),
        ("?q=filatura", 1),
        ("?q=prato", 2),
        ("?status=nonsense&page=-7", 2),
        ("?page=99999999999999999999", 2),
        ("?q=%00%27%22", 2),
    ],
)
def test_the_list_is_narrowed_and_bears_nonsense(
    client: Client, ntt_officer: User, waiting: Organisation, question: str, found: int
) -> None:
    factories.make_organisation(legal_name="Tessitura Vecchia")
    assert waiting.status == Status.SUBMITTED

    assert page_of(client, ntt_officer, f"/organisations/{question}")[1].count("data-organisation") == found


def test_htmx_gets_the_rows_alone(client: Client, ntt_officer: User, waiting: Organisation) -> None:
    client.force_login(ntt_officer)

    page = client.get("/organisations/", headers={"HX-Request": "true"}).content.decode()

    assert waiting.legal_name in page
    assert "<html" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    client: Client, ntt_officer: User, rows: int, django_assert_num_queries: AssertQueries
) -> None:
    for _ in range(rows):
        factories.make_organisation()
    sign_in(client, ntt_officer)

    with django_assert_num_queries(17):
        response = client.get("/organisations/")

    assert response.content.decode().count("data-organisation") == rows


@pytest.mark.parametrize("members", [1, 3])
def test_a_registration_asks_as_often_for_three_members_as_for_one(
    client: Client, ntt_officer: User, visitor_person: User, members: int, django_assert_num_queries: AssertQueries
) -> None:
    organisation = factories.make_organisation(owner=visitor_person, status=Status.DRAFT)
    transitions.submit(organisation, actor=visitor_person)
    for _ in range(members - 1):
        factories.make_person().memberships.create(organisation=organisation)
    sign_in(client, ntt_officer)

    with django_assert_num_queries(29):
        client.get(f"/organisation/{organisation.pk}/")


@pytest.mark.parametrize("rows", [2, 4])
def test_the_page_of_ones_own_asks_as_often_for_four_as_for_two(
    client: Client, visitor_person: User, rows: int, django_assert_num_queries: AssertQueries
) -> None:
    for _ in range(rows):
        factories.make_organisation(owner=visitor_person)
    sign_in(client, visitor_person)

    with django_assert_num_queries(14):
        response = client.get("/organisation/")

    assert response.content.decode().count("data-organisation") == rows
