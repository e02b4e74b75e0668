"""Waking background work: the row in PostgreSQL is the intent, this is only the bell.

A bell that is not heard loses nothing: the app's sweep finds the row. So a broker that is down or hangs never fails a
request, and after one failure the bell keeps quiet for a moment, so that not every request waits for the time-out.
"""

import time

import kombu.exceptions
from celery import current_app
from django.db import transaction

from extratex.shared.logs import get_logger

logger = get_logger(__name__)

QUIET_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 300


class Bell:
    """Sends tasks by name, and remembers for a moment that the broker did not answer."""

    def __init__(self) -> None:
        self.quiet_until = 0.0

    def strike(self, task: str, ids: dict[str, int | str]) -> bool:
        """Send the task now; answer whether the broker took it."""
        if time.monotonic() < self.quiet_until:
            return False
        try:
            current_app.send_task(task, kwargs=ids, retry=False, expires=LONGEST_WAIT_SECONDS)
        except (kombu.exceptions.OperationalError, OSError) as fault:
            self.quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("bell_not_heard", task=task, error=str(fault), **ids)
            return False
        return True


bell = Bell()


def ring(task: str, **ids: int | str) -> None:
    """Wake the task with these ids once the current transaction is committed; never fails, never waits long."""
    transaction.on_commit(lambda: bell.strike(task, ids))
