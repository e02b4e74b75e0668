"""Clusters and the partnerships that they form: profiles, targets, money, what they publish."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.enums import EventKind
from clusters.models.programme import Term, Wave
from clusters.models.querysets import ClusterQuerySet, PartnershipMemberQuerySet
from extratex.shared.audit import keep_history


@keep_history()
class Cluster(models.Model):
    """A cluster organisation with its public profile."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    country = CountryField(_("country"))
    nuts = models.CharField(_("NUTS region"), max_length=5, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    sectors = models.ManyToManyField(Term, verbose_name=_("sectoral industries"), blank=True, related_name="+")
    technologies = models.ManyToManyField(Term, verbose_name=_("technologies"), blank=True, related_name="+")
    has_eccp_profile = models.BooleanField(
        _("has a profile on the European Cluster Collaboration Platform"), default=True
    )
    members = models.PositiveIntegerField(_("members"), null=True, blank=True)
    small_members = models.PositiveIntegerField(_("of them small and medium-sized"), null=True, blank=True)
    source = models.CharField(_("source of these figures"), max_length=200, blank=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(small_members__isnull=True) | models.Q(small_members__lte=models.F("members")),
                name="small_members_are_members",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history()
class Partnership(models.Model):
    """A European cluster partnership: what it must reach in its wave."""

    slug = models.SlugField(_("address"), max_length=40, unique=True)
    acronym = models.CharField(_("acronym"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="partnerships")
    grant_agreement = models.CharField(_("grant agreement"), max_length=20, blank=True)
    starts_on = models.DateField(_("starts on"))
    months = models.PositiveSmallIntegerField(_("duration in months"))
    focus = models.TextField(_("focus"), blank=True)
    planned_exchanges = models.PositiveIntegerField(_("planned exchanges"), null=True, blank=True)
    target_sme_visitors = models.PositiveIntegerField(_("visits by SMEs"), null=True, blank=True)
    target_non_member_visitors = models.PositiveIntegerField(
        _("visitors from outside the partnerships"), null=True, blank=True
    )
    target_cross_sector_share = models.DecimalField(
        _("share of cross-sector exchanges"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    emerging_industries = models.ManyToManyField(
        Term, verbose_name=_("emerging industries"), blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering: ClassVar = ["acronym"]

    def __str__(self) -> str:
        return self.acronym


@keep_history()
class PartnershipMember(models.Model):
    """A cluster takes part in a partnership; one of them coordinates it."""

    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.CASCADE, related_name="members"
    )
    cluster = models.ForeignKey(
        Cluster, verbose_name=_("cluster"), on_delete=models.PROTECT, related_name="partnership_memberships"
    )
    coordinates = models.BooleanField(_("coordinates"), default=False)

    objects = PartnershipMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a partnership")
        verbose_name_plural = _("members of partnerships")
        ordering: ClassVar = ["partnership", "cluster"]
        constraints: ClassVar = [
            models.UniqueConstraint("partnership", "cluster", name="cluster_is_once_in_a_partnership"),
            models.UniqueConstraint(
                fields=["partnership"], condition=models.Q(coordinates=True), name="partnership_has_one_coordinator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership} · {self.cluster.short_name}"


@keep_history()
class Budget(models.Model):
    """A partnership's money for its visitors, in euro; `committed` and `paid` move only with a ledger entry."""

    partnership = models.OneToOneField(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="budget"
    )
    total = models.DecimalField(_("total (EUR)"), max_digits=12, decimal_places=2)
    committed = models.DecimalField(
        _("committed (EUR)"), max_digits=12, decimal_places=2, default=Decimal(0), editable=False
    )
    paid = models.DecimalField(_("paid (EUR)"), max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    payer_name = models.CharField(_("name on the account"), max_length=70)
    payer_iban = models.CharField(_("IBAN of the partnership's account"), max_length=34)
    payer_bic = models.CharField(_("BIC of the partnership's account"), max_length=11)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="paid_is_committed_and_committed_is_there",
                condition=models.Q(paid__gte=0)
                & models.Q(paid__lte=models.F("committed"))
                & models.Q(committed__lte=models.F("total")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.total}"

    @property
    def left(self) -> Decimal:
        """Return what may still be committed, in euro."""
        return self.total - self.committed


class ProgrammeEvent(models.Model):
    """Something that a partnership publishes: a mission, a learning event, a matchmaking event, a call."""

    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="programme_events"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind.choices)
    title = models.CharField(_("title"), max_length=200)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    country = CountryField(_("country"), blank=True)
    host_cluster = models.ForeignKey(
        Cluster, verbose_name=_("host cluster"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    facts = models.TextField(_("facts"), blank=True)

    class Meta:
        verbose_name = _("programme event")
        verbose_name_plural = _("programme events")
        ordering: ClassVar = [models.F("starts_on").desc(nulls_first=True), "title"]
        constraints: ClassVar = [
            models.UniqueConstraint("partnership", "title", name="partnership_publishes_an_event_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="event_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title
