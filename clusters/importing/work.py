"""The work on imports in the background: the row is the intent, and a worker that is killed is followed by the next.

A lock, which dies with its worker, keeps two workers from one import, and two imports of one cluster from each other.
"""

import time
from collections.abc import Callable, Iterator

from django.db.models import F
from django.utils import translation

from clusters.enums import ImportStatus
from clusters.importing import applying, checking, inviting, undoing
from clusters.models import MemberImport
from clusters.transitions import member_imports
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

TRIES = 5
SLICE_SECONDS = 60.0
LONGEST_FAULT = 300
STEPS: dict[str, Callable[[MemberImport], Iterator[int]]] = {
    ImportStatus.CHECKING: checking.steps,
    ImportStatus.APPLYING: applying.steps,
    ImportStatus.INVITING: inviting.steps,
    ImportStatus.UNDOING: undoing.steps,
}


def wake() -> int:
    """Wake every import that waits or was left behind; return how many."""
    unfinished = list(MemberImport.objects.unfinished().values_list("pk", flat=True))
    for import_id in unfinished:
        ring("clusters.work_on_import", import_id=import_id)
    return len(unfinished)


def carry_out(import_id: int) -> None:
    """Go on with an import; nothing where it is done or another worker is at an import of this cluster."""
    cluster = MemberImport.objects.filter(pk=import_id).values_list("cluster", flat=True).first()
    if cluster is None:
        return
    with held(f"imports of cluster {cluster}") as mine:
        member_import = _claim(import_id) if mine else None
        if member_import is not None:
            with translation.override(member_import.by.language):
                _try(member_import)
    if member_import is not None:
        _wake_next(member_import)


def _claim(import_id: int) -> MemberImport | None:
    claimed = MemberImport.objects.unfinished().filter(pk=import_id)
    if not claimed.update(attempts=F("attempts") + 1):
        return None
    return MemberImport.objects.select_related("cluster", "by", "document").get(pk=import_id)


def _try(member_import: MemberImport) -> None:
    """Work until it is done, or the time of one task is over; what breaks off again and again is given up."""
    if member_import.attempts > TRIES:
        _give_up(member_import, member_import.fault or "every try broke off")
        return
    until = time.monotonic() + SLICE_SECONDS
    try:
        for _rows in STEPS[member_import.status](member_import):
            if time.monotonic() > until:
                return
    except Exception as fault:
        words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
        logger.exception("import_broke_off", member_import=member_import.pk, attempts=member_import.attempts)
        MemberImport.objects.filter(pk=member_import.pk).update(fault=words)


def _give_up(member_import: MemberImport, fault: str) -> None:
    logger.error("import_given_up", member_import=member_import.pk, error=fault)
    if member_import.status == ImportStatus.CHECKING:
        member_imports.refuse(member_import, [fault])
    elif member_import.status == ImportStatus.INVITING:
        member_imports.finish_inviting(member_import, fault=fault)
    else:
        member_imports.give_up(member_import, fault)


def _wake_next(member_import: MemberImport) -> None:
    """Wake the rest of this import where its slice was over, or another import of the cluster."""
    waiting = MemberImport.objects.unfinished().filter(cluster=member_import.cluster_id, fault="")
    following = waiting.exclude(pk=member_import.pk, total=0).values_list("pk", flat=True).first()
    if following is not None:
        ring("clusters.work_on_import", import_id=following)
