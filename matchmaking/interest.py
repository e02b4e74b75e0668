"""What the calendar does to a candidature that nobody touches: it is asked whether it still holds, later it rests.

It is asked once for as long as it lies there; whoever answers is asked again after the same
time.
"""

from django.db import transaction

from extratex.shared import clock
from extratex.shared.logs import get_logger
from matchmaking import notices, queries
from matchmaking.models import Candidature, InterestReminder
from matchmaking.transitions import candidatures

logger = get_logger(__name__)

AT_ONCE = 500


def run() -> int:
    """Ask, and let rest, each in a transaction of its own; return how many of both.

    A row that somebody else holds is left for the next time, and one that fails does not stop the others.
    """
    to_be_asked = queries.to_be_asked().order_by("touched_at", "pk").values_list("pk", flat=True)
    unanswered = queries.unanswered().order_by("touched_at", "pk").values_list("pk", flat=True)
    return sum(_ask(pk) for pk in list(to_be_asked[:AT_ONCE])) + sum(_rest(pk) for pk in list(unanswered[:AT_ONCE]))


def _ask(pk: int) -> bool:
    try:
        with transaction.atomic():
            rows = queries.to_be_asked().select_for_update(skip_locked=True, of=("self",), no_key=True)
            candidature = rows.filter(pk=pk).first()
            if candidature is None:
                return False
            reminder = InterestReminder.objects.create(
                candidature=candidature, untouched_since=candidature.touched_at, asked_at=clock.now()
            )
            notices.ask_whether_it_holds(candidature, key=f"interest {reminder.pk}")
    except Exception:
        logger.exception("deadline_failed", candidature=pk)
        return False
    return True


def _rest(pk: int) -> bool:
    try:
        with transaction.atomic():
            rows = queries.unanswered().select_for_update(skip_locked=True, of=("self",))
            candidature: Candidature | None = rows.filter(pk=pk).first()
            if candidature is None:
                return False
            candidatures.rest(candidature)
    except Exception:
        logger.exception("deadline_failed", candidature=pk)
        return False
    return True
