"""Exports: one declaration of columns gives the same table as XLSX and as CSV.

No cell of an export is ever a formula: XLSX writes text as text cells with the "quote" mark, so that it stays text also
when somebody edits it; CSV, which knows no types, gets an apostrophe in front of what a spreadsheet would run.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone
from django_stubs_ext import StrOrPromise
from rustpy_xlsxwriter import FastExcel, Format

type Kind = Literal["text", "number", "money", "date", "moment"]
type Cell = str | int | float | Decimal | date | datetime | None

LONGEST_TEXT = 32_767
NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_SHEETS_NAME = 31
FORMULA_START = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
FORMATS: dict[Kind, str] = {
    "number": "#,##0.##",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
WIDTHS: dict[Kind, float] = {"text": 28, "number": 12, "money": 14, "date": 12, "moment": 17}


@dataclass(frozen=True)
class Column[Row]:
    """One column: its heading, how to get its value from a row, and what kind of value that is."""

    label: StrOrPromise
    value: Callable[[Row], object]
    kind: Kind = "text"
    width: float | None = None


def plain_text(value: object) -> str:
    """Return a value as text that every spreadsheet can hold: no control characters, not too long."""
    text = "" if value is None else NOT_PRINTABLE.sub("", str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def safe_cell(value: object) -> str:
    """Return a text for a cell without types; what a spreadsheet would run as a formula begins with an apostrophe."""
    text = plain_text(value)
    return f"'{text}" if FORMULA_START.match(text) else text


@dataclass(frozen=True)
class Sheet[Row]:
    """One sheet of a workbook: its name, columns and rows, on which row its headings stand, and helps for the reader.

    `choices` are lists offered in the cells of a column, `notes` stand at its heading; both by the column's heading.
    """

    name: str
    columns: Sequence[Column[Row]]
    rows: Iterable[Row]
    heading_row: int = 1
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def xlsx_bytes[Row](columns: Sequence[Column[Row]], rows: Iterable[Row], *, sheet: str = "ClusterXchange") -> bytes:
    """Return the table as an XLSX file with a bold, frozen heading, filters, and typed numbers and dates.

    Rows may be a generator: they are written one by one. Raises ValueError where two columns have the same heading.
    """
    return workbook_bytes([Sheet(sheet, columns, rows)])


def workbook_bytes(sheets: Sequence[Sheet[Any]]) -> bytes:
    """Return several tables as one XLSX file, each on a sheet of its own, as `xlsx_bytes` does for one."""
    target = io.BytesIO()
    book = FastExcel(target).format(bold_headers=True, datetime_format=FORMATS["moment"])
    book.freeze(row=max(sheet.heading_row for sheet in sheets))
    for sheet in sheets:
        _add(book, sheet)
    book.save()
    return target.getvalue()


def _add(book: FastExcel, sheet: Sheet[Any]) -> None:
    labels = _labels(sheet.columns)
    each = list(zip(labels, sheet.columns, strict=True))
    book.sheet(
        NOT_IN_A_SHEETS_NAME.sub(" ", sheet.name)[:LONGEST_SHEETS_NAME],
        _records(labels, sheet.columns, sheet.rows),
        column_formats={label: _format(column.kind) for label, column in each},
        column_widths={label: column.width or WIDTHS[column.kind] for label, column in each},
        autofilter=True,
        header_row=sheet.heading_row - 1,
        data_validations={
            label: {"type": "list", "values": list(values), "error_style": "warning"}
            for label, values in sheet.choices.items()
        }
        or None,
        notes=dict(sheet.notes) or None,
    )


def csv_lines[Row](columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table as lines of CSV (RFC 4180, UTF-8 with a byte order mark) for a streaming answer."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([safe_cell(label) for label in _labels(columns)])
    for row in rows:
        yield writer.writerow([_csv_cell(_cell(column, row)) for column in columns])


class _Echo:
    """A file whose `write` hands the line back instead of keeping it."""

    @staticmethod
    def write(line: str) -> str:
        return line


def _labels[Row](columns: Sequence[Column[Row]]) -> list[str]:
    labels = [plain_text(column.label) for column in columns]
    if len(set(labels)) != len(labels):
        raise ValueError(f"Two columns of an export have the same heading: {labels}")
    return labels


def _format(kind: Kind) -> Format:
    return Format().set_quote_prefix() if kind == "text" else Format().set_num_format(FORMATS[kind])


def _records[Row](
    labels: Sequence[str], columns: Sequence[Column[Row]], rows: Iterable[Row]
) -> Iterator[dict[str, object]]:
    written = False
    for row in rows:
        written = True
        cells = (_cell(column, row) for column in columns)
        yield {
            label: float(cell) if isinstance(cell, Decimal) else cell for label, cell in zip(labels, cells, strict=True)
        }
    if not written:
        # The writer takes its headings from the first record: an empty table still has them.
        yield dict.fromkeys(labels)


def _cell[Row](column: Column[Row], row: Row) -> Cell:
    """Return the value in its column's kind; a value of another kind becomes text, a missing one stays missing."""
    value = column.value(row)
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if column.kind == "moment" and isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if column.kind == "date" and isinstance(value, date):
        return value
    if column.kind in {"number", "money"} and isinstance(value, int | float | Decimal):
        return value
    return plain_text(value)


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return safe_cell(cell) if isinstance(cell, str) else str(cell)
