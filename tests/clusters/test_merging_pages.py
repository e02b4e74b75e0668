"""The pages of a merge: found from a likely duplicate, chosen, looked at, confirmed once, and looked back upon."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from clusters.enums import MembershipRole
from clusters.enums import OrganisationStatus as Status
from clusters.models import Organisation, OrganisationMerge, User
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

type AssertQueries = Callable[[int], AbstractContextManager[Any]]

MARK = re.compile(r'name="seen" value="(\w+)"')
SURE = {"step": "merge", "note": "One mill, registered twice.", "sure": "on"}


@pytest.fixture
def kept(visitor_person: User) -> Organisation:
    """A record that waits at NTT."""
    return factories.make_organisation(owner=visitor_person, legal_name="Filatura Doppia", status=Status.SUBMITTED)


@pytest.fixture
def other(host_person: User) -> Organisation:
    """The same mill once more."""
    return factories.make_organisation(
        owner=host_person, legal_name="Filatura Doppia S.r.l.", status=Status.SUBMITTED, description="It weaves."
    )


@pytest.fixture
def address(kept: Organisation, other: Organisation) -> str:
    """The page on which the two are merged."""
    return f"/organisation/{kept.pk}/merge/{other.pk}/"


def seen_on(client: Client, address: str, **given: str) -> str:
    page = client.post(address, {"step": "look", **given}).content.decode()
    found = MARK.search(page)
    assert found is not None, page
    return found[1]


def test_from_the_comparison_to_one_record_with_two_histories(
    client: Client, ntt_officer: User, visitor_person: User, kept: Organisation, other: Organisation, address: str
) -> None:
    client.force_login(ntt_officer)
    assert f'href="{address}"' in client.get(f"/organisation/{kept.pk}/").content.decode()
    chosen = client.get(address).content.decode()
    assert 'name="keep_description"' in chosen
    assert "It weaves." in chosen
    look = client.post(address, {"step": "look", "keep_description": "merged"}).content.decode()
    assert "Tomáš Host" in look
    assert 'name="keep_description" value="merged"' in look

    answer = client.post(address, SURE | {"keep_description": "merged", "seen": seen_on(client, address)}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/organisation/{kept.pk}/", 302)]
    assert "was merged into it" in page
    assert "One mill, registered twice." in page
    record = f"/organisation/{kept.pk}/merged/{other.pk}/"
    assert f'href="{record}"' in page
    for person in (ntt_officer, visitor_person):
        client.force_login(person)
        old = client.get(record).content.decode()
        assert "One mill, registered twice." in old
        assert "It weaves." in old
        assert client.get(f"/organisation/{other.pk}/").headers["Location"] == f"/organisation/{kept.pk}/"


@pytest.mark.parametrize("page", ["", "people/", "people/invite/", "check/", "edit/who/", "merge/", "reassign/"])
def test_every_page_of_the_old_record_leads_to_the_same_page_of_the_one_that_stays(
    client: Client, ntt_officer: User, stranger: User, kept: Organisation, other: Organisation, page: str
) -> None:
    Organisation.objects.filter(pk=other.pk).update(status=Status.MERGED, merged_into=kept)
    old, new = (f"/organisation/{each.pk}/{page}" for each in (other, kept))
    client.force_login(ntt_officer)

    assert client.get(old).headers["Location"] == new
    assert client.post(old).status_code in {404, 405}
    client.force_login(stranger)
    assert client.get(old).status_code == 404


def test_pressed_twice_it_leads_to_what_was_done(
    client: Client, ntt_officer: User, kept: Organisation, address: str
) -> None:
    client.force_login(ntt_officer)
    given = SURE | {"seen": seen_on(client, address)}

    answers = [client.post(address, given) for _twice in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [f"/organisation/{kept.pk}/"] * 2
    assert OrganisationMerge.objects.count() == 1


@pytest.mark.parametrize(
    ("missing", "complaint"), [("note", "Say why these are one"), ("sure", "Tick this once you have read")]
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    client: Client, ntt_officer: User, address: str, missing: str, complaint: str
) -> None:
    client.force_login(ntt_officer)
    given = SURE | {"seen": seen_on(client, address), "keep_description": "merged", missing: ""}

    answer = client.post(address, given)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert complaint in page
    assert 'name="keep_description" value="merged"' in page
    assert missing == "note" or SURE["note"] in page
    assert not OrganisationMerge.objects.exists()


def test_a_preview_that_is_out_of_date_is_shown_anew_with_the_reason_kept(
    client: Client, ntt_officer: User, other: Organisation, address: str
) -> None:
    client.force_login(ntt_officer)
    seen = seen_on(client, address)
    factories.make_member(other, MembershipRole.EDITOR, "Nina New")

    answer = client.post(address, SURE | {"seen": seen})

    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("has changed since you looked", "Nina New", SURE["note"]):
        assert text in page
    assert not OrganisationMerge.objects.exists()


def test_what_stands_against_it_is_said_before_anything_is_chosen(
    client: Client, ntt_officer: User, kept: Organisation, other: Organisation, address: str
) -> None:
    Organisation.objects.filter(pk=other.pk).update(status=Status.VALIDATED)
    client.force_login(ntt_officer)

    for page in (client.get(address), client.post(address, {"step": "look"})):
        text = page.content.decode()
        assert "let the validated one stay" in text
        assert f'href="/organisation/{other.pk}/merge/{kept.pk}/"' in text
        assert 'value="merge"' not in text
        assert "See what happens" not in text


def test_another_record_is_found_by_its_name_and_never_one_of_another_cluster(
    client: Client, ntt_officer: User, kept: Organisation, other: Organisation
) -> None:
    foreign = factories.make_organisation(legal_name="Filatura Doppia", reference_cluster="CLUTEX")
    far = factories.make_organisation(legal_name="Tintoria Lontana")
    client.force_login(ntt_officer)

    likely = client.get(f"/organisation/{kept.pk}/merge/").content.decode()
    found = client.get(f"/organisation/{kept.pk}/merge/?q=tintoria").content.decode()
    nothing = client.get(f"/organisation/{kept.pk}/merge/?q=qqqqqq").content.decode()

    assert f"/merge/{other.pk}/" in likely
    assert f"/merge/{far.pk}/" in found
    assert f"/merge/{foreign.pk}/" not in likely + found
    assert "Nothing found" in nothing
    assert f"/merge/{foreign.pk}/" not in client.get(f"/organisation/{kept.pk}/").content.decode()


@pytest.mark.parametrize("role", ["ntt_officer", "clutex_officer", "finance_officer", "other_coordinator", "stranger"])
def test_who_does_not_look_after_both_merges_nothing(
    request: pytest.FixtureRequest, client: Client, kept: Organisation, role: str
) -> None:
    foreign = factories.make_organisation(legal_name="Filatura Doppia", reference_cluster="CLUTEX")
    client.force_login(request.getfixturevalue(role))

    for one, two in ((kept, foreign), (foreign, kept)):
        for answer in (client.get, client.post):
            assert answer(f"/organisation/{one.pk}/merge/{two.pk}/").status_code in {403, 404}


@pytest.mark.parametrize("role", ["programme_officer", "coordinator", "administrator"])
def test_who_oversees_both_clusters_merges_across_them(
    request: pytest.FixtureRequest, client: Client, kept: Organisation, role: str
) -> None:
    foreign = factories.make_organisation(
        legal_name="Filatura Doppia", reference_cluster="CLUTEX", status=Status.SUBMITTED
    )
    address = f"/organisation/{kept.pk}/merge/{foreign.pk}/"
    client.force_login(request.getfixturevalue(role))

    answer = client.post(address, SURE | {"seen": seen_on(client, address)})

    assert answer.headers["Location"] == f"/organisation/{kept.pk}/"
    assert Organisation.with_gone.get(pk=foreign.pk).merged_into == kept


def test_a_programme_officer_does_not_merge_her_own_organisation(
    client: Client, programme_officer: User, kept: Organisation, other: Organisation, address: str
) -> None:
    other.memberships.create(user=programme_officer)
    client.force_login(programme_officer)

    assert client.get(address).status_code == 403
    assert client.post(address, SURE).status_code == 403


def test_the_address_of_what_was_merged_betrays_nothing_to_strangers(
    client: Client, stranger: User, kept: Organisation, other: Organisation
) -> None:
    Organisation.objects.filter(pk=other.pk).update(status=Status.MERGED, merged_into=kept)
    client.force_login(stranger)

    assert client.get(f"/organisation/{other.pk}/").status_code == 404
    assert client.get(f"/organisation/{kept.pk}/merged/{other.pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_found_costs_the_same_for_three_as_for_one(
    client: Client, ntt_officer: User, kept: Organisation, number: int, django_assert_num_queries: AssertQueries
) -> None:
    for _again in range(number):
        factories.make_organisation(legal_name="Tintoria Lontana")
    client.force_login(ntt_officer)
    client.get(f"/organisation/{kept.pk}/merge/?q=tintoria")

    with django_assert_num_queries(13):
        page = client.get(f"/organisation/{kept.pk}/merge/?q=tintoria").content.decode()

    assert page.count("data-record") == number
