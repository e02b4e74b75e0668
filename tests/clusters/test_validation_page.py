"""The page on which staff decide: what the portal has found out, side by side, sending back and passing on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from clusters import checks, queries
from clusters.checks import Finding
from clusters.enums import OrganisationStatus as Status
from clusters.enums import OrganisationType, VatState
from clusters.models import EligibilityRule, Organisation, User
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

type AssertQueries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def waiting(visitor_person: User) -> Organisation:
    """A registration that waits at NTT."""
    return factories.make_organisation(
        owner=visitor_person, legal_name="Filatura Nuova S.r.l.", status=Status.SUBMITTED
    )


def page_of(client: Client, person: User, organisation: Organisation) -> str:
    """Return what somebody sees of a registration."""
    client.force_login(person)
    return client.get(f"/organisation/{organisation.pk}/").content.decode()


def findings(organisation: Organisation, user: User) -> dict[str, Finding]:
    """Return how each check comes out, by its title."""
    fresh = Organisation.objects.get(pk=organisation.pk)
    found = checks.Inspector().checks_of(fresh, checks.duplicates_of(fresh, user))
    return {str(check.title): check.finding for check in found}


def test_one_click_validates_where_nothing_is_against_it(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    page = page_of(client, ntt_officer, waiting)

    assert '<button class="btn btn-strong">Validate</button>' in page
    assert "Nothing that the portal knows is against it" in page


def test_the_page_shows_the_rule_the_size_and_the_number(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    page = page_of(client, ntt_officer, waiting)

    sentence = EligibilityRule.objects.filter(organisation_type="sme", role="visitor").values_list(
        "sentence", flat=True
    )
    assert any(each[:30] in page for each in sentence)
    assert "small enterprise" in page
    assert "VAT number" in page


def test_a_likely_duplicate_stands_beside_it(client: Client, ntt_officer: User, waiting: Organisation) -> None:
    twin = factories.make_organisation(legal_name="FILATURA NUOVA SRL", pic="999999999", description="Spins.")

    page = page_of(client, ntt_officer, waiting)

    assert "Side by side" in page
    assert f"/organisation/{twin.pk}/" in page
    assert "the same" in page
    assert '<button class="btn btn-strong">Validate</button>' not in page
    assert findings(waiting, ntt_officer)["Registered already?"] is Finding.STOPS


def test_of_another_clusters_organisation_only_the_public_part_is_shown(
    client: Client, ntt_officer: User, waiting: Organisation
) -> None:
    twin = factories.make_organisation(
        legal_name="Filatura Nuova", reference_cluster="CLUTEX", headcount=177, pic="987654321", address="Secret 7"
    )

    page = page_of(client, ntt_officer, waiting)

    assert twin.number in page
    assert "only for its own cluster" in page
    for hidden in ("177", "987654321", "Secret 7", f'href="/organisation/{twin.pk}/"'):
        assert hidden not in page


def test_somebody_elses_draft_is_not_betrayed(
    client: Client, ntt_officer: User, host_person: User, waiting: Organisation
) -> None:
    factories.make_organisation(owner=host_person, legal_name="Filatura Nuova", status=Status.DRAFT)

    assert "Side by side" not in page_of(client, ntt_officer, waiting)


@pytest.mark.parametrize(
    ("fields", "title", "finding"),
    [
        ({"headcount": 900, "turnover_eur": 90_000_000, "balance_eur": 90_000_000}, "Size class", Finding.STOPS),
        ({"headcount": None}, "Size class", Finding.LOOK),
        ({"type": OrganisationType.LARGE, "headcount": 5}, "Size class", Finding.STOPS),
        ({"is_publicly_controlled": True}, "Size class", Finding.STOPS),
        ({"vat": "IT00743110157", "vat_state": VatState.VALID}, "VAT number", Finding.FINE),
        ({"vat": "IT00743110157", "vat_state": VatState.PENDING}, "VAT number", Finding.OPEN),
        ({"vat": "IT00743110157", "vat_state": VatState.INVALID}, "VAT number", Finding.STOPS),
        ({"vat": "CZ00743110157"}, "VAT number", Finding.STOPS),
        ({"is_cluster_member": False}, "As a visitor", Finding.OPEN),
        ({"country": "US"}, "As a visitor", Finding.STOPS),
    ],
)
def test_what_speaks_against_it_is_found(
    ntt_officer: User, waiting: Organisation, fields: dict[str, Any], title: str, finding: Finding
) -> None:
    Organisation.objects.filter(pk=waiting.pk).update(**fields)

    assert findings(waiting, ntt_officer)[title] is finding


def test_remarks_are_sent_back_with_their_fields(
    client: Client, ntt_officer: User, visitor_person: User, waiting: Organisation
) -> None:
    client.force_login(ntt_officer)

    answer = client.post(
        f"/organisation/{waiting.pk}/send-back/",
        {"tick_vat": "on", "remark_vat": "It is missing.", "remark_town": "Montemurlo?", "note": ""},
    )

    assert answer.status_code == 302
    waiting.refresh_from_db()
    assert queries.remarks_on(waiting) == {"vat": "It is missing.", "town": "Montemurlo?"}
    assert "It is missing." in page_of(client, visitor_person, waiting)


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({}, "Tick at least one field"),
        ({"tick_vat": "on", "remark_vat": " "}, "Say what is wrong here"),
        ({"remark_vat": "x" * 1001}, "1000"),
        ({"remark_status": "x"}, "Tick at least one field"),
    ],
)
def test_an_empty_request_for_changes_is_asked_for_its_remark(
    client: Client, ntt_officer: User, waiting: Organisation, answers: dict[str, str], complaint: str
) -> None:
    client.force_login(ntt_officer)

    answer = client.post(f"/organisation/{waiting.pk}/send-back/", {"note": "", **answers})

    waiting.refresh_from_db()
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert waiting.status == Status.SUBMITTED
    assert not waiting.events.exists()


def test_it_is_passed_on_with_a_reason(client: Client, ntt_officer: User, waiting: Organisation) -> None:
    client.force_login(ntt_officer)
    answers = {
        "cluster": factories.cluster("CLUTEX").pk,
        "note": "They know spinning.",
        "lies_with": factories.cluster("NTT").pk,
    }

    answer = client.post(f"/organisation/{waiting.pk}/reassign/", answers, follow=True)

    waiting.refresh_from_db()
    assert waiting.reference_cluster.short_name == "CLUTEX"
    assert "now lies with CLUTEX" in answer.content.decode()
    assert client.get(f"/organisation/{waiting.pk}/").status_code == 404


def test_a_page_that_was_open_too_long_passes_nothing_on(
    client: Client, coordinator: User, waiting: Organisation
) -> None:
    client.force_login(coordinator)
    answers = {
        "cluster": factories.cluster("SPK").pk,
        "note": "Theirs.",
        "lies_with": factories.cluster("CLUTEX").pk,
    }

    assert client.post(f"/organisation/{waiting.pk}/reassign/", answers).status_code == 409
    waiting.refresh_from_db()
    assert waiting.reference_cluster.short_name == "NTT"


@pytest.mark.parametrize("page", ["send-back", "reassign"])
@pytest.mark.parametrize("status", [each for each in Status if each is not Status.SUBMITTED])
def test_what_does_not_wait_is_neither_sent_back_nor_passed_on(
    client: Client, ntt_officer: User, status: Status, page: str
) -> None:
    organisation = factories.make_organisation(status=Status.VALIDATED)
    if status != Status.MERGED:
        Organisation.with_gone.filter(pk=organisation.pk).update(status=status)
    client.force_login(ntt_officer)

    answer = client.get(f"/organisation/{organisation.pk}/{page}/")

    assert answer.status_code in {404, 409}
    assert not organisation.events.exists()


@pytest.mark.parametrize("twins", [1, 3])
def test_the_page_asks_as_often_for_three_duplicates_as_for_one(
    client: Client, ntt_officer: User, waiting: Organisation, twins: int, django_assert_num_queries: AssertQueries
) -> None:
    for number in range(twins):
        factories.make_organisation(legal_name=f"Filatura Nuova {'I' * number}")
    client.force_login(ntt_officer)
    client.get(f"/organisation/{waiting.pk}/")

    with django_assert_num_queries(31):
        client.get(f"/organisation/{waiting.pk}/")
