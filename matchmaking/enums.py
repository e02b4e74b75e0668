"""The closed lists of this app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole

__all__ = [
    "CandidatureStatus",
    "DeclineReason",
    "PairOutcome",
    "ParticipantRole",
    "ProposalStatus",
    "RunKind",
    "RunStatus",
    "WishKind",
]


class CandidatureStatus(TextChoices):
    """Where a candidature stands (PROGRAMME section 3)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for validation")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    VALIDATED = "validated", _("Validated")
    DORMANT = "dormant", _("Dormant")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposalStatus(TextChoices):
    """Where a proposal between a visitor and a host stands."""

    PROPOSED = "proposed", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class DeclineReason(TextChoices):
    """Why a proposal was declined; `queries.declined_hosts` says what follows from each for the next ranking."""

    DATES = "dates", _("The dates do not fit")
    TECHNOLOGY = "technology", _("Another technology is needed")
    CAPACITY = "capacity", _("No capacity at present")
    LANGUAGE = "language", _("The language is not enough for the work")
    AGREED_ELSEWHERE = "agreed_elsewhere", _("Already agreed with somebody else")
    OTHER = "other", _("Another reason")


class RunStatus(TextChoices):
    """Where a run of the matching stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RunKind(TextChoices):
    """Whom a run of the matching ranks."""

    WHOLE = "whole", _("Everybody")
    CHANGES = "changes", _("Whom a change concerns")


class WishKind(TextChoices):
    """What a coordinator wants of a pair in the next plans."""

    LOCK = "lock", _("Always in the plan")
    FORBID = "forbid", _("Never in the plan")


class PairOutcome(TextChoices):
    """What became of a pair of a plan."""

    CHOSEN = "chosen", _("Not proposed yet")
    SENT = "sent", _("Proposed")
    REFUSED = "refused", _("Could not be proposed")
