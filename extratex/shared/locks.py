"""Locks of PostgreSQL for work that must not run twice at once, and that nobody else should wait for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import DatabaseError, connection


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Hold the named lock while the block lasts; yields False at once where another process holds it.

    The lock belongs to the database connection: it ends with its process, even by `kill -9`, so that what was cut off
    can be taken up again at once. It needs a session of its own, which a pooler in transaction mode does not give.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (taken,) = cursor.fetchone()
    try:
        yield taken
    finally:
        if taken:
            _release(name)


@contextmanager
def held_one_of(name: str, number: int) -> Iterator[bool]:
    """Hold one of so many locks of a name while the block lasts; yields False where others hold them all."""
    with ExitStack() as locks:
        yield any(locks.enter_context(held(f"{name} {place}")) for place in range(number))


def wait_for(name: str, *, shared: bool = False) -> None:
    """Wait for the named lock and keep it until the transaction ends; those who share it hold it together."""
    alone, together = "SELECT pg_advisory_xact_lock(%s)", "SELECT pg_advisory_xact_lock_shared(%s)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashtextextended(%s, 0)", [name])
        cursor.execute(together if shared else alone, cursor.fetchone())


def _release(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    except DatabaseError:
        # The connection is lost or its transaction failed: without it there is no lock either.
        connection.close()
