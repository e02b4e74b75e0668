"""What the programme and its partnerships publish: news, downloads, and calls for experts with their applications."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters.enums import ApplicationStatus
from clusters.models.partnerships import Partnership
from clusters.models.querysets import CallApplicationQuerySet, CallQuerySet, PublishedQuerySet
from extratex.documents.models import Document
from extratex.publishing.revisions import published
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.moves import MoveEvent


class Published(models.Model):
    """Something that everybody may read from a moment on; without one it is a draft of those who publish."""

    partnership = models.ForeignKey(
        Partnership,
        verbose_name=_("partnership"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: of the programme as a whole."),
    )
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, help_text=_("Empty: a draft. A later moment: published then.")
    )

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may read it now."""
        return self.published_at is not None and self.published_at <= clock.now()


@published
@keep_history()
class NewsItem(Published):
    """A piece of news, with a picture if there is one."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one or two sentences"), max_length=300)
    text = models.TextField(_("text"), max_length=20_000)
    picture = models.ForeignKey(
        Document, verbose_name=_("picture"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    picture_shows = models.CharField(_("what the picture shows"), max_length=200, blank=True)

    objects = PublishedQuerySet["NewsItem"].as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering: ClassVar = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("clusters:news_item", args=[self.slug])


@published
@keep_history()
class Download(Published):
    """A document that everybody may download."""

    title = models.CharField(_("title"), max_length=160)
    description = models.CharField(_("what it is"), max_length=300, blank=True)
    document = models.ForeignKey(Document, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")

    objects = PublishedQuerySet["Download"].as_manager()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


@published
@keep_history()
class Call(Published):
    """A call for experts: terms of reference, and a window that opens and closes to the second in its time zone."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one or two sentences"), max_length=300)
    terms = models.TextField(_("terms of reference"), max_length=20_000)
    terms_document = models.ForeignKey(
        Document,
        verbose_name=_("terms of reference as a file"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Brussels")
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    committee = models.ManyToManyField(
        "clusters.User", verbose_name=_("committee"), blank=True, related_name="calls_to_judge"
    )
    committee_told_at = models.DateTimeField(_("committee told"), null=True, blank=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for experts")
        verbose_name_plural = _("calls for experts")
        ordering: ClassVar = ["-closes_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="call_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("clusters:call", args=[self.slug])

    @property
    def opens_there(self) -> datetime:
        """Return the opening in the call's own time zone."""
        return timezone.localtime(self.opens_at, ZoneInfo(self.time_zone))

    @property
    def closes_there(self) -> datetime:
        """Return the closing in the call's own time zone."""
        return timezone.localtime(self.closes_at, ZoneInfo(self.time_zone))

    def is_open(self, at: datetime | None = None) -> bool:
        """Tell whether applications count at a moment (now): the closing second is the last one."""
        moment = (at or clock.now()).replace(microsecond=0)
        return self.is_public and self.opens_at <= moment <= self.closes_at

    @property
    def is_over(self) -> bool:
        """Tell whether the closing second has passed."""
        return clock.now().replace(microsecond=0) > self.closes_at

    @property
    def state(self) -> tuple[Any, str]:
        """Return where the call stands, in a word and a tone."""
        if not self.is_public:
            return _("Draft"), ""
        if self.is_over:
            return _("Closed"), ""
        return (_("Open"), "ok") if self.is_open() else (_("Opens later"), "wait")


@keep_history(exclude=["motivation", "experience"])
class CallApplication(models.Model):
    """One person's application to a call; nobody but the person reads it before the call is closed."""

    Status = ApplicationStatus

    call = models.ForeignKey(Call, verbose_name=_("call"), on_delete=models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(
        "clusters.User", verbose_name=_("applicant"), on_delete=models.PROTECT, related_name="call_applications"
    )
    employer = models.CharField(_("organisation, if you apply for one"), max_length=200, blank=True)
    motivation = models.TextField(_("why you, and how you would do it"), max_length=6000, blank=True)
    experience = models.TextField(_("experience that counts for this call"), max_length=6000, blank=True)
    cv = models.ForeignKey(
        Document, verbose_name=_("CV"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ApplicationStatus.choices, default=ApplicationStatus.DRAFT, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = CallApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application to a call")
        verbose_name_plural = _("applications to calls")
        ordering: ClassVar = ["call", "status_since"]
        constraints: ClassVar = [
            models.UniqueConstraint("call", "applicant", name="person_applies_once_to_a_call"),
            models.CheckConstraint(
                condition=models.Q(status__in=ApplicationStatus.values), name="application_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.applicant} · {self.call}"

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {ApplicationStatus.SUBMITTED: "ok", ApplicationStatus.DRAFT: "wait"}.get(
            ApplicationStatus(self.status), ""
        )


class CallApplicationEvent(MoveEvent):
    """What happened to an application."""

    LABELS: ClassVar = {
        "begin": _("Application begun"),
        "submit": _("Handed in"),
        "take_back": _("Taken back to be changed"),
        "withdraw": _("Withdrawn"),
    }

    subject = models.ForeignKey(CallApplication, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of an application to a call")
        verbose_name_plural = _("events of applications to calls")

    @property
    def label(self) -> str:
        """Return the event in words."""
        return str(self.LABELS.get(self.move, self.move))


@keep_history()
class Assessment(models.Model):
    """What a member of the committee thinks of an application."""

    application = models.ForeignKey(
        CallApplication, verbose_name=_("application"), on_delete=models.PROTECT, related_name="assessments"
    )
    member = models.ForeignKey("clusters.User", verbose_name=_("member"), on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(
        _("points from 0 to 10"), validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    reason = models.TextField(_("in a few sentences, why"), max_length=3000)
    at = models.DateTimeField(_("given"), default=clock.now)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering: ClassVar = ["application", "member"]
        constraints: ClassVar = [
            models.UniqueConstraint("application", "member", name="member_assesses_an_application_once"),
            models.CheckConstraint(condition=models.Q(points__range=(0, 10)), name="points_are_from_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.points}"
