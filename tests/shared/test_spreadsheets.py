import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from extratex.shared.spreadsheets import Column, csv_lines, safe_cell, xlsx_bytes

type Row = dict[str, Any]

COLUMNS: Sequence[Column[Row]] = [
    Column("Name", lambda row: row["name"]),
    Column("Days", lambda row: row.get("days"), "number"),
    Column("EUR", lambda row: row.get("sum"), "money"),
    Column("On", lambda row: row.get("on"), "date"),
    Column("At", lambda row: row.get("at"), "moment"),
]
FULL_ROW: Row = {
    "name": "Łódź Weaving",
    "days": 3,
    "sum": Decimal("1100.50"),
    "on": date(2022, 2, 28),
    "at": datetime(2022, 2, 28, 23, 30, tzinfo=UTC),
}
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\x00=1+1",
    "＝1+1",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|'/c calc'!A0",
    "+351 210 000 000",
    "-",
]


def read_xlsx(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows()]


def read_csv(lines: Sequence[str]) -> list[list[str]]:
    text = "".join(lines)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_an_xlsx_holds_headings_text_numbers_and_dates_as_such():
    heading, row = read_xlsx(xlsx_bytes(COLUMNS, [FULL_ROW]))

    assert [cell.value for cell in heading] == ["Name", "Days", "EUR", "On", "At"]
    assert all(cell.font.b for cell in heading)
    assert [cell.value for cell in row] == [
        "Łódź Weaving",
        3,
        1100.5,
        datetime.fromisoformat("2022-02-28"),
        datetime.fromisoformat("2022-03-01T00:30"),
    ]
    assert [cell.number_format for cell in row[2:]] == ["#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


def test_a_csv_holds_the_same_table_for_machines():
    heading, row = read_csv(list(csv_lines(COLUMNS, [FULL_ROW])))

    assert heading == ["Name", "Days", "EUR", "On", "At"]
    assert row == ["Łódź Weaving", "3", "1100.50", "2022-02-28", "2022-03-01 00:30"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_an_xlsx_is_a_formula(text: str):
    cell = read_xlsx(xlsx_bytes(COLUMNS, [{"name": text}]))[1][0]

    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value == text.replace("\x00", "").replace("\r", "_x000D_")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_like_a_formula(text: str):
    cell = read_csv(list(csv_lines(COLUMNS, [{"name": text}])))[1][0]

    assert cell == "'" + text.replace("\x00", "")


def test_a_heading_is_never_a_formula_either():
    columns = [Column("=1+1", lambda _row: "x")]

    assert read_xlsx(xlsx_bytes(columns, [{}]))[0][0].data_type == "s"
    assert read_csv(list(csv_lines(columns, [{}])))[0] == ["'=1+1"]


def test_a_negative_number_stays_a_number():
    row = {"name": "", "sum": Decimal("-5.00")}

    assert read_xlsx(xlsx_bytes(COLUMNS, [row]))[1][2].value == -5
    assert read_csv(list(csv_lines(COLUMNS, [row])))[1][2] == "-5.00"


@pytest.mark.parametrize("text", ["plain", "a=b", "1-2", "", "O’Neill", "x@y.eu"])
def test_harmless_text_is_left_alone(text: str):
    assert safe_cell(text) == text


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf")])
def test_what_is_missing_or_no_number_is_an_empty_cell(value: object):
    row = {"name": "x", "days": value}

    assert read_xlsx(xlsx_bytes(COLUMNS, [row]))[1][1].value is None
    assert read_csv(list(csv_lines(COLUMNS, [row])))[1][1] == ""


def test_an_empty_table_still_has_its_headings():
    assert [cell.value for cell in read_xlsx(xlsx_bytes(COLUMNS, []))[0]] == ["Name", "Days", "EUR", "On", "At"]
    assert len(read_csv(list(csv_lines(COLUMNS, [])))) == 1


def test_characters_that_no_spreadsheet_can_hold_are_left_out():
    row = {"name": "a\x0b\ud800\uffffb" + "c" * 40_000}

    cell = read_xlsx(xlsx_bytes(COLUMNS, [row]))[1][0]

    assert cell.value.startswith("abc")
    assert len(cell.value) == 32_767
    assert cell.value.endswith("…")


def test_rows_may_come_one_by_one():
    rows = ({"name": f"row {number}"} for number in range(3_000))

    assert len(read_xlsx(xlsx_bytes(COLUMNS, rows))) == 3_001


def test_two_columns_with_one_heading_are_refused():
    with pytest.raises(ValueError, match="same heading"):
        xlsx_bytes([COLUMNS[0], COLUMNS[0]], [])
