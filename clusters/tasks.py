"""What runs in the background for this app."""

from celery import shared_task

from clusters import appearances, bulk, committees, deadlines, reminders, vies
from clusters.importing import work


@shared_task(name="clusters.check_vat", acks_late=True)
def check_vat(*, check_id: int, **_from_newer_release: object) -> None:
    """Ask VIES about one VAT number."""
    vies.carry_out(check_id)


@shared_task(name="clusters.work_on_import", acks_late=True)
def work_on_import(*, import_id: int, **_from_newer_release: object) -> None:
    """Check, apply or take back one import of members, or go on with it."""
    work.carry_out(import_id)


@shared_task(name="clusters.validate_in_bulk", acks_late=True)
def validate_in_bulk(*, run_id: int, **_from_newer_release: object) -> None:
    """Carry out one bulk validation, or go on with it."""
    bulk.carry_out(run_id)


@shared_task(name="clusters.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Wake what the bell did not wake or a killed worker left behind, and see to what is due or overdue."""
    vies.sweep()
    work.wake()
    bulk.wake()
    reminders.run()
    deadlines.run()
    committees.tell_committees()
    appearances.announce()
