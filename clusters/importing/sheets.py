"""Reading a list of members out of a file: which sheet, which encoding, which row holds the headings.

Pure functions over bytes that `extratex.documents` has found to be sound. Each cell becomes text, as a person reads it.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from clusters.importing.columns import Headings, recognised
from extratex.documents.sound import Unsound
from extratex.documents.workbooks import MOST_COLUMNS, decoded

MOST_MEMBERS = 10_000
HEADING_WITHIN = 20
HEADINGS_TO_BE_SURE = 2
DELIMITERS = (";", "\t", ",", "|")
LONGEST_CELL = 4_000
ENCODING_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
THREE_DECIMALS = re.compile(r"\.\d{3}$")
DELIMITER_NAMES = {"\t": "tab"}

type Cells = list[str]


class NotReadable(Exception):
    """The file holds no list that can be read; `reason` is "empty", "too_long" or "damaged"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Table:
    """A list as it stands in the file: headings, and rows by the number that the spreadsheet shows for them."""

    headings: Headings
    labels: Cells
    rows: tuple[tuple[int, Cells], ...]
    heading_row: int
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""


def read(content: bytes, media_type: str) -> Table:
    """Return the list of a file; raises NotReadable."""
    try:
        if media_type == "text/csv":
            return _read_text(content)
        return _read_workbook(content)
    except (CalamineError, Unsound, csv.Error) as fault:
        raise NotReadable("damaged") from fault


def column_letter(place: int) -> str:
    """Return the letters over a column, from A for the first one."""
    letters, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _read_workbook(content: bytes) -> Table:
    """Read the sheet whose headings say most; the first visible one where none says anything."""
    best: Table | None = None
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
            found = _table(enumerate(([_text(cell) for cell in row] for row in rows), start=1), sheet=about.name)
            if found is not None and (best is None or len(found.headings.places) > len(best.headings.places)):
                best = found
    return _sound(best)


def _read_text(content: bytes) -> Table:
    text, encoding = decoded(content)
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows = enumerate(([_text(cell) for cell in line] for line in lines), start=1)
    found = _table(rows, encoding=ENCODING_NAMES[encoding], delimiter=DELIMITER_NAMES.get(delimiter, delimiter))
    return _sound(found)


def _sound(table: Table | None) -> Table:
    if table is None or not table.rows:
        raise NotReadable("empty")
    if len(table.rows) > MOST_MEMBERS:
        raise NotReadable("too_long")
    return table


def _delimiter(text: str) -> str:
    """Return what separates the cells: the sign by which most of the first lines' headings are understood."""
    beginning = "\n".join(islice(iter(text.splitlines()), HEADING_WITHIN))

    def understood(sign: str) -> tuple[int, int]:
        lines = list(csv.reader(io.StringIO(beginning), delimiter=sign))
        known = max((len(recognised(line[:MOST_COLUMNS]).places) for line in lines), default=0)
        return known, beginning.count(sign)

    return max(DELIMITERS, key=understood)


def _table(
    rows: Iterator[tuple[int, Cells]], *, sheet: str = "", encoding: str = "", delimiter: str = ""
) -> Table | None:
    filled = [(number, cells[:MOST_COLUMNS]) for number, cells in rows if any(cells)]
    if not filled:
        return None
    place = next(
        (
            index
            for index, (_number, cells) in enumerate(filled[:HEADING_WITHIN])
            if len(recognised(cells).places) >= HEADINGS_TO_BE_SURE
        ),
        0,
    )
    heading_row, labels = filled[place]
    return Table(
        recognised(labels), _trimmed(labels), tuple(filled[place + 1 :]), heading_row, sheet, encoding, delimiter
    )


def _trimmed(cells: Sequence[str]) -> Cells:
    last = max((place for place, cell in enumerate(cells) if cell), default=-1)
    return list(cells[: last + 1])


def _text(cell: object) -> str:
    """Return a cell as text: a whole number without its decimals, a day without its hours, no space around."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        # Three decimals would read as thousands in a number that somebody has typed; this one has its true point.
        return f"{cell}0" if THREE_DECIMALS.search(str(cell)) else str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\x00", "").strip()[:LONGEST_CELL]
