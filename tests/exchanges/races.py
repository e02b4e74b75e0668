"""Several people at the same moment: each in a thread and with a connection of its own, all let go together."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

PATIENCE_SECONDS = 60


def run(attempts: Sequence[Callable[[], object]]) -> list[BaseException | None]:
    """Run all attempts at once; return for each the exception with which it failed, or nothing."""
    start = Barrier(len(attempts))

    def one(attempt: Callable[[], object]) -> BaseException | None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE_SECONDS)
            attempt()
        except Exception as fault:  # noqa: BLE001 the test looks at whatever it was
            return fault
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(one, attempts))
