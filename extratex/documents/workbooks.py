"""What makes an uploaded table sound: a workbook without macros, or plain text; nothing in it can swell or act.

Pure functions over bytes. Of a workbook only the parts that hold its cells are kept, each measured and written anew, so
that whoever opens it later meets no more than was measured here.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.parsers import expat

from django.utils.translation import gettext_noop
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from extratex.documents.sound import DAMAGED, Sound, Unsound

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_PARTS = 500
MOST_BYTES_LAID_OPEN = 100 * 1024 * 1024
MOST_SWELLING = 200
SWELLING_COUNTS_FROM = 1024 * 1024
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP_BEGINNING = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACRO_PARTS = re.compile(r"vbaproject|macrosheets/|vbadata", re.IGNORECASE)
KEPT_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
CELL_NAME = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
ENCRYPTED_FLAG = 0x1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCODINGS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
FALLBACKS = ("utf-8", "cp1252")
LINE_ENDS = "\t\r\n"

WRONG_TABLE = gettext_noop("The content of this file is not what its name says. Please give an XLSX or CSV file.")
MACROS = gettext_noop("This workbook contains macros. Please save it as “Excel workbook (.xlsx)”, which has none.")
PROTECTED_TABLE = gettext_noop("This workbook is protected by a password. Please save it without one.")
OLD_WORKBOOK = gettext_noop(
    "This is a workbook of an old kind (.xls). Please save it as “Excel workbook (.xlsx)” or as CSV."
)
SWELLING = gettext_noop("This workbook unpacks to far more than a list of members holds. Please give a smaller one.")
TOO_MANY_CELLS = gettext_noop(
    "This table reaches further than 20,000 rows or 200 columns. Please delete what lies outside the list, or split it."
)
NO_TEXT = gettext_noop("This file is no plain text. Please save the table as “CSV UTF-8” or as XLSX.")


def sanitised_workbook(content: bytes) -> Sound:
    """Return a workbook of nothing but its cells; raises Unsound with the reason where it must be refused."""
    if content.startswith(OLD_OFFICE):
        raise Unsound(PROTECTED_TABLE if ENCRYPTED in content else OLD_WORKBOOK)
    if not content.startswith(ZIP_BEGINNING):
        raise Unsound(WRONG_TABLE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            plain = _written_anew(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as fault:
        raise Unsound(DAMAGED) from fault
    _try_to_open(plain)
    return Sound(plain, WORKBOOK)


def sanitised_text(content: bytes) -> Sound:
    """Return a table of plain text as it is; raises Unsound where it is none."""
    text, _encoding = decoded(content)
    if any(unicodedata.category(letter) == "Cc" and letter not in LINE_ENDS for letter in set(text)):
        raise Unsound(NO_TEXT)
    return Sound(content, "text/csv")


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding, found by its mark or by trying; raises Unsound.

    Whatever is no UTF-8 is taken for Windows-1252, in which the office programmes of western Europe write CSV.
    """
    marked = next((name for name, mark in ENCODINGS if content.startswith(mark)), "")
    for encoding in (marked,) if marked else FALLBACKS:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Unsound(NO_TEXT)


def _written_anew(archive: zipfile.ZipFile) -> bytes:
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(member.flag_bits & ENCRYPTED_FLAG for member in members):
        raise Unsound(PROTECTED_TABLE)
    if any(MACRO_PARTS.search(name) for name in names):
        raise Unsound(MACROS)
    if len(members) > MOST_PARTS:
        raise Unsound(SWELLING)
    if len(set(names)) != len(names) or any(member.compress_type not in PACKED for member in members):
        raise Unsound(DAMAGED)
    if not any(name.casefold() == "xl/workbook.xml" for name in names):
        raise Unsound(WRONG_TABLE)
    kept = [member for member in members if KEPT_PARTS.fullmatch(member.filename)]
    _refuse_swelling(kept)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as plain:
        for member in kept:
            # Python's reader stops at the declared size, so that a lying one cannot swell either.
            plain.writestr(PurePosixPath(member.filename).as_posix(), _measured(member, archive.read(member)))
    return target.getvalue()


def _refuse_swelling(members: list[zipfile.ZipInfo]) -> None:
    laid_open = sum(member.file_size for member in members)
    swelling = any(
        member.file_size > SWELLING_COUNTS_FROM and member.file_size > MOST_SWELLING * max(member.compress_size, 1)
        for member in members
    )
    if laid_open > MOST_BYTES_LAID_OPEN or swelling:
        raise Unsound(SWELLING)


def _measured(member: zipfile.ZipInfo, content: bytes) -> bytes:
    """Return a part of the workbook once it is known to declare nothing of its own and to stay within the limits."""
    measure = _Measure(is_sheet=SHEET.fullmatch(member.filename) is not None)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = measure.element
    parser.StartDoctypeDeclHandler = measure.declaration
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise Unsound(DAMAGED) from fault
    return content


@dataclass
class _Measure:
    """How far the cells of one sheet reach; a cell without a name stands right of the one before."""

    is_sheet: bool
    row: int = 0
    column: int = 0

    def declaration(self, *_about: object) -> None:
        """Refuse a document type: no workbook has one, and entities could swell in it."""
        raise Unsound(DAMAGED)

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Count rows and cells by their own names, as every reader does."""
        if "macroEnabled" in attributes.get("ContentType", ""):
            raise Unsound(MACROS)
        word = name.rpartition(" ")[2]
        if not self.is_sheet or word not in {"row", "c"}:
            return
        if word == "row":
            self.row, self.column = _number(attributes.get("r", ""), self.row + 1), 0
        else:
            self._cell(attributes.get("r", ""))
        if self.row > MOST_ROWS or self.column > MOST_COLUMNS:
            raise Unsound(TOO_MANY_CELLS)

    def _cell(self, name: str) -> None:
        found = CELL_NAME.fullmatch(name)
        if name and found is None:
            raise Unsound(DAMAGED)
        self.column = _column_number(found[1]) if found else self.column + 1
        self.row = max(self.row, int(found[2])) if found else self.row


def _number(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit()):
        raise Unsound(DAMAGED)
    return int(text)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _try_to_open(content: bytes) -> None:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for name in book.sheet_names:
                book.get_sheet_by_name(name)
    except PasswordError as fault:
        raise Unsound(PROTECTED_TABLE) from fault
    except CalamineError as fault:
        raise Unsound(DAMAGED) from fault
