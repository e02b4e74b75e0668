"""Validating many registrations at once, and who has been reminded of those that wait."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clusters.enums import BulkOutcome, ReminderKind
from clusters.models.organisations import Organisation
from extratex.shared import clock


class BulkValidationQuerySet(models.QuerySet["BulkValidation"]):
    """Bulk validations as their author and the sweep ask for them."""

    def visible_to(self, user: Any) -> "BulkValidationQuerySet":
        """Return the person's own."""
        return self.filter(asked_by_id=user.pk)

    def unfinished(self) -> "BulkValidationQuerySet":
        """Return what still has to be looked through or carried out."""
        to_check = Q(checked_at=None)
        to_carry_out = Q(confirmed_at__isnull=False)
        return self.filter(to_check | to_carry_out, finished_at=None, cancelled_at=None, failed_at=None)


class BulkValidation(models.Model):
    """Registrations that one officer validates together: first a dry run, then, once confirmed, the real one."""

    asked_by = models.ForeignKey(
        "clusters.User", verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="bulk_validations"
    )
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    checked_at = models.DateTimeField(_("looked through"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    fault = models.CharField(_("fault"), max_length=300, blank=True)
    total = models.PositiveIntegerField(_("registrations"), default=0)

    objects = BulkValidationQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk validation")
        verbose_name_plural = _("bulk validations")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(
                "asked_at",
                name="bulk_validation_unfinished",
                condition=Q(finished_at=None, cancelled_at=None, failed_at=None),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(checked_at__isnull=False), name="bulk_is_confirmed_after_its_dry_run"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by}: {self.total}"

    @property
    def stage(self) -> str:
        """Return how far it is: checking, checked, running, done, cancelled or failed."""
        ends = (("failed", self.failed_at), ("cancelled", self.cancelled_at), ("done", self.finished_at))
        for name, at in ends:
            if at is not None:
                return name
        if self.confirmed_at is not None:
            return "running"
        return "checking" if self.checked_at is None else "checked"


class BulkRow(models.Model):
    """One registration of a bulk validation: what the dry run said of it, and what became of it."""

    run = models.ForeignKey(BulkValidation, on_delete=models.CASCADE, related_name="rows")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=BulkOutcome.choices, default=BulkOutcome.WAITING, editable=False
    )
    reasons = models.JSONField(_("reasons"), default=list, blank=True)

    class Meta:
        verbose_name = _("registration of a bulk validation")
        verbose_name_plural = _("registrations of bulk validations")
        ordering: ClassVar = ["run", "pk"]
        indexes: ClassVar = [models.Index("run", "outcome", "id", name="bulk_row_outcome")]
        constraints: ClassVar = [
            models.UniqueConstraint("run", "organisation", name="organisation_is_once_in_a_bulk_validation"),
            models.CheckConstraint(condition=Q(outcome__in=BulkOutcome.values), name="bulk_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_outcome_display()}"


class ValidationReminder(models.Model):
    """Somebody has been reminded of a registration for as long as it has lain with its cluster."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=ReminderKind.choices)
    waited_since = models.DateTimeField(_("waited since"))
    at = models.DateTimeField(_("reminded"), default=clock.now)

    class Meta:
        verbose_name = _("reminder of a validation")
        verbose_name_plural = _("reminders of validations")
        constraints: ClassVar = [
            models.UniqueConstraint("organisation", "kind", "waited_since", name="reminded_once_of_each_wait"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"
