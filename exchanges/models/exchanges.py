"""The exchange file: who visits whom, when, with which agenda, and for which frozen lump sum."""

from datetime import date
from typing import ClassVar, cast

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster, Organisation, Partnership, Wave
from clusters.models.following import lands_in_the_kept
from exchanges.enums import LIVE_STATUSES, ExchangeStatus, HalfDay, Mode
from exchanges.models.querysets import ExchangeQuerySet
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.moves import MoveEvent
from extratex.shared.ranges import KeyRange
from matchmaking.models import Proposal


@keep_history()
class Exchange(models.Model):
    """One visitor's exchange with one host; it counts for, and is paid by, the visitor's partnership."""

    Status = ExchangeStatus

    proposal = models.OneToOneField(
        Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="exchange"
    )
    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="+")
    visitor = models.ForeignKey(
        Organisation, verbose_name=_("visitor"), on_delete=models.PROTECT, related_name="exchanges_as_visitor"
    )
    host = models.ForeignKey(
        Organisation, verbose_name=_("host"), on_delete=models.PROTECT, related_name="exchanges_as_host"
    )
    visitor_cluster = models.ForeignKey(
        Cluster, verbose_name=_("visitor's reference cluster"), on_delete=models.PROTECT, related_name="+"
    )
    host_cluster = models.ForeignKey(
        Cluster, verbose_name=_("host's reference cluster"), on_delete=models.PROTECT, related_name="+"
    )
    partnership = models.ForeignKey(
        Partnership, verbose_name=_("visitor's partnership"), on_delete=models.PROTECT, related_name="exchanges"
    )
    host_partnership = models.ForeignKey(
        Partnership, verbose_name=_("host's partnership"), on_delete=models.PROTECT, related_name="+"
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.PHYSICAL)
    objectives = models.TextField(_("goals and objectives"), max_length=4000, blank=True)
    expected_outcomes = models.TextField(_("expected outcomes"), max_length=4000, blank=True)
    cross_sector = models.BooleanField(_("cross-sector"), default=False, editable=False)
    derivation = models.JSONField(_("derivation of the lump sum"), null=True, blank=True, editable=False)
    frozen_rules = models.JSONField(_("rules in force at signature"), null=True, blank=True, editable=False)
    lump_sum = models.DecimalField(
        _("lump sum (EUR)"), max_digits=8, decimal_places=2, null=True, blank=True, editable=False
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=ExchangeStatus.choices, default=ExchangeStatus.BUILDING, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("begun"), default=clock.now, editable=False)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index("partnership", "status", "status_since", name="exchange_queue")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visitor"],
                condition=models.Q(mode=Mode.PHYSICAL, status__in=LIVE_STATUSES),
                name="visitor_travels_once_in_the_scheme",
            ),
            models.CheckConstraint(
                condition=~models.Q(visitor=models.F("host")), name="visitor_and_host_are_two_organisations"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ExchangeStatus.values), name="exchange_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_at__isnull=True)
                | models.Q(lump_sum__gte=0, derivation__isnull=False, frozen_rules__isnull=False),
                name="frozen_exchange_has_its_sum",
            ),
        ]
        triggers: ClassVar = [lands_in_the_kept("visitor_id"), lands_in_the_kept("host_id")]

    def __str__(self) -> str:
        return f"{self.visitor} → {self.host}"

    @property
    def number(self) -> str:
        """Return the number under which everybody speaks of the file."""
        return f"XT-{self.created_at:%Y}-{self.pk:04d}"

    @property
    def first_day(self) -> date | None:
        """Return the day on which the first stay begins, where one is dated."""
        return min((stay.first_day for stay in self.stays.all()), default=None)

    @property
    def last_day(self) -> date | None:
        """Return the day on which the last stay ends, where one is dated."""
        return max((stay.last_day for stay in self.stays.all()), default=None)

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        if self.status == ExchangeStatus.CANCELLED:
            return "stop"
        return "ok" if self.status in {ExchangeStatus.READY, ExchangeStatus.ONGOING, ExchangeStatus.PAID} else "wait"


@keep_history()
class Stay(models.Model):
    """A period at one host; both days included. A visitor's stays never overlap, whoever enters them."""

    exchange = models.ForeignKey(Exchange, verbose_name=_("exchange"), on_delete=models.CASCADE, related_name="stays")
    visitor = models.ForeignKey(
        Organisation, verbose_name=_("visitor"), on_delete=models.PROTECT, editable=False, related_name="+"
    )
    host = models.ForeignKey(Organisation, verbose_name=_("host"), on_delete=models.PROTECT, related_name="stays")
    period = DateRangeField(_("period"))
    travel_days = ArrayField(models.DateField(), verbose_name=_("travel days"), default=list, blank=True)
    live = models.BooleanField(_("counts"), default=True, editable=False)

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        ordering: ClassVar = ["period"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="stays_of_a_visitor_do_not_overlap",
                expressions=[
                    (KeyRange("visitor"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(live=True),
            ),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="stay_has_days"),
        ]
        triggers: ClassVar = [lands_in_the_kept("visitor_id"), lands_in_the_kept("host_id")]

    def __str__(self) -> str:
        return f"{self.host}: {self.period}"

    @property
    def first_day(self) -> date:
        """Return the first day of the stay."""
        return cast("date", self.period.lower)

    @property
    def last_day(self) -> date:
        """Return the last day of the stay, which is still part of it."""
        return cast("date", self.period.upper - clock.ONE_DAY)


@keep_history()
class AgendaItem(models.Model):
    """Half a day of the agenda."""

    exchange = models.ForeignKey(Exchange, verbose_name=_("exchange"), on_delete=models.CASCADE, related_name="agenda")
    day = models.DateField(_("day"))
    half = models.CharField(_("half-day"), max_length=12, choices=HalfDay.choices, default=HalfDay.MORNING)
    what = models.CharField(_("what"), max_length=200)
    place = models.CharField(_("where"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        ordering: ClassVar = ["day", "half", "pk"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_half_display()}: {self.what}"


class ExchangeEvent(MoveEvent):
    """What happened to an exchange."""

    subject = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of an exchange")
        verbose_name_plural = _("events of exchanges")
