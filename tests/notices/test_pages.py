"""The page of notices, and staff's second try."""

import pytest
from django.utils import timezone

from extratex.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count_does_not_grow(client, reader, make_notice, rows, django_assert_num_queries, programme):
    for _ in range(rows):
        make_notice()
    client.force_login(reader)
    client.get("/notices/")

    with django_assert_num_queries(13):
        response = client.get("/notices/")

    assert response.content.decode().count("data-notice") == rows


def test_nobody_reads_what_others_were_told(client, stranger, make_notice):
    make_notice(subject="For the reader only")
    client.force_login(stranger)

    assert "For the reader only" not in client.get("/notices/").content.decode()


def test_one_signs_in_first(client, db):
    assert client.get("/notices/").status_code == 302


def test_new_notices_are_marked_until_all_are_read(client, reader, stranger, make_notice):
    make_notice()
    other = make_notice(person=stranger)
    client.force_login(reader)
    assert "1 new notice" in client.get("/notices/").content.decode()

    client.post("/notices/read/")

    assert "new notice" not in client.get("/notices/").content.decode()
    other.refresh_from_db()
    assert other.read_at is None


def test_reading_changes_nothing(client, reader, make_notice):
    make_notice()
    client.force_login(reader)
    client.get("/notices/")

    assert client.get("/notices/read/").status_code == 405
    assert Notice.objects.unread().exists()


def test_htmx_gets_the_list_alone(client, reader, make_notice):
    make_notice()
    client.force_login(reader)

    response = client.get("/notices/", headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<section id="notices">')


def test_what_was_written_is_shown_as_text(client, reader, make_notice):
    make_notice(subject="<b>x</b>", text="<script>alert(1)</script>")
    client.force_login(reader)

    page = client.get("/notices/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_only_staff_tries_again(client, reader, administrator, make_notice):
    notice = make_notice()
    Notice.objects.update(failed_at=timezone.now())
    client.force_login(reader)
    assert client.post(f"/notices/{notice.pk}/try-again/").status_code == 403

    client.force_login(administrator)
    assert client.post(f"/notices/{notice.pk}/try-again/").status_code == 302

    notice.refresh_from_db()
    assert notice.failed_at is None
