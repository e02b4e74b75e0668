"""What the calendar does to a proposal: unanswered, it expires after its last day, under the portal's name."""

from django.db import transaction

from extratex.shared.logs import get_logger
from matchmaking.models import Proposal
from matchmaking.transitions import proposals

logger = get_logger(__name__)

AT_ONCE = 500


def run() -> int:
    """Expire what is overdue, each in a transaction of its own; return how many.

    A row that somebody else holds is left for the next time, and one that fails does not stop the others.
    """
    overdue = Proposal.objects.overdue().order_by("expires_on", "pk").values_list("pk", flat=True)
    return sum(_expire(pk) for pk in list(overdue[:AT_ONCE]))


def _expire(pk: int) -> bool:
    try:
        with transaction.atomic():
            waiting = Proposal.objects.overdue().select_for_update(skip_locked=True, of=("self",))
            proposal = waiting.filter(pk=pk).first()
            if proposal is None:
                return False
            proposals.expire(proposal)
    except Exception:
        logger.exception("deadline_failed", proposal=pk)
        return False
    return True
