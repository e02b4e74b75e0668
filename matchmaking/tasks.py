"""What runs in the background for this app."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init

from matchmaking import deadlines, interest, matching, shards
from matchmaking.engine.prepare import prepare
from matchmaking.planning import asking, sending, work


@worker_init.connect
def compile_kernels(**_signal: Any) -> None:
    """Compile what ranks before the worker takes its first task; its children inherit the result."""
    prepare()


@shared_task(name="matchmaking.run", acks_late=True)
def run(*, run_id: int, **_from_newer_release: object) -> None:
    """Carry out one run of the matching, or go on with it."""
    shards.carry_out(run_id)


@shared_task(name="matchmaking.plan", acks_late=True)
def plan(*, plan_id: int, **_from_newer_release: object) -> None:
    """Compute one plan."""
    work.carry_out(plan_id)


@shared_task(name="matchmaking.send_plan", acks_late=True)
def send_plan(*, plan_id: int, **_from_newer_release: object) -> None:
    """Send the proposals of one plan, or go on with it."""
    sending.carry_out(plan_id)


@shared_task(name="matchmaking.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Ask for the nightly run, wake what no bell has woken or a worker left behind, see to what is overdue."""
    matching.ask_each_night()
    matching.wake()
    asking.wake()
    deadlines.run()
    interest.run()
