"""The mails that a demonstration writes into a folder instead of sending them."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

BETWEEN = b"\n" + b"-" * 79 + b"\n"
MOST_FILES = 500


@dataclass(frozen=True)
class Letter:
    """One mail as its reader sees it."""

    to: str
    subject: str
    text: str
    written_at: datetime | None


def letters(folder: Path, *, to: str = "") -> list[Letter]:
    """Return the mails of the folder to addresses that contain `to`, newest first; broken ones are left out."""
    found = [letter for path in _files(folder) for letter in reversed(list(_letters_in(path)))]
    return [letter for letter in found if to.casefold() in letter.to.casefold()]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:MOST_FILES]


def _letters_in(path: Path) -> Iterator[Letter]:
    for part in path.read_bytes().split(BETWEEN):
        message = email.message_from_bytes(part, policy=email.policy.default)
        if message["To"]:
            yield Letter(str(message["To"]), str(message["Subject"] or ""), _text_of(message), _date_of(message))


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    try:
        return str(body.get_content()) if body else ""
    except (LookupError, UnicodeDecodeError, KeyError):
        return ""


def _date_of(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return None
