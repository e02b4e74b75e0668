"""Registering an organisation: what is right is kept, what is wrong is said at its field, nothing typed is lost."""

from typing import Any

import pytest
from django.test import Client

from clusters import operations
from clusters.enums import OrganisationStatus, Vocabulary
from clusters.models import LumpSumRate, Organisation, User
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def answers() -> dict[str, Any]:
    """A right answer to each question."""
    return {
        "legal_name": "Filatura Nuova S.r.l.",
        "type": "sme",
        "vat": "IT 00743110157",
        "country": "IT",
        "town": "prato",
        "headcount": "38",
        "turnover_eur": "6400000",
        "sectors": [factories.term(Vocabulary.SECTOR, "Textile manufacturing").pk],
        "technologies": [factories.term(Vocabulary.TECHNOLOGY, "Nonwovens").pk],
        "languages": ["it", "en"],
        "reference_cluster": factories.cluster("NTT").pk,
        "is_cluster_member": "on",
    }


def errors_after(client: Client, person: User, answers: dict[str, Any]) -> dict[str, list[str]]:
    """Return what the form says, after making sure that nothing was stored."""
    client.force_login(person)
    before = Organisation.objects.count()
    response = client.post("/organisation/new/", answers)
    assert response.status_code == 422
    assert Organisation.objects.count() == before
    return {name: [str(each) for each in found] for name, found in response.context["form"].errors.items()}


def test_a_right_answer_becomes_a_draft_of_its_author(
    client: Client, visitor_person: User, answers: dict[str, Any]
) -> None:
    client.force_login(visitor_person)

    response = client.post("/organisation/new/", answers)

    organisation = Organisation.objects.get()
    assert response.headers["Location"] == f"/organisation/{organisation.pk}/check/"
    assert (organisation.status, organisation.vat, organisation.town) == (
        OrganisationStatus.DRAFT,
        "IT00743110157",
        "Prato",
    )
    assert organisation.latitude == pytest.approx(43.88, abs=0.01)
    assert organisation.memberships.get().user == visitor_person
    assert organisation.events.get().move == "begin"
    assert organisation.cluster_was_assigned == ""


@pytest.mark.parametrize(
    ("field", "value", "telling"),
    [
        ("legal_name", "", "required"),
        ("legal_name", "x" * 301, "at most 300"),
        ("legal_name", "Null\x00byte", "Null characters"),
        ("type", "robber", "not one of the available choices"),
        ("vat", "IT 00743110158", "check digit"),
        ("vat", "IT 123", "another length"),
        ("vat", "no idea at all", "VAT number"),
        ("pic", "12345", "nine digits"),
        ("country", "US", "not one of the available choices"),
        ("country", "", "required"),
        ("town", "Pratto", "Do you mean Prato"),
        ("town", "Zzyzxq", "nearest town"),
        ("headcount", "-1", "greater than or equal to 0"),
        ("headcount", "", "how many people"),
        ("headcount", "99999999999999999999", "less than or equal"),
        ("turnover_eur", "NaN", "number"),
        ("turnover_eur", "1e309", "digits"),
        ("turnover_eur", "-5", "greater than or equal to 0"),
        ("sectors", ["999999"], "not one of the available choices"),
        ("sectors", ["<script>"], "not a valid value"),
        ("languages", ["xx"], "not one of the available choices"),
        ("website", "javascript:alert(1)", "valid URL"),
        ("reference_cluster", "0", "not one of the available choices"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(
    client: Client, visitor_person: User, answers: dict[str, Any], field: str, value: object, telling: str
) -> None:
    errors = errors_after(client, visitor_person, answers | {field: value})

    assert telling in " ".join(errors[field])


def test_nothing_typed_is_lost(client: Client, visitor_person: User, answers: dict[str, Any]) -> None:
    client.force_login(visitor_person)

    page = client.post("/organisation/new/", answers | {"town": "Pratto", "description": "We weave."}).content.decode()

    assert 'value="Filatura Nuova S.r.l."' in page
    assert "We weave." in page
    assert 'value="Pratto"' in page


def test_a_vat_number_is_registered_once_and_the_second_one_is_told_what_to_do(
    client: Client, visitor_person: User, answers: dict[str, Any]
) -> None:
    factories.make_organisation(vat="IT00743110157")

    errors = errors_after(client, visitor_person, answers)

    assert "registered already" in errors["vat"][0]
    assert "reference cluster" in errors["vat"][0]


def test_large_figures_are_no_sme(client: Client, visitor_person: User, answers: dict[str, Any]) -> None:
    errors = errors_after(client, visitor_person, answers | {"headcount": "250"})

    assert "no SME" in errors["type"][0]


def test_a_support_organisation_says_of_which_kind(
    client: Client, visitor_person: User, answers: dict[str, Any]
) -> None:
    errors = errors_after(client, visitor_person, answers | {"type": "scaling_up"})

    assert list(errors) == ["scaling_up_kind"]


def test_without_an_open_wave_nobody_registers(client: Client, visitor_person: User) -> None:
    LumpSumRate.objects.all().delete()
    client.force_login(visitor_person)

    page = client.get("/organisation/new/").content.decode()

    assert "No wave of the programme is open" in page
    assert "<select" not in page


def test_a_cluster_is_assigned_with_its_reason(client: Client, visitor_person: User, answers: dict[str, Any]) -> None:
    client.force_login(visitor_person)

    client.post("/organisation/new/", answers | {"reference_cluster": "", "country": "CZ", "town": "Praha", "vat": ""})

    organisation = Organisation.objects.get()
    assert organisation.reference_cluster.short_name == "CLUTEX"
    assert organisation.cluster_was_assigned == (
        "CLUTEX was assigned: it is the cluster of your sector (Textile manufacturing) in Czechia."
    )


@pytest.mark.parametrize(
    ("country", "sector", "cluster", "telling"),
    [
        ("ES", "Textile manufacturing", "FOMENTEX", "of your sector (Textile manufacturing) in Spain"),
        ("ES", "Plastics", "AECIM", "none there is of your sector"),
        ("PT", "Plastics", "SPK", "no cluster is in Portugal, and this one is of your sector"),
        ("PT", "Footwear", "NTT", "this one has most members"),
    ],
)
def test_country_goes_before_sector_and_sector_before_size(
    country: str, sector: str, cluster: str, telling: str
) -> None:
    found = operations.assign_cluster(country, [factories.term(Vocabulary.SECTOR, sector)])

    assert found is not None
    assert found.cluster.short_name == cluster
    assert telling in found.reason


def test_fields_that_no_form_offers_cannot_be_set(
    client: Client, visitor_person: User, answers: dict[str, Any]
) -> None:
    client.force_login(visitor_person)

    client.post(
        "/organisation/new/", answers | {"status": "validated", "latitude": "1", "cluster_was_assigned": "I am nice"}
    )

    organisation = Organisation.objects.get()
    assert organisation.status == OrganisationStatus.DRAFT
    assert organisation.latitude != 1
    assert organisation.cluster_was_assigned == ""
