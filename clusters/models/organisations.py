"""Organisations: those that visit and those that host."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import FieldDoesNotExist
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.enums import GONE, OrganisationStatus, OrganisationType, VatState, Vocabulary
from clusters.models.partnerships import Cluster
from clusters.models.programme import Term
from clusters.models.querysets import OrganisationQuerySet
from clusters.rules import folding, likeness
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.languages import LanguagesField
from extratex.shared.moves import MoveEvent


class LiveOrganisations(models.Manager["Organisation"]):
    """Finds what is there; what was merged into another one or taken back is found by `with_gone` alone."""

    def get_queryset(self) -> models.QuerySet["Organisation"]:
        """Leave out what is gone."""
        return super().get_queryset().exclude(status__in=GONE)


@keep_history(exclude=["name_key", "name_grams", "web_host"])
class Organisation(models.Model):
    """A company, cluster or support organisation that takes part once its reference cluster has validated it."""

    Status = OrganisationStatus

    legal_name = models.CharField(_("legal name"), max_length=300)
    type = models.CharField(_("type of organisation"), max_length=12, choices=OrganisationType.choices)
    scaling_up_kind = models.ForeignKey(
        Term,
        verbose_name=_("kind of support organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.SCALING_UP_KIND},
    )
    country = CountryField(_("country"), help_text=_("Where the participants are based."))
    nuts = models.CharField(_("NUTS region"), max_length=5, blank=True)
    town = models.CharField(_("town"), max_length=120)
    address = models.CharField(_("street and number"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    latitude = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    headcount = models.PositiveIntegerField(_("staff (full-time equivalents)"), null=True, blank=True)
    turnover_eur = models.DecimalField(
        _("turnover a year (EUR)"),
        max_digits=15,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    balance_eur = models.DecimalField(
        _("balance sheet total (EUR)"),
        max_digits=15,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_publicly_controlled = models.BooleanField(
        _("public bodies control a quarter or more of it"),
        default=False,
        db_default=False,
        help_text=_("Universities, research centres and small municipalities as investors do not count."),
    )
    vat = models.CharField(_("VAT number"), max_length=20, blank=True)
    vat_state = models.CharField(
        _("what VIES says of the VAT number"),
        max_length=12,
        choices=VatState.choices,
        default=VatState.UNCHECKED,
        db_default=VatState.UNCHECKED,
        editable=False,
    )
    vat_checked_at = models.DateTimeField(_("asked of VIES"), null=True, blank=True, editable=False)
    pic = models.CharField(
        _("participant identification code (PIC)"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^\d{9}$", _("A PIC has nine digits."))],
    )
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("what the organisation does"), max_length=3000, blank=True)
    sectors = models.ManyToManyField(Term, verbose_name=_("sectoral industries"), related_name="+")
    technologies = models.ManyToManyField(Term, verbose_name=_("technologies"), blank=True, related_name="+")
    ecosystems = models.ManyToManyField(Term, verbose_name=_("industrial ecosystems"), blank=True, related_name="+")
    key_technologies = models.ManyToManyField(
        Term, verbose_name=_("key enabling technologies"), blank=True, related_name="+"
    )
    languages = LanguagesField(_("working languages"))
    reference_cluster = models.ForeignKey(
        Cluster, verbose_name=_("reference cluster"), on_delete=models.PROTECT, related_name="organisations"
    )
    cluster_was_assigned = models.CharField(_("why this cluster was assigned"), max_length=300, blank=True)
    is_cluster_member = models.BooleanField(_("is a member of its reference cluster"), default=False)
    status = models.CharField(
        _("status"), max_length=20, choices=OrganisationStatus.choices, default=OrganisationStatus.DRAFT, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("registered"), default=clock.now, editable=False)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    # What it is found by: the folded name, the pieces of name and town, and the host of the website; see `derive`.
    name_key = models.CharField(max_length=folding.LONGEST_KEY, default="", db_default="", editable=False)
    name_grams = ArrayField(models.IntegerField(), default=list, db_default=[], editable=False)
    web_host = models.CharField(max_length=likeness.LONGEST_HOST, default="", db_default="", editable=False)

    DERIVED_FROM: ClassVar = frozenset({"legal_name", "town", "website"})
    DERIVED: ClassVar = frozenset({"name_key", "name_grams", "web_host"})

    objects = LiveOrganisations.from_queryset(OrganisationQuerySet)()
    with_gone = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["legal_name", "pk"]
        indexes: ClassVar = [
            models.Index("reference_cluster", "status", "status_since", name="organisation_queue"),
            models.Index("name_key", name="organisation_name_key"),
            models.Index("status_since", "id", name="organisation_recent"),
            models.Index("status", "status_since", "id", name="organisation_by_status"),
            models.Index("country", "status_since", "id", name="organisation_by_country"),
            models.Index("type", "status_since", "id", name="organisation_by_type"),
            models.Index(
                fields=["vat"],
                opclasses=["varchar_pattern_ops"],
                condition=~models.Q(vat=""),
                name="organisation_vat_begins",
            ),
            models.Index(
                fields=["pic"],
                opclasses=["varchar_pattern_ops"],
                condition=~models.Q(pic=""),
                name="organisation_pic_begins",
            ),
            models.Index("web_host", condition=~models.Q(web_host=""), name="organisation_web_host"),
            GinIndex("name_grams", name="organisation_name_grams", fastupdate=False),
            models.Index(
                "status_since",
                name="organisation_waits",
                condition=models.Q(status=OrganisationStatus.SUBMITTED),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=OrganisationStatus.values), name="organisation_status_is_known"
            ),
            models.CheckConstraint(condition=models.Q(vat_state__in=VatState.values), name="vat_state_is_known"),
            models.UniqueConstraint(
                fields=["vat"], condition=~models.Q(vat=""), name="vat_number_belongs_to_one_organisation"
            ),
            models.CheckConstraint(
                condition=models.Q(status=OrganisationStatus.MERGED, merged_into__isnull=False)
                | ~models.Q(status=OrganisationStatus.MERGED) & models.Q(merged_into__isnull=True),
                name="merged_organisation_says_into_which",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store the row, and with it what the name is found by."""
        self.derive()
        if update_fields is not None and self.DERIVED_FROM & set(update_fields):
            update_fields = {*update_fields, *self.DERIVED}
        super().save(*args, update_fields=update_fields, **kwargs)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check every field; that the row exists that a field points to is not asked again where it is at hand."""
        columns = (field for field in self._meta.concrete_fields if isinstance(field, models.ForeignKey))
        at_hand = {field.name for field in columns if field.is_cached(self) and field.value_from_object(self)}
        super().clean_fields({*(exclude or ()), *at_hand})

    def derive(self) -> None:
        """Work out what the organisation is found by from its name, town and website, as they are now."""
        if self.DERIVED_FROM & self.get_deferred_fields():
            return
        words = folding.words_of(self.legal_name)
        self.name_key = folding.key_of(words)
        self.name_grams = folding.grams_of([*words, *folding.words_of(self.town)])
        self.web_host = likeness.host_of(self.website)

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {
            OrganisationStatus.VALIDATED: "ok",
            OrganisationStatus.SUBMITTED: "wait",
            OrganisationStatus.CHANGES_REQUESTED: "wait",
            OrganisationStatus.REJECTED: "stop",
        }.get(OrganisationStatus(self.status), "")

    @classmethod
    def label_of(cls, name: str) -> str:
        """Return how pages call a field; a name that is no longer a field stands for itself."""
        if name == "nuts":
            return str(_("Region"))
        try:
            field: Any = cls._meta.get_field(name)
        except FieldDoesNotExist:
            return name
        return str(capfirst(field.related_model._meta.verbose_name_plural if field.one_to_many else field.verbose_name))

    @property
    def is_editable(self) -> bool:
        """Tell whether its members can write the registration: it lies with them, or it is validated."""
        return self.status in {
            OrganisationStatus.DRAFT,
            OrganisationStatus.CHANGES_REQUESTED,
            OrganisationStatus.VALIDATED,
        }

    @property
    def place(self) -> str:
        """Return town and country as one says them."""
        return f"{self.town}, {self.country.name}"

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"ORG-{self.pk:04d}"


class OrganisationEvent(MoveEvent):
    """What happened to an organisation's registration."""

    LABELS: ClassVar = {
        "begin": _("Registration begun"),
        "submit": _("Sent to the reference cluster"),
        "resubmit": _("Sent again"),
        "revise": _("Changed after its validation"),
        "correct": _("Changed by its members"),
        "validate": _("Validated"),
        "send_back": _("Changes requested"),
        "reassign": _("Passed on from %(from)s to %(to)s"),
        "reject": _("Rejected"),
        "fill": _("Filled in by an import of members"),
        "empty": _("What an import had filled in was taken back"),
        "take_back": _("Taken back with its import"),
        "merge": _("Merged into %(kept)s"),
        "take_in": _("%(merged)s was merged into it"),
    }

    NAMING: ClassVar = frozenset({"reassign", "merge", "take_in"})

    subject = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of an organisation")
        verbose_name_plural = _("events of organisations")

    @property
    def label(self) -> str:
        """Return the event in words."""
        text = str(self.LABELS.get(self.move, self.move))
        return text % self.facts if self.move in self.NAMING else text

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """Return what was said of single fields, each with the field's name on the page."""
        said = self.facts.get("remarks", {})
        order = [field.name for field in Organisation._meta.get_fields()]
        names = sorted(said, key=lambda name: order.index(name) if name in order else len(order))
        return [(Organisation.label_of(name), said[name]) for name in names]
