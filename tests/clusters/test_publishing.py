"""News, downloads and calls: drafts, the moment of publication, and who may write what."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from clusters.appearances import announce
from clusters.models import Call, Download, NewsItem, Partnership, User
from extratex.documents import checks
from extratex.publishing import search
from extratex.shared import clock
from tests.documents.corpus import pdf, picture
from tests.factories import make_call, make_news, partnership

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def writer(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def news(**changed: Any) -> dict[str, Any]:
    given = {
        "partnership": partnership().pk,
        "title": "A day in Liberec",
        "summary": "What we saw.",
        "text": "Looms.\n\nMore looms: https://example.org/",
        "published_at": "2026-01-01T08:00:00",
    }
    return {name: value for name, value in (given | changed).items() if value is not None}


def a_call(**changed: Any) -> dict[str, Any]:
    given = {
        "partnership": partnership().pk,
        "title": "Trainer wanted",
        "summary": "One day.",
        "terms": "Train us.",
        "time_zone": "Europe/Rome",
        "opens": "2027-01-01T00:00:00",
        "closes": "2027-02-01T17:00:00",
        "committee_addresses": "",
        "published_at": "2026-01-01T08:00:00",
    }
    return given | changed


def test_news_is_written_and_read_by_everybody(writer: Client) -> None:
    assert writer.post("/publishing/news/new/", news()).status_code == 302

    answer = Client().get("/news/a-day-in-liberec/")

    assert answer.status_code == 200
    assert '<a href="https://example.org/" rel="nofollow">' in answer.content.decode()
    assert "A day in Liberec" in Client().get("/news/").content.decode()


@pytest.mark.parametrize("published", ["", "2099-01-01T00:00:00"])
def test_a_draft_is_read_by_those_who_publish_it_alone(writer: Client, published: str) -> None:
    writer.post("/publishing/news/new/", news(published_at=published))

    assert Client().get("/news/a-day-in-liberec/").status_code == 404
    assert writer.get("/news/a-day-in-liberec/").status_code == 200
    assert "A day in Liberec" not in Client().get("/news/").content.decode()


def test_an_edit_is_seen_at_once(writer: Client) -> None:
    item = make_news()
    address = f"/publishing/news/{item.pk}/"
    seen = writer.get(address).context["form"]["seen"].value()
    Client().get("/news/")

    writer.post(address, news(title="Another title", seen=seen))

    assert "Another title" in Client().get("/news/").content.decode()
    assert writer.get(address).context["versions"][0].changes


def test_two_titles_alike_have_two_addresses(writer: Client) -> None:
    writer.post("/publishing/news/new/", news())
    writer.post("/publishing/news/new/", news())

    assert set(NewsItem.objects.values_list("slug", flat=True)) == {"a-day-in-liberec", "a-day-in-liberec-2"}


def test_a_title_without_a_latin_letter_has_an_address_too(writer: Client) -> None:
    writer.post("/publishing/news/new/", news(title="Νέα"))

    assert Client().get("/news/newsitem/").status_code == 200


def test_nobody_publishes_for_another_partnership(writer: Client) -> None:
    foreign = Partnership.objects.get(acronym="EXXTRA")

    answer = writer.post("/publishing/news/new/", news(partnership=foreign.pk))

    assert answer.status_code == 422
    assert writer.get(f"/publishing/news/{make_news(partnership=foreign).pk}/").status_code == 404


def test_a_picture_is_shown_once_it_is_checked_and_published(writer: Client, settings: Any) -> None:
    loom = SimpleUploadedFile("loom.png", picture("PNG", size=(2400, 60)), content_type="image/png")
    silent = writer.post("/publishing/news/new/", news(upload=loom))
    loom.seek(0)
    writer.post("/publishing/news/new/", news(upload=loom, picture_shows="A loom"))
    item = NewsItem.objects.get()
    assert item.picture is not None
    assert "<img" not in Client().get("/news/").content.decode()
    checks.check(item.picture.pk)
    assert "<img" in Client().get("/news/").content.decode()
    assert (
        f'og:image" content="{settings.SITE_ADDRESS}/documents/'
        in Client().get(item.get_absolute_url()).content.decode()
    )
    address = f"/documents/{item.picture.pk}/"

    public = Client().get(address)
    NewsItem.objects.update(published_at=None)
    hidden = Client().get(address)

    assert silent.status_code == 422
    assert (public.status_code, public.headers["Content-Type"]) == (200, "image/jpeg")
    assert public.headers["Cache-Control"] == "public, max-age=3600"
    assert hidden.status_code == 302
    with Image.open(BytesIO(b"".join(public.streaming_content))) as shown:
        assert shown.size == (800, 20)


def test_a_paper_is_no_picture(writer: Client) -> None:
    paper = SimpleUploadedFile("loom.pdf", pdf(), content_type="application/pdf")

    answer = writer.post("/publishing/news/new/", news(upload=paper, picture_shows="A loom"))

    assert "This is no picture" in answer.content.decode()


def test_a_download_is_for_everybody_once_it_is_checked(writer: Client) -> None:
    file = SimpleUploadedFile("guide.pdf", pdf(), content_type="application/pdf")
    given = {"partnership": partnership().pk, "title": "Guide", "upload": file, "published_at": "2026-01-01T08:00:00"}
    writer.post("/publishing/downloads/new/", given)
    download = Download.objects.get()
    before = Client().get("/downloads/").content.decode()
    checks.check(download.document.pk)

    after = Client().get("/downloads/").content.decode()

    assert "is being checked" in before
    assert f"/documents/{download.document.pk}/" in after


@pytest.mark.parametrize(
    ("changed", "telling"),
    [
        ({"closes": "2027-01-01T00:00:00"}, "The call has to close after it opens."),
        ({"opens": "2027-03-28T02:30:00", "closes": "2027-05-01T00:00:00"}, "There is no such time on that day"),
        ({"committee_addresses": "nobody@test.example"}, "Without an account here: nobody@test.example."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"title": ""}, "required"),
        ({"terms": "x\x00y"}, "Null characters are not allowed"),
    ],
)
def test_a_wrong_call_is_refused_at_its_field(writer: Client, changed: dict[str, str], telling: str) -> None:
    answer = writer.post("/publishing/calls/new/", a_call(**changed))

    assert answer.status_code == 422
    assert telling in answer.content.decode()
    assert not Call.objects.exists()


def test_a_call_keeps_its_window_in_its_own_time_zone(writer: Client, ntt_officer: User) -> None:
    writer.post("/publishing/calls/new/", a_call(time_zone="Atlantic/Azores", committee_addresses=ntt_officer.email))

    call = Call.objects.get()
    assert call.closes_at.isoformat() == "2027-02-01T18:00:00+00:00"
    assert list(call.committee.all()) == [ntt_officer]
    assert "1 February 2027, 17:00:00" in Client().get("/calls/").content.decode()


def test_the_feeds_are_well_formed_and_escape(writer: Client) -> None:
    make_news(title="<script>alert(1)</script> & more")

    for address in ("/news/rss/", "/news/atom/"):
        tree = ET.fromstring(Client().get(address).content)
        assert "<script>alert(1)</script> & more" in "".join(tree.itertext())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "make", "mark", "queries"),
    [("/news/", make_news, "news-card", 6), ("/calls/", make_call, "data-call", 3)],
)
def test_public_lists_ask_a_fixed_number_of_times(
    address: str, make: Any, mark: str, queries: int, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        make()

    with django_assert_num_queries(queries):
        answer = Client().get(address)

    assert answer.content.decode().count(mark) == rows


def test_what_is_published_later_appears_by_itself() -> None:
    make_news(title="Looms in Liberec", published_at=clock.now() + timedelta(hours=1))

    assert "news-card" not in Client().get("/news/").content.decode()
    assert not search.find("looms")

    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        assert announce()
        assert "news-card" in Client().get("/news/").content.decode()
        assert search.find("looms").count() == 1
        assert not announce()
