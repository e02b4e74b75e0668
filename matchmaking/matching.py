"""Runs of the matching as rows: asking for one, waking those that wait, closing one.

The row of MatchRun is the intent; what workers do with it stands in `shards`, and the steps of its life in `queued`. A
whole run ranks everybody from one case that is read once; a run about changes ranks whom they concern, with the weights
and the rarity of the last whole run, and gives the same lists as a whole run would with these.

A wave has one run of a kind at a time, which a constraint holds. A change does not wait for a whole run that is under
way: its lists stand within a minute, the whole run leaves them alone, and after it the same changes are ranked once
more, with the lists that were left alone, so that in the end all lists are those of the new weights.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from clusters.enums import ParticipantRole, RuleName
from clusters.models import User, Wave
from clusters.queries import open_wave, rule_value, rules_on
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.locks import wait_for
from matchmaking.enums import CandidatureStatus, RunKind, RunStatus
from matchmaking.models import Candidature, MatchCase, MatchOutcome, MatchRun, MatchShard, Suggestion
from matchmaking.queries import last_ranking
from matchmaking.queued import Queue

WEIGHT = "weight_"
KEPT = timedelta(days=30)
"""For so long the pages can say what a run has changed in somebody's list."""


def parameters() -> dict[str, Any]:
    """Return the weights of the wishes and how many partners a list holds, by the dated numbers in force.

    Each run keeps those that it used; a new weight counts from the next whole run on.
    """
    numbers = rules_on()
    weights = {name.removeprefix(WEIGHT): _plain(value) for name, value in numbers.items() if name.startswith(WEIGHT)}
    return {"best": int(rule_value(RuleName.SUGGESTIONS_IN_A_LIST)), "weights": weights}


def ask(wave: Wave, *, by: User | None = None) -> MatchRun:
    """Ask for a whole run of a wave, inside the transaction of its cause; one that already waits serves this cause too.

    A run that waits is locked, so that no worker begins it before the cause is committed and can be read.
    """
    return _ask(wave, RunKind.WHOLE, by, ())


def ask_about(candidature: Candidature, *, by: User | None = None) -> MatchRun:
    """Ask for a run about one candidature that has come, left or changed; what waits already takes it along."""
    return _ask(candidature.wave, RunKind.CHANGES, by, (candidature.pk,))


def ask_each_night() -> MatchRun | None:
    """Ask for the whole run of this night once its hour has come, once; at once where the wave has none yet."""
    wave = open_wave()
    if wave is None:
        return None
    now = localtime(clock.now())
    runs = MatchRun.objects.filter(wave=wave, kind=RunKind.WHOLE)
    if now.hour < settings.MATCHING_HOUR or runs.filter(night_of=now.date()).exists():
        return None
    try:
        with transaction.atomic():
            run = ask(wave)
            MatchRun.objects.filter(pk=run.pk).update(night_of=now.date())
    except IntegrityError:  # another sweep was faster
        return None
    return run


def wake() -> int:
    """Wake every run that waits or was left behind, and drop what ended runs still hold; return how many are woken."""
    MatchCase.objects.exclude(run__status=RunStatus.RUNNING).delete()
    MatchShard.objects.exclude(run__status=RunStatus.RUNNING).delete()
    unfinished = list(MatchRun.objects.unfinished().values_list("pk", flat=True))
    for run_id in unfinished:
        ring("matchmaking.run", run_id=run_id)
    return len(unfinished)


def begin(run: MatchRun) -> bool:
    """Begin a run, or go on with it; changes wait for the first whole run of their wave, from which they take all."""
    if run.kind == RunKind.CHANGES and run.status == RunStatus.WAITING and last_ranking(run.wave) is None:
        first = MatchRun.objects.filter(wave=run.wave_id, kind=RunKind.WHOLE, status=RunStatus.RUNNING)
        if first.exists():
            return False
    return queue.begin(run)


def finish(run: MatchRun, figures: dict[str, Any]) -> None:
    """Close a run with its figures, once; the lists of those who no longer take part go.

    Where such a one stands in the list of somebody else, the run about it ranks that list anew.
    """
    with transaction.atomic():
        wait_to_write(run.wave_id)
        if not queue.close(run, figures=figures):
            return
        left = Candidature.objects.filter(wave=run.wave).exclude(status=CandidatureStatus.VALIDATED).values("pk")
        Suggestion.objects.filter(side=ParticipantRole.VISITOR, visitor__in=left).delete()
        Suggestion.objects.filter(side=ParticipantRole.HOST, host__in=left).delete()
        MatchOutcome.objects.filter(run__finished_at__lt=clock.now() - KEPT).delete()


def wait_to_write(wave_id: int, *, shared: bool = False) -> None:
    """Hold the lists of a wave until the transaction ends: its shards together, a run about changes alone."""
    wait_for(f"lists of wave {wave_id}", shared=shared)


def overtaken(whole: MatchRun) -> QuerySet[MatchOutcome]:
    """Return what runs about changes have written since a whole run began, until it was over."""
    beside = MatchOutcome.objects.filter(_beside(whole, "run__"), run__wave=whole.wave_id, run__kind=RunKind.CHANGES)
    return beside if whole.finished_at is None else beside.filter(run__started_at__lte=whole.finished_at)


def _ask(wave: Wave, kind: RunKind, by: User | None, about: Iterable[int]) -> MatchRun:
    waiting = MatchRun.objects.select_for_update(no_key=True)
    with transaction.atomic():
        run, _created = waiting.get_or_create(
            wave=wave, kind=kind, status=RunStatus.WAITING, defaults={"asked_by": by, "parameters": parameters()}
        )
        together = sorted({*run.about, *about})
        if together != run.about:
            run.about = together
            run.save(update_fields=["about"])
    ring("matchmaking.run", run_id=run.pk)
    return run


def _plain(value: Decimal) -> float:
    """Return a number as JSON writes it best: 36 rather than 36.0."""
    return int(value) if value == int(value) else float(value)


def _beside(whole: MatchRun, path: str = "") -> Q:
    """Return the condition that a run is not over, or was not when a whole run began."""
    begun = whole.started_at or whole.asked_at
    return Q(**{f"{path}status": RunStatus.RUNNING}) | Q(**{f"{path}finished_at__gte": begun})


def _go_on_after(run: MatchRun) -> None:
    """Ask once more about what has changed beside a whole run, and wake what waits in its wave."""
    if run.is_whole:
        beside = MatchRun.objects.filter(_beside(run), wave=run.wave_id, kind=RunKind.CHANGES)
        about = {key for keys in beside.values_list("about", flat=True) for key in keys}
        if about:
            _ask(run.wave, RunKind.CHANGES, None, about)
    waiting = MatchRun.objects.filter(wave=run.wave_id, status=RunStatus.WAITING).order_by("kind", "asked_at")
    for waiting_id in waiting.values_list("pk", flat=True):
        ring("matchmaking.run", run_id=waiting_id)


queue = Queue(MatchRun, after_end=_go_on_after)
