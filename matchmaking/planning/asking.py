"""Plans as rows: asking for one, waking those that wait. What a worker does with it stands in `work`."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from clusters.models import Budget, Partnership, User
from extratex.shared import clock
from extratex.shared.bell import ring
from matchmaking import standing
from matchmaking.enums import RunStatus
from matchmaking.models import PairWish, Plan
from matchmaking.queued import Queue

LIMITS = ("max_exchanges", "budget", "min_sme", "min_non_member", "min_cross_sector_share", "seconds")

queue = Queue(Plan)


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


def wake_next() -> None:
    """Wake the plan that has waited longest."""
    plan_id = Plan.objects.unfinished().filter(status=RunStatus.WAITING).values_list("pk", flat=True).first()
    if plan_id is not None:
        ring("matchmaking.plan", plan_id=plan_id)


def wake() -> int:
    """Wake every plan that waits or was left behind; return how many are woken."""
    unfinished = list(Plan.objects.unfinished().values_list("pk", flat=True))
    for plan_id in unfinished:
        ring("matchmaking.plan", plan_id=plan_id)
    to_send = list(Plan.objects.to_send().values_list("pk", flat=True))
    for plan_id in to_send:
        ring("matchmaking.send_plan", plan_id=plan_id)
    return len(unfinished) + len(to_send)
