"""The closed lists of this app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExchangeStatus(TextChoices):
    """Where an exchange stands (PROGRAMME section 3)."""

    BUILDING = "building", _("Being built")
    SIGNING = "signing", _("Commitment being signed")
    SIGNED = "signed", _("Waiting for approval by both sides")
    APPROVED = "approved", _("Financial agreement being signed")
    READY = "ready", _("Ready to start")
    ONGOING = "ongoing", _("Visit under way")
    REPORT_DUE = "report_due", _("Reports and evidence due")
    REPORT_SUBMITTED = "report_submitted", _("Reports being checked")
    VALIDATED = "validated", _("Reports validated")
    CLAIMED = "claimed", _("Claim waiting for approval")
    PAYABLE = "payable", _("To be paid")
    IN_PAYMENT_FILE = "in_payment_file", _("In a payment file")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


class Mode(TextChoices):
    """How the exchange takes place."""

    PHYSICAL = "physical", _("Physical")
    VIRTUAL = "virtual", _("Virtual")


class Party(TextChoices):
    """Who signs: the two organisations and the two sides that look after them."""

    VISITOR = "visitor", _("Visitor")
    HOST = "host", _("Host")
    VISITOR_SIDE = "visitor_side", _("Visitor's side")
    HOST_SIDE = "host_side", _("Host's side")


class HalfDay(TextChoices):
    """The grain of an agenda."""

    MORNING = "1_morning", _("morning")
    AFTERNOON = "2_afternoon", _("afternoon")
    EVENING = "3_evening", _("evening")


class AgreementKind(TextChoices):
    """The papers that are signed."""

    COMMITMENT = "commitment", _("Commitment to Quality")
    FINANCIAL = "financial", _("Financial agreement")


class EvidenceKind(TextChoices):
    """What shows that the exchange took place."""

    TRAVEL = "travel", _("Travel document")
    ACCOMMODATION = "accommodation", _("Accommodation invoice")
    ATTENDANCE = "attendance", _("Attendance sheet")
    PHOTOGRAPH = "photograph", _("Photograph")
    OTHER = "other", _("Other evidence")


class ClaimStatus(TextChoices):
    """Where the payment of a lump sum stands."""

    SUBMITTED = "submitted", _("Waiting for approval")
    SENT_BACK = "sent_back", _("Sent back")
    APPROVED = "approved", _("To be paid")
    IN_PAYMENT_FILE = "in_payment_file", _("In a payment file")
    PAID = "paid", _("Paid")


class PaymentFileStatus(TextChoices):
    """Where a payment file stands."""

    CREATED = "created", _("To be handed to the bank")
    PAID = "paid", _("Paid")
    DISCARDED = "discarded", _("Discarded")


class LedgerKind(TextChoices):
    """Why a budget moved."""

    COMMIT = "commit", _("committed")
    RELEASE = "release", _("released")
    PAY = "pay", _("paid")


LIVE_STATUSES = [status for status in ExchangeStatus.values if status != ExchangeStatus.CANCELLED]
COMMITTED_STATUSES = [
    ExchangeStatus.READY,
    ExchangeStatus.ONGOING,
    ExchangeStatus.REPORT_DUE,
    ExchangeStatus.REPORT_SUBMITTED,
    ExchangeStatus.VALIDATED,
    ExchangeStatus.CLAIMED,
    ExchangeStatus.PAYABLE,
    ExchangeStatus.IN_PAYMENT_FILE,
    ExchangeStatus.PAID,
]
DONE_STATUSES = COMMITTED_STATUSES[COMMITTED_STATUSES.index(ExchangeStatus.VALIDATED) :]
