"""The catalogues: who reads them, how they are narrowed, how filters are kept and shared, list and map."""

from typing import Any

import pytest
from django.test import Client

from clusters.enums import OrganisationStatus, OrganisationType, ParticipantRole, Vocabulary
from clusters.models import SavedView
from extratex.documents.enums import State
from extratex.documents.models import Document
from matchmaking import catalogue, matching, shards
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.filters import CatalogueFilter
from matchmaking.models import Candidature, CatalogueEntry
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

HOST = ParticipantRole.HOST


def shown(client: Client, address: str, **query: str) -> list[int]:
    """Return the keys of the candidatures on a page of a catalogue, in their order."""
    answer: Any = client.get(address, query)
    assert answer.status_code == 200
    return [each.pk for each, *_more in answer.context.get("cards", [])]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("country=CZ", 27), ("country=CZ&view=map", 23)])
def test_list_and_map_take_as_many_queries_for_three_rows_as_for_one(
    client, sign_in, visitor, visitor_person, django_assert_num_queries, rows, query, queries
):
    for _number in range(rows):
        factories.make_host()
    sign_in(visitor_person)
    client.get(f"/hosts/?{query}")

    with django_assert_num_queries(queries):
        page = client.get(f"/hosts/?{query}").content.decode()

    assert page.count("data-listed") == rows or f"Liberec, Czechia: {rows}" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=CZ", 1),
        ("country=ES", 0),
        ("language=en", 1),
        ("language=pt", 0),
        ("kind=sme", 1),
        ("kind=scaling_up", 0),
        ("free_from=2000-01-01&free_until=2000-02-01", 0),
        ("free_from=2000-01-01", 1),
        ("free_until=2999-01-01", 1),
        ("places=2", 1),
        ("places=3", 0),
        ("q=Zkusebni", 1),
        ("q=ZKUŠEB liber", 1),
        ("q=learn from", 1),
        ("q=nonwov", 1),
        ("q=nobody at all", 0),
        ("q=learn nobody", 0),
    ],
)
def test_the_hosts_are_narrowed_by_what_matters(client, visitor, host, visitor_person, query, expected):
    client.force_login(visitor_person)

    assert len(shown(client, f"/hosts/?{query}")) == expected


@pytest.mark.parametrize(
    ("name", "vocabulary", "word", "other"),
    [
        ("technology", Vocabulary.TECHNOLOGY, "Nonwovens", "Braiding"),
        ("sector", Vocabulary.SECTOR, "Automotive", "Textile manufacturing"),
        ("purpose", Vocabulary.PURPOSE, factories.PURPOSE, "Learn from actors in another cluster"),
    ],
)
def test_the_hosts_are_narrowed_by_a_word_of_a_vocabulary(
    client, visitor, host, visitor_person, name, vocabulary, word, other
):
    client.force_login(visitor_person)

    assert shown(client, "/hosts/", **{name: str(people.term(vocabulary, word).pk)}) == [host.pk]
    assert shown(client, "/hosts/", **{name: str(people.term(vocabulary, other).pk)}) == []


@pytest.mark.parametrize(("is_named", "found_by"), [(True, "Textile manufacturing"), (False, "Automotive")])
def test_the_sectors_that_a_host_states_go_before_those_of_its_organisation(
    client, visitor, host, visitor_person, is_named, found_by
):
    sectors = {name: people.term(Vocabulary.SECTOR, name) for name in ("Automotive", "Textile manufacturing")}
    host.sectors.set([sectors["Textile manufacturing"]])
    Candidature.objects.filter(pk=host.pk).update(is_named=is_named)
    client.force_login(visitor_person)

    found = [name for name, term in sectors.items() if shown(client, "/hosts/", sector=str(term.pk))]

    assert found == [found_by]


