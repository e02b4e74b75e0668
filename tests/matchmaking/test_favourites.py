"""What people keep for themselves of the catalogues, and up to three beside each other."""

import pytest

from matchmaking import matching, shards
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, Favourite
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


def test_one_click_keeps_and_a_second_one_changes_nothing(client, visitor, host, visitor_person):
    client.force_login(visitor_person)

    for _press in range(2):
        answer = client.post(f"/favourites/{host.pk}/", {"keep": "1", "next": "/hosts/?q=x"})
        assert answer.headers["Location"] == "/hosts/?q=x"

    assert [each.candidature_id for each in Favourite.objects.filter(user=visitor_person)] == [host.pk]
    assert client.get("/favourites/").content.decode().count("data-favourite") == 1
    client.post(f"/favourites/{host.pk}/", {"keep": "0"})
    assert "Nothing kept yet" in client.get("/favourites/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_keeping_leads_to_no_other_place(client, visitor, host, visitor_person, elsewhere):
    client.force_login(visitor_person)

    assert client.post(f"/favourites/{host.pk}/", {"next": elsewhere}).headers["Location"] == "/favourites/"


def test_only_who_stands_in_the_catalogue_is_kept(client, visitor, host, visitor_person, stranger):
    other = factories.make_visitor()
    client.force_login(visitor_person)
    assert client.post(f"/favourites/{other.pk}/").status_code == 404
    client.force_login(stranger)
    assert client.post(f"/favourites/{host.pk}/").status_code == 404
    assert not Favourite.objects.exists()


def test_notes_are_ones_own(client, visitor, host, visitor_person, host_person):
    client.force_login(visitor_person)
    client.post(f"/favourites/{host.pk}/")
    client.post(f"/favourites/{host.pk}/note/", {"note": "Ask for the coating line."})
    assert "Ask for the coating line." in client.get("/favourites/").content.decode()

    too_long = client.post(f"/favourites/{host.pk}/note/", {"note": "x" * 501})
    assert too_long.status_code == 422
    assert "x" * 501 in too_long.content.decode()

    client.force_login(host_person)
    assert client.post(f"/favourites/{host.pk}/note/", {"note": "Mine now."}).status_code == 404
    assert Favourite.objects.get().note == "Ask for the coating line."


def test_who_has_left_the_catalogue_is_only_counted(client, visitor, host, visitor_person):
    Favourite.objects.create(user=visitor_person, candidature=host, note="Secret")
    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.WITHDRAWN)
    client.force_login(visitor_person)

    page = client.get("/favourites/").content.decode()

    assert "1 that you keep does not stand in a catalogue at present." in page
    assert host.organisation.legal_name not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_favourites_take_as_many_queries_for_three_as_for_one(
    client, sign_in, visitor, visitor_person, django_assert_num_queries, rows
):
    for _number in range(rows):
        Favourite.objects.create(user=visitor_person, candidature=factories.make_host())
    sign_in(visitor_person)

    with django_assert_num_queries(21):
        page = client.get("/favourites/").content.decode()

    assert page.count("data-favourite") == rows


def test_three_are_compared_with_what_is_in_common_with_me(client, visitor, host, visitor_person):
    silent = factories.make_host(languages=["cs"], windows=((200, 220),))
    shards.carry_out(matching.ask(visitor.wave).pk)
    asked = factories.make_host(capacity=1)
    factories.make_proposal(host=asked, status=ProposalStatus.ACCEPTED)
    client.force_login(visitor_person)

    answer = client.get(f"/hosts/compare/?with={silent.pk}&with={host.pk}&with={asked.pk}")

    page, table = answer.content.decode(), answer.context["table"]
    assert [column.shown.candidature for column in table.columns] == [silent, host, asked]
    assert [column.fit.score is None for column in table.columns] == [True, False, True]
    assert "They speak no common language." in page
    assert "This host has no place left." in page
    assert "<mark>Nonwovens</mark>" in page
    assert "<mark>English</mark>" in page
    assert f"visitor={visitor.pk}&amp;host={host.pk}" in page
    rows = {label: ["".join(piece.text for piece in cell) for cell in cells] for label, cells in table.rows}
    assert rows["Places left"] == ["2", "2", "0"]
    assert rows["Distance from you"] == ["about 820 km as the crow flies"] * 3
    assert rows["Free at the same time as you"][0] == "never"


def test_the_score_of_the_comparison_is_that_of_the_suggestion(client, visitor, host, visitor_person):
    shards.carry_out(matching.ask(visitor.wave).pk)
    client.force_login(visitor_person)

    suggested = client.get("/suggestions/").context["views"][0]["rows"][0]["suggestion"]
    compared = client.get(f"/hosts/compare/?with={host.pk}").context["table"].columns[0]

    assert compared.fit.score == pytest.approx(float(suggested.score))


def test_a_fourth_and_who_is_not_in_the_catalogue_are_left_out(client, visitor, host, visitor_person):
    others = [factories.make_host() for _number in range(3)]
    hidden = factories.make_visitor()
    client.force_login(visitor_person)

    keys = [hidden.pk, host.pk, *(each.pk for each in others)]
    page = client.get("/hosts/compare/?" + "&".join(f"with={key}" for key in keys)).content.decode()
    strange = client.get("/hosts/compare/?with=x&with=-1&with=" + "9" * 30 + f"&with={host.pk}").content.decode()

    assert page.count("data-compared") == 2
    assert "Three are compared at once" in page
    assert strange.count("data-compared") == 1
    assert "Nothing to compare" in client.get("/hosts/compare/").content.decode()


def test_a_host_compares_visitors(client, visitor, host, host_person):
    client.force_login(host_person)

    page = client.get(f"/visitors/compare/?with={visitor.pk}").content.decode()

    assert f"visitor={visitor.pk}&amp;host={host.pk}" in page
    assert visitor.contact.email not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_comparison_takes_as_many_queries_for_three_as_for_one(
    client, sign_in, visitor, visitor_person, django_assert_num_queries, rows
):
    keys = [factories.make_host().pk for _number in range(rows)]
    sign_in(visitor_person)

    with django_assert_num_queries(41):
        page = client.get("/hosts/compare/?" + "&".join(f"with={key}" for key in keys)).content.decode()

    assert page.count("data-compared") == rows
