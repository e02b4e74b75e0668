"""The public pages of the programme: everybody reads them, strangers find an answer, and they are cheap."""

import pytest
from django.test import Client

from clusters.models import Cluster, ClusterLabel, EligibilityRule, Partnership, PartnershipMember, ProgrammeEvent, Wave
from extratex.shared import clock
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

ADDRESSES = [
    "/partners/",
    "/clusters/ntt/",
    "/partnerships/",
    "/partnerships/extratex/",
    "/visits/",
    "/events/",
    "/contact/",
    "/programme/",
    "/how-it-works/visitors/",
    "/how-it-works/hosts/",
    "/how-it-works/scaling-up/",
    "/privacy/",
    "/cookies/",
    "/accessibility/",
]


@pytest.mark.parametrize(
    ("address", "telling"),
    [
        ("/partners/", "EXTRATEX"),
        ("/clusters/ntt/", "OTIR2020-TFC - Next Technology Tecnotessile"),
        ("/partnerships/", "Photonics4Industry"),
        ("/partnerships/extratex/", "OTIR2020-TFC - Next Technology Tecnotessile"),
        ("/partnerships/extratex/", "SMEs that are cluster members"),
        ("/partnerships/agrifoodx5-0/", "Its clusters are not published here yet."),
        ("/visits/", "Cross-sector mission to the Czech textile region"),
        ("/events/", "Plastics and circular economy (online)"),
        ("/programme/", "An SME may visit if it is a member of a cluster"),
        ("/how-it-works/visitors/", "An SME may visit if it is a member of a cluster"),
        ("/how-it-works/hosts/", "A cluster organisation may host."),
        ("/how-it-works/scaling-up/", "A scaling-up support organisation may visit"),
        ("/privacy/", "rivacy"),
        ("/cookies/", "strictly needed"),
        ("/accessibility/", "ccessibility"),
    ],
)
def test_everybody_may_read_what_is_public(client: Client, address: str, telling: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert telling in response.content.decode()


@pytest.mark.parametrize("address", ["/partnerships/nowhere/", "/clusters/nowhere/", "/how-it-works/x/", "/events/0/"])
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_cluster_is_found_by_its_number_too(client: Client) -> None:
    ntt = factories.cluster("NTT")

    assert client.get(f"/clusters/{ntt.pk}/").status_code == 200
    assert client.get(f"/clusters/{'9' * 30}/").status_code == 404


def test_every_public_page_carries_the_funding_statement(client: Client) -> None:
    assert "grant agreement No 874137" in client.get("/partners/").content.decode()


def test_the_page_of_a_partnership_carries_the_words_of_its_own_wave(client: Client) -> None:
    other = Wave.objects.get(name__startswith="ECP")
    Wave.objects.filter(pk=other.pk).update(emblem_text="Words of the second wave")

    assert "Words of the second wave" in client.get("/partnerships/hempclub/").content.decode()
    assert "Words of the second wave" not in client.get("/partnerships/extratex/").content.decode()


def test_the_rules_of_every_wave_can_be_read(client: Client) -> None:
    page = client.get("/programme/").content.decode()

    assert page.count("data-rule") == EligibilityRule.objects.count() == 28
    assert "The rules of another wave: ECP Excellence 2022-2024" in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_describes_itself_and_names_its_one_address(client: Client, address: str, settings) -> None:
    page = client.get(address).content.decode()

    assert f'<link rel="canonical" href="{settings.SITE_ADDRESS}{address}">' in page
    assert '<meta name="description" content="' in page
    assert '<meta property="og:title" content="' in page


def test_a_page_behind_the_sign_in_is_not_to_be_found(client: Client) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(("clusters", "queries"), [(1, 14), (3, 14)])
def test_the_list_of_partners_asks_the_database_a_fixed_number_of_times(
    client: Client, clusters: int, queries: int, django_assert_num_queries
) -> None:
    for number in range(clusters):
        made = Cluster.objects.create(name=f"Aaa {number}", short_name=f"A{number}", country="LV")
        PartnershipMember.objects.create(partnership=factories.partnership(), cluster=made)

    with django_assert_num_queries(queries):
        page = client.get("/partners/?country=LV").content.decode()

    assert page.count("data-cluster") == clusters


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/clusters/ntt/", 8),
        ("/partnerships/extratex/", 9),
        ("/partnerships/", 3),
        ("/visits/", 5),
        ("/how-it-works/visitors/", 7),
    ],
)
def test_a_page_asks_the_database_a_fixed_number_of_times(
    client: Client, address: str, queries: int, django_assert_num_queries
) -> None:
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize("address", ADDRESSES[:4])
def test_a_page_that_was_drawn_already_costs_one_question(client: Client, address: str, django_assert_num_queries):
    client.get(address)

    with django_assert_num_queries(1):
        client.get(address)


def test_partners_are_narrowed_down(client: Client) -> None:
    found = client.get("/partners/?country=CZ").content.decode()
    nothing = client.get("/partners/?country=CZ&q=nothing-is-called-so").content.decode()

    assert found.count("data-cluster") == 1
    assert "CLUTEX" in found
    assert "No cluster fits" in nothing


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 5000, "country=%F0%9F%98%80", "page=-1", "sector=1e309&wave=x"]
)
def test_strange_filters_break_nothing(client: Client, query: str) -> None:
    assert client.get(f"/partners/?{query}").status_code == 200


def test_a_label_is_shown_with_its_days(client: Client) -> None:
    ClusterLabel.objects.create(cluster=factories.cluster("NTT"), level="silver", awarded_on=clock.today())

    page = client.get("/clusters/ntt/").content.decode()

    assert "Silver" in page
    assert "awarded" in page


def test_an_event_without_a_date_is_still_to_come() -> None:
    undated = ProgrammeEvent.objects.create(partnership=Partnership.objects.all()[0], kind="mission", title="Later")

    assert undated in ProgrammeEvent.objects.to_come(clock.today())
    assert undated not in ProgrammeEvent.objects.over(clock.today())
    assert not undated.is_over


def test_a_stranger_finds_the_cluster_of_the_country(client: Client) -> None:
    page = client.get("/contact/?country=CZ&sector=").content.decode()

    assert "CLUTEX" in page
    assert "data-contact" in page


def test_a_member_finds_the_own_cluster(client: Client, visitor_person, visitor_organisation) -> None:
    client.force_login(visitor_person)

    assert "Your reference cluster" in client.get("/contact/").content.decode()
