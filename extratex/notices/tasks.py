"""What the workers do for the outbox."""

from celery import shared_task

from extratex.notices import outbox


@shared_task(name="notices.deliver", acks_late=True)
def deliver(*, notice_id: int, **_from_newer_release: object) -> None:
    """Deliver one notice."""
    outbox.deliver(notice_id)


@shared_task(name="notices.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Wake what the bell did not wake."""
    outbox.sweep()
