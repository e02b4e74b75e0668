"""Runs of the matching as rows: asking for one, claiming it, cutting it in shards, ending it.

The row of MatchRun is the intent; what workers do with it stands in `shards`. A wave has one run at a time, which a
constraint holds, so that every run sees the lists that the one before has left. A whole run ranks everybody from one
case that is read once; a run about changes ranks whom they concern, with the weights and the rarity of the last whole
run, and gives the same lists as a whole run would with these.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localtime

from clusters.enums import RuleName
from clusters.models import User, Wave
from clusters.queries import open_wave, rule_value, rules_on
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.logs import get_logger
from matchmaking.enums import RunKind, RunStatus
from matchmaking.models import Candidature, MatchCase, MatchOutcome, MatchRun, MatchShard, Suggestion

logger = get_logger(__name__)

WEIGHT = "weight_"
TRIES = 5
LONGEST_FAULT = 300
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


def cancel(run: MatchRun, *, by: User) -> bool:
    """Take a run back; lists that it has made already stay. False where it was over before."""
    taken = MatchRun.objects.unfinished().filter(pk=run.pk)
    ended = taken.update(
        status=RunStatus.CANCELLED, finished_at=clock.now(), fault=f"cancelled by {by}"[:LONGEST_FAULT]
    )
    if ended:
        _wake_next(run.wave_id)
    return bool(ended)


def wake() -> int:
    """Wake every run that waits or was left behind, and drop what ended runs still hold; return how many are woken."""
    MatchCase.objects.exclude(run__status=RunStatus.RUNNING).delete()
    MatchShard.objects.exclude(run__status=RunStatus.RUNNING).delete()
    unfinished = list(MatchRun.objects.unfinished().values_list("pk", flat=True))
    for run_id in unfinished:
        ring("matchmaking.run", run_id=run_id)
    return len(unfinished)


def claim(run_id: int) -> MatchRun | None:
    """Begin a run that waits, where no other run of its wave is under way; or go on with one that has begun."""
    run = MatchRun.objects.unfinished().filter(pk=run_id).select_related("wave").first()
    if run is None or run.status == RunStatus.RUNNING:
        return run
    try:
        with transaction.atomic():
            waiting = MatchRun.objects.filter(pk=run_id, status=RunStatus.WAITING)
            taken = waiting.update(status=RunStatus.RUNNING, started_at=clock.now())
    except IntegrityError:  # another run of the wave is under way, and wakes this one at its end
        return None
    return MatchRun.objects.select_related("wave").get(pk=run_id) if taken else None


def count_try(run: MatchRun) -> bool:
    """Count a try at what nobody else is at; False, and the run is given up, where it was tried too often."""
    if not MatchRun.objects.filter(pk=run.pk, attempts__lt=TRIES).update(attempts=F("attempts") + 1):
        give_up(run, "every try broke off")
        return False
    return True


def note_fault(run: MatchRun, fault: Exception) -> None:
    """Keep what went wrong in words; the last try gives up."""
    words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
    MatchRun.objects.filter(pk=run.pk).update(fault=words)
    if MatchRun.objects.filter(pk=run.pk, attempts__gte=TRIES).exists():
        give_up(run, words)


def give_up(run: MatchRun, words: str) -> None:
    """End a run that no try has brought to its end."""
    fault = MatchRun.objects.values_list("fault", flat=True).get(pk=run.pk) or words
    ended = MatchRun.objects.unfinished().filter(pk=run.pk)
    if ended.update(status=RunStatus.FAILED, finished_at=clock.now(), fault=fault):
        logger.error("match_run_given_up", run=run.pk, error=fault)
        _wake_next(run.wave_id)


def finish(run: MatchRun, figures: dict[str, Any]) -> None:
    """Close a run with its figures, once; lists of and with those who no longer take part go."""
    with transaction.atomic():
        ended = MatchRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING)
        if not ended.update(status=RunStatus.DONE, finished_at=clock.now(), figures=figures, fault=""):
            return
        of_wave = Suggestion.objects.filter(visitor__wave=run.wave)
        of_wave.exclude(pk__in=of_wave.in_force().values("pk")).delete()
        MatchOutcome.objects.filter(run__finished_at__lt=clock.now() - KEPT).delete()
    _wake_next(run.wave_id)


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


def _wake_next(wave_id: int) -> None:
    """Wake what still waits in a wave, first what is about changes: it is short."""
    waiting = MatchRun.objects.filter(wave=wave_id, status=RunStatus.WAITING).order_by("kind", "asked_at")
    following = waiting.values_list("pk", flat=True).first()
    if following is not None:
        ring("matchmaking.run", run_id=following)
