"""What the calendar does to a proposal: unanswered, it is recalled once, and expires after its last day.

Both happen under the portal's name; how long before the last day it is recalled is a dated number of the rules.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from clusters.enums import RuleName
from clusters.queries import days
from extratex.shared import clock
from extratex.shared.logs import get_logger
from matchmaking.models import Proposal
from matchmaking.models.querysets import ProposalQuerySet
from matchmaking.transitions import proposals

logger = get_logger(__name__)

AT_ONCE = 500


def run() -> int:
    """Expire what is overdue and recall what soon is, each in a transaction of its own; return how many expired.

    A row that somebody else holds is left for the next time, and one that fails does not stop the others.
    """
    expired = _each(Proposal.objects.overdue, proposals.expire)
    if ahead := days(RuleName.PROPOSAL_REMINDER_DAYS):
        recalled_on = clock.today() + timedelta(days=ahead)
        _each(lambda: Proposal.objects.to_recall(recalled_on), proposals.remind)
    return expired


def _each(due: Callable[[], ProposalQuerySet], move: Callable[[Proposal], object]) -> int:
    keys = due().order_by("expires_on", "pk").values_list("pk", flat=True)
    return sum(_one(due, move, pk) for pk in list(keys[:AT_ONCE]))


def _one(due: Callable[[], ProposalQuerySet], move: Callable[[Proposal], object], pk: int) -> bool:
    try:
        with transaction.atomic():
            waiting = due().select_for_update(skip_locked=True, of=("self",))
            proposal = waiting.filter(pk=pk).first()
            if proposal is None:
                return False
            move(proposal)
    except Exception:
        logger.exception("deadline_failed", proposal=pk)
        return False
    return True