@pytest.mark.parametrize(
    "query",
    [
        "language=xx",
        "technology=999999999999999999999",
        "technology=x",
        "free_from=tomorrow",
        "free_from=2027-02-02&free_until=2027-02-01",
        "q=a%00b",
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_narrows_nothing_down(client, visitor, host, visitor_person, query):
    client.force_login(visitor_person)

    assert shown(client, f"/hosts/?{query}") == [host.pk]
    assert 'role="alert"' in client.get(f"/hosts/?{query}").content.decode()


@pytest.mark.parametrize("query", ["after=nonsense", "area=x:y&area=99999:1&area=", "view=globe"])
def test_an_address_that_makes_no_sense_shows_all(client, visitor, host, visitor_person, query):
    client.force_login(visitor_person)

    assert shown(client, f"/hosts/?{query}") == [host.pk]


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "🧵", "שלום", "a" * 10_000, "&|!():*<->'\"\\", "\u202eoga"])
def test_strange_words_are_borne(client, visitor, host, visitor_person, words):
    client.force_login(visitor_person)

    assert shown(client, "/hosts/", q=words) == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Straßenbau", "strassenbau"),
        ("Ágnes-Szövő/Kft.", "szovo agnes kft"),
        ("מפעל אריגה", "אריגה"),
        ("Χρώματος", "ΧΡΏΜΑΤΟΣ"),
        ("<nonwovens>", "nonwovens"),
        ("www.weaver.example", "weaver"),
    ],
)
def test_words_are_found_however_they_are_written(written, asked):
    host = factories.make_host(organisation={"legal_name": written}, technologies=("Braiding",))
    rows = catalogue.listed(host.contact, HOST)

    assert list(CatalogueFilter({"q": asked}, rows, role=HOST).qs) == [host]


def test_what_a_candidature_is_found_by_follows_every_change(visitor_person, host):
    def finds(words: str) -> bool:
        return CatalogueFilter({"q": words}, Candidature.objects.all(), role=HOST).qs.exists()

    assert finds("zkusebni")
    host.organisation.legal_name, host.organisation.town = "Tkalcovna", "Brno"
    host.organisation.save()
    assert not finds("zkusebni")
    assert finds("tkalcovna brno")

    host.technologies.set([people.term(Vocabulary.TECHNOLOGY, "Braiding")])
    assert finds("braiding")
    assert not finds("nonwovens")

    Candidature.objects.filter(pk=host.pk).update(motivation="Looms.")
    assert finds("looms")
    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.WITHDRAWN)
    assert not CatalogueEntry.objects.exists()


def test_a_full_host_has_no_place_left(client, visitor, host, visitor_person):
    factories.make_proposal(host=host, status=ProposalStatus.ACCEPTED)
    factories.make_proposal(host=host, status=ProposalStatus.DECLINED)
    client.force_login(visitor_person)

    assert shown(client, "/hosts/?places=1") == [host.pk]
    assert shown(client, "/hosts/?places=2") == []


def test_the_list_goes_on_by_name_whatever_joins_meanwhile(client, visitor, visitor_person, monkeypatch):
    monkeypatch.setattr("matchmaking.views.catalogue.ROWS", 2)
    hosts = [factories.make_host(organisation={"legal_name": name}) for name in ("Élan", "Dom", "Žito", "faro")]
    client.force_login(visitor_person)
    first = client.get("/hosts/?kind=sme")
    factories.make_host(organisation={"legal_name": "Alt"})

    second = shown(client, "/hosts/", kind="sme", after=first.context["page"].next_key)

    assert [each.pk for each, *_more in first.context["cards"]] == [hosts[1].pk, hosts[0].pk]
    assert second == [hosts[3].pk, hosts[2].pk]


def test_the_catalogue_of_hosts_opens_with_the_validation(client, host, stranger):
    people.make_organisation(owner=stranger, status=OrganisationStatus.SUBMITTED)
    client.force_login(stranger)

    assert "opens once you are validated" in client.get("/hosts/").content.decode()
    assert client.get(f"/hosts/{host.pk}/").status_code == 404


def test_the_catalogue_stays_open_while_a_changed_registration_waits(client, visitor, host, visitor_person):
    visitor.organisation.status = OrganisationStatus.SUBMITTED
    visitor.organisation.save()
    client.force_login(visitor_person)

    assert shown(client, "/hosts/") == [host.pk]


