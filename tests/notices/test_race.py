"""R9 in small: the same notice delivered by ten threads at once is one mail."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import connection

from extratex.notices import outbox
from extratex.notices.models import Notice

THREADS = 10


def at_once(work: Callable[[], None]) -> None:
    """Run the work in ten threads that start together, each with a connection of its own."""
    start = threading.Barrier(THREADS)

    def run() -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for running in [pool.submit(run) for _ in range(THREADS)]:
            running.result()


@pytest.fixture
def slow_mail(monkeypatch) -> None:
    """A mail takes a moment to write, as it does on a real server."""
    real = outbox.mail_of

    def slowly(notice: Notice) -> object:
        time.sleep(0.2)
        return real(notice)

    monkeypatch.setattr(outbox, "mail_of", slowly)


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_at_once_send_one_mail(make_notice, slow_mail):
    notice = make_notice()

    at_once(lambda: outbox.deliver(notice.pk))

    notice.refresh_from_db()
    assert len(mail.outbox) == 1
    assert notice.attempts == 1
    assert notice.sent_at


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_many(make_notice, slow_mail, monkeypatch):
    @contextmanager
    def open_door(_name: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(outbox, "held", open_door)
    monkeypatch.setattr(outbox, "CRASHES_UNTIL_PARKED", THREADS + 1)
    notice = make_notice()

    at_once(lambda: outbox.deliver(notice.pk))

    assert len(mail.outbox) > 1


@pytest.mark.django_db(transaction=True)
def test_ten_tellings_at_once_are_one_notice(reader):
    at_once(lambda: outbox.tell(reader, "test", "x", "x", key="the same"))

    assert Notice.objects.count() == 1
