"""What runs in the background for this app."""

from celery import shared_task

from exchanges import deadlines


@shared_task(name="exchanges.sweep", acks_late=True)
def sweep(**_from_newer_release: object) -> None:
    """Start the stays whose first day has come and end those that are over."""
    deadlines.run()
