"""The one clock of the portal: everything that asks for the date or the time asks here.

In a demonstration the clock can be moved ahead, so that a visitor sees a stay end without waiting for it.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

LONGEST_JUMP_DAYS = 4000
ONE_DAY = timedelta(days=1)


def days_ahead() -> int:
    """Return by how many days a demonstration has moved its clock; 0 everywhere else."""
    if settings.DEMONSTRATION_CLOCK is None:
        return 0
    try:
        return min(max(int(settings.DEMONSTRATION_CLOCK.read_text()), 0), LONGEST_JUMP_DAYS)
    except (FileNotFoundError, ValueError):
        return 0


def now() -> datetime:
    """Return the present moment, aware of its time zone."""
    return timezone.now() + timedelta(days=days_ahead())


def today() -> date:
    """Return today's date in the portal's current time zone."""
    return timezone.localdate(now())
