"""Plans as rows: asking for one, claiming it, ending it. What a worker does with it stands in `work`."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.forms.models import model_to_dict

from clusters.models import Budget, Partnership, User
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.logs import get_logger
from matchmaking import standing
from matchmaking.enums import RunStatus
from matchmaking.models import PairWish, Plan

logger = get_logger(__name__)

TRIES = 5
LONGEST_FAULT = 300
LIMITS = ("max_exchanges", "budget", "min_sme", "min_non_member", "min_cross_sector_share", "seconds")


def targets_of(partnership: Partnership) -> dict[str, Any]:
    """Return the limits to begin with: what the partnership has promised, and the money that it can still commit."""
    planned = partnership.planned_exchanges
    return {
        "max_exchanges": planned and max(planned, len(standing.made_by(partnership))),
        "budget": next((budget.left for budget in Budget.objects.filter(partnership=partnership)), None),
        "min_sme": partnership.target_sme_visitors or 0,
        "min_non_member": partnership.target_non_member_visitors or 0,
        "min_cross_sector_share": partnership.target_cross_sector_share or Decimal(0),
    }


@transaction.atomic
def ask(plan: Plan, *, weights: dict[str, float], by: User) -> Plan:
    """Ask for a plan with the limits that it carries, and with the wishes that stand now."""
    wishes = PairWish.objects.filter(partnership=plan.partnership).order_by("made_at", "pk")
    plan.asked_by, plan.asked_at = by, clock.now()
    plan.parameters = {"weights": weights, "wishes": list(wishes.values("visitor", "host", "kind"))}
    plan.save()
    ring("matchmaking.plan", plan_id=plan.pk)
    return plan


def ask_again(plan: Plan, *, by: User) -> Plan:
    """Ask for a plan with the same limits and weights and the wishes of now; it remembers this one."""
    limits: dict[str, Any] = model_to_dict(plan, fields=LIMITS)
    return ask(Plan(partnership=plan.partnership, parent=plan, **limits), weights=plan.parameters["weights"], by=by)


def cancel(plan: Plan, *, by: User) -> bool:
    """Take a plan back before it is there; False where it was over before."""
    taken = Plan.objects.unfinished().filter(pk=plan.pk)
    fault = f"cancelled by {by}"[:LONGEST_FAULT]
    return bool(taken.update(status=RunStatus.CANCELLED, finished_at=clock.now(), fault=fault))


def wake() -> int:
    """Wake every plan that waits or was left behind; return how many are woken."""
    unfinished = list(Plan.objects.unfinished().values_list("pk", flat=True))
    for plan_id in unfinished:
        ring("matchmaking.plan", plan_id=plan_id)
    to_send = list(Plan.objects.to_send().values_list("pk", flat=True))
    for plan_id in to_send:
        ring("matchmaking.send_plan", plan_id=plan_id)
    return len(unfinished) + len(to_send)


def claim(plan_id: int) -> Plan | None:
    """Begin a plan or go on with one that was left behind, and count the try; None where there is nothing to do."""
    unfinished = Plan.objects.unfinished().filter(pk=plan_id)
    plan = unfinished.select_related("partnership__wave").first()
    if plan is None:
        return None
    if plan.attempts >= TRIES:
        give_up(plan, "every try broke off")
        return None
    taken = unfinished.update(
        status=RunStatus.RUNNING, started_at=plan.started_at or clock.now(), attempts=F("attempts") + 1
    )
    return plan if taken else None


def still_runs(plan: Plan) -> bool:
    """Tell whether nobody has taken the plan back."""
    return Plan.objects.filter(pk=plan.pk, status=RunStatus.RUNNING).exists()


def note_fault(plan: Plan, fault: Exception) -> None:
    """Keep what went wrong in words; the last try gives up."""
    words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
    Plan.objects.filter(pk=plan.pk).update(fault=words)
    if Plan.objects.filter(pk=plan.pk, attempts__gte=TRIES).exists():
        give_up(plan, words)


def give_up(plan: Plan, words: str) -> None:
    """End a plan that no try has brought to its end."""
    fault = Plan.objects.values_list("fault", flat=True).get(pk=plan.pk) or words
    ended = Plan.objects.unfinished().filter(pk=plan.pk)
    if ended.update(status=RunStatus.FAILED, finished_at=clock.now(), fault=fault):
        logger.error("plan_given_up", plan=plan.pk, error=fault)


def finish(plan: Plan) -> None:
    """Close a plan that is computed, once."""
    running = Plan.objects.filter(pk=plan.pk, status=RunStatus.RUNNING)
    running.update(status=RunStatus.DONE, finished_at=clock.now(), fault="")
