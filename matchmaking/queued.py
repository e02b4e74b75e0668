"""Work that stands as a row until a worker has done it: begun, tried, taken back, given up, closed.

Runs of the matching and plans are such rows. Each step is one conditional update, so that of several who attempt it one
succeeds, and what is over stays as it ended.
"""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from clusters.models import User
from extratex.shared import clock
from extratex.shared.logs import get_logger
from matchmaking.enums import RunStatus
from matchmaking.models import MatchRun, Plan

logger = get_logger(__name__)

TRIES = 5
LONGEST_FAULT = 300


class Queue[W: (MatchRun, Plan)]:
    """The rows of one kind of work; `after_end` is told of each that is over, however it ended."""

    def __init__(self, kind: type[W], after_end: Callable[[W], None] = lambda _work: None) -> None:
        self.kind: type[W] = kind
        self.after_end: Callable[[W], None] = after_end

    def begin(self, work: W) -> bool:
        """Begin what waits, or go on with what was begun; False where it is over, or a constraint lets it wait."""
        rows = self.kind.objects.filter(pk=work.pk)
        try:
            with transaction.atomic():
                rows.filter(status=RunStatus.WAITING).update(status=RunStatus.RUNNING, started_at=clock.now())
        except IntegrityError:
            return False
        work.refresh_from_db(fields=["status", "started_at"])
        return RunStatus(work.status) is RunStatus.RUNNING

    def still_runs(self, work: W) -> bool:
        """Tell whether nobody has taken the work back, and nobody has brought it to its end."""
        return self.kind.objects.filter(pk=work.pk, status=RunStatus.RUNNING).exists()

    def count_try(self, work: W) -> bool:
        """Count a try at what nobody else is at; False, and the work is given up, where it was tried too often."""
        if not self.kind.objects.filter(pk=work.pk, attempts__lt=TRIES).update(attempts=F("attempts") + 1):
            self.give_up(work, "every try broke off")
            return False
        return True

    def note_fault(self, work: W, fault: Exception) -> None:
        """Keep what went wrong in words; the last try gives up."""
        words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
        self.kind.objects.filter(pk=work.pk).update(fault=words)
        if self.kind.objects.filter(pk=work.pk, attempts__gte=TRIES).exists():
            self.give_up(work, words)

    def take_back(self, work: W, *, by: User) -> bool:
        """Cancel the work; False where it was over before."""
        fault = f"cancelled by {by}"[:LONGEST_FAULT]
        return self._end(work, self.kind.objects.unfinished(), status=RunStatus.CANCELLED, fault=fault)

    def give_up(self, work: W, words: str) -> None:
        """End what no try has brought to its end, with the last fault that was noted, or these words."""
        fault = self.kind.objects.values_list("fault", flat=True).get(pk=work.pk) or words
        if self._end(work, self.kind.objects.unfinished(), status=RunStatus.FAILED, fault=fault):
            logger.error("work_given_up", kind=self.kind._meta.model_name, key=work.pk, error=fault)

    def close(self, work: W, **values: Any) -> bool:
        """End what is done, with what came out; False where it was over before."""
        rows = self.kind.objects.filter(status=RunStatus.RUNNING)
        return self._end(work, rows, status=RunStatus.DONE, fault="", **values)

    def _end(self, work: W, rows: QuerySet[W], **values: Any) -> bool:
        ended = bool(rows.filter(pk=work.pk).update(finished_at=clock.now(), **values))
        if ended:
            self.after_end(work)
        return ended
