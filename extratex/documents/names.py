"""File names: what a person calls a file is shown and sent back, and never becomes a path here."""

import unicodedata
from pathlib import PurePosixPath
from uuid import UUID

LONGEST_NAME = 120
LONGEST_EXTENSION = 5
UPLOADED_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
TABLE_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".txt": "text/csv",
}
GENERATED_TYPES = {
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(name: str) -> str:
    """Return a name that is safe in a header and on a page: no path, no invisible or turning characters, not too long.

    The extension is kept in lower case; what remains empty becomes "file".
    """
    composed = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    visible = "".join(letter for letter in composed if unicodedata.category(letter) not in INVISIBLE)
    last = PurePosixPath(visible.replace("\\", "/")).name
    plain = " ".join("".join("_" if letter in '<>:"|?*;%/' else letter for letter in last).split()).rstrip(". ")
    extension = extension_of(plain)
    stem = plain[: len(plain) - len(extension)].strip(". ") or "file"
    return stem[: LONGEST_NAME - len(extension)] + extension


def extension_of(name: str) -> str:
    """Return the extension of a name in lower case with its dot, or nothing."""
    _stem, dot, last = name.rpartition(".")
    is_plain = last.isascii() and last.isalnum() and len(last) <= LONGEST_EXTENSION
    return f".{last.lower()}" if dot and is_plain else ""


def place_of(folder: str, document_id: UUID) -> str:
    """Return where the bytes of a document lie: a random name in one of 256 folders."""
    return f"{folder}/{document_id.hex[:2]}/{document_id.hex}"
