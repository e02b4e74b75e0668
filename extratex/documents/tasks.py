"""What the workers do for the files."""

from uuid import UUID

from celery import shared_task

from extratex.documents import checks


@shared_task(name="documents.check", acks_late=True)
def check(*, document_id: str, **_from_newer_release: object) -> None:
    """Check one upload."""
    checks.check(UUID(document_id))


@shared_task(name="documents.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Wake what the bell did not wake, and remove orphaned bytes."""
    checks.sweep()
