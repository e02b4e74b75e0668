"""S9: files are served by one view, to those who may read them, as attachments."""

import uuid
from urllib.parse import unquote

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from extratex.documents import access
from extratex.documents.models import Document
from tests.documents import corpus
from tests.documents.conftest import KIND

pytestmark = pytest.mark.django_db


def address_of(document: Document) -> str:
    return f"/documents/{document.pk}/"


def test_who_may_read_a_file_gets_it_as_an_attachment_and_nothing_else(client, owner, checked):
    document = checked(name="Łódź évidence.pdf")
    client.force_login(owner)

    response = client.get(address_of(document))

    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Length"] == str(document.size)
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert "Łódź évidence.pdf" in unquote(response.headers["Content-Disposition"])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("given", [given for given, clean in corpus.NAMES.items() if clean.endswith(".pdf")])
def test_no_name_breaks_out_of_the_header(client, owner, checked, given):
    client.force_login(owner)

    response = client.get(address_of(checked(name=given)))

    response.close()
    disposition = response.headers["Content-Disposition"]
    assert disposition.isascii()
    assert not {"\r", "\n", "\0", "/", "\\"} & set(unquote(disposition))


def test_a_stranger_does_not_even_learn_that_there_is_a_file(client, stranger, checked):
    document = checked()
    client.force_login(stranger)

    assert client.get(address_of(document)).status_code == 404
    assert client.get(f"/documents/{uuid.uuid4()}/").status_code == 404


def test_one_signs_in_first(client, checked):
    assert client.get(address_of(checked())).status_code == 302


def test_a_kind_that_no_app_owns_is_read_by_nobody(client, administrator, checked):
    document = checked()
    Document.objects.update(kind="unheard of")
    client.force_login(administrator)

    assert client.get(address_of(document)).status_code == 404


def test_a_kind_is_owned_once():
    with pytest.raises(ValueError, match="twice"):
        access.register(KIND, lambda _user, _document: True)


@pytest.mark.parametrize(
    ("columns", "status", "words"),
    [
        ({}, 409, "being checked"),
        ({"attempts": 5}, 409, "could not be checked"),
        ({"state": "refused", "refusal": "This file is damaged.", "file": ""}, 410, "This file is damaged."),
    ],
)
def test_a_file_that_is_not_clean_is_explained_and_never_sent(client, owner, upload, columns, status, words, programme):
    document = upload()
    Document.objects.update(**columns)
    client.force_login(owner)

    response = client.get(address_of(document))

    assert response.status_code == status
    assert words in response.content.decode()
    assert "Content-Disposition" not in response.headers


def test_a_file_is_only_read(client, owner, checked):
    client.force_login(owner)

    assert client.post(address_of(checked())).status_code == 405


def test_no_address_leads_to_the_private_folder(client, owner, checked):
    document = checked()
    client.force_login(owner)

    with pytest.raises(ValueError, match="no address"):
        _ = document.file.url
    assert client.get(f"/static/{document.file.name}").status_code == 404
    assert client.get(f"/media/{document.file.name}").status_code == 404


def test_only_staff_has_a_parked_file_checked_again(client, owner, administrator, upload):
    document = upload()
    Document.objects.update(attempts=5)
    client.force_login(owner)
    assert client.post(f"{address_of(document)}check-again/").status_code == 403

    client.force_login(administrator)
    assert client.post(f"{address_of(document)}check-again/").status_code == 302

    document.refresh_from_db()
    assert document.attempts == 0


@pytest.mark.parametrize("columns", [{"state": "clean"}, {"state": "refused"}, {"state": "other"}])
def test_the_database_refuses_a_state_without_its_facts(upload, columns):
    upload()

    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.update(checked_at=timezone.now(), **columns)
