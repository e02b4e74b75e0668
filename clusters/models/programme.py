"""The programme's dated facts: waves, terms, countries, eligibility, lump sums and the numbers of its rules.

Every value here is data that an administrator edits; a mark says how certain it is. No number of the programme
stands in code.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clusters.enums import Mark, OrganisationType, ParticipantRole, RuleName, Verdict, Vocabulary
from clusters.models.querysets import DatedQuerySet, TermQuerySet
from extratex.publishing.revisions import published
from extratex.shared.audit import keep_history
from extratex.shared.ranges import KeyRange, TextRange, Validity


@published
@keep_history()
class Wave(models.Model):
    """A round of the programme with its own rules, dates and funding statement."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    accepts_until = models.DateField(
        _("accepts candidatures until"),
        null=True,
        blank=True,
        help_text=_("Empty: as long as the wave's rates are in force."),
    )
    emblem_text = models.CharField(
        _("words beside the emblem"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("What stands next to the emblem of the European Union, in the words that the grant asks for."),
    )
    funding_statement = models.TextField(_("funding statement"))
    disclaimer = models.TextField(_("disclaimer"))

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="wave_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@published
class Term(models.Model):
    """One word of a controlled vocabulary of the programme."""

    vocabulary = models.CharField(_("vocabulary"), max_length=20, choices=Vocabulary.choices)
    name = models.CharField(_("name"), max_length=160)
    mark = models.CharField(_("certainty"), max_length=15, choices=Mark.choices, default=Mark.TEXT)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering: ClassVar = ["vocabulary", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("vocabulary", "name", name="term_stands_once_in_its_vocabulary"),
        ]

    def __str__(self) -> str:
        return self.name


def one_at_a_time(name: str, *keys: models.Func) -> list[models.BaseConstraint]:
    """Return what keeps the validities of facts with the same keys in order and apart."""
    validity = Validity("valid_from", "valid_to")
    return [
        models.CheckConstraint(
            name=f"{name}_ends_after_it_begins",
            condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
        ),
        ExclusionConstraint(
            name=f"{name}_is_one_at_a_time",
            expressions=[(expression, RangeOperators.OVERLAPS) for expression in (*keys, validity)],
        ),
    ]


class DatedFact(models.Model):
    """A fact with its validity and its certainty; what it is a fact about is named by `KEYS`."""

    KEYS: ClassVar[tuple[str, ...]] = ()

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Empty: until further notice."))
    mark = models.CharField(_("certainty"), max_length=15, choices=Mark.choices, default=Mark.INFERRED)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


@published
@keep_history()
class EligibleCountry(DatedFact):
    """A country that may send visitors and receive them."""

    KEYS: ClassVar = ("country",)

    country = CountryField(_("country"))
    eu_member = models.BooleanField(_("member of the European Union"))
    sepa = models.CharField(
        _("reached by SEPA"),
        max_length=5,
        choices=[("yes", _("yes")), ("no", _("no")), ("check", _("to be checked"))],
    )
    nuts_prefix = models.CharField(_("NUTS prefix"), max_length=2)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("eligible country")
        verbose_name_plural = _("eligible countries")
        ordering: ClassVar = ["country"]
        constraints: ClassVar = [
            models.UniqueConstraint("country", "valid_from", name="country_becomes_eligible_once_a_day"),
            *one_at_a_time("country_is_eligible", TextRange("country")),
        ]

    def __str__(self) -> str:
        return str(self.country.name)


@published
@keep_history()
class EligibilityRule(DatedFact):
    """One row of the eligibility table: wave × role × type of organisation → verdict and conditions."""

    KEYS: ClassVar = (
        "wave",
        "role",
        "organisation_type",
    )

    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="eligibility_rules")
    role = models.CharField(_("role"), max_length=10, choices=ParticipantRole.choices)
    organisation_type = models.CharField(_("type of organisation"), max_length=12, choices=OrganisationType.choices)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices)
    needs_cluster = models.BooleanField(_("must be a member of a cluster"), default=False)
    needs_eccp_cluster = models.BooleanField(_("must be a member of a cluster with an ECCP profile"), default=False)
    sentence = models.CharField(_("the rule in words"), max_length=300)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility table")
        ordering: ClassVar = ["wave", "role", "organisation_type", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "wave", "role", "organisation_type", "valid_from", name="eligibility_is_decided_once_a_day"
            ),
            *one_at_a_time("eligibility", KeyRange("wave"), TextRange("role"), TextRange("organisation_type")),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.get_organisation_type_display()}: {self.get_verdict_display()}"


@published
@keep_history()
class LumpSumRate(DatedFact):
    """The full lump sum for a stay in a host country, in euro."""

    KEYS: ClassVar = ("country",)

    country = CountryField(_("host country"))
    amount = models.DecimalField(
        _("full amount (EUR)"), max_digits=8, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("lump sum")
        verbose_name_plural = _("lump sums")
        ordering: ClassVar = ["country", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint("country", "valid_from", name="country_has_one_rate_a_day"),
            *one_at_a_time("rate", TextRange("country")),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="rate_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.country.name}: EUR {self.amount:,.2f}"


@published
@keep_history()
class RuleSetting(DatedFact):
    """One number of the programme's rules, from a day on."""

    KEYS: ClassVar = ("name",)

    name = models.CharField(_("rule"), max_length=40, choices=RuleName.choices)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=2)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("rule setting")
        verbose_name_plural = _("rule settings")
        ordering: ClassVar = ["name", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint("name", "valid_from", name="rule_has_one_value_a_day"),
            *one_at_a_time("rule", TextRange("name")),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.value.normalize():f}"


@keep_history()
class PublicHoliday(models.Model):
    """A day that the library of public holidays lacks in a country, or names wrongly: entered by hand, it decides."""

    country = CountryField(_("country"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    is_worked = models.BooleanField(
        _("people work on this day"),
        default=False,
        help_text=_("Tick this where the calendar of the portal calls a holiday what is none."),
    )

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays entered by hand")
        ordering: ClassVar = ["day", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint("country", "day", name="country_has_a_day_by_hand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country.name}, {self.day}: {self.name}"
