"""The three questions about the portal's health."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from extratex import health
from extratex.documents.models import Document
from extratex.notices import outbox
from extratex.notices.models import ACCOUNT, Notice, Tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(visitor_person):
    return outbox.tell(visitor_person, "test", "Your candidature", "Text", key="1")


def waits_since(notice: Notice, **age: int) -> None:
    Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now() - timedelta(**age))


def test_a_living_process_says_so_and_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


def test_a_ready_portal_says_so(client, db):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "mail": "ok"}


def test_a_broker_that_is_down_is_degraded_and_still_ready(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["broker"] == "degraded"


def test_mail_that_does_not_flow_is_degraded_and_still_ready(client, notice):
    waits_since(notice, minutes=11)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["mail"] == "degraded"


def test_without_its_database_the_portal_is_not_ready(client, monkeypatch):
    def refuse(*_args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "down"


def test_only_staff_sees_the_details(client, stranger):
    assert client.get("/statusz/").status_code == 302
    client.force_login(stranger)

    assert client.get("/statusz/").status_code == 403


def test_staff_sees_what_waits_what_was_given_up_and_what_is_parked(client, administrator, notice):
    waits_since(notice, hours=2)
    given_up = outbox.write_to("gone@test.example", kind="test", subject="Given up", text="x", key="2")
    secret = outbox.write_to("secret@test.example", kind=ACCOUNT, subject="Reset", text="x", key="3")
    Notice.objects.filter(pk__in=[given_up.pk, secret.pk]).update(failed_at=timezone.now(), last_error="550 nobody")
    Document.objects.create(kind="test", original_name="odd.pdf", size=1, attempts=5)
    Tick.objects.update_or_create(name="notices.sweep", defaults={"at": timezone.now() - timedelta(hours=3)})
    client.force_login(administrator)

    page = client.get("/statusz/").content.decode()

    assert "1 waits, the oldest for 2\xa0hours" in page
    assert "last ran 3\xa0hours ago" in page
    assert page.count("data-failed") == 2
    assert page.count("/try-again/") == 1
    assert "550 nobody" in page
    assert "odd.pdf" in page
    assert page.count("look here") == 2


def test_a_portal_in_order_says_so(client, administrator, monkeypatch):
    Tick.objects.update_or_create(name="notices.sweep", defaults={"at": timezone.now()})
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _place: SimpleNamespace(total=100, free=90))
    client.force_login(administrator)

    page = client.get("/statusz/").content.decode()

    assert page.count("data-finding") == page.count("in order") == 5
    assert "None." in page


def test_a_full_disk_is_seen(client, administrator, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _place: SimpleNamespace(total=100, free=5))
    client.force_login(administrator)

    assert "5\xa0bytes free of 100\xa0bytes" in client.get("/statusz/").content.decode()
