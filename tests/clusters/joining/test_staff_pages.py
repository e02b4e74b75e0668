"""The pages of the teams: who works for which cluster or partnership, inviting colleagues, and ending a role."""

from typing import Any

import pytest
from django.test import Client

from clusters.enums import StaffRoleName
from clusters.models import Invitation, StaffRole, User
from clusters.transitions import invitations
from exchanges.desk.board import board_for
from tests import factories
from tests.exchanges.money.counting import counted

pytestmark = pytest.mark.usefixtures("programme")


def test_staff_of_two_clusters_see_both_queues_with_the_cluster_named(client: Client, ntt_officer: User) -> None:
    StaffRole.objects.create(user=ntt_officer, role=StaffRoleName.REFERENCE_STAFF, cluster=factories.cluster("CLUTEX"))
    factories.make_organisation(status="submitted", legal_name="From Prato")
    factories.make_organisation(status="submitted", legal_name="From Liberec", reference_cluster="CLUTEX", country="CZ")
    client.force_login(ntt_officer)

    desk = {item.title: item.reference for item in board_for(ntt_officer).items}
    page = client.get("/organisations/").content.decode()

    assert desk["From Prato"].endswith("NTT")
    assert desk["From Liberec"].endswith("CLUTEX")
    assert "From Prato" in page
    assert "From Liberec" in page


SEES = {
    "ntt_officer": {"ntt_officer", "ntt_colleague", "coordinator"},
    "coordinator": {"ntt_officer", "ntt_colleague", "clutex_officer", "coordinator", "finance_officer"},
    "finance_officer": {"coordinator", "finance_officer"},
    "other_coordinator": {"other_coordinator"},
}
STAFF = ("ntt_officer", "ntt_colleague", "clutex_officer", "coordinator", "finance_officer", "other_coordinator")


@pytest.mark.parametrize("reader", [*SEES, "programme_officer"])
def test_staff_see_their_own_teams_and_overseers_all(
    request: pytest.FixtureRequest, client: Client, reader: str
) -> None:
    people = {name: request.getfixturevalue(name) for name in (*STAFF, "programme_officer")}
    client.force_login(people[reader])

    page = client.get("/staff/")

    seen = {row["role"].user for row in page.context["rows"]}
    expected = SEES.get(reader, set(people))
    assert seen == {people[name] for name in expected}


def test_staff_are_found_by_name_and_place(client: Client, programme_officer: User, ntt_officer: User) -> None:
    client.force_login(programme_officer)

    assert "NTT officer" in client.get("/staff/?q=ntt").content.decode()
    assert "Nobody found" in client.get("/staff/?q=nowhere").content.decode()


def test_staff_invite_a_colleague_who_decides_from_the_first_click_on_and_whose_role_then_ends(
    client: Client, ntt_officer: User, invited: User
) -> None:
    place = factories.cluster("NTT")
    waiting = factories.make_organisation(status="submitted")
    client.force_login(ntt_officer)
    client.post("/staff/invite/", {"emails": invited.email, "duty": f"reference_staff-{place.pk}"})
    theirs = Client()
    theirs.force_login(invited)
    theirs.post(f"/my-invitations/{Invitation.objects.get().pk}/", {"move": "accept"})
    assert theirs.get(f"/organisation/{waiting.pk}/").status_code == 200

    role = StaffRole.objects.get(user=invited)
    assert "Who goes on" in client.get(f"/staff/{role.pk}/end/").content.decode()
    client.post(f"/staff/{role.pk}/end/")

    assert theirs.get(f"/organisation/{waiting.pk}/").status_code == 404
    assert theirs.get("/staff/").status_code == 403


def test_a_coordinator_is_offered_clusters_only_and_an_officer_partnerships(
    client: Client, coordinator: User, programme_officer: User, administrator: User
) -> None:
    offered = {}
    for name, person in (("coordinator", coordinator), ("officer", programme_officer), ("admin", administrator)):
        client.force_login(person)
        form = client.get("/staff/invite/").context["form"]
        offered[name] = {role for role, _place in form.places.values()}

    both = {StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER}
    assert offered == {
        "coordinator": {StaffRoleName.REFERENCE_STAFF},
        "officer": both,
        "admin": both | {StaffRoleName.PROGRAMME_OFFICER},
    }
    client.force_login(coordinator)
    forged = client.post(
        "/staff/invite/", {"emails": "a@x.example", "duty": f"finance_officer-{factories.partnership().pk}"}
    )
    assert forged.status_code == 422


def test_the_last_administrator_reads_why_the_rights_stay(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    address = f"/staff/administrators/{administrator.pk}/end/"
    assert "make another person an administrator first" in client.get(address).content.decode()
    assert client.post(address).status_code == 409
    other = factories.make_person("Other", is_superuser=True, is_staff=True)

    client.post(f"/staff/administrators/{other.pk}/end/")

    other.refresh_from_db()
    assert not other.is_superuser


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_staff_takes_as_many_queries_for_any_number(
    client: Client, programme_officer: User, rows: int
) -> None:
    place: Any = factories.partnership()
    for number in range(rows):
        factories.make_staff(StaffRoleName.COORDINATOR, place)
        sent = Invitation(email=f"p{number}@x.example", partnership=place, role=StaffRoleName.COORDINATOR)
        invitations.invite(sent, actor=programme_officer)
    client.force_login(programme_officer)

    page, made = counted(client, "/staff/")

    assert page.content.decode().count("data-invitation") == rows
    assert made == 8
