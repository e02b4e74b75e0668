"""What a worker does with a plan: read the case, search, store the pairs, then price each target by a plan of its own.

The lock of a plan dies with its worker. Whoever takes the plan up again reads the case anew and replaces what the
first one has left, so that pairs and prices always come from one and the same case.
"""

import time
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from extratex.shared.locks import held, held_one_of
from extratex.shared.logs import get_logger
from matchmaking.engine.clock import Clock
from matchmaking.engine.plan import model, solve
from matchmaking.engine.plan.advice import TargetCost, target_costs
from matchmaking.models import Plan, PlannedPair
from matchmaking.planning import asking, inputs

logger = get_logger(__name__)

STORED_AT_ONCE = 2000
LOOK_EVERY = 1.0
PRICES_OF_TIME = 5
"""Each plan that prices a target has this part of the time of the plan itself."""
LONGEST_PRICES = 90.0
"""In seconds, all together: a task of a worker ends after some minutes. What is not priced by then stays without."""


def carry_out(plan_id: int) -> None:
    """Compute a plan, unless it is over, another worker is at it, or enough others are computed: then it waits."""
    with held_one_of("computing plans", settings.PLANS_AT_ONCE) as is_free, held(f"plan {plan_id}") as mine:
        plan = _taken(plan_id) if is_free and mine else None
        if plan is None:
            return
        try:
            _compute(plan)
        except Exception as fault:
            logger.exception("plan_broke_off", plan=plan_id)
            asking.queue.note_fault(plan, fault)
    asking.wake_next()


def _taken(plan_id: int) -> Plan | None:
    """Begin a plan or go on with one that was left behind, and count the try; None where there is nothing to do."""
    plan = Plan.objects.unfinished().filter(pk=plan_id).select_related("partnership__wave").first()
    is_mine = plan is not None and asking.queue.count_try(plan) and asking.queue.begin(plan)
    return plan if is_mine else None


class Watch:
    """Looks once a second whether somebody has taken the plan back, and says how far it is."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.looked = 0.0
        self.is_cancelled = False

    def cancelled(self) -> bool:
        """Tell whether the search is to end."""
        if not self.is_cancelled and time.monotonic() - self.looked > LOOK_EVERY:
            self.looked = time.monotonic()
            self.is_cancelled = not asking.queue.still_runs(self.plan)
        return self.is_cancelled

    def hear(self, progress: solve.Progress) -> None:
        """Keep how far the search is, for the page."""
        _tell(self.plan, step=progress.step, score=progress.score, bound=progress.upper_bound)


def _compute(plan: Plan) -> None:
    _tell(plan, step="reading")
    read = inputs.read(plan)
    watch = Watch(plan)
    found = solve.plan(read.case, clock=Clock(float(plan.seconds), watch.cancelled), told=watch.hear)
    if not _store(plan, read, found):
        return
    seconds, begun = max(1.0, plan.seconds / PRICES_OF_TIME), time.monotonic()
    for cost in target_costs(read.case, found, clock=lambda: Clock(seconds, watch.cancelled)):
        if not asking.queue.still_runs(plan):
            return
        plan.figures["prices"].append(_price(cost))
        plan.figures["prices_cut"] = time.monotonic() - begun > LONGEST_PRICES
        Plan.objects.filter(pk=plan.pk).update(figures=plan.figures)
        if plan.figures["prices_cut"]:
            break
    asking.queue.close(plan)


@transaction.atomic
def _store(plan: Plan, read: inputs.Input, found: model.Plan) -> bool:
    """Store what was found in place of what an earlier try has left; False where the plan was taken back."""
    if not asking.queue.still_runs(plan):
        return False
    PlannedPair.objects.filter(plan=plan).delete()
    case, locked = read.case, set(read.case.locked.tolist())
    rows = (
        PlannedPair(
            plan=plan,
            visitor_id=visitor,
            host_id=host,
            score=Decimal(str(case.score[at])),
            cost=Decimal(str(case.cost[at])),
            cross_sector=bool(case.cross_sector[at]),
            is_locked=at in locked,
        )
        for visitor, host, at in read.chosen(found.chosen)
    )
    stored = PlannedPair.objects.bulk_create(rows, batch_size=STORED_AT_ONCE)
    plan.parameters |= {
        "supply": {"hosts": read.supply.hosts, "offering": dict(sorted(read.supply.offering.items()))},
        "refused": read.refused,
    }
    plan.figures = read.figures | _figures(found) | {"pairs": len(stored), "prices": []}
    plan.progress = {"step": "prices of targets"}
    plan.save(update_fields=["parameters", "figures", "progress"])
    return True


def _figures(found: model.Plan) -> dict[str, Any]:
    """Return what is proven about a plan, and what it adds up to, exchanges that count already included."""
    shown = asdict(found)
    del shown["chosen"]
    return shown | {"shortfall": found.shortfalls.total, "gap": found.gap}


def _price(cost: TargetCost) -> dict[str, Any]:
    return asdict(cost) | {"percent": cost.percent}


def _tell(plan: Plan, **progress: Any) -> None:
    Plan.objects.filter(pk=plan.pk).update(progress=progress)
