"""Registering an organisation: what is right is kept, what is wrong is said at its field, nothing typed is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from clusters.enums import OrganisationStatus as Status
from clusters.models import Draft, LumpSumRate, Organisation, User
from clusters.transitions import organisations as transitions
from tests import factories
from tests.clusters.registration_answers import NEW, fill, right_answers, save, seen_on, send

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def person(client: Client, visitor_person: User) -> User:
    """Somebody who is signed in and has begun a registration."""
    client.force_login(visitor_person)
    client.post(f"{NEW}begin/", {"legal_name": "Filatura Nuova"})
    return visitor_person


def errors_after(client: Client, slug: str, answers: dict[str, Any]) -> dict[str, list[str]]:
    """Return what a page says to answers of which one is wrong."""
    response = save(client, slug, answers)
    assert response.status_code == 422
    return {name: [str(each) for each in found] for name, found in response.context["form"].errors.items()}


def test_right_answers_become_a_registration_that_waits_for_its_cluster(client: Client, person: User) -> None:
    fill(person)

    response = send(client)

    organisation = Organisation.objects.get()
    assert response.headers["Location"] == f"/organisation/{organisation.pk}/"
    kept = (organisation.status, organisation.vat, organisation.town, organisation.nuts)
    assert kept == (Status.SUBMITTED, "IT00743110157", "Prato", "ITI1")
    assert organisation.latitude == pytest.approx(43.88, abs=0.01)
    assert organisation.memberships.get().user == person
    assert [event.move for event in organisation.events.order_by("pk")] == ["begin", "submit"]
    assert [term.name for term in organisation.ecosystems.all()] == ["Textiles"]
    assert [term.name for term in organisation.key_technologies.all()] == ["Advanced materials"]
    assert organisation.cluster_was_assigned == ""
    assert not Draft.objects.exists()


def test_a_page_leads_to_the_next_one_and_the_last_one_to_all_answers(client: Client, person: User) -> None:
    ways = [save(client, slug, answers).headers["Location"] for slug, answers in right_answers().items()]

    assert ways == [f"{NEW}{page}/" for page in ("size", "place", "work", "cluster", "check")]


def test_whoever_changes_one_answer_comes_back_to_all_of_them(client: Client, person: User) -> None:
    fill(person)
    address = f"{NEW}place/?check=1"

    response = client.post(address, {"seen": seen_on(client, address), **right_answers()["place"], "town": "Biella"})

    assert response.headers["Location"] == f"{NEW}check/"


@pytest.mark.parametrize(
    ("slug", "field", "value", "telling"),
    [
        ("who", "legal_name", "", "required"),
        ("who", "legal_name", "x" * 301, "At most 300"),
        ("who", "legal_name", "Null\x00byte", "Null characters"),
        ("who", "vat", "IT 00743110158", "check digit"),
        ("who", "vat", "IT 123", "another length"),
        ("who", "vat", "no idea at all", "VAT number"),
        ("who", "vat", "CZ25123891", "a VAT number of Czechia, but the country that you chose is Italy"),
        ("who", "pic", "12345", "nine digits"),
        ("who", "country", "US", "not one of the available choices"),
        ("who", "country", "", "required"),
        ("size", "type", "robber", "not one of the available choices"),
        ("size", "type", "scaling_up", ""),
        ("size", "headcount", "-1", "At least 0."),
        ("size", "headcount", "", "how many people"),
        ("size", "headcount", "99999999999999999999", "At most "),
        ("size", "turnover_eur", "NaN", "number"),
        ("size", "turnover_eur", "1e309", "digits"),
        ("size", "turnover_eur", "-5", "At least 0."),
        ("place", "town", "Pratto", "Do you mean Prato"),
        ("place", "town", "Zzyzxq", "nearest town"),
        ("place", "nuts", "CZ05", "not one of the available choices"),
        ("place", "nuts", "", "required"),
        ("work", "sectors", ["999999"], "not one of the available choices"),
        ("work", "sectors", ["<script>"], "not one of the available"),
        ("work", "sectors", ["\x00"], ""),
        ("work", "languages", ["xx"], "not one of the available choices"),
        ("work", "website", "javascript:alert(1)", "valid URL"),
        ("cluster", "reference_cluster", "0", "not one of the available choices"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(
    client: Client, person: User, slug: str, field: str, value: object, telling: str
) -> None:
    fill(person)

    errors = errors_after(client, slug, right_answers()[slug] | {field: value})

    assert telling in " ".join(errors["scaling_up_kind" if value == "scaling_up" else field])
    assert send(client).status_code == 422
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Ткацкая фабрика «Заря»",
        "شركة النسيج الحديث",
        "織物工業株式会社",
        "Weave\u200bWell\u202e reversed",
        "🧵 Threads & Co. <b>",
        "ß" * 300,
        "' OR 1=1 --",
    ],
)
def test_a_name_is_kept_letter_by_letter(client: Client, person: User, name: str) -> None:
    fill(person, who={"legal_name": name})
    send(client)

    assert Organisation.objects.get().legal_name == name


@pytest.mark.parametrize("typed", ["x" * 5000, "Null\x00byte", "half \ufffd pair", "\u202eright to left"])
def test_what_is_wrong_is_kept_too(client: Client, person: User, typed: str) -> None:
    save(client, "who", {"legal_name": typed, "country": "US"})

    assert Draft.objects.get().answers["who"]["legal_name"] == [typed]
    assert client.get(f"{NEW}who/").status_code == client.get(f"{NEW}check/").status_code == 200


def test_bytes_that_are_no_text_are_borne(client: Client, person: User) -> None:
    body = f"seen={seen_on(client, f'{NEW}who/')}&legal_name=%ED%A0%80%FF%00&country=IT"

    response = client.post(f"{NEW}who/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert client.get(f"{NEW}check/").status_code == 200


def test_half_a_surrogate_pair_survives_the_database(person: User) -> None:
    draft = Draft.objects.get()
    draft.answers = {"who": {"legal_name": ["\ud800 and \x00"]}}
    draft.save()

    assert Draft.objects.get().answers == {"who": {"legal_name": ["\ud800 and \x00"]}}


def test_fields_that_no_page_asks_for_cannot_be_set(client: Client, person: User) -> None:
    extra = {"status": "validated", "latitude": "1", "cluster_was_assigned": "I am nice", "vat_state": "valid"}
    for slug, answers in right_answers().items():
        save(client, slug, answers | extra)

    send(client)

    organisation = Organisation.objects.get()
    assert (organisation.status, organisation.vat_state) == (Status.SUBMITTED, "unchecked")
    assert organisation.latitude != 1
    assert organisation.cluster_was_assigned == ""


def test_without_an_open_wave_nobody_begins(client: Client, visitor_person: User) -> None:
    LumpSumRate.objects.all().delete()
    client.force_login(visitor_person)

    page = client.get(NEW).content.decode()
    response = client.post(f"{NEW}begin/", {})

    assert "No wave of the programme is open" in page
    assert response.headers["Location"] == NEW
    assert not Draft.objects.exists()


def test_a_page_that_needs_another_ones_answer_leads_there(client: Client, person: User) -> None:
    assert client.get(f"{NEW}place/").headers["Location"] == f"{NEW}who/"
    assert client.get(f"{NEW}cluster/").headers["Location"] == f"{NEW}who/"


@pytest.mark.parametrize(("town", "says"), [("prato", ["On the map: Prato, 43.880"]), ("Nowherestadt", []), ("", [])])
def test_the_town_that_was_found_is_named_on_the_page(client: Client, person: User, town: str, says: list[str]) -> None:
    fill(person, place={"town": town})

    page = client.get(f"{NEW}place/").content.decode()

    assert re.findall(r"On the map: Prato, 43\.880|On the map", page) == says


def test_a_country_without_regions_is_not_asked_for_one(client: Client, person: User) -> None:
    fill(person, who={"country": "AM", "vat": ""}, place={"town": "Yerevan"}, cluster={"reference_cluster": ""})

    assert "nuts" not in client.get(f"{NEW}place/").context["form"].fields
    send(client)
    assert Organisation.objects.get().nuts == ""


def test_an_enterprise_is_added_and_left_out_without_a_script(client: Client, person: User) -> None:
    fill(person)
    rows = {
        "related-TOTAL_FORMS": "2",
        "related-INITIAL_FORMS": "0",
        "related-0-name": "Spinner",
        "related-1-name": "Dyer",
    }

    added = save(client, "size", right_answers()["size"] | rows | {"row": "add"})
    assert added.headers["Location"] == f"{NEW}size/#enterprises"
    assert len(client.get(f"{NEW}size/").context["form"].rows.forms) == 3

    save(client, "size", right_answers()["size"] | rows | {"row": "0"})
    names = [row["name"].value() for row in client.get(f"{NEW}size/").context["form"].rows.forms]
    assert names == ["Dyer"]


@pytest.mark.parametrize("wish", ["", "add", "-1", "7", "x", "99999999999999999999", "\x00"])
@pytest.mark.parametrize("total", ["", "x", "-3", "1", "99999999999999999999", "\x00"])
def test_a_row_that_makes_no_sense_is_borne(client: Client, person: User, wish: str, total: str) -> None:
    answers = right_answers()["size"] | {"related-TOTAL_FORMS": total, "related-INITIAL_FORMS": "0", "row": wish}

    assert save(client, "size", answers).status_code == 302
    assert client.get(f"{NEW}size/").status_code == 200


def test_linked_enterprises_count_and_the_page_says_how(client: Client, person: User) -> None:
    group = {
        "related-TOTAL_FORMS": "1",
        "related-INITIAL_FORMS": "0",
        "related-0-name": "Holding",
        "related-0-relation": "linked",
        "related-0-headcount": "900",
        "related-0-turnover_eur": "80000000",
    }

    errors = errors_after(client, "size", right_answers()["size"] | group)

    assert "No SME: staff 938 is not fewer than 250." in errors["type"][0]
    page = client.get(f"{NEW}size/").content.decode()
    assert "Linked: its figures count in full." in page
    assert "938" in page


def test_related_enterprises_are_stored_with_the_organisation(client: Client, person: User) -> None:
    rows = {
        "related-TOTAL_FORMS": "2",
        "related-INITIAL_FORMS": "0",
        "related-0-name": "Spinner",
        "related-0-relation": "partner",
        "related-0-share": "40",
        "related-0-headcount": "20",
    }
    fill(person, size=rows)

    send(client)

    spinner = Organisation.objects.get().related_enterprises.get()
    assert (spinner.name, spinner.relation, spinner.share, spinner.headcount) == ("Spinner", "partner", 40, 20)


def test_under_public_control_there_is_no_sme(client: Client, person: User) -> None:
    errors = errors_after(client, "size", right_answers()["size"] | {"is_publicly_controlled": "on"})

    assert "Public bodies control a quarter" in errors["type"][0]


def test_a_vat_number_is_registered_once_and_the_second_one_is_told_what_to_do(client: Client, person: User) -> None:
    factories.make_organisation(vat="IT00743110157", legal_name="Already there")

    errors = errors_after(client, "who", right_answers()["who"])

    assert "registered already" in errors["vat"][0]
    assert "Already there" in client.get(f"{NEW}who/").content.decode()


def test_two_who_register_one_number_at_once_lose_nothing(client: Client, person: User) -> None:
    fill(person)
    mark = seen_on(client, f"{NEW}check/")
    factories.make_organisation(vat="IT00743110157")

    response = client.post(f"{NEW}check/", {"seen": mark})

    assert response.status_code == 422
    assert "registered already" in response.content.decode()
    assert Draft.objects.get().answers["who"]["legal_name"] == ["Filatura Nuova S.r.l."]


def test_the_assigned_cluster_and_its_reason_are_shown_before_anything_is_sent(client: Client, person: User) -> None:
    fill(
        person,
        who={"country": "CZ", "vat": ""},
        place={"town": "Praha", "nuts": "CZ01"},
        cluster={"reference_cluster": ""},
    )
    reason = "CLUTEX was assigned: it is the cluster of your sector (Textile manufacturing) in Czechia."

    assert reason in client.get(f"{NEW}cluster/").content.decode()
    assert reason in client.get(f"{NEW}check/").content.decode()
    send(client)
    organisation = Organisation.objects.get()
    assert (organisation.reference_cluster.short_name, organisation.cluster_was_assigned) == ("CLUTEX", reason)


def test_sending_twice_registers_once_and_lands_on_what_was_registered(client: Client, person: User) -> None:
    fill(person)
    mark = seen_on(client, f"{NEW}check/")
    client.post(f"{NEW}check/", {"seen": mark})

    response = client.post(f"{NEW}check/", {"seen": mark})

    assert response.headers["Location"] == "/organisation/"
    assert Organisation.objects.count() == 1


@pytest.fixture
def validated(client: Client, person: User, ntt_officer: User) -> Organisation:
    """A registration that its cluster has validated; its owner is signed in."""
    fill(person)
    send(client)
    return transitions.validate(Organisation.objects.get(), actor=ntt_officer)


def revise(client: Client, organisation: Organisation, changed: dict[str, dict[str, Any]]) -> Any:
    """Change answers of a registration, look at all of them, and send them."""
    base = f"/organisation/{organisation.pk}/edit/"
    for slug, answers in changed.items():
        save(client, slug, right_answers()[slug] | answers, base)
    return send(client, f"/organisation/{organisation.pk}/")


@pytest.mark.parametrize(
    ("changed", "status", "move", "note"),
    [
        ({"place": {"town": "Lucca"}}, Status.VALIDATED, "correct", "Town: Prato → Lucca"),
        (
            {"who": {"legal_name": "Filatura Vecchia"}},
            Status.SUBMITTED,
            "revise",
            "Legal name: Filatura Nuova S.r.l. →",
        ),
        ({"size": {"headcount": "41"}}, Status.SUBMITTED, "revise", ": 38 → 41"),
        (
            {"work": {"website": "https://new.example"}, "size": {"headcount": "41"}},
            Status.SUBMITTED,
            "revise",
            "nothing → https://new.example",
        ),
    ],
)
def test_members_change_what_is_validated_and_the_cluster_looks_again_at_what_it_vouches_for(
    client: Client, validated: Organisation, changed: dict[str, dict[str, Any]], status: Status, move: str, note: str
) -> None:
    response = revise(client, validated, changed)

    validated.refresh_from_db()
    event = validated.events.order_by("pk").last()
    assert response.headers["Location"] == f"/organisation/{validated.pk}/"
    assert (validated.status, event.move) == (status, move)
    assert note in event.note
    assert validated.town == changed.get("place", {}).get("town", "Prato")
    assert not Draft.objects.exists()


def test_nothing_changed_is_nothing_to_send(client: Client, validated: Organisation) -> None:
    page = client.get(f"/organisation/{validated.pk}/check/").content.decode()

    same = {"size": {"headcount": "38.00", "turnover_eur": "6400000"}, "work": {"languages": ["en", "it"]}}
    response = revise(client, validated, same)

    validated.refresh_from_db()
    assert "Nothing is changed yet" in page
    assert response.status_code == 422
    assert validated.status == Status.VALIDATED


def test_what_changes_is_shown_before_it_is_sent(client: Client, validated: Organisation) -> None:
    base = f"/organisation/{validated.pk}/edit/"
    save(client, "work", right_answers()["work"] | {"website": "https://new.example"}, base)
    free = client.get(f"/organisation/{validated.pk}/check/").content.decode()
    save(client, "who", right_answers()["who"] | {"legal_name": "<b>Vecchia</b>"}, base)
    vouched_for = client.get(f"/organisation/{validated.pk}/check/").content.decode()

    assert "stays validated" in free
    assert "NTT validates the registration again" in vouched_for
    assert "&lt;b&gt;Vecchia" in vouched_for
    assert "<b>Vecchia" not in vouched_for


def test_the_cluster_that_has_validated_is_not_for_members_to_change(client: Client, validated: Organisation) -> None:
    answers = {"reference_cluster": factories.cluster("CLUTEX").pk, "is_cluster_member": ""}

    response = client.post(f"/organisation/{validated.pk}/edit/cluster/", answers)

    assert response.status_code == 404
