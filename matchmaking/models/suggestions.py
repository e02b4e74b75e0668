"""Runs of the matching, their shards, and the lists that they make: the best hosts of a visitor, and the reverse."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from clusters.models import Wave
from extratex.shared import clock
from matchmaking.enums import RunKind, RunStatus
from matchmaking.models.candidatures import Candidature
from matchmaking.models.querysets import MatchRunQuerySet, MatchShardQuerySet, SuggestionQuerySet


class MatchRun(models.Model):
    """One run of the matching of a wave; the row is the intent, workers make it true.

    A whole run ranks everybody from a case that is read once; a run about changes ranks those whom they concern.
    """

    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="match_runs")
    kind = models.CharField(_("kind"), max_length=10, choices=RunKind.choices, default=RunKind.WHOLE)
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.WAITING)
    night_of = models.DateField(_("night of"), null=True, blank=True, help_text=_("Set where the calendar asked."))
    about = ArrayField(
        models.BigIntegerField(), verbose_name=_("changed candidatures"), default=list, blank=True, editable=False
    )
    asked_by = models.ForeignKey(
        "clusters.User", verbose_name=_("asked by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    total = models.PositiveIntegerField(_("lists"), default=0)
    done = models.PositiveIntegerField(_("lists done"), default=0)
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
            models.CheckConstraint(condition=models.Q(kind__in=RunKind.values), name="run_kind_is_known"),
            models.UniqueConstraint(
                fields=["wave", "kind"],
                condition=models.Q(status=RunStatus.WAITING),
                name="one_run_of_a_kind_waits_for_a_wave",
            ),
            models.UniqueConstraint(
                fields=["wave", "kind"],
                condition=models.Q(status=RunStatus.RUNNING),
                name="one_run_of_a_kind_is_under_way_in_a_wave",
            ),
            models.UniqueConstraint(fields=["wave", "night_of"], name="wave_is_matched_once_a_night"),
        ]

    def __str__(self) -> str:
        return f"{self.wave} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_whole(self) -> bool:
        """Tell whether the run ranks everybody."""
        return self.kind == RunKind.WHOLE

    @property
    def is_unfinished(self) -> bool:
        """Tell whether a worker still has to do something for it."""
        return self.status in {RunStatus.WAITING, RunStatus.RUNNING}

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {RunStatus.DONE: "ok", RunStatus.FAILED: "stop", RunStatus.CANCELLED: ""}.get(
            RunStatus(self.status), "wait"
        )


class MatchCase(models.Model):
    """What a whole run ranks, read once, packed: every shard and every second try sees the same."""

    run = models.OneToOneField(MatchRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="case")
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("case of a run")
        verbose_name_plural = _("cases of runs")

    def __str__(self) -> str:
        return str(self.run)


class MatchShard(models.Model):
    """A part of a whole run: the lists of some visitors or of some hosts, by their rows in the case."""

    run = models.ForeignKey(MatchRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="shards")
    side = models.CharField(_("lists of"), max_length=10, choices=ParticipantRole.choices)
    first = models.PositiveIntegerField(_("from row"))
    after = models.PositiveIntegerField(_("before row"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=dict)

    objects = MatchShardQuerySet.as_manager()

    class Meta:
        verbose_name = _("shard of a run")
        verbose_name_plural = _("shards of runs")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("run", "side", "first", name="row_of_a_case_is_ranked_in_one_shard"),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.side} {self.first}"


class Suggestion(models.Model):
    """A place in a list: the host number `rank` of a visitor, or for `side` host the visitor number `rank` of a host.

    The score goes from 0 to 100; the reasons, which add up to it, are put in words when somebody reads them.
    """

    run = models.ForeignKey(MatchRun, verbose_name=_("run"), on_delete=models.PROTECT, related_name="suggestions")
    side = models.CharField(_("list of the"), max_length=10, choices=ParticipantRole.choices)
    visitor = models.ForeignKey(
        Candidature, verbose_name=_("visitor"), on_delete=models.CASCADE, related_name="suggested_hosts"
    )
    host = models.ForeignKey(Candidature, verbose_name=_("host"), on_delete=models.CASCADE, related_name="suggested_to")
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering: ClassVar = ["visitor", "side", "rank"]
        indexes: ClassVar = [models.Index("host", "side", "rank", name="suggestion_of_a_host")]
        constraints: ClassVar = [
            models.UniqueConstraint("visitor", "host", "side", name="pair_stands_once_in_a_list"),
            models.CheckConstraint(condition=models.Q(score__range=(0, 100)), name="score_is_between_0_and_100"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} → {self.host}: {self.score}"


class MatchOutcome(models.Model):
    """What a run has changed in somebody's list, and for a visitor without hosts which wish keeps them away."""

    run = models.ForeignKey(MatchRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="outcomes")
    candidature = models.ForeignKey(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, related_name="match_outcomes"
    )
    new = ArrayField(models.BigIntegerField(), verbose_name=_("new in the list"), default=list)
    gone = ArrayField(models.BigIntegerField(), verbose_name=_("no longer in the list"), default=list)
    moved = models.PositiveSmallIntegerField(_("moved in the list"), default=0)
    obstacles = models.JSONField(_("wishes that keep everybody away"), default=list)

    class Meta:
        verbose_name = _("outcome of a run")
        verbose_name_plural = _("outcomes of runs")
        ordering: ClassVar = ["run", "candidature"]
        constraints: ClassVar = [
            models.UniqueConstraint("run", "candidature", name="run_has_one_outcome_for_a_candidature"),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.candidature}"
