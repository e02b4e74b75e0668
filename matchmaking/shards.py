"""What workers do with a run: read the case, rank shard after shard, close the run.

A shard is claimed by locking its row, skipping those that others hold, and is ranked, written and marked as done in one
transaction: a worker that is killed leaves it as it was, and another one takes it at once. Any number of workers serve
one run. Each keeps the case of its run in memory, packed.
"""

import time
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import F

from clusters.enums import ParticipantRole
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger
from matchmaking import changes, comparison, inputs, lists, matching
from matchmaking.engine.columns import Words, as_bytes, from_bytes
from matchmaking.engine.model import Supply, Weights
from matchmaking.engine.obstacles import obstacles_of
from matchmaking.engine.ranking import Lists, Ranking
from matchmaking.engine.terms import supply_of, terms_of
from matchmaking.enums import RunKind, RunStatus
from matchmaking.models import MatchCase, MatchRun, MatchShard
from matchmaking.queued import TRIES

logger = get_logger(__name__)

SHARD = 4096
HELPERS = 8
"""So many workers are called to a run; each that takes a shard calls the next one."""
SLICE_SECONDS = 60.0


class Desk:
    """Holds the case that this worker is at, so that it is read once for all shards of a run."""

    def __init__(self) -> None:
        self.run_id = 0
        self.ranking: Ranking | None = None

    def ranking_of(self, run: MatchRun) -> Ranking:
        """Return what the shards of a run are ranked with."""
        if self.ranking is None or self.run_id != run.pk:
            content = MatchCase.objects.values_list("content", flat=True).get(run=run)
            (visitors, hosts), facts = from_bytes(bytes(content))
            words = Words.from_lists(facts)
            self.run_id, self.ranking = run.pk, Ranking(visitors, hosts, words, _terms(run, words))
        return self.ranking

    def clear(self) -> None:
        """Let go of the case."""
        self.run_id, self.ranking = 0, None


desk = Desk()


def carry_out(run_id: int) -> None:
    """Do what there is to do for a run: begin it, rank what nobody else is at, close it."""
    run = MatchRun.objects.unfinished().filter(pk=run_id).select_related("wave").first()
    if run is None or not matching.begin(run):
        return
    try:
        if not run.is_whole:
            _rank_changes(run)
        elif _is_cut(run):
            _rank_shards(run)
    except Exception as fault:
        logger.exception("match_run_broke_off", run=run.pk)
        matching.queue.note_fault(run, fault)
        desk.clear()


def _rank_changes(run: MatchRun) -> None:
    """Rank whom the changes concern, all at once; nothing where another worker is at it."""
    with held(f"matching run {run.pk}") as mine:
        if mine and matching.queue.still_runs(run) and matching.queue.count_try(run):
            figures = changes.rank(run)
            matching.finish(run, figures)


def _is_cut(run: MatchRun) -> bool:
    """Read the case and cut it into shards, unless that is done; False where another worker is at it."""
    if MatchCase.objects.filter(run=run).exists():
        return True
    with held(f"matching run {run.pk}") as mine:
        if not mine or not matching.queue.still_runs(run) or not matching.queue.count_try(run):
            return False
        if not MatchCase.objects.filter(run=run).exists():
            _cut(run)
    return True


def _cut(run: MatchRun) -> None:
    case = inputs.case_of(run.wave)
    supply = supply_of(case.hosts, case.words)
    run.parameters = matching.parameters() | {
        "supply": {"hosts": supply.hosts, "offering": dict(sorted(supply.offering.items()))}
    }
    Weights.from_values(run.parameters["weights"])
    sizes = {ParticipantRole.VISITOR: case.visitors.size, ParticipantRole.HOST: case.hosts.size}
    with transaction.atomic():
        MatchCase.objects.create(run=run, content=as_bytes([case.visitors, case.hosts], case.words.as_lists()))
        MatchShard.objects.bulk_create(
            MatchShard(run=run, side=side, first=first, after=min(first + SHARD, size))
            for side, size in sizes.items()
            for first in range(0, size, SHARD)
        )
        MatchRun.objects.filter(pk=run.pk).update(
            parameters=run.parameters, total=sum(sizes.values()), attempts=0, fault=""
        )
    for _helper in range(HELPERS - 1):
        ring("matchmaking.run", run_id=run.pk)


