"""What happened to a claim or a payment file, in words and in the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.models import User
from exchanges.models import Claim, PaymentFile

CLAIM_WORDS = {
    "begin": _("Claimed"),
    "approve": _("Approved"),
    "send_back": _("Sent back"),
    "resubmit": _("Claimed again"),
    "put_in_file": _("Put into a payment file"),
    "take_out_of_file": _("Taken out of the payment file"),
    "mark_paid": _("Paid"),
}
FILE_WORDS = {"begin": _("Created"), "mark_paid": _("Marked as paid"), "discard": _("Discarded")}


@dataclass(frozen=True)
class Happened:
    """One line of a history as a person reads it."""

    at: datetime
    actor: User
    note: str
    label: StrOrPromise


def trail_of_claim(claim: Claim) -> list[Happened]:
    """Return what happened to a claim, the newest first."""
    return _told(claim.events, CLAIM_WORDS)


def trail_of_file(payment_file: PaymentFile) -> list[Happened]:
    """Return what happened to a payment file, the newest first."""
    return _told(payment_file.events, FILE_WORDS)


def _told(events: Any, words: Mapping[str, StrOrPromise]) -> list[Happened]:
    newest_first = events.select_related("actor").order_by("-pk")
    return [Happened(event.at, event.actor, event.note, words.get(event.move, event.move)) for event in newest_first]
