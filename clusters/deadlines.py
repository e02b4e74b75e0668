"""What the calendar closes in this app: requests and invitations that nobody has answered, under the portal's name."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from clusters.models import Invitation, JoinRequest
from clusters.transitions import invitations, joining
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

AT_ONCE = 500


def run() -> int:
    """Expire what is overdue, each in a transaction of its own; return how many.

    A row that somebody else holds is left for the next time, and one that fails does not stop the others.
    """
    return _expire_all(Invitation.objects.overdue, invitations.expire) + _expire_all(
        JoinRequest.objects.overdue, joining.expire
    )


def _expire_all(overdue: Callable[[], Any], expire: Callable[[Any], object]) -> int:
    keys = list(overdue().order_by("expires_on", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_expire(overdue, expire, pk) for pk in keys)


def _expire(overdue: Callable[[], Any], expire: Callable[[Any], object], pk: int) -> bool:
    try:
        with transaction.atomic():
            row = overdue().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is None:
                return False
            expire(row)
    except Exception:
        logger.exception("deadline_failed", row=pk, kind=expire.__module__)
        return False
    return True
