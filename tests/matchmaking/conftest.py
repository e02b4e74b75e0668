"""What the tests of this app share."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from clusters.enums import ParticipantRole
from clusters.models import Organisation, User
from matchmaking.models import Candidature
from tests.matchmaking import factories

PATIENCE_SECONDS = 60

type Attempts = Sequence[Callable[[], object]]


@pytest.fixture
def visitor(visitor_organisation: Organisation) -> Candidature:
    """The validated candidature of the weaving mill in Prato."""
    return factories.make_candidature(visitor_organisation, ParticipantRole.VISITOR)


@pytest.fixture
def host(host_organisation: Organisation) -> Candidature:
    """The validated candidature of the maker of technical textiles in Liberec."""
    return factories.make_candidature(host_organisation, ParticipantRole.HOST)


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], None]:
    """Sign somebody in and let the session settle, so that only the page itself is counted."""

    def enter(person: User) -> None:
        client.force_login(person)
        client.get("/partners/")

    return enter


@pytest.fixture
def race(transactional_db: None) -> Iterator[Callable[[Attempts], list[BaseException | None]]]:
    """Run functions at the same moment, each in a thread with a connection of its own; return how each failed."""
    yield _run
    connections["default"].close()


def _run(attempts: Attempts) -> list[BaseException | None]:
    start = Barrier(len(attempts))

    def one(attempt: Callable[[], Any]) -> BaseException | None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE_SECONDS)
            attempt()
        except Exception as fault:  # noqa: BLE001 a race's loser is its result
            return fault
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(one, attempts))
