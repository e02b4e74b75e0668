"""What benchmarks of pages share: databases of their own, somebody who is signed in, and a stop-watch.

Importing it sets Django up, so that it stands above every import of models.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

import psycopg  # noqa: E402 - after the set-up, like all below
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from clusters.models import User  # noqa: E402
from clusters.seeding import load_people, load_programme, prolong_rates  # noqa: E402

WARM_UP = 3


def server() -> psycopg.Connection:
    """Return a connection beside the databases that are measured."""
    parameters = connections["default"].get_connection_params()
    known = {name: parameters[name] for name in ("host", "port", "user", "password") if parameters.get(name)}
    return psycopg.connect(dbname="postgres", autocommit=True, **known)


def exists(name: str) -> bool:
    with server() as place:
        return place.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def create(name: str, *, like: str = "template1") -> None:
    connection.close()
    with server() as place:
        place.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')


def drop(name: str) -> None:
    """Drop a database, whoever of us is left in it; PostgreSQL itself ends its own work there."""
    connection.close()
    with server() as place:
        left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
        place.execute(left, [name])
        place.execute(f'DROP DATABASE IF EXISTS "{name}"')


@contextmanager
def database(name: str) -> Iterator[None]:
    """Let everything in the block work on this database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def create_with_facts(name: str) -> None:
    """Create a database with its tables, the programme, and the people of the demonstration."""
    drop(name)
    create(name)
    with database(name):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        load_programme()
        prolong_rates()
        load_people()


def ready() -> None:
    """Let pages be asked for without a server, and bare ones beside the portal's own; nothing listens to templates."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.ROOT_URLCONF = "bench.floor"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def signed_in(person: User) -> Client:
    client = Client(headers={"host": "testserver"})
    client.force_login(person)
    return client


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """Do it some times to warm up, then measure each time."""
    for _each in range(WARM_UP):
        work()
    found = []
    for _each in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return found


def queries_of(work: Callable[[], object]) -> int:
    """Count the queries of something that is warm."""
    work()
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def fastest(values: list[float]) -> float:
    """Return the time that nothing else on the machine has lengthened."""
    return min(values)
