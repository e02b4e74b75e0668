"""The queue of those who validate: filters that persist, named views, sizes, how long each row waits."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.enums import OrganisationStatus as Status
from clusters.filters import OrganisationFilter
from clusters.models import Organisation, OrganisationEvent, SavedView, User
from clusters.rules.size import size_class
from clusters.transitions import organisations as transitions
from extratex.shared import clock
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

LIST = "/organisations/"
type AssertQueries = Callable[[int], AbstractContextManager[Any]]


def waiting(days: int = 0, **fields: Any) -> Organisation:
    """Make a registration that has waited for some days."""
    organisation = factories.make_organisation(status=Status.SUBMITTED, **fields)
    Organisation.objects.filter(pk=organisation.pk).update(status_since=clock.now() - timedelta(days=days))
    return organisation


def rows_in(answer: Any) -> int:
    """Count the rows of a page."""
    return int(answer.content.decode().count("data-organisation"))


def test_whoever_comes_back_without_filters_finds_those_used_last(client: Client, ntt_officer: User) -> None:
    client.force_login(ntt_officer)
    client.get(f"{LIST}?status=submitted&q=&page=1")

    answer = client.get(LIST)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{LIST}?status=submitted"


def test_filters_are_cleared_by_one_link(client: Client, ntt_officer: User) -> None:
    client.force_login(ntt_officer)
    page = client.get(f"{LIST}?status=submitted").content.decode()
    assert f'href="{LIST}?clear"' in page

    client.get(f"{LIST}?clear")

    assert client.get(LIST).status_code == 200


def test_filters_are_remembered_for_each_person_alone(client: Client, ntt_officer: User, coordinator: User) -> None:
    client.force_login(ntt_officer)
    client.get(f"{LIST}?status=submitted")
    client.force_login(coordinator)

    assert client.get(LIST).status_code == 200


def test_a_view_is_kept_under_a_name_used_and_forgotten(client: Client, ntt_officer: User) -> None:
    client.force_login(ntt_officer)
    client.post(
        "/views/", {"page": "clusters:organisations", "name": "Late in Italy", "query": "country=IT&waiting=late"}
    )

    page = client.get(f"{LIST}?country=IT&waiting=late").content.decode()
    assert (
        '<a class="pill" href="/organisations/?country=IT&amp;waiting=late" aria-current="true">Late in Italy' in page
    )

    view = SavedView.objects.get(name="Late in Italy")
    client.post(f"/views/{view.pk}/forget/")
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_somebody_elses_view_cannot_be_forgotten(client: Client, ntt_officer: User, coordinator: User) -> None:
    view = SavedView.objects.create(user=coordinator, page="clusters:organisations", name="Mine")
    client.force_login(ntt_officer)

    assert client.post(f"/views/{view.pk}/forget/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"page": "https://elsewhere.example/", "name": "x", "query": ""}, 404),
        ({"page": "", "name": "x"}, 404),
        ({"page": "clusters:organisations", "name": "", "query": ""}, 302),
        ({"page": "clusters:organisations", "name": "x" * 61, "query": ""}, 302),
        ({"page": "clusters:organisations", "name": "x", "query": "a=1\r\nSet-Cookie: b=2"}, 302),
        ({"page": "clusters:organisations", "name": "x\0", "query": "q=" + "y" * 3000}, 302),
    ],
)
def test_nonsense_is_kept_out_of_views(client: Client, ntt_officer: User, answers: dict[str, str], status: int) -> None:
    client.force_login(ntt_officer)

    answer = client.post("/views/", answers)

    assert answer.status_code == status
    assert answer.headers.get("Location", LIST).startswith(LIST)
    assert "Set-Cookie" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(("days", "late", "week"), [(0, 0, 0), (6, 0, 0), (8, 1, 1), (40, 1, 1)])
def test_what_waits_long_is_found(client: Client, ntt_officer: User, days: int, late: int, week: int) -> None:
    waiting(days)
    factories.make_organisation()
    client.force_login(ntt_officer)

    assert rows_in(client.get(f"{LIST}?waiting=late")) == late
    assert rows_in(client.get(f"{LIST}?waiting=7")) == week


def test_a_row_says_since_when_it_waits_and_how_late_it_is(client: Client, ntt_officer: User) -> None:
    waiting(9)
    client.force_login(ntt_officer)

    page = client.get(LIST).content.decode()

    assert "9 days" in page
    assert "2 days late" in page


def test_after_it_was_passed_on_a_row_still_says_when_it_was_first_sent(
    client: Client, visitor_person: User, ntt_officer: User, clutex_officer: User
) -> None:
    organisation = factories.make_organisation(owner=visitor_person, status=Status.SUBMITTED)
    twelve_days_ago = clock.now() - timedelta(days=12)
    OrganisationEvent.objects.create(
        subject=organisation, move="submit", target=Status.SUBMITTED, actor=visitor_person, at=twelve_days_ago
    )
    transitions.reassign(organisation, to=factories.cluster("CLUTEX"), actor=ntt_officer, note="Theirs.")
    client.force_login(clutex_officer)

    page = client.get(LIST).content.decode()

    assert "first sent" in page


def test_the_cluster_is_asked_for_only_where_there_is_a_choice(
    client: Client, ntt_officer: User, coordinator: User
) -> None:
    waiting()
    waiting(reference_cluster="CLUTEX", country="CZ")
    client.force_login(ntt_officer)
    assert 'name="cluster"' not in client.get(LIST).content.decode()
    client.force_login(coordinator)
    assert rows_in(client.get(LIST)) == 2

    assert rows_in(client.get(f"{LIST}?cluster={factories.cluster('CLUTEX').pk}")) == 1


def test_a_cluster_that_is_not_ones_own_is_no_filter(client: Client, coordinator: User) -> None:
    waiting()
    foreign = factories.partnership("EXXTRA").members.exclude(
        cluster__partnership_memberships__partnership__acronym="EXTRATEX"
    )
    client.force_login(coordinator)

    page = client.get(f"{LIST}?cluster={foreign.values_list('cluster', flat=True)[0]}")

    assert page.status_code == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    headcount=st.integers(0, 300),
    turnover=st.none() | st.integers(0, 60_000_000),
    balance=st.none() | st.integers(0, 60_000_000),
)
def test_the_database_sizes_as_the_rule_does(
    mill: Organisation, administrator: User, headcount: int, turnover: int | None, balance: int | None
) -> None:
    figures = {"headcount": headcount, "turnover_eur": turnover, "balance_eur": balance}
    Organisation.objects.filter(pk=mill.pk).update(**figures)
    sums = [None if amount is None else Decimal(amount) for amount in (turnover, balance)]
    expected = size_class(headcount, *sums)

    found = [
        size
        for size in ("micro", "small", "medium", "large")
        if OrganisationFilter(QueryDict(f"size={size}"), Organisation.objects.all(), user=administrator).qs.exists()
    ]

    assert found == [expected]


@pytest.fixture
def mill() -> Organisation:
    """An organisation whose figures change."""
    return factories.make_organisation()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_with_filters_asks_as_often_for_three_as_for_one(
    client: Client, ntt_officer: User, rows: int, django_assert_num_queries: AssertQueries
) -> None:
    for number in range(rows):
        waiting(number)
    client.force_login(ntt_officer)
    client.get(f"{LIST}?status=submitted")

    with django_assert_num_queries(17):
        answer = client.get(f"{LIST}?status=submitted")

    assert rows_in(answer) == rows


def test_where_clusters_are_many_one_types_the_name(
    client: Client, programme_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusters.filters.MOST_OFFERED", 1)
    waiting()
    waiting(reference_cluster="CLUTEX", country="CZ")
    client.force_login(programme_officer)

    assert 'name="cluster"' not in client.get(f"{LIST}?status=").content.decode()
    assert [rows_in(client.get(f"{LIST}?cluster_named={text}")) for text in ("clut", "%", "nobody")] == [1, 0, 0]
