"""Registering a person, the people of the demonstration, and what each finds in the navigation."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from clusters import permissions
from clusters.context import entries_for
from clusters.enums import OrganisationStatus
from clusters.models import Budget, Organisation, User
from clusters.permissions import roles_of
from clusters.seeding import PASSWORD, load_people
from extratex.notices.models import Notice
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def answers() -> dict[str, Any]:
    """A right answer to each question of the registration."""
    return {
        "name": "Giulia Bardi",
        "email": "Giulia@Example.org",
        "password1": "quiet-loom-by-the-river",
        "agrees": "on",
    }


def test_whoever_registers_is_known_by_name_and_confirms_the_address(client: Client, answers: dict[str, Any]) -> None:
    response = client.post("/accounts/signup/", answers)

    person = User.objects.get(email="giulia@example.org")
    assert person.name == "Giulia Bardi"
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert client.get("/organisation/").status_code == 302
    mail = Notice.objects.get()
    assert mail.subject == "Confirm your address"
    assert "/accounts/confirm-email/" in mail.text
    assert "Giulia Bardi" not in mail.text


@pytest.mark.parametrize(
    ("field", "value", "telling"),
    [
        ("agrees", "", "Without your agreement"),
        ("name", "", "required"),
        ("name", "x" * 201, "At most 200"),
        ("email", "nobody", "valid email"),
        ("password1", "short", "at least 12"),
        ("password1", "qwerty123456", "too common"),
        ("password1", "giulia@example.org", "too similar"),
    ],
)
def test_a_wrong_answer_registers_nobody(
    client: Client, answers: dict[str, Any], field: str, value: str, telling: str
) -> None:
    response = client.post("/accounts/signup/", answers | {field: value})

    assert telling in " ".join(response.context["form"].errors[field])
    assert not User.objects.filter(email="giulia@example.org").exists()


def test_the_agreement_leads_to_the_privacy_notice(client: Client) -> None:
    assert '<a href="/privacy/">privacy notice</a>' in client.get("/accounts/signup/").content.decode()


def test_a_known_address_gets_the_same_answer_as_an_unknown_one(client: Client, answers: dict[str, Any]) -> None:
    unknown = client.post("/accounts/signup/", answers)

    known = Client().post("/accounts/signup/", answers | {"name": "Somebody else"})

    assert known.headers["Location"] == unknown.headers["Location"]
    assert User.objects.get(email="giulia@example.org").name == "Giulia Bardi"


def test_everybody_of_the_demonstration_can_sign_in(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    people = load_people()

    for person in people:
        assert Client().post("/accounts/login/", {"login": person.address, "password": PASSWORD}).status_code == 302


def test_the_demonstration_is_loaded_once(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load_people()
    counts = (User.objects.count(), Organisation.objects.count(), Budget.objects.count())
    Budget.objects.filter(partnership__acronym="EXTRATEX").update(total=1)

    load_people()

    assert (User.objects.count(), Organisation.objects.count(), Budget.objects.count()) == counts
    assert Budget.objects.get(partnership__acronym="EXTRATEX").total == 1


def test_visitor_and_host_of_the_demonstration_are_validated_by_their_clusters(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    load_people()

    assert {each.status for each in Organisation.objects.all()} == {OrganisationStatus.VALIDATED}
    assert [event.move for event in Organisation.objects.all()[0].events.all()] == ["begin", "submit", "validate"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("stranger", ["Desk", "My organisation", "Candidatures", "Suggestions", "Proposals", "Exchanges", "Partners"]),
        ("ntt_officer", ["Desk", "Organisations", "Candidatures", "Proposals", "Exchanges", "Staff", "Partners"]),
        (
            "coordinator",
            [
                "Desk",
                "Organisations",
                "Candidatures",
                "Proposals",
                "Exchanges",
                "Claims",
                "Payments",
                "Cockpit",
                "Matching",
                "Staff",
                "Publishing",
                "Partners",
            ],
        ),
        (
            "finance_officer",
            [
                "Desk",
                "Organisations",
                "Candidatures",
                "Proposals",
                "Exchanges",
                "Claims",
                "Payments",
                "Cockpit",
                "Matching",
                "Staff",
                "Partners",
            ],
        ),
    ],
)
def test_each_role_finds_its_own_pages(request: pytest.FixtureRequest, role: str, expected: list[str]) -> None:
    roles = roles_of(request.getfixturevalue(role))

    assert [str(label) for label, _name in entries_for(roles, is_signed_in=True)] == expected


def test_every_entry_of_the_navigation_leads_somewhere(client: Client, coordinator: User) -> None:
    factories.make_organisation(owner=coordinator)
    client.force_login(coordinator)

    page = client.get("/partners/")

    assert [client.get(link.url, follow=True).status_code for link in page.context["navigation"]] == [200] * 13


def test_the_page_one_is_on_is_marked(client: Client) -> None:
    navigation = client.get("/partners/").context["navigation"]

    assert [str(link.label) for link in navigation if link.current] == ["Partners"]


@pytest.mark.parametrize(("page", "entry"), [("/imports/", "Organisations"), ("/supply/", "Cockpit")])
def test_a_page_that_is_reached_from_an_entry_marks_it(
    client: Client, coordinator: User, page: str, entry: str
) -> None:
    client.force_login(coordinator)

    navigation = client.get(page).context["navigation"]

    assert [str(link.label) for link in navigation if link.current] == [entry]


def test_somebody_who_was_switched_off_has_no_roles(ntt_officer: User) -> None:
    ntt_officer.is_active = False

    assert roles_of(ntt_officer) == permissions.Roles()
