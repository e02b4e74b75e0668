"""What this app announces to the apps above it."""

from django.dispatch import Signal

organisation_reassigned = Signal()
"""Sent with `organisation` and `actor` in the transaction that has passed a registration on to another cluster."""
