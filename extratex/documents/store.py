"""How a file comes in: uploads into quarantine, the portal's own papers straight into the archive.

The bytes are written before the row, so that no row lacks its file. Until the row is committed, the bytes lie in
quarantine or have a mark; the sweep removes those whose transaction never ended well.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from extratex.documents.accepted import accepted_by, sanitised
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.documents.names import GENERATED_TYPES, UPLOADED_TYPES, clean_name, extension_of, place_of
from extratex.documents.sound import Unsound
from extratex.documents.storage import INCOMING, KEPT, MARKS, QUARANTINE, PrivateStorage
from extratex.shared.bell import ring
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

LARGEST_UPLOAD = 10 * 1024 * 1024
ORPHAN_AGE = timedelta(hours=1)


def receive(upload: "UploadedFile[Any]", *, kind: str, by: Any) -> Document:
    """Take an upload into quarantine and wake its check; raises ValidationError, in words for the person."""
    validate(upload, kind)
    name = clean_name(upload.name or "")
    document = Document(
        id=uuid4(),
        kind=kind,
        original_name=name,
        media_type=accepted_by(kind).types[extension_of(name)],
        size=upload.size or 0,
        uploaded_by=by,
    )
    place = place_of(QUARANTINE, document.id)
    hashed = HashedFile(upload)
    try:
        document.file.name = PrivateStorage().save(place, hashed)
    except OSError as fault:
        logger.error("upload_not_stored", error=str(fault))  # noqa: TRY400 - the reason is in the error, a trace says no more
        raise ValidationError(_not_stored(), code="storage") from fault
    document.size, document.upload_sha256 = hashed.length, hashed.sha256
    _insert(document, place)
    ring("documents.check", document_id=str(document.id))
    return document


def keep(content: bytes, *, name: str, kind: str, by: Any | None = None) -> Document:
    """Keep a file that the portal has made itself; it is clean at once. Raises OSError where it cannot be stored."""
    clean = clean_name(name)
    document = Document(
        id=uuid4(),
        kind=kind,
        original_name=clean,
        media_type={**UPLOADED_TYPES, **GENERATED_TYPES}[extension_of(clean)],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        state=State.CLEAN,
        uploaded_by=by,
        checked_at=timezone.now(),
    )
    storage, mark = PrivateStorage(), place_of(MARKS, document.id)
    storage.save(mark, ContentFile(b""))
    document.file.name = storage.save(place_of(KEPT, document.id), ContentFile(content))
    _insert(document, mark, document.file.name)
    transaction.on_commit(lambda: remove(mark))
    return document


def read(document: Document) -> bytes:
    """Return the bytes of a clean file."""
    if not document.is_clean:
        raise ValueError(f"The document {document.pk} is not clean: it is {document.state}.")
    with document.file.open("rb") as opened:
        content: bytes = opened.read()
    return content


def validate(upload: "UploadedFile[Any]", kind: str = "") -> None:
    """Refuse at once what its name or its size rules out; raises ValidationError, in words for the person.

    A table is looked into as well, since whoever gives one waits for what stands in it.
    """
    accepted, extension = accepted_by(kind), extension_of(clean_name(upload.name or ""))
    if (refusal := accepted.refusal_of(extension)) is not None:
        raise ValidationError(_(refusal), code="extension")
    if not upload.size:
        raise ValidationError(_("This file is empty."), code="empty")
    if upload.size > LARGEST_UPLOAD:
        sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(LARGEST_UPLOAD)}
        raise ValidationError(_("This file has %(size)s; at most %(limit)s are possible."), code="size", params=sizes)
    if accepted.looked_into_at_once:
        _look_into(upload, extension, kind)


def _look_into(upload: "UploadedFile[Any]", extension: str, kind: str) -> None:
    upload.seek(0)
    try:
        sanitised(upload.read(), extension, kind)
    except Unsound as reason:
        raise ValidationError(_(str(reason)), code="content") from reason
    finally:
        upload.seek(0)


def remove_orphans() -> int:
    """Remove the bytes whose transaction never ended well, once they are old enough; return how many were removed."""
    storage = PrivateStorage()
    orphans = [place for place in _old_places(storage) if not _is_awaited(place)]
    for place in orphans:
        top, _slash, rest = place.partition("/")
        if top == MARKS and not Document.objects.filter(pk=_document_id(place)).exists():
            storage.delete(f"{KEPT}/{rest}")
        storage.delete(place)
    return len(orphans)


class HashedFile(File):  # type: ignore[type-arg]
    """An upload that is hashed and counted while it is read."""

    def __init__(self, upload: "UploadedFile[Any]") -> None:
        super().__init__(upload.file)
        self.upload, self.length, self._digest = upload, 0, hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the content once."""
        for chunk in self.upload.chunks(chunk_size):
            self.length += len(chunk)
            self._digest.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was read."""
        return self._digest.hexdigest()


def _insert(document: Document, *places: str) -> None:
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except BaseException:
        for place in reversed(places):
            remove(place)
        raise


def remove(place: str) -> None:
    """Remove bytes that are no longer needed; where that fails now, the sweep does it later."""
    try:
        PrivateStorage().delete(place)
    except OSError as fault:
        logger.warning("file_not_removed", place=place, error=str(fault))


def _not_stored() -> str:
    return _("The file could not be stored just now. Nothing was lost: please try again in a few minutes.")


def _is_awaited(place: str) -> bool:
    waiting = Document.objects.filter(pk=_document_id(place), state=State.QUARANTINED)
    return place.startswith(QUARANTINE) and waiting.exists()


def _document_id(place: str) -> UUID:
    return UUID(place.rpartition("/")[2])


def _old_places(storage: PrivateStorage) -> Iterator[str]:
    limit = (timezone.now() - ORPHAN_AGE).timestamp()
    for top in (INCOMING, QUARANTINE, MARKS):
        for path in Path(storage.path(top)).rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < limit:
                    yield path.relative_to(storage.location).as_posix()
