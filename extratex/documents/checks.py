"""The check of an upload: scanned, parsed, made plain, hashed; only then may anybody read it."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from extratex.documents import scanner, store
from extratex.documents.accepted import sanitised
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.documents.names import extension_of, place_of
from extratex.documents.sound import Sound, Unsound
from extratex.documents.storage import KEPT, PrivateStorage
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

SWEPT_AT_ONCE = 100

HARMFUL = gettext_noop("The scanner found something harmful in this file.")


def check(document_id: UUID) -> None:
    """Check one file if it waits and nobody else is at it; tries that break off are counted on its row."""
    with held(f"document {document_id}") as mine:
        waiting = Document.objects.unchecked().filter(pk=document_id)
        if mine and waiting.update(attempts=F("attempts") + 1):
            _decide(Document.objects.get(pk=document_id))


def sweep() -> int:
    """Wake every check that was not woken, oldest first, and remove orphaned bytes; return how many were woken."""
    grace_of_the_bell = timedelta(seconds=settings.SWEEP_SECONDS)
    waiting = Document.objects.unchecked().filter(queued_at__lte=timezone.now() - grace_of_the_bell)
    document_ids = list(waiting.order_by("queued_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    for document_id in document_ids:
        ring("documents.check", document_id=str(document_id))
    store.remove_orphans()
    return len(document_ids)


def check_again(document_id: UUID) -> bool:
    """Take up a check that was parked, on the word of staff; answer whether there was one."""
    taken_up = Document.objects.parked().filter(pk=document_id).update(attempts=0)
    ring("documents.check", document_id=str(document_id))
    return bool(taken_up)


def _decide(document: Document) -> None:
    with document.file.open("rb") as opened:
        content = opened.read()
    try:
        if scanner.is_on() and (found := scanner.finding(content)):
            logger.warning("malware_found", document_id=str(document.pk), finding=found)
            raise Unsound(HARMFUL)  # noqa: TRY301 - the same end as every refusal
        sound = sanitised(content, extension_of(document.original_name), document.kind)
    except scanner.ScannerUnavailable as fault:
        # Nothing is wrong with the file: it waits, and its tries are not used up.
        Document.objects.filter(pk=document.pk).update(attempts=0)
        logger.warning("scanner_unavailable", document_id=str(document.pk), error=str(fault))
    except Unsound as reason:
        _close(document, state=State.REFUSED, refusal=str(reason), file="")
    else:
        _keep(document, sound)


def _keep(document: Document, sound: Sound) -> None:
    place = PrivateStorage().save(place_of(KEPT, document.pk), ContentFile(sound.content))
    _close(
        document,
        state=State.CLEAN,
        file=place,
        media_type=sound.media_type,
        size=len(sound.content),
        sha256=hashlib.sha256(sound.content).hexdigest(),
    )


def _close(document: Document, **columns: Any) -> None:
    """Write the decision if the file still waits for one, and remove what lay in quarantine."""
    waiting = Document.objects.filter(pk=document.pk, state=State.QUARANTINED)
    if waiting.update(**columns, attempts=0, checked_at=timezone.now()):
        store.remove(document.file.name or "")
