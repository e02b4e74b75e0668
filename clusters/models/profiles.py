"""What belongs to the profile of a cluster or a partnership: labels that were awarded, goals besides the exchanges."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import GoalKind, LabelLevel
from clusters.models.partnerships import Cluster, Partnership
from extratex.publishing.revisions import published
from extratex.shared import clock
from extratex.shared.audit import keep_history


@published
@keep_history()
class ClusterLabel(models.Model):
    """A label of cluster management excellence, with the days between which it holds."""

    cluster = models.ForeignKey(Cluster, verbose_name=_("cluster"), on_delete=models.CASCADE, related_name="labels")
    level = models.CharField(_("level"), max_length=10, choices=LabelLevel.choices)
    awarded_on = models.DateField(_("awarded on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("label of a cluster")
        verbose_name_plural = _("labels of clusters")
        ordering: ClassVar = ["-awarded_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("cluster", "level", "awarded_on", name="label_is_awarded_once_a_day"),
            models.CheckConstraint(condition=models.Q(level__in=LabelLevel.values), name="label_level_is_known"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("awarded_on")),
                name="label_ends_after_it_was_awarded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}, {self.awarded_on}"

    @property
    def is_in_force(self) -> bool:
        """Tell whether the label holds today."""
        today = clock.today()
        return self.awarded_on <= today and (self.valid_to is None or today <= self.valid_to)


@published
@keep_history()
class PartnershipGoal(models.Model):
    """Something that a partnership must reach besides its exchanges, as a number."""

    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.CASCADE, related_name="goals"
    )
    kind = models.CharField(_("goal"), max_length=40, choices=GoalKind.choices)
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("goal of a partnership")
        verbose_name_plural = _("goals of partnerships")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("partnership", "kind", name="partnership_has_a_goal_once"),
            models.CheckConstraint(condition=models.Q(kind__in=GoalKind.values), name="goal_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"