def test_the_catalogue_of_visitors_opens_with_the_own_candidature_as_host(client, visitor, host, host_person):
    client.force_login(host_person)
    assert shown(client, "/visitors/") == [visitor.pk]
    page = client.get(f"/visitors/{visitor.pk}/").content.decode()
    assert f"visitor={visitor.pk}&amp;host={host.pk}" in page
    assert client.get(f"/proposals/new/?visitor={visitor.pk}&host={host.pk}").status_code == 200

    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.WITHDRAWN)

    assert "The catalogue of visitors is for hosts" in client.get("/visitors/").content.decode()
    assert client.get(f"/visitors/{visitor.pk}/").status_code == 404
    assert client.get(f"/proposals/new/?visitor={visitor.pk}&host={host.pk}").status_code == 404


def test_a_visitor_does_not_read_the_other_visitors(client, visitor, visitor_person):
    other = factories.make_visitor()
    client.force_login(visitor_person)

    assert shown(client, "/visitors/") == []
    assert client.get(f"/visitors/{other.pk}/").status_code == 404


def test_who_is_not_validated_or_has_the_other_role_stands_in_no_catalogue(client, visitor, host, visitor_person):
    Candidature.objects.filter(pk=host.pk).update(status=CandidatureStatus.SUBMITTED)
    client.force_login(visitor_person)

    for pk in (host.pk, visitor.pk):
        assert client.get(f"/hosts/{pk}/").status_code == 404


def test_filters_persist_are_named_and_shared(client, visitor, host, visitor_person, host_person):
    client.force_login(visitor_person)
    client.get("/hosts/?country=CZ&q=&view=map")
    assert client.get("/hosts/").headers["Location"] == "/hosts/?country=CZ"

    client.post("/views/", {"page": "matchmaking:hosts", "name": "Czech hosts", "query": "country=CZ"})
    page = client.get("/hosts/?country=CZ").content.decode()
    assert '<a class="pill" href="/hosts/?country=CZ" aria-current="true">Czech hosts' in page
    assert 'value="http://testserver/hosts/?country=CZ"' in page

    client.force_login(host_person)
    assert SavedView.objects.filter(user=host_person).count() == 0
    assert shown(client, "/hosts/?country=CZ") == [host.pk]
    client.get("/hosts/?clear")
    assert shown(client, "/hosts/") == [host.pk]


def test_a_circle_of_the_map_leads_to_just_those_it_counts(client, visitor, visitor_person):
    hosts = [factories.make_host() for _number in range(2)]
    far = factories.make_host(organisation={"country": "PT", "reference_cluster": "CLUTEX"})
    nowhere = factories.make_host(organisation={"country": "ES", "latitude": 28.1, "longitude": -15.4})
    client.force_login(visitor_person)

    picture = client.get("/hosts/?view=map").context["picture"]

    assert picture.countries == [("CZ", "Czechia", 2), ("PT", "Portugal", 1), ("ES", "Spain", 1)]
    found = {spot.label: sorted(shown(client, f"/hosts/?{spot.query}")) for spot in picture.spots}
    assert found == {
        "Liberec, Czechia": [each.pk for each in hosts],
        "Guimarães, Portugal": [far.pk],
        "Ontinyent, Spain": [nowhere.pk],
    }
    assert [spot.x is None for spot in picture.spots] == [False, False, True]


