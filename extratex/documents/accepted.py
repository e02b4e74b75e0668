"""Which files a kind of document takes: papers and pictures, unless the app that owns the kind says otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from extratex.documents import sanitising
from extratex.documents.names import TABLE_TYPES, UPLOADED_TYPES
from extratex.documents.sound import Sound, Unsound
from extratex.documents.workbooks import MACROS, OLD_WORKBOOK, sanitised_text, sanitised_workbook

ONLY_PAPERS = gettext_noop("Please give a PDF, JPEG or PNG file.")
ONLY_PICTURES = gettext_noop("This is no picture: please give a JPEG or PNG file.")
ONLY_TABLES = gettext_noop("Please give an XLSX or CSV file.")


@dataclass(frozen=True)
class Accepted:
    """The files that a kind takes: their media types by extension, and how their content is made plain.

    `looked_into_at_once` has the content checked while the person still waits, so that the reason stands at the field.
    """

    types: Mapping[str, str]
    sanitise: Callable[[bytes, str], Sound]
    otherwise: str
    named: Mapping[str, str]
    looked_into_at_once: bool = False

    def refusal_of(self, extension: str) -> str | None:
        """Return why a file of this name cannot be taken, still to be translated, or nothing."""
        return None if extension in self.types else self.named.get(extension, self.otherwise)


def _sanitised_table(content: bytes, extension: str) -> Sound:
    if extension not in TABLE_TYPES:
        raise Unsound(ONLY_TABLES)
    return sanitised_workbook(content) if extension == ".xlsx" else sanitised_text(content)


PAPERS = Accepted(UPLOADED_TYPES, sanitising.sanitised, ONLY_PAPERS, {})
TABLES = Accepted(
    TABLE_TYPES,
    _sanitised_table,
    ONLY_TABLES,
    {".xlsm": MACROS, ".xltm": MACROS, ".xlsb": MACROS, ".xls": OLD_WORKBOOK, ".xlt": OLD_WORKBOOK},
    looked_into_at_once=True,
)

PICTURES = Accepted(
    {extension: name for extension, name in UPLOADED_TYPES.items() if name.startswith("image/")},
    sanitising.shown,
    ONLY_PICTURES,
    {},
)

_KINDS: dict[str, Accepted] = {}


def take_tables(kind: str) -> None:
    """Declare that a kind of document is a table; called from an AppConfig's ready()."""
    _KINDS[kind] = TABLES


def take_pictures(kind: str) -> None:
    """Declare that a kind of document is a picture that pages show; called from an AppConfig's ready()."""
    _KINDS[kind] = PICTURES


def accepted_by(kind: str) -> Accepted:
    """Return which files a kind of document takes."""
    return _KINDS.get(kind, PAPERS)


def sanitised(content: bytes, extension: str, kind: str) -> Sound:
    """Return the plain content of an upload of that kind; raises Unsound with the reason where it must be refused."""
    return accepted_by(kind).sanitise(content, extension)
