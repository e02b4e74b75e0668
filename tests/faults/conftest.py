"""Real workers on the tests' own database, with a broker of their own and a real mail server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import pytest
import redis
from celery import Celery
from django.db import connection

from clusters.models import User
from extratex.processes import spawn, stop
from extratex.run import BASE
from extratex.shared import bell
from tests.factories import make_person
from tests.invariants import assert_invariants
from tests.mail_sink import MailSink, running_sink

SWEEP_SECONDS = "1"


@dataclass
class Workers:
    """A Celery worker with its scheduler, which a test may kill and start again."""

    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def start(self) -> None:
        """Start the worker with two children and the scheduler inside."""
        self.log = self.folder / "worker.log"
        command = [sys.executable, "-m", "celery", "-A", "extratex", "worker", "-B", "--concurrency=2"]
        command += ["--without-gossip", "--without-mingle", "--loglevel=INFO", f"--schedule={self.folder / 'beat'}"]
        with self.log.open("ab") as log:
            self.process = spawn(command, environment=self.environment, folder=BASE, log=log)

    def children(self) -> list[psutil.Process]:
        """Return the processes in which the tasks run."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children()

    def kill_children(self) -> None:
        """End every child as the kernel would, without a last word."""
        for child in self.children():
            child.kill()

    def kill(self) -> None:
        """End the whole worker with its scheduler, without a last word."""
        assert self.process is not None
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for member in family:
            member.kill()
        self.process.wait()

    def stop(self) -> None:
        """End the worker in good order."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, signal.SIGQUIT, patience=5)


@pytest.fixture
def reader(db: None) -> User:
    """A person who is told things."""
    return make_person("Reader")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """A real mail server."""
    with running_sink() as running:
        yield running


@pytest.fixture
def broker(worker_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A broker that no other test shares; the bell of this process rings there."""
    number = 10 + int(worker_id.removeprefix("gw") or 0) % 5 if worker_id != "master" else 9
    address = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}"))
    with redis.Redis.from_url(address) as database:
        database.flushdb()
        app = Celery("tests", broker=address, set_as_current=False)
        monkeypatch.setattr(bell, "current_app", app)
        monkeypatch.setattr(bell.bell, "quiet_until", 0.0)
        yield address
        app.close()
        database.flushdb()


@pytest.fixture
def workers(transactional_db: None, broker: str, sink: MailSink, tmp_path: Path) -> Iterator[Workers]:
    """A worker that is not started yet."""
    host, port = sink.address
    environment = {name: value for name, value in os.environ.items() if name != "MAIL_FOLDER"} | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "EMAIL_HOST": host,
        "EMAIL_PORT": str(port),
        "EMAIL_TIMEOUT": "5",
        "SWEEP_SECONDS": SWEEP_SECONDS,
        "TESTING": "1",
    }
    running = Workers(environment, tmp_path)
    yield running
    running.stop()
    assert_invariants()


@pytest.fixture
def lost_bell(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Leave a block's bells unheard, as after a crash between COMMIT and publish."""

    @contextmanager
    def lost() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(bell.bell, "strike", lambda _task, _ids: False)
            yield

    return lost


def database_url() -> str:
    """Return the address of the database that this test writes to."""
    parts = connection.settings_dict
    name, host = parts["NAME"], quote(parts["HOST"], safe="")
    user = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    return f"postgresql://{user}@{host}{':' + str(parts['PORT']) if parts['PORT'] else ''}/{name}"


def wait_for(condition: Callable[[], object], *, seconds: float = 30) -> float:
    """Wait until something holds, and return how long that took; a test fails where it never does."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it never came to hold"
        time.sleep(0.05)
    return time.monotonic() - start
