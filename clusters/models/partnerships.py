"""Clusters and the partnerships that they form: profiles, targets, money, what they publish."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.enums import EventKind
from clusters.models.programme import Term, Wave
from clusters.models.querysets import ClusterQuerySet, PartnershipMemberQuerySet, ProgrammeEventQuerySet
from extratex.publishing.revisions import published
from extratex.shared import clock
from extratex.shared.audit import keep_history

LONGEST_SLUG = 60


@published
@keep_history()
class Cluster(models.Model):
    """A cluster organisation with its public profile."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    slug = models.SlugField(_("address"), max_length=LONGEST_SLUG, unique=True, null=True, editable=False)
    country = CountryField(_("country"))
    nuts = models.CharField(_("NUTS region"), max_length=5, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    description = models.TextField(_("what the cluster does"), max_length=5000, blank=True, db_default="")
    website = models.URLField(_("website"), blank=True, db_default="")
    eccp_profile = models.URLField(
        _("profile on the European Cluster Collaboration Platform"), blank=True, db_default=""
    )
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True, db_default="")
    contact_email = models.EmailField(_("e-mail address of the contact"), blank=True, db_default="")
    contact_phone = models.CharField(_("telephone of the contact"), max_length=40, blank=True, db_default="")
    sectors = models.ManyToManyField(Term, verbose_name=_("sectoral industries"), blank=True, related_name="+")
    technologies = models.ManyToManyField(Term, verbose_name=_("technologies"), blank=True, related_name="+")
    emerging_industries = models.ManyToManyField(
        Term, verbose_name=_("emerging industries"), blank=True, related_name="+"
    )
    priorities = models.TextField(
        _("priorities of smart specialisation"),
        max_length=2000,
        blank=True,
        db_default="",
        help_text=_("One on each line."),
    )
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

    def save(self, **kwargs: Any) -> None:
        """Give a new cluster an address of its own, made of its short name; it keeps it from then on."""
        if not self.slug:
            self.slug = self._free_slug()
            kwargs["update_fields"] = None if (only := kwargs.get("update_fields")) is None else {*only, "slug"}
        super().save(**kwargs)

    def _free_slug(self) -> str:
        slug = slugify(self.short_name)[: LONGEST_SLUG - 12] or "cluster"
        if not Cluster.objects.filter(slug=slug).exclude(pk=self.pk).exists():
            return slug
        return f"{slug}-{self.pk or Cluster.objects.order_by('-pk').values_list('pk', flat=True)[0] + 1}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("clusters:cluster", args=[self.slug or self.pk])

    @property
    def place(self) -> str:
        """Return town and country as one says them."""
        return ", ".join(filter(None, (self.town or self.region, str(self.country.name))))


@published
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
    objectives = models.TextField(_("objectives"), max_length=5000, blank=True, db_default="")
    results = models.TextField(_("results expected"), max_length=5000, blank=True, db_default="")
    target_groups = models.TextField(
        _("whom it is for"), max_length=2000, blank=True, db_default="", help_text=_("One group on each line.")
    )
    website = models.URLField(_("website"), blank=True, db_default="")
    eccp_profile = models.URLField(
        _("profile on the European Cluster Collaboration Platform"), blank=True, db_default=""
    )
    partners = models.PositiveSmallIntegerField(
        _("number of partners"), null=True, blank=True, help_text=_("As published. Empty: the clusters listed here.")
    )
    countries = CountryField(_("countries of origin"), multiple=True, blank=True, db_default="")
    source_note = models.CharField(_("what is not certain"), max_length=300, blank=True, db_default="")
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
    sectors = models.ManyToManyField(Term, verbose_name=_("sectoral industries"), blank=True, related_name="+")

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering: ClassVar = ["acronym"]

    def __str__(self) -> str:
        return self.acronym

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("clusters:partnership", args=[self.slug])


@published
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


@published
@keep_history()
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
    website = models.URLField(_("website"), blank=True, db_default="")

    objects = ProgrammeEventQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("clusters:event", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Tell whether its last day has passed; what has no date yet is still to come."""
        last_day = self.ends_on or self.starts_on
        return last_day is not None and last_day < clock.today()
