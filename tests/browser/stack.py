"""A whole portal for one test: a database of its own, and real web, worker and scheduler processes."""

import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql

from extratex.processes import run, spawn, stop
from extratex.run import BASE, HOST, wait_until_it_answers

SWEEP_SECONDS = "1"


@dataclass(frozen=True)
class Stack:
    """Where the portal of this test answers."""

    address: str


@contextmanager
def running_portal(folder: Path, *, redis_number: int) -> Iterator[Stack]:
    """Start a demonstration of the portal in a folder and take all of it away afterwards."""
    with _own_database(os.environ["DATABASE_URL"]) as database_url:
        port = _free_port()
        (folder / "static").mkdir()
        environment = {
            **{name: value for name, value in os.environ.items() if name != "TESTING"},
            "DATABASE_URL": database_url,
            "REDIS_URL": _numbered(os.environ["REDIS_URL"], redis_number),
            "DEMONSTRATION": "1",
            "DEMONSTRATION_CLOCK": str(folder / "clock"),
            "MAIL_FOLDER": str(folder / "mails"),
            "VAR": str(folder),
            "DOCUMENTS_ROOT": str(folder / "documents"),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "SITE_ADDRESS": f"http://{HOST}:{port}",
            "ALLOWED_HOSTS": HOST,
            "PORT": str(port),
            "SWEEP_SECONDS": SWEEP_SECONDS,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["demo"]):
            if run([sys.executable, "manage.py", *command], environment=environment, folder=BASE):
                raise RuntimeError(f"manage.py {command[0]} failed")
        honcho = spawn(
            [sys.executable, "-m", "honcho", "--env", os.devnull, "start"], environment=environment, folder=BASE
        )
        try:
            wait_until_it_answers(honcho, port)
            yield Stack(f"http://{HOST}:{port}")
        finally:
            stop(honcho, signal.SIGTERM, patience=20)


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    """Make a database, a copy of the migrated one where there is one."""
    name = f"browser_{secrets.token_hex(4)}"
    parts = urlsplit(server)
    template = parts.path.lstrip("/") if os.environ.get("TEST_DATABASE_IS_MIGRATED") else "template1"
    neutral = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(neutral, autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copied.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(neutral, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _numbered(redis_url: str, number: int) -> str:
    return urlunsplit(urlsplit(redis_url)._replace(path=f"/{number}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
