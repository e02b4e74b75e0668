"""The closed lists of this app; open lists (sectors, technologies) are rows of Term."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationType(TextChoices):
    """Who may take part (PROGRAMME section 1)."""

    SME = "sme", _("Small or medium-sized enterprise")
    CLUSTER = "cluster", _("Cluster organisation")
    NETWORK = "network", _("Business network organisation")
    SCALING_UP = "scaling_up", _("Scaling-up support organisation")
    LARGE = "large", _("Large company")
    AUTHORITY = "authority", _("Public authority")
    TRAINING = "training", _("Training provider")


class OrganisationStatus(TextChoices):
    """Where the registration of an organisation stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for validation")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    VALIDATED = "validated", _("Validated")
    REJECTED = "rejected", _("Rejected")
    MERGED = "merged", _("Merged with another")
    TAKEN_BACK = "taken_back", _("Taken back with its import")


GONE = [OrganisationStatus.MERGED, OrganisationStatus.TAKEN_BACK]
"""What is found nowhere any more but in its history: it belongs to another organisation, or to none."""


class ImportStatus(TextChoices):
    """Where an import of members stands."""

    CHECKING = "checking", _("Being checked")
    UNREADABLE = "unreadable", _("Cannot be read")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Being brought in")
    STOPPED = "stopped", _("Stopped half-way")
    APPLIED = "applied", _("Brought in")
    INVITING = "inviting", _("Contacts are being invited")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    DISCARDED = "discarded", _("Discarded")


class RowState(TextChoices):
    """What the check has found of one row of an import."""

    WAITING = "waiting", _("Not checked yet")
    WRONG = "wrong", _("To be corrected")
    DUPLICATE = "duplicate", _("Known already?")
    FINE = "fine", _("Fine")


class RowChoice(TextChoices):
    """What shall become of one row."""

    CREATE = "create", _("Create it")
    TAKE = "take", _("Take the existing one and fill its empty fields")
    LEAVE = "leave", _("Leave it out")


class RowOutcome(TextChoices):
    """What has become of one row."""

    NONE = "", _("Nothing yet")
    CREATED = "created", _("Created")
    FILLED = "filled", _("Filled in")
    UNCHANGED = "unchanged", _("Nothing was missing")
    LEFT_OUT = "left_out", _("Left out")
    FAILED = "failed", _("Not possible")
    UNDONE = "undone", _("Taken back")
    KEPT = "kept", _("Kept: somebody has built upon it")


class VatState(TextChoices):
    """What VIES, the European register of VAT numbers, has said of a number."""

    UNCHECKED = "unchecked", _("Not asked")
    PENDING = "pending", _("Being asked")
    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Not valid")
    UNAVAILABLE = "unavailable", _("No answer yet")


class EnterpriseRelation(TextChoices):
    """How another enterprise stands to an organisation (Recommendation 2003/361/EC, annex, article 3)."""

    PARTNER = "partner", _("Partner: 25 % to 50 % are held")
    LINKED = "linked", _("Linked: a majority is held, or it is controlled")


class BulkOutcome(TextChoices):
    """What a dry run says of a registration, and what became of it."""

    WAITING = "waiting", _("Not looked at yet")
    PASSES = "passes", _("Would be validated")
    STOPPED = "stopped", _("Needs a look of its own")
    VALIDATED = "validated", _("Validated")
    REFUSED = "refused", _("Not validated")


class ReminderKind(TextChoices):
    """Who has been reminded of a registration that waits."""

    STAFF = "staff", _("Staff of the reference cluster")
    COORDINATOR = "coordinator", _("Coordinator")


class Vocabulary(TextChoices):
    """The programme's lists of terms."""

    SECTOR = "sector", _("Sectoral industries")
    TECHNOLOGY = "technology", _("Technologies")
    ECOSYSTEM = "ecosystem", _("Industrial ecosystems")
    EMERGING_INDUSTRY = "emerging_industry", _("Emerging industries")
    KEY_TECHNOLOGY = "key_technology", _("Key enabling technologies")
    PURPOSE = "purpose", _("Purposes of an exchange")
    SCALING_UP_KIND = "scaling_up_kind", _("Kinds of scaling-up support organisation")


class MembershipRole(TextChoices):
    """What a person may do for an organisation."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")


class JoinRequestStatus(TextChoices):
    """What became of somebody's request to join an organisation."""

    ASKED = "asked", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class InvitationStatus(TextChoices):
    """What became of an invitation."""

    SENT = "sent", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class StaffRoleName(TextChoices):
    """What a person does for a cluster, a partnership or the whole programme."""

    REFERENCE_STAFF = "reference_staff", _("Reference cluster staff")
    COORDINATOR = "coordinator", _("Partnership coordinator")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    PROGRAMME_OFFICER = "programme_officer", _("Programme officer")


class ParticipantRole(TextChoices):
    """In which of the two roles an organisation takes part."""

    VISITOR = "visitor", _("Visitor")
    HOST = "host", _("Host")


class Verdict(TextChoices):
    """What the eligibility table says of a type of organisation in a role."""

    ALLOWED = "allowed", _("Allowed")
    HOST_ONLY = "host_only", _("As a host only")
    NEEDS_PRE_APPROVAL = "needs_pre_approval", _("Needs the agency's prior approval")
    NO = "no", _("Not eligible")


class Mark(TextChoices):
    """How certain a rule is (PROGRAMME, "Marks")."""

    TEXT = "text", _("Stated in the programme's published pages")
    INFERRED = "inferred", _("Inferred: check with the Terms of Reference")
    OWN = "own", _("This portal's own choice: check with the Terms of Reference")
    DEMONSTRATION = "demonstration", _("Demonstration only: prolonged beyond the published table")