def _rank_shards(run: MatchRun) -> None:
    """Rank shard after shard until none is free or the time of one task is over."""
    until = time.monotonic() + SLICE_SECONDS
    run.refresh_from_db()
    if _is_stuck(run):
        matching.queue.give_up(run, "every try broke off")
        return
    while _rank_next(run):
        _see_to_changes(run)
        if time.monotonic() > until:
            ring("matchmaking.run", run_id=run.pk)
            return
    desk.clear()
    if not run.shards.undone().exists():
        _close(run)


def _rank_next(run: MatchRun) -> bool:
    """Rank one shard that nobody is at; False where there is none, or the run is over."""
    free = run.shards.undone().filter(attempts__lt=TRIES)
    with transaction.atomic():
        shard = free.select_for_update(skip_locked=True).first()
        if shard is not None:
            _count(shard)
    if shard is None:
        return False
    with transaction.atomic():
        shard = run.shards.undone().filter(pk=shard.pk).select_for_update(skip_locked=True).first()
        if shard is not None and not matching.queue.still_runs(run):
            return False
        if shard is not None:
            _rank(run, shard)
    return True


def _see_to_changes(run: MatchRun) -> None:
    """Rank the changes that wait, which nobody else may be free for."""
    waiting = MatchRun.objects.filter(wave=run.wave_id, kind=RunKind.CHANGES, status=RunStatus.WAITING)
    for run_id in waiting.values_list("pk", flat=True):
        carry_out(run_id)


def _count(shard: MatchShard) -> None:
    MatchShard.objects.filter(pk=shard.pk).update(attempts=F("attempts") + 1)


def _rank(run: MatchRun, shard: MatchShard) -> None:
    ranking, side = desk.ranking_of(run), ParticipantRole(shard.side)
    rank = ranking.hosts_for if side == ParticipantRole.VISITOR else ranking.visitors_for
    found = rank(shard.first, shard.after, run.parameters["best"])
    obstacles = _obstacles(ranking, shard.first, found) if side == ParticipantRole.VISITOR else {}
    matching.wait_to_write(run.wave_id, shared=True)
    newer = set(matching.overtaken(run).values_list("candidature", flat=True))
    written = lists.write(run, side, {key: entries for key, entries in found.of_each() if key not in newer})
    obstacles = {key: wishes for key, wishes in obstacles.items() if key not in newer}
    lists.keep_outcomes(run, written.changes, obstacles)
    if side == ParticipantRole.VISITOR:
        lists.tell(run, written.changes)
    MatchShard.objects.filter(pk=shard.pk).update(done_at=clock.now(), figures=dict(written.figures))
    MatchRun.objects.filter(pk=run.pk).update(done=F("done") + shard.after - shard.first, fault="")


def _obstacles(ranking: Ranking, first: int, found: Lists) -> dict[int, Any]:
    """Say for each visitor that nobody suits which of its wishes keep everybody away."""
    return {
        key: obstacles_of(ranking.visitors, first + row, ranking.hosts)
        for row, (key, size) in enumerate(zip(found.keys.tolist(), found.sizes.tolist(), strict=True))
        if not size
    }


def _is_stuck(run: MatchRun) -> bool:
    """Tell whether a shard was tried too often, and nobody is at its last try."""
    stuck = run.shards.undone().filter(attempts__gte=TRIES)
    with transaction.atomic():
        return stuck.select_for_update(skip_locked=True).first() is not None


def _close(run: MatchRun) -> None:
    """Add up the figures of the shards and compare with the run before."""
    total: Counter[str] = Counter()
    for side, figures in run.shards.values_list("side", "figures"):
        total.update({f"{side}_{name}": value for name, value in figures.items()})
    figures = {
        "visitors": total["visitor_lists"],
        "hosts": total["host_lists"],
        "suggestions": total["visitor_suggestions"],
        "visitors_without": total["visitor_empty"],
        "hosts_without": total["host_empty"],
        "new": total["visitor_new"],
        "gone": total["visitor_gone"],
        "moved": total["visitor_moved"],
        "changed": total["visitor_changed"],
        **comparison.with_run_before(run),
    }
    matching.finish(run, figures)


def _terms(run: MatchRun, words: Words) -> Any:
    return terms_of(Weights.from_values(run.parameters["weights"]), supply_in(run.parameters), words)


def supply_in(parameters: dict[str, Any]) -> Supply:
    """Return the supply of hosts by which a run has ranked."""
    stored = parameters["supply"]
    return Supply(stored["hosts"], stored["offering"])
