"""The people in charge keep the public pages: everybody sees the change at once, and nobody overwrites it unseen."""

from typing import Any

import pytest
from django.test import Client

from clusters.enums import EventKind
from clusters.models import Cluster, ClusterLabel, Partnership, ProgrammeEvent
from extratex.shared import clock
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


def answers(client: Client, address: str) -> dict[str, Any]:
    """What the form at an address would send if nothing in it were changed."""
    form = client.get(address).context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in given.items() if value not in (None, False)}


def test_staff_change_the_page_of_their_cluster(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)
    written = answers(client, "/clusters/ntt/edit/") | {
        "description": "Tests cloth & machines",
        "contact_name": "Anna Prova",
        "contact_email": "desk@ntt.example",
    }

    answer = client.post("/clusters/ntt/edit/", written)
    page = Client().get("/clusters/ntt/").content.decode()

    assert answer.headers["Location"] == "/clusters/ntt/"
    assert "Tests cloth &amp; machines" in page
    assert "mailto:desk@ntt.example" in page
    assert "Nanomaterials" in page


def test_the_town_of_a_cluster_finds_its_dot_on_the_map(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)

    client.post("/clusters/ntt/edit/", answers(client, "/clusters/ntt/edit/") | {"town": "Firenze"})

    cluster = factories.cluster("NTT")
    assert (round(cluster.latitude or 0), round(cluster.longitude or 0)) == (44, 11)


def test_who_changed_what_stands_beside_the_form(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)
    written = answers(client, "/clusters/ntt/edit/") | {"website": "https://ntt.example/"}

    client.post("/clusters/ntt/edit/", written)
    page = client.get("/clusters/ntt/edit/").content.decode()

    assert "Who changed what" in page
    assert "<ins>https://ntt.example/</ins>" in page
    assert ntt_officer.name in page


def test_a_stale_edit_is_refused_and_its_text_kept(client: Client, ntt_officer, coordinator) -> None:
    client.force_login(ntt_officer)
    written = answers(client, "/clusters/ntt/edit/") | {"description": "Mine"}
    other = Client()
    other.force_login(coordinator)
    other.post("/clusters/ntt/edit/", answers(other, "/clusters/ntt/edit/") | {"description": "Theirs"})

    refused = client.post("/clusters/ntt/edit/", written)
    assert refused.status_code == 409
    assert "Mine" in refused.content.decode()
    assert factories.cluster("NTT").description == "Theirs"

    again = {name: refused.context["form"][name].value() for name in written}
    assert client.post("/clusters/ntt/edit/", again).status_code == 302
    assert factories.cluster("NTT").description == "Mine"


def test_more_small_members_than_members_are_refused(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)
    written = answers(client, "/clusters/ntt/edit/") | {"members": "10", "small_members": "11"}

    answer = client.post("/clusters/ntt/edit/", written)

    assert answer.status_code == 422
    assert "among the members" in answer.content.decode()


def test_fields_that_no_form_shows_cannot_be_set(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)
    sent = {"name": "Taken", "short_name": "TAKEN", "country": "PT", "slug": "taken", "has_eccp_profile": ""}

    client.post("/clusters/ntt/edit/", answers(client, "/clusters/ntt/edit/") | sent)

    cluster = factories.cluster("NTT")
    assert (cluster.country.code, cluster.slug, cluster.has_eccp_profile) == ("IT", "ntt", True)


def test_a_label_is_added_once(client: Client, ntt_officer) -> None:
    client.force_login(ntt_officer)
    label = {"level": "bronze", "awarded_on": clock.today().isoformat(), "valid_to": "", "source": "ESCA"}

    first = client.post("/clusters/ntt/labels/", label)
    second = client.post("/clusters/ntt/labels/", label)
    backwards = client.post("/clusters/ntt/labels/", label | {"valid_to": "2000-01-01"})

    assert (first.status_code, second.status_code, backwards.status_code) == (302, 422, 422)
    assert ClusterLabel.objects.count() == 1


def test_a_coordinator_changes_the_partnership(client: Client, coordinator) -> None:
    client.force_login(coordinator)
    written = answers(client, "/partnerships/extratex/edit/") | {
        "objectives": "Weave Europe",
        "countries": ["IT", "CZ"],
    }

    answer = client.post("/partnerships/extratex/edit/", written)
    page = Client().get("/partnerships/extratex/").content.decode()

    assert answer.status_code == 302
    assert "Weave Europe" in page
    assert [country.code for country in Partnership.objects.get(slug="extratex").countries] == ["CZ", "IT"]


def test_a_coordinator_publishes_a_mission_and_changes_it(client: Client, coordinator) -> None:
    client.force_login(coordinator)
    mission = {
        "kind": EventKind.MISSION,
        "title": "Lace in Alençon",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-03",
    }

    published = client.post("/partnerships/extratex/publish/", mission)
    event = ProgrammeEvent.objects.get(title="Lace in Alençon")
    twice = client.post("/partnerships/extratex/publish/", mission)
    backwards = client.post("/partnerships/extratex/publish/", mission | {"title": "x", "ends_on": "2027-02-01"})
    edit = f"/events/{event.pk}/edit/"
    client.post(edit, answers(client, edit) | {"place": "Alençon"})

    assert published.headers["Location"] == f"/events/{event.pk}/"
    assert (twice.status_code, backwards.status_code) == (422, 422)
    assert "Alençon" in Client().get("/visits/").content.decode()
    assert "3 March 2027" in Client().get(f"/events/{event.pk}/").content.decode()


@pytest.mark.parametrize("path", ["/clusters/ntt/edit/", "/clusters/ntt/labels/", "/partnerships/extratex/publish/"])
def test_strange_input_is_refused_in_words(client: Client, ntt_officer, coordinator, path: str) -> None:
    client.force_login(coordinator)
    names = [*answers(client, path), "level", "awarded_on", "starts_on", "title"]
    for strange in ("\0", "😀" * 3000, "1e309", "9" * 40, "NaN", "-1", "2026-02-30", "javascript:alert(1)"):
        answer = client.post(path, dict.fromkeys(names, strange))
        assert answer.status_code in {409, 422}, strange


def test_a_new_cluster_gets_an_address_of_its_own() -> None:
    first = Cluster.objects.create(name="One", short_name="Same name", country="PT")
    second = Cluster.objects.create(name="Two", short_name="Same name", country="PT")
    third = Cluster.objects.create(name="Three", short_name="織物", country="PT")

    assert first.slug == "same-name"
    assert second.slug not in {None, "", first.slug}
    assert third.slug is not None
    assert third.slug.startswith("cluster")