class RuleName(TextChoices):
    """The programme's numbers; each value is a dated row of RuleSetting."""

    MINIMUM_WORKING_DAYS = "minimum_working_days", _("Minimum working days of a stay")
    MAXIMUM_MONTHS = "maximum_months", _("Longest stay in months")
    FULL_SUM_WORKING_DAYS = "full_sum_working_days", _("Working days from which the full sum is paid")
    FULL_SUM_DISTANCE_KM = "full_sum_distance_km", _("Kilometres from which the full sum is paid")
    LUMP_SUM_CEILING_EUR = "lump_sum_ceiling_eur", _("Highest lump sum in euro")
    OPEN_PROPOSALS = "open_proposals", _("Open proposals a candidature may have at once")
    PROPOSAL_DAYS = "proposal_days", _("Days until an unanswered proposal expires")
    PROPOSAL_REMINDER_DAYS = "proposal_reminder_days", _("Days before its last day on which a proposal is recalled")
    THREAD_DAYS = "thread_days", _("Days in which one can still write about a closed proposal")
    DECLINED_CAPACITY_DAYS = (
        "declined_capacity_days",
        _("Days until a pair is suggested again that was declined for want of capacity"),
    )
    PAYMENT_DAYS = "payment_days", _("Days from the end of the stay to the payment")
    VALIDATION_DAYS = "validation_days", _("Days in which a reference cluster validates")
    JOIN_REQUEST_DAYS = "join_request_days", _("Days until an unanswered request to join expires")
    JOIN_AGAIN_DAYS = "join_again_days", _("Days after a refusal until one may ask to join again")
    OPEN_JOIN_REQUESTS = "open_join_requests", _("Open requests to join a person may have at once")
    JOIN_REQUESTS_A_DAY = "join_requests_a_day", _("Requests to join a person may make in 24 hours")
    INVITATION_DAYS = "invitation_days", _("Days until an invitation expires")
    INVITATIONS_A_DAY = "invitations_a_day", _("Invitations a person may send in 24 hours")
    IMPORT_INVITATIONS_A_DAY = (
        "import_invitations_a_day",
        _("Contacts of imports a person may invite in 24 hours"),
    )
    INVITATIONS_TO_ADDRESS_A_DAY = (
        "invitations_to_address_a_day",
        _("Invitations that one address may get in 24 hours"),
    )
    VALIDATION_REMINDER_DAYS = "validation_reminder_days", _("Days until a reference cluster is reminded to validate")
    VALIDATION_ESCALATION_DAYS = (
        "validation_escalation_days",
        _("Days until the coordinator hears of a registration that waits"),
    )
    INTEREST_REMINDER_DAYS = (
        "interest_reminder_days",
        _("Days after which a candidature that nobody touches is asked whether it still holds"),
    )
    INTEREST_ANSWER_DAYS = "interest_answer_days", _("Days after which a candidature that does not answer is dormant")
    STALE_HOST_DAYS = "stale_host_days", _("Days after which a host that nobody has touched counts as stale")
    HOST_INVITATION_DAYS = (
        "host_invitation_days",
        _("Days until an organisation may be asked again to become a host"),
    )
    SUGGESTIONS_IN_A_LIST = "suggestions_in_a_list", _("Suggestions in the list of a visitor or host")
    WEIGHT_TECHNOLOGIES = "weight_technologies", _("Weight in the matching: technologies sought")
    WEIGHT_CROSS_SECTOR = "weight_cross_sector", _("Weight in the matching: another sector")
    WEIGHT_PURPOSES = "weight_purposes", _("Weight in the matching: purposes in common")
    WEIGHT_PREFERRED_COUNTRY = "weight_preferred_country", _("Weight in the matching: preferred country")
    WEIGHT_DATES = "weight_dates", _("Weight in the matching: time free together")
    WEIGHT_FIRST_TIME = "weight_first_time", _("Weight in the matching: first visit")
    WEIGHT_TRAVEL = "weight_travel", _("Weight in the matching: short journey")
    WEIGHT_TARGETS = "weight_targets", _("Weight in the matching: what the targets still lack")
    WEIGHT_SECTORS = "weight_sectors", _("Weight in the matching: sectors sought")
    WEIGHT_EARLIER_DECLINES = "weight_earlier_declines", _("Weight in the matching: taken off for earlier declines")


class EventKind(TextChoices):
    """What a partnership publishes with a date."""

    LEARNING = "learning_event", _("Learning event")
    MISSION = "mission", _("Mission")
    MATCHMAKING = "matchmaking_event", _("Matchmaking event")
    CALL = "call", _("Call")


class LabelLevel(TextChoices):
    """The labels of cluster management excellence."""

    BRONZE = "bronze", _("Bronze")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")


class GoalKind(TextChoices):
    """What a partnership must reach besides its exchanges (PROGRAMME section 4)."""

    MATCHMAKING_EVENTS = "interregional_matchmaking_events", _("Interregional matchmaking events")
    LEARNING_EVENTS = "learning_events", _("Learning events and study visits")
    BRONZE_LABELS = "bronze_labels", _("Bronze labels")
    SILVER_LABELS = "silver_labels", _("Silver labels")
    CLUSTER_STRATEGIES = "cluster_strategies", _("Strategies of clusters")
    TRAINING_PARTICIPANTS = "training_participants", _("Participants in trainings")


class ApplicationStatus(TextChoices):
    """Where an application to a call for experts stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    WITHDRAWN = "withdrawn", _("Withdrawn")