def test_neighbouring_places_share_a_circle_and_no_two_circles_lie_too_close():
    for step in range(40):
        place = {"latitude": 45 + step % 8, "longitude": 5 + step / 3, "town": f"Town {step:02}"}
        factories.make_host(organisation=place)

    picture = catalogue.picture_of(Candidature.objects.filter(entry__isnull=False))

    spots = [(spot.x, spot.y) for spot in picture.spots]
    assert sum(spot.number for spot in picture.spots) == picture.total == 40
    assert all(
        (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 >= catalogue.APART**2
        for place, a in enumerate(spots)
        for b in spots[:place]
    )


def test_a_host_shows_its_checked_pictures_and_is_found_by_its_expertise(client, visitor, host, visitor_person):
    Candidature.objects.filter(pk=host.pk).update(expertise="Ultrasonic welding", visit="Two days at the line.")
    file = {"sha256": "0" * 64, "file": "a.png"}
    for place, state in enumerate((State.CLEAN, State.QUARANTINED), start=1):
        document = Document.objects.create(
            kind="candidature_picture", original_name="a.png", size=1, state=state, **file
        )
        host.pictures.create(document=document, shows=f"Loom {place}", place=place)
    client.force_login(visitor_person)

    page = client.get(f"/hosts/{host.pk}/").content.decode()

    assert 'alt="Loom 1"' in page
    assert "Loom 2" not in page
    assert shown(client, "/hosts/?q=ultrasonic") == shown(client, "/hosts/?q=two+days+line") == [host.pk]
    Candidature.objects.filter(pk=host.pk).update(is_named=False)
    assert "data-picture" not in client.get(f"/hosts/{host.pk}/").content.decode()


def test_who_is_not_named_shows_its_sectors_and_country_until_there_is_a_proposal(
    client, visitor, host, visitor_person
):
    Candidature.objects.filter(pk=host.pk).update(is_named=False)
    client.force_login(visitor_person)
    addresses = ["/hosts/?country=CZ", f"/hosts/{host.pk}/", f"/hosts/compare/?with={host.pk}", "/hosts/?view=map"]

    before = [client.get(address).content.decode() for address in addresses]

    secrets = (host.organisation.legal_name, "Liberec", host.motivation, "Nonwovens</mark>")
    assert [secret for page in before for secret in secrets if secret in page] == []
    assert all("A host in Czechia" in page and "Automotive" in page for page in before[:3])
    assert shown(client, "/hosts/?country=CZ") == [host.pk]
    for found_out in ("q=zkusebni", "q=nonwovens", "language=en", "kind=sme", "places=1", "free_from=2020-01-01"):
        assert shown(client, f"/hosts/?{found_out}") == []

    factories.make_proposal(visitor, host, status=ProposalStatus.DECLINED)
    assert all(host.organisation.legal_name in client.get(address).content.decode() for address in addresses[:3])


def test_suggestions_and_the_page_that_proposes_keep_the_name_of_who_is_not_named(
    client, visitor, host, visitor_person
):
    Candidature.objects.filter(pk=host.pk).update(is_named=False)
    shards.carry_out(matching.ask(visitor.wave).pk)
    client.force_login(visitor_person)

    addresses = ["/suggestions/", f"/proposals/new/?visitor={visitor.pk}&host={host.pk}"]
    scored = ["/suggestions/", f"/hosts/{host.pk}/", f"/hosts/compare/?with={host.pk}"]
    judged = [client.get(address).content.decode() for address in scored]
    assert all("A short journey; the distance is shown with the name." in page for page in judged)
    assert not any("km as the crow flies" in page for page in judged)
    pages = [client.get(address).content.decode() for address in addresses]

    assert all("A host in Czechia" in page for page in pages)
    assert [name for page in pages for name in (host.organisation.legal_name, "Liberec") if name in page] == []

    far, near = (factories.work_week(weeks) for weeks in (60, 4))
    Candidature.objects.filter(pk=host.pk).update(capacity=1)
    for days, taken, telling in ((far, False, "The host has stated"), (near, True, "The host has no place left")):
        if taken:
            factories.make_proposal(host=host, status=ProposalStatus.ACCEPTED)
        given = {"message": "May we?", "first_day": days[0].isoformat(), "last_day": days[1].isoformat()}
        refused = client.post(addresses[1], given).content.decode()
        assert telling in refused
        assert host.organisation.legal_name not in refused


def test_the_kinds_of_organisation_are_all_offered(client, visitor, visitor_person):
    client.force_login(visitor_person)

    page = client.get("/hosts/").content.decode()

    assert all(f'<option value="{kind}">' in page for kind in OrganisationType.values)
    assert "Places left" in page
