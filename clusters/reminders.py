"""What the calendar does to a registration that waits: its cluster is reminded, later the coordinator hears of it.

Each happens once for as long as a registration lies with one cluster; what falls due together comes in one notice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clusters import notices, queries
from clusters.enums import OrganisationStatus, ReminderKind, RuleName
from clusters.models import Cluster, Organisation, User, ValidationReminder
from extratex.shared import clock
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

AT_ONCE = 500


@dataclass(frozen=True)
class Step:
    """Who is told after how many days."""

    kind: ReminderKind
    after: RuleName


STEPS = (
    Step(ReminderKind.STAFF, RuleName.VALIDATION_REMINDER_DAYS),
    Step(ReminderKind.COORDINATOR, RuleName.VALIDATION_ESCALATION_DAYS),
)


def run() -> int:
    """Remind of what has waited too long, each cluster in a transaction of its own; return how many registrations.

    What somebody else holds is left for the next time, and a cluster that fails does not stop the others.
    """
    return sum(_remind(step, days) for step in STEPS if (days := queries.days(step.after)))


def _remind(step: Step, days: int) -> int:
    due = _due(step, days).values_list("reference_cluster", flat=True).order_by("reference_cluster").distinct()
    return sum(_remind_of_cluster(step, days, cluster) for cluster in list(due))


def _due(step: Step, days: int) -> QuerySet[Organisation]:
    told = ValidationReminder.objects.filter(
        organisation=OuterRef("pk"), kind=step.kind, waited_since=OuterRef("status_since")
    )
    waiting = Organisation.objects.filter(status=OrganisationStatus.SUBMITTED)
    return waiting.filter(~Exists(told), status_since__lte=clock.now() - timedelta(days=days))


def _remind_of_cluster(step: Step, days: int, cluster_id: int) -> int:
    try:
        with transaction.atomic():
            rows = (
                _due(step, days).filter(reference_cluster=cluster_id).select_for_update(skip_locked=True, of=("self",))
            )
            waiting = list(rows.select_related("reference_cluster").order_by("status_since", "pk")[:AT_ONCE])
            if waiting:
                _tell(step, waiting)
    except Exception:
        logger.exception("reminder_failed", cluster=cluster_id, kind=step.kind)
        return 0
    return len(waiting)


def _tell(step: Step, waiting: list[Organisation]) -> None:
    cluster = waiting[0].reference_cluster
    reminders = ValidationReminder.objects.bulk_create(
        ValidationReminder(organisation=row, kind=step.kind, waited_since=row.status_since) for row in waiting
    )
    notices.remind_of_validation(_people(step.kind, cluster), cluster, waiting, key=f"reminder {reminders[0].pk}")


def _people(kind: ReminderKind, cluster: Cluster) -> Iterable[User]:
    """Return the staff, or the coordinators; these also where a cluster has no staff, so that somebody hears of it."""
    staff = list(queries.staff_of(cluster)) if kind == ReminderKind.STAFF else []
    partnership = queries.partnership_of(cluster)
    return staff or ([] if partnership is None else list(queries.coordinators_of(partnership)))
