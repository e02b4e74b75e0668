"""Runs of the matching and the hosts that they suggest, each with its reasons."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Wave
from extratex.shared import clock
from matchmaking.enums import RunStatus
from matchmaking.models.candidatures import Candidature
from matchmaking.models.querysets import MatchRunQuerySet, SuggestionQuerySet


class MatchRun(models.Model):
    """One run over all validated candidatures of a wave; the row is the intent, a worker makes it true."""

    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="match_runs")
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.WAITING)
    asked_by = models.ForeignKey(
        "clusters.User", verbose_name=_("asked by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    total = models.PositiveIntegerField(_("visitors"), default=0)
    done = models.PositiveIntegerField(_("visitors done"), default=0)
    reached = models.PositiveBigIntegerField(
        _("last visitor done"), default=0, help_text=_("Where a run that was cut off goes on.")
    )
    parameters = models.JSONField(_("parameters"), default=dict)
    figures = models.JSONField(_("figures"), default=dict)
    fault = models.CharField(_("fault"), max_length=300, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the matching")
        verbose_name_plural = _("runs of the matching")
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="run_status_is_known"),
            models.UniqueConstraint(
                fields=["wave"], condition=models.Q(status=RunStatus.WAITING), name="one_run_waits_for_a_wave"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave} · {self.asked_at:%Y-%m-%d %H:%M}"


class Suggestion(models.Model):
    """A host suggested to a visitor: rank, score from 0 to 100, and the reasons in words."""

    run = models.ForeignKey(MatchRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="suggestions")
    visitor = models.ForeignKey(
        Candidature, verbose_name=_("visitor"), on_delete=models.CASCADE, related_name="suggested_hosts"
    )
    host = models.ForeignKey(Candidature, verbose_name=_("host"), on_delete=models.CASCADE, related_name="suggested_to")
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1)
    reasons = models.JSONField(_("reasons"), default=list)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering: ClassVar = ["visitor", "rank"]
        indexes: ClassVar = [models.Index("host", models.F("score").desc(), name="suggestion_of_a_host")]
        constraints: ClassVar = [
            models.UniqueConstraint("visitor", "host", name="host_is_suggested_once_to_a_visitor"),
            models.CheckConstraint(condition=models.Q(score__range=(0, 100)), name="score_is_between_0_and_100"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} → {self.host}: {self.score}"
