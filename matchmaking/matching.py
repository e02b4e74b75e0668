"""A run of the matching: all validated visitors of a wave, each with its best hosts and the reasons.

The row of MatchRun is the intent. A worker takes the visitors in the order of their keys and writes chunk after chunk,
each in a transaction of its own that also moves `reached`: a worker that is killed leaves a run that the sweep takes up
again where it stopped. A lock of the wave, which dies with its worker, keeps two workers apart.
"""

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Coalesce

from clusters.enums import ParticipantRole
from clusters.models import User, Wave
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger
from matchmaking import inputs, notices
from matchmaking.engine import candidates
from matchmaking.engine.hosts import HostIndex
from matchmaking.engine.model import Suggestion as Ranked
from matchmaking.engine.model import Weights
from matchmaking.enums import RunStatus
from matchmaking.models import Candidature, MatchRun, Suggestion

logger = get_logger(__name__)

PARAMETERS = Path(__file__).resolve().parent / "seed" / "weights.json"
CHUNK = 100
TRIES = 5
SLICE_SECONDS = 60.0
LONGEST_FAULT = 300


@cache
def parameters() -> dict[str, Any]:
    """Return the weights of the wishes and how many hosts a visitor is shown; each run keeps those that it used."""
    read: dict[str, Any] = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    return read


def ask(wave: Wave, *, by: User | None = None) -> MatchRun:
    """Ask for a run of a wave, inside the transaction of its cause; one that already waits serves this cause too.

    A run that waits is locked, so that no worker begins it before the cause is committed and can be read.
    """
    waiting = MatchRun.objects.select_for_update(no_key=True)
    with transaction.atomic():
        run, _created = waiting.get_or_create(
            wave=wave, status=RunStatus.WAITING, defaults={"asked_by": by, "parameters": parameters()}
        )
    ring("matchmaking.run", run_id=run.pk)
    return run


def wake() -> int:
    """Wake every run that waits or was left behind; return how many."""
    unfinished = list(MatchRun.objects.unfinished().values_list("pk", flat=True))
    for run_id in unfinished:
        ring("matchmaking.run", run_id=run_id)
    return len(unfinished)


def carry_out(run_id: int) -> None:
    """Carry out a run, or go on with it; nothing where it is done or another worker is at this wave."""
    wave = MatchRun.objects.filter(pk=run_id).values_list("wave", flat=True).first()
    if wave is None:
        return
    with held(f"matching of wave {wave}") as mine:
        run = _claim(run_id) if mine else None
        if run is not None:
            _try(run)
    if run is not None:
        _wake_next(run)


def _claim(run_id: int) -> MatchRun | None:
    claimed = MatchRun.objects.unfinished().filter(pk=run_id)
    if claimed.filter(attempts__gte=TRIES).exists():
        _fail(run_id, "every try broke off")
        return None
    taken = claimed.update(
        status=RunStatus.RUNNING, attempts=F("attempts") + 1, started_at=Coalesce("started_at", clock.now())
    )
    return MatchRun.objects.select_related("wave").get(pk=run_id) if taken else None


def _try(run: MatchRun) -> None:
    try:
        _work(run)
    except Exception as fault:
        words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
        logger.exception("match_run_broke_off", run=run.pk, attempts=run.attempts)
        if run.attempts >= TRIES:
            _fail(run.pk, words)
        else:
            MatchRun.objects.filter(pk=run.pk).update(fault=words)


def _work(run: MatchRun) -> None:
    """Rank chunk after chunk until all visitors are done, or the time of one task is over."""
    until = time.monotonic() + SLICE_SECONDS
    index = HostIndex(inputs.hosts_of(run.wave))
    left = Candidature.objects.validated(ParticipantRole.VISITOR).filter(wave=run.wave, pk__gt=run.reached).count()
    MatchRun.objects.filter(pk=run.pk).update(total=run.done + left)
    while chunk := inputs.visitors_after(run.wave, run.reached, CHUNK):
        _store(run, chunk, index)
        if time.monotonic() > until:
            return
    _finish(run, len(index))


def _store(run: MatchRun, chunk: list[Candidature], index: HostIndex) -> None:
    weights = Weights.from_values(run.parameters["weights"])
    ranked = {
        row.pk: candidates.rank(visitor, index, weights, run.parameters["best"])
        for row, visitor in zip(chunk, inputs.visitors_from(chunk), strict=True)
    }
    run.reached, run.done = chunk[-1].pk, run.done + len(chunk)
    with transaction.atomic():
        old = Suggestion.objects.filter(visitor__in=chunk)
        known = set(old.values_list("visitor", "host"))
        old.delete()
        Suggestion.objects.bulk_create(
            _row(run, visitor, rank, each)
            for visitor, found in ranked.items()
            for rank, each in enumerate(found, start=1)
        )
        # What has moved on is no failed try: only a run that stays on the spot is given up.
        MatchRun.objects.filter(pk=run.pk).update(reached=run.reached, done=run.done, attempts=1, fault="")
        for row in chunk:
            _tell_if_new(run, row, sum((row.pk, int(each.host_id)) not in known for each in ranked[row.pk]))


def _row(run: MatchRun, visitor: int, rank: int, ranked: Ranked) -> Suggestion:
    return Suggestion(
        run=run,
        visitor_id=visitor,
        host_id=int(ranked.host_id),
        rank=rank,
        score=ranked.score,
        reasons=[merit.as_json() for merit in ranked.reasons],
    )


def _tell_if_new(run: MatchRun, visitor: Candidature, number: int) -> None:
    if number:
        notices.tell_of_suggestions(visitor, run, number)


@transaction.atomic
def _finish(run: MatchRun, hosts: int) -> None:
    """Close the run with its figures; suggestions to visitors that no longer take part go."""
    Suggestion.objects.filter(visitor__wave=run.wave).exclude(run=run).delete()
    made = Suggestion.objects.filter(run=run).aggregate(suggestions=Count("pk"), served=Count("visitor", distinct=True))
    figures = {
        "visitors": run.done,
        "hosts": hosts,
        "suggestions": made["suggestions"],
        "visitors_without": run.done - made["served"],
    }
    finished = {
        "status": RunStatus.DONE,
        "finished_at": clock.now(),
        "total": run.done,
        "figures": figures,
        "fault": "",
    }
    MatchRun.objects.filter(pk=run.pk).update(**finished)


def _fail(run_id: int, words: str) -> None:
    fault = MatchRun.objects.values_list("fault", flat=True).get(pk=run_id) or words
    MatchRun.objects.filter(pk=run_id).update(status=RunStatus.FAILED, finished_at=clock.now(), fault=fault)
    logger.error("match_run_given_up", run=run_id, error=fault)


def _wake_next(run: MatchRun) -> None:
    """Wake what still waits in this wave, or the rest of this run where its slice was over."""
    following = MatchRun.objects.unfinished().filter(wave=run.wave, fault="").values_list("pk", flat=True).first()
    if following is not None:
        ring("matchmaking.run", run_id=following)
