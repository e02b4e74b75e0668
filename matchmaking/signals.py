"""What this app announces to the apps above it."""

from django.dispatch import Signal

proposal_accepted = Signal()
"""Sent with `proposal` and `actor` in the transaction of the acceptance; a MoveConflict of a receiver undoes it."""
