"""The CV of a visitor and the pictures of a host: who reads them, how many there are, what is no such file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from extratex.documents import checks
from matchmaking.enums import ProposalStatus
from matchmaking.models import Picture
from tests.documents import corpus
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


def a_picture(name="hall.png"):
    return SimpleUploadedFile(name, corpus.picture("PNG"))


@pytest.fixture
def give(client):
    """Send a file as a member of the candidature."""

    def send(candidature, **sent):
        client.force_login(candidature.contact)
        return client.post(f"/candidatures/{candidature.pk}/files/", sent)

    return send


def read(client, person, document):
    client.force_login(person)
    answer = client.get(f"/documents/{document.pk}/")
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def test_a_cv_is_for_the_two_sides_alone(
    client, give, visitor, host, visitor_person, host_person, ntt_officer, stranger
):
    give(visitor, upload=SimpleUploadedFile("cv.pdf", corpus.pdf()))
    visitor.refresh_from_db()
    checks.check(visitor.cv_id)

    assert [read(client, person, visitor.cv) for person in (visitor_person, ntt_officer)] == [200, 200]
    assert [read(client, person, visitor.cv) for person in (host_person, stranger)] == [404, 404]

    proposal = factories.make_proposal(visitor, host)
    assert read(client, host_person, visitor.cv) == 200
    assert read(client, stranger, visitor.cv) == 404

    type(proposal).objects.update(status=ProposalStatus.DECLINED)
    assert read(client, host_person, visitor.cv) == 404


def test_a_picture_is_shown_once_it_is_checked_with_what_it_shows(
    client, give, host, visitor_person, visitor, stranger
):
    give(host, upload=a_picture(), shows="The coating line")
    picture = host.pictures.get()
    waiting = client.get(f"/candidatures/{host.pk}/").content.decode()
    checks.check(picture.document_id)
    shown = client.get(f"/candidatures/{host.pk}/").content.decode()

    assert "<img" not in waiting.partition("data-picture")[2]
    assert 'alt="The coating line"' in shown
    assert read(client, visitor_person, picture.document) == 200
    assert read(client, stranger, picture.document) == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"shows": "Nothing"}, "upload"),
        ({"upload": b"", "shows": "Empty"}, "upload"),
        ({"upload": b"x", "name": "a.svg", "shows": "Drawn"}, "upload"),
        ({"upload": b"%PDF-1.4", "name": "a.pdf", "shows": "A paper"}, "upload"),
        ({"upload": corpus.picture("PNG"), "shows": ""}, "shows"),
        ({"upload": corpus.picture("PNG"), "shows": "x" * 201}, "shows"),
    ],
)
def test_what_is_no_picture_or_says_nothing_is_refused_at_its_field(give, host, sent, field):
    if "upload" in sent:
        sent = sent | {"upload": SimpleUploadedFile(sent.get("name", "a.png"), sent["upload"])}

    answer = give(host, **sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not host.pictures.exists()


def test_five_pictures_are_the_most_whoever_adds_them(give, host):
    for number in range(6):
        give(host, upload=a_picture(), shows=f"Picture {number}")

    assert [picture.place for picture in host.pictures.all()] == [1, 2, 3, 4, 5]
    document = give(host, remove=str(host.pictures.all()[2].document_id)) and host.pictures.all()[0].document
    assert [picture.place for picture in host.pictures.all()] == [1, 2, 4, 5]
    with pytest.raises(IntegrityError, match="five_pictures"), transaction.atomic():
        Picture.objects.create(candidature=host, document=document, shows="One more", place=6)


def test_a_cv_gives_way_to_the_next_one_and_can_be_removed(give, visitor):
    for name in ("first.pdf", "second.pdf"):
        give(visitor, upload=SimpleUploadedFile(name, corpus.pdf()))
    visitor.refresh_from_db()
    assert visitor.cv.original_name == "second.pdf"

    give(visitor, remove="no such key")
    give(visitor, remove=str(visitor.cv_id))

    visitor.refresh_from_db()
    assert visitor.cv is None


def test_what_cannot_be_is_refused_by_the_database(visitor, host):
    for row, wrong, name in (
        (visitor, {"countries": ["ES", "CZ"], "excluded_countries": ["CZ"]}, "preferred_and_left_out"),
        (host, {"capacity": 0}, "receive_somebody"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError, match="period_has_a_place"), transaction.atomic():
        host.availabilities.update(capacity=0)
