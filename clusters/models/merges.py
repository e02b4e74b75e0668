"""Merges of two organisations: who joined what, when, and what was moved."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.organisations import Organisation
from clusters.models.people import User
from extratex.shared import clock


class OrganisationMerge(models.Model):
    """Two registrations of one organisation became one. Inserted only."""

    kept = models.ForeignKey(
        Organisation, verbose_name=_("kept organisation"), on_delete=models.PROTECT, related_name="merges"
    )
    merged = models.OneToOneField(
        Organisation, verbose_name=_("merged organisation"), on_delete=models.PROTECT, related_name="merge"
    )
    by = models.ForeignKey(User, verbose_name=_("merged by"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=clock.now)
    choices = models.JSONField(_("values that were chosen"), default=dict)
    replaced = models.JSONField(_("values that were given up"), default=dict)
    moved = models.JSONField(_("what was moved"), default=dict)

    class Meta:
        verbose_name = _("merge of organisations")
        verbose_name_plural = _("merges of organisations")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("merged")), name="organisation_is_not_merged_into_itself"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
