"""What is behind a change: who has joined and left since the run before, and which weights differ."""

from typing import Any

from django.db.models import Q

from matchmaking.enums import CandidatureStatus
from matchmaking.models import CandidatureEvent, MatchRun
from matchmaking.queries import run_before


def with_run_before(run: MatchRun) -> dict[str, Any]:
    """Return the causes of what a whole run has changed, as figures to keep; nothing where it is the first one."""
    before = run_before(run)
    if before is None:
        return {}
    since = CandidatureEvent.objects.filter(subject__wave=run.wave_id, at__gt=before.started_at, at__lte=run.started_at)
    is_valid = Q(target=CandidatureStatus.VALIDATED)
    was_valid = Q(source=CandidatureStatus.VALIDATED)
    return {
        "before": before.pk,
        "joined": since.filter(is_valid & ~was_valid).values("subject").distinct().count(),
        "left": since.filter(was_valid & ~is_valid).values("subject").distinct().count(),
        "weights": _differences(before.parameters["weights"], run.parameters["weights"]),
    }


def _differences(before: dict[str, float], after: dict[str, float]) -> dict[str, list[float]]:
    """Return for each weight that differs its old and its new value."""
    names = sorted(before.keys() | after.keys())
    pairs = {name: [before.get(name, 0), after.get(name, 0)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
