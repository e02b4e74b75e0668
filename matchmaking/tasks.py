"""What runs in the background for this app."""

from celery import shared_task

from matchmaking import deadlines, matching


@shared_task(name="matchmaking.run", acks_late=True)
def run(*, run_id: int, **_from_newer_release: object) -> None:
    """Carry out one run of the matching, or go on with it."""
    matching.carry_out(run_id)


@shared_task(name="matchmaking.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Wake the runs that the bell did not wake or a killed worker left behind, and close what is overdue."""
    matching.wake()
    deadlines.run()
