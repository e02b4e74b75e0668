"""R8, R20, R22 and S10 in small: full disks, lost transactions, checks that break off, and the malware scanner."""

import errno
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from extratex.documents import checks, scanner, store
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.documents.storage import PrivateStorage
from extratex.shared.bell import bell
from tests.documents import corpus
from tests.documents.conftest import KIND

pytestmark = pytest.mark.django_db


# R8: no row without its file, no file without its row


@pytest.fixture
def full_disk(monkeypatch) -> None:
    """The disk has no room for what is written."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)


def test_on_a_full_disk_the_person_is_told_and_nothing_is_left(upload, files, full_disk):
    with pytest.raises(ValidationError, match="Nothing was lost"):
        upload()

    assert files() == []
    assert not Document.objects.exists()


def test_a_read_only_archive_is_told_likewise(upload, archive):
    archive.mkdir()
    (archive / "incoming").write_text("a file where the folder should be")

    with pytest.raises(ValidationError, match="Nothing was lost"):
        upload()

    assert not Document.objects.exists()


def test_a_paper_that_cannot_be_stored_leaves_nothing(files, full_disk):
    with pytest.raises(OSError, match="No space"):
        store.keep(b"x", name="x.xml", kind=KIND)

    assert files() == []
    assert not Document.objects.exists()


def test_a_row_that_cannot_be_written_takes_its_file_with_it(owner, files):
    owner.pk = None

    with pytest.raises((IntegrityError, ValueError)):
        store.receive(SimpleUploadedFile("a.pdf", corpus.pdf()), kind=KIND * 50, by=owner)

    assert files() == []


def age(archive: Path) -> None:
    """Make every file look two hours old."""
    old = time.time() - 2 * 3600
    for path in archive.rglob("*"):
        os.utime(path, (old, old))


def test_bytes_whose_transaction_was_rolled_back_are_removed_after_an_hour(upload, archive, files):
    with transaction.atomic():
        upload()
        store.keep(b"x", name="x.xml", kind=KIND)
        transaction.set_rollback(True)
    assert store.remove_orphans() == 0

    age(archive)
    assert store.remove_orphans() == 2
    assert files() == []


def test_the_sweep_never_removes_what_has_a_row(upload, archive, files, django_capture_on_commit_callbacks):
    waiting = upload()
    with django_capture_on_commit_callbacks(execute=True):
        kept = store.keep(b"x", name="x.xml", kind=KIND)
    before = files()

    age(archive)
    assert store.remove_orphans() == 0

    assert files() == before
    assert store.read(kept) == b"x"
    assert PrivateStorage().exists(waiting.file.name)


def test_a_mark_that_outlived_its_commit_goes_alone(archive, files):
    kept = store.keep(b"x", name="x.xml", kind=KIND)

    age(archive)
    store.remove_orphans()

    assert files() == [f"kept/{kept.pk.hex[:2]}/{kept.pk.hex}"]


# R20, R9: checks that break off, or run twice


def test_a_check_that_always_breaks_off_is_parked_after_five_tries(upload, monkeypatch):
    def crash(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checks, "sanitised", crash)
    document = upload()
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            checks.check(document.pk)

    checks.check(document.pk)

    document.refresh_from_db()
    assert document.is_parked
    assert list(Document.objects.parked()) == [document]


def test_staff_can_take_up_a_parked_check(upload):
    document = upload()
    Document.objects.update(attempts=5)

    assert checks.check_again(document.pk)
    checks.check(document.pk)

    document.refresh_from_db()
    assert document.is_clean
    assert not checks.check_again(document.pk)


def test_a_check_that_was_cut_off_after_writing_is_done_again(upload, monkeypatch, files):
    document = upload()
    with monkeypatch.context() as patch:
        patch.setattr(checks, "_close", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            checks.check(document.pk)

    checks.check(document.pk)

    document.refresh_from_db()
    assert document.is_clean
    assert files() == [f"kept/{document.pk.hex[:2]}/{document.pk.hex}"]


def test_the_sweep_wakes_what_was_not_woken(upload, monkeypatch, django_capture_on_commit_callbacks, checked):
    rung = []
    monkeypatch.setattr(bell, "strike", lambda _task, ids: rung.append(ids["document_id"]))
    old, fresh, parked, clean = upload(), upload(), upload(), checked()
    Document.objects.exclude(pk=fresh.pk).update(queued_at=timezone.now() - timedelta(minutes=1))
    Document.objects.filter(pk=parked.pk).update(attempts=5)

    with django_capture_on_commit_callbacks(execute=True):
        assert checks.sweep() == 1

    assert rung == [str(old.pk)]
    assert clean.is_clean


def times_checked_by_ten(document: Document, monkeypatch) -> int:
    """Have ten threads check one document at once, and count how often it was really done."""
    done, real, start = [], checks.sanitised, threading.Barrier(10)

    def slowly(*arguments: object) -> object:
        done.append(1)
        time.sleep(0.2)
        return real(*arguments)

    def run() -> None:
        start.wait()
        try:
            checks.check(document.pk)
        finally:
            connection.close()

    monkeypatch.setattr(checks, "sanitised", slowly)
    with ThreadPoolExecutor(10) as pool:
        for running in [pool.submit(run) for _ in range(10)]:
            running.result()
    return len(done)


@pytest.mark.django_db(transaction=True)
def test_ten_checks_at_once_are_one(upload, monkeypatch):
    document = upload()

    assert times_checked_by_ten(document, monkeypatch) == 1

    document.refresh_from_db()
    assert document.is_clean
    assert len(store.read(document)) == document.size


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_be_many(upload, monkeypatch):
    @contextmanager
    def open_door(_name: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(checks, "held", open_door)

    assert times_checked_by_ten(upload(), monkeypatch) > 1


# S10, R22: the malware scanner


@pytest.fixture
def clamd(settings) -> Iterator[Callable[[bytes | None], None]]:
    """A scanner that reads what it is sent and answers as told; None means that it never answers."""
    told: dict[str, bytes | None] = {"answer": b""}
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    peer, _address = server.accept()
                except OSError:
                    return
                with peer:
                    content = read_stream(peer)
                    if told["answer"] is None:
                        time.sleep(2)
                    else:
                        found = corpus.EICAR in content
                        peer.sendall(told["answer"] or (b"stream: Eicar FOUND\0" if found else b"stream: OK\0"))

        threading.Thread(target=serve, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
        yield lambda answer: told.update(answer=answer)
        server.shutdown(socket.SHUT_RDWR)


def read_stream(peer: socket.socket) -> bytes:
    """Read one INSTREAM command as clamd does."""
    reader, content = peer.makefile("rb"), b""
    assert reader.read(10) == b"zINSTREAM\0"
    while (length := struct.unpack("!I", reader.read(4))[0]) > 0:
        content += reader.read(length)
    return content


def test_a_clean_file_passes_the_scanner(checked, clamd):
    assert checked().is_clean


def test_malware_is_refused_and_not_kept(checked, clamd, files):
    planted = corpus.pdf(lambda made: made.pages[0].contents_add(corpus.EICAR), compress_streams=False)

    document = checked(planted)

    assert document.state == State.REFUSED
    assert "harmful" in document.refusal
    assert files() == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"garbage\0",
        b"stream: OK but not sure\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"\0",
        b"OK\0",
        b"x" * 9000,
    ],
)
def test_without_a_clear_answer_the_file_stays_in_quarantine(checked, clamd, answer, monkeypatch):
    monkeypatch.setattr(scanner, "TIMEOUT_SECONDS", 0.2)
    clamd(answer)

    document = checked()

    assert document.state == State.QUARANTINED
    assert document.attempts == 0


@pytest.mark.parametrize("address", ["127.0.0.1:9", "127.0.0.1", "/nowhere/clamd.sock", "nonsense"])
def test_while_the_scanner_is_down_nothing_is_served_and_nothing_is_lost(checked, settings, address):
    settings.CLAMD_ADDRESS = address
    document = checked()
    for _ in range(6):
        checks.check(document.pk)
    document.refresh_from_db()
    assert document.state == State.QUARANTINED

    settings.CLAMD_ADDRESS = ""
    checks.check(document.pk)

    document.refresh_from_db()
    assert document.is_clean
