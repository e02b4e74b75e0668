"""What surrounds an organisation's figures: the enterprises that count with it, and the check of its VAT number."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clusters.enums import EnterpriseRelation
from clusters.models.organisations import Organisation
from extratex.shared import clock
from extratex.shared.audit import keep_history


@keep_history()
class RelatedEnterprise(models.Model):
    """A partner or linked enterprise whose figures count towards the size of an organisation (2003/361/EC, art. 6)."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="related_enterprises"
    )
    name = models.CharField(_("name"), max_length=300)
    relation = models.CharField(_("relation"), max_length=10, choices=EnterpriseRelation.choices)
    share = models.DecimalField(
        _("share in per cent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Capital or votes held, by you in it or by it in you: the larger of the two."),
    )
    headcount = models.DecimalField(
        _("staff (full-time equivalents)"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)]
    )
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

    class Meta:
        verbose_name = _("partner or linked enterprise")
        verbose_name_plural = _("partner and linked enterprises")
        ordering: ClassVar = ["organisation", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(relation__in=EnterpriseRelation.values), name="relation_is_known"),
            models.CheckConstraint(condition=Q(share__gte=0) & Q(share__lte=Decimal(100)), name="share_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name


class VatCheckQuerySet(models.QuerySet["VatCheck"]):
    """The checks of VAT numbers."""

    def due(self) -> "VatCheckQuerySet":
        """Return what has to be asked now."""
        return self.filter(due_at__lte=clock.now())


class VatCheck(models.Model):
    """One number to be asked of VIES: the row is the intent; without `due_at` nothing is left to ask."""

    organisation = models.OneToOneField(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="vat_check"
    )
    number = models.CharField(_("VAT number"), max_length=20)
    due_at = models.DateTimeField(_("to be asked from"), null=True, blank=True, default=clock.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("times asked"), default=0)
    fault = models.CharField(_("what went wrong last"), max_length=300, blank=True)

    objects = VatCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a VAT number")
        verbose_name_plural = _("checks of VAT numbers")

    def __str__(self) -> str:
        return self.number
