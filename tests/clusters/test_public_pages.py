"""The public pages of the programme."""

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("programme")


@pytest.mark.parametrize(
    ("address", "telling"),
    [
        ("/partners/", "EXTRATEX"),
        ("/partnerships/extratex/", "OTIR2020-TFC - Next Technology Tecnotessile"),
        ("/partnerships/agrifoodx5-0/", "Its clusters are not published here yet."),
        ("/programme/", "An SME may visit if it is a member of a cluster"),
        ("/privacy/", "rivacy"),
        ("/accessibility/", "ccessibility"),
    ],
)
def test_everybody_may_read_what_is_public(client: Client, address: str, telling: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert telling in response.content.decode()


def test_an_unknown_partnership_is_not_found(client: Client) -> None:
    assert client.get("/partnerships/nowhere/").status_code == 404


def test_every_public_page_carries_the_funding_statement(client: Client) -> None:
    assert "grant agreement No 874137" in client.get("/partners/").content.decode()


def test_the_list_of_partners_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/partners/")


def test_a_partnership_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get("/partnerships/extratex/")
