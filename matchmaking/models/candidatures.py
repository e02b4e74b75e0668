"""Candidatures: what an organisation seeks as a visitor or offers as a host."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clusters.enums import OrganisationType, ParticipantRole, Vocabulary
from clusters.models import Organisation, Partnership, Term, Wave
from clusters.models.following import lands_in_the_kept
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.languages import LanguagesField
from extratex.shared.moves import MoveEvent
from matchmaking.enums import CandidatureStatus
from matchmaking.models.querysets import CandidatureQuerySet


@keep_history()
class Candidature(models.Model):
    """One organisation's interest in one role of one wave, validated by its reference cluster."""

    Status = CandidatureStatus

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="candidatures"
    )
    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="+")
    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="candidatures"
    )
    role = models.CharField(_("role"), max_length=10, choices=ParticipantRole.choices)
    contact = models.ForeignKey(
        "clusters.User", verbose_name=_("person in charge"), on_delete=models.PROTECT, related_name="+"
    )
    purposes = models.ManyToManyField(
        Term,
        verbose_name=_("purposes"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.PURPOSE},
    )
    technologies = models.ManyToManyField(
        Term,
        verbose_name=_("technologies sought or offered"),
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.TECHNOLOGY},
    )
    sectors = models.ManyToManyField(
        Term,
        verbose_name=_("sectors sought or offered"),
        related_name="+",
        blank=True,
        limit_choices_to={"vocabulary": Vocabulary.SECTOR},
    )
    expertise = models.TextField(_("expertise"), max_length=2000, blank=True, default="", db_default="")
    partner_types = ArrayField(
        models.CharField(max_length=12, choices=OrganisationType.choices),
        verbose_name=_("kinds of partner wished"),
        default=list,
        db_default=[],
        blank=True,
    )
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("preferred countries"), default=list, blank=True
    )
    excluded_countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries left out"), default=list, db_default=[], blank=True
    )
    languages = LanguagesField(_("languages that you can work in"))
    motivation = models.TextField(_("motivation"), max_length=4000)
    visit = models.TextField(_("what a visit would look like"), max_length=4000, blank=True, default="", db_default="")
    cv = models.ForeignKey(
        Document, verbose_name=_("CV"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_named = models.BooleanField(
        _("shown with the name of the organisation"),
        default=True,
        db_default=True,
        help_text=_("Where this is off, others read only the sectors and the country until there is a proposal."),
    )
    shows_contact = models.BooleanField(_("the person in charge is shown"), default=False, db_default=False)
    days = models.PositiveSmallIntegerField(
        _("working days"), default=3, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    travellers = models.PositiveSmallIntegerField(
        _("people who travel"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("visitors that you can receive"), default=1, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    status = models.CharField(
        _("status"), max_length=20, choices=CandidatureStatus.choices, default=CandidatureStatus.DRAFT, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    pre_approved_by = models.ForeignKey(
        "clusters.User",
        verbose_name=_("prior approval recorded by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("begun"), default=clock.now, editable=False)
    touched_at = models.DateTimeField(_("interest last shown"), default=clock.now, db_default=Now(), editable=False)

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        ordering: ClassVar = ["organisation__legal_name", "pk"]
        indexes: ClassVar = [
            models.Index("partnership", "status", "status_since", name="candidature_queue"),
            models.Index("status_since", "id", name="candidature_recent"),
            models.Index(
                "touched_at", condition=models.Q(status=CandidatureStatus.VALIDATED), name="candidature_untouched"
            ),
            models.Index(
                "wave",
                "role",
                "partnership",
                condition=models.Q(status=CandidatureStatus.VALIDATED),
                include=["id", "organisation", "capacity", "countries"],
                name="candidature_in_the_supply",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("organisation", "wave", "role", name="organisation_has_one_candidature_a_role"),
            models.CheckConstraint(
                condition=models.Q(status__in=CandidatureStatus.values), name="candidature_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=ParticipantRole.values), name="candidature_role_is_known"
            ),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="host_can_receive_somebody"),
            models.CheckConstraint(
                condition=~models.Q(countries__overlap=models.F("excluded_countries")),
                name="country_is_not_both_preferred_and_left_out",
            ),
        ]
        triggers: ClassVar = [lands_in_the_kept("organisation_id")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"

    @property
    def is_editable(self) -> bool:
        """Tell whether the candidature lies with its organisation."""
        return self.status in {CandidatureStatus.DRAFT, CandidatureStatus.CHANGES_REQUESTED}

    @property
    def is_visitor(self) -> bool:
        """Tell whether this candidature seeks a host."""
        return self.role == ParticipantRole.VISITOR

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {
            CandidatureStatus.VALIDATED: "ok",
            CandidatureStatus.SUBMITTED: "wait",
            CandidatureStatus.DORMANT: "wait",
            CandidatureStatus.CHANGES_REQUESTED: "wait",
            CandidatureStatus.REJECTED: "stop",
        }.get(CandidatureStatus(self.status), "")

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"CAN-{self.pk:04d}"


class Availability(models.Model):
    """A period in which a candidature could visit or host, both days included."""

    candidature = models.ForeignKey(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, related_name="availabilities"
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    capacity = models.PositiveSmallIntegerField(
        _("visitors in this period"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("Empty: as many as in all."),
    )

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availabilities")
        ordering: ClassVar = ["first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="availability_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="period_has_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class Picture(models.Model):
    """A picture of what a visitor would see; published once its file has been checked."""

    MOST: ClassVar = 5

    candidature = models.ForeignKey(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, related_name="pictures"
    )
    document = models.OneToOneField(Document, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")
    shows = models.CharField(_("what the picture shows"), max_length=200)
    place = models.PositiveSmallIntegerField(_("place"), editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint("candidature", "place", name="place_holds_one_picture"),
            models.CheckConstraint(
                condition=models.Q(place__range=(1, 5)), name="candidature_has_five_pictures_at_most"
            ),
            models.CheckConstraint(condition=~models.Q(shows=""), name="picture_says_what_it_shows"),
        ]

    def __str__(self) -> str:
        return self.shows


class InterestReminder(models.Model):
    """A question whether a candidature still holds, asked once for as long as nobody has touched it."""

    candidature = models.ForeignKey(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, related_name="interest_reminders"
    )
    untouched_since = models.DateTimeField(_("untouched since"))
    asked_at = models.DateTimeField(_("asked"), default=clock.now)

    class Meta:
        verbose_name = _("question whether a candidature still holds")
        verbose_name_plural = _("questions whether candidatures still hold")
        constraints: ClassVar = [
            models.UniqueConstraint("candidature", "untouched_since", name="untouched_candidature_is_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.candidature} · {self.asked_at:%Y-%m-%d}"


class CandidatureEvent(MoveEvent):
    """What happened to a candidature."""

    LABELS: ClassVar = {
        "begin": _("Candidature begun"),
        "submit": _("Sent to the reference cluster"),
        "pre_approve": _("Approved beforehand by the programme"),
        "validate": _("Validated"),
        "confirm": _("Interest confirmed"),
        "rest": _("Dormant: nobody has answered"),
        "wake": _("Awake again"),
        "send_back": _("Changes requested"),
        "reject": _("Rejected"),
        "withdraw": _("Withdrawn"),
        "reopen": _("Taken up again"),
    }

    subject = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a candidature")
        verbose_name_plural = _("events of candidatures")

    @property
    def label(self) -> str:
        """Return the event in words."""
        return str(self.LABELS.get(self.move, self.move))
