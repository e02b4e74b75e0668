"""The search finds everything that is public and nothing else, whatever is typed."""

import random
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from clusters.models import Cluster, Partnership, ProgrammeEvent
from extratex.publishing import search
from extratex.publishing.models import SearchEntry
from extratex.publishing.registry import Source, register
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("extratex", "/partnerships/extratex/"),
        ("slovensky plastikarsky", "/clusters/spk/"),
        ("SLOVENSKÝ", "/clusters/spk/"),
        ("nanomat", "/clusters/ntt/"),
        ("czech textile region", "/events/"),
        ("cookies", "/cookies/"),
        ("scaling-up hosts", "/how-it-works/"),
    ],
)
def test_a_page_is_found_by_words_or_their_beginning(client: Client, asked: str, address: str) -> None:
    page = client.get("/search/", {"q": asked}).content.decode()

    assert f'<a href="{address}' in page
    assert "<mark>" in page


def test_what_stands_in_the_title_comes_first() -> None:
    Cluster.objects.create(name="Something else", short_name="ELSE", country="LV", description="Like EXXTRA, but else")

    assert search.find("exxtra")[0].title == "EXXTRA"


def test_every_word_has_to_be_there() -> None:
    assert search.find("extratex nonsenseword").count() == 0


def test_what_was_just_published_is_found_and_what_was_taken_back_is_not() -> None:
    assert not search.find("zeppelin")
    event = ProgrammeEvent.objects.create(partnership=factories.partnership(), kind="mission", title="Zeppelin cloth")
    assert [entry.title for entry in search.find("zeppelin")] == ["Zeppelin cloth"]

    event.delete()

    assert not search.find("zeppelin")


def test_a_second_search_writes_nothing(django_assert_num_queries) -> None:
    list(search.find("extratex"))

    with django_assert_num_queries(2):
        list(search.find("exxtra"))


@pytest.mark.parametrize(
    "asked",
    [
        "%",
        "\0",
        "x" * 10_000,
        "😀",
        "'",
        "a & !b | (c",
        ":*",
        "\\",
        "İ",
        "_",
        "\u202eabc",
        "1e309",
        "NaN",
        " ",
        "ß" * 300,
        "\ud800",
    ],
    ids=lambda asked: repr(asked[:8]),
)
def test_nothing_that_is_typed_breaks_the_search(client: Client, asked: str) -> None:
    encoded = quote(asked, errors="surrogatepass")

    assert client.get(f"/search/?q={encoded}").status_code == 200
    assert client.get(f"/search/?q={encoded}", headers={"HX-Request": "true"}).status_code == 200


def test_random_letters_break_nothing() -> None:
    draw = random.Random(4)
    for _attempt in range(60):
        asked = "".join(chr(draw.choice([draw.randrange(1, 128), draw.randrange(128, 0xD7FF)])) for _ in range(12))
        list(search.find(asked))


def test_a_hit_shows_what_people_wrote_as_text_only(client: Client) -> None:
    Partnership.objects.filter(slug="exxtra").update(objectives="<script>alert(1)</script> zeppelin <b>bold</b>")

    page = client.get("/search/?q=zeppelin").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>zeppelin</mark>" in page


def test_words_are_marked_in_the_original_spelling() -> None:
    assert search.marked("Ještěd & Co", ["jested"]) == "<mark>Ještěd</mark> &amp; Co"
    assert search.marked("Straße", ["strasse"]) == "<mark>Straße</mark>"


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    shown = search.excerpt("a " * 400 + "needle" + " b" * 400, ["needle"])

    assert "<mark>needle</mark>" in shown
    assert shown.startswith("… ")
    assert len(shown) < 300


def test_a_source_cannot_be_named_twice() -> None:
    with pytest.raises(ValueError, match="registered already"):
        register(Source("clusters", "Clusters", list))


def test_every_address_that_can_be_found_is_there_for_everybody(client: Client) -> None:
    search.refresh()

    for entry in SearchEntry.objects.all():
        assert client.get(entry.url).status_code == 200, entry.url


def test_the_sitemap_names_every_page_under_the_portals_own_name(client: Client, settings) -> None:
    settings.SITE_ADDRESS = "https://portal.example"
    answer = client.get("/sitemap.xml")
    addresses = [part.partition("</loc>")[0] for part in answer.content.decode().split("<loc>")[1:]]

    assert answer.headers["Content-Type"].startswith("application/xml")
    assert {urlsplit(address).netloc for address in addresses} == {"portal.example"}
    assert "https://portal.example/clusters/ntt/" in addresses
    assert "https://portal.example/" in addresses


def test_robots_are_shown_the_sitemap_and_kept_from_questions(client: Client) -> None:
    rules = client.get("/robots.txt").content.decode()

    assert "/sitemap.xml" in rules
    assert "Disallow: /search/?" in rules
