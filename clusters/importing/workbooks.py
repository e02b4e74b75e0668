"""The workbooks that the portal makes for imports: the empty template, and a checked list with its remarks."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from clusters.importing.answers import Words
from clusters.importing.columns import COLUMNS, REMARKS
from clusters.importing.report import Finding, findings_of
from clusters.importing.sheets import column_letter
from clusters.models import ImportedRow, MemberImport
from extratex.shared.spreadsheets import Column, Sheet, csv_lines, workbook_bytes

LONGEST_INLINE_LIST = 255
READ_AT_ONCE = 500


def template_workbook() -> bytes:
    """Return the template: a sheet to fill in with two examples, and one with the allowed values."""
    words = Words.read()
    choices = {
        str(column.label): list(words.names[column.name])
        for column in COLUMNS
        if column.kind == "choice" and len(",".join(words.names[column.name])) <= LONGEST_INLINE_LIST
    }
    notes = {str(column.label): str(column.advice) for column in COLUMNS}
    return workbook_bytes(
        [
            Sheet(_("Members"), _example_columns(), [0, 1], choices=choices, notes=notes),
            Sheet(_("Allowed values"), _value_columns(words), range(max(map(len, words.names.values())))),
            Sheet(_("What to write"), _help_columns(), COLUMNS),
        ]
    )


def template_text() -> Iterator[str]:
    """Yield the template as lines of CSV."""
    return csv_lines(_example_columns(), [0, 1])


def annotated(member_import: MemberImport) -> bytes:
    """Return a list as it was uploaded, each row where it was, with its remarks; and a sheet of all wrong cells."""
    return workbook_bytes(
        [
            Sheet(
                member_import.sheet[:31] or _("Members"),
                _list_columns(member_import),
                _all_rows(member_import),
                heading_row=max(member_import.heading_row, 1),
            ),
            Sheet(_("Wrong cells"), FINDINGS, _all_findings(member_import)),
        ]
    )


FINDINGS: list[Column[Finding]] = [
    Column(_("Cell"), lambda finding: finding.cell, width=8),
    Column(_("Heading"), lambda finding: finding.heading),
    Column(_("Value"), lambda finding: finding.value),
    Column(_("What is wrong"), lambda finding: finding.wrong, width=60),
    Column(_("What to do"), lambda finding: finding.advice, width=60),
]


def _example_columns() -> list[Column[int]]:
    return [
        Column(str(column.label), partial(lambda examples, place: examples[place], column.examples))
        for column in COLUMNS
    ]


def _value_columns(words: Words) -> list[Column[int]]:
    def at(names: tuple[str, ...], place: int) -> str:
        return names[place] if place < len(names) else ""

    listed = [column for column in COLUMNS if column.name in words.names]
    return [Column(str(column.label), partial(at, words.names[column.name])) for column in listed]


def _help_columns() -> list[Column[Any]]:
    return [
        Column(_("Column"), lambda column: column.label),
        Column(_("Needed"), lambda column: _("yes") if column.required else _("no"), width=10),
        Column(_("What to write"), lambda column: column.advice, width=90),
    ]


def _list_columns(member_import: MemberImport) -> list[Column[ImportedRow | None]]:
    """Return the columns of the file in their order, and behind them the portal's remarks."""

    def cell(place: int) -> Callable[[ImportedRow | None], str]:
        return lambda row: row.other_cells[place] if row and place < len(row.other_cells) else ""

    columns = [Column(label, cell(place)) for place, label in enumerate(_labels(member_import))]
    remarks = Column[ImportedRow | None](
        str(REMARKS[0]), lambda row: _remarks(row, member_import) if row else "", width=80
    )
    state = Column[ImportedRow | None](str(REMARKS[1]), lambda row: row.get_state_display() if row else "")
    return [*columns, remarks, state]


def _labels(member_import: MemberImport) -> list[str]:
    """Return the headings of the file; one that is empty or stands twice is told apart by its column."""
    labels: list[str] = []
    for place, heading in enumerate(member_import.headings):
        label = str(heading) or _("Column %(letter)s") % {"letter": column_letter(place)}
        taken = label in labels or label in {str(remark) for remark in REMARKS}
        labels.append(f"{label} ({column_letter(place)})" if taken else label)
    return labels


def _all_rows(member_import: MemberImport) -> Iterator[ImportedRow | None]:
    """Yield the rows, and nothing for those between, so that each cell keeps its name."""
    number = max(member_import.heading_row, 1)
    for row in member_import.rows.order_by("number").iterator(READ_AT_ONCE):
        yield from [None] * (row.number - number - 1)
        yield row
        number = row.number


def _all_findings(member_import: MemberImport) -> Iterator[Finding]:
    for row in member_import.rows.exclude(problems=[]).order_by("number").iterator(READ_AT_ONCE):
        yield from findings_of(row, member_import)


def _remarks(row: ImportedRow, member_import: MemberImport) -> str:
    found = [f"{finding.cell}: {finding.wrong} {finding.advice}" for finding in findings_of(row, member_import)]
    if row.twin:
        found.append(_("Likely the same as row %(number)s.") % {"number": row.twin})
    if row.duplicates:
        found.append(_("Likely registered already."))
    return " ".join(found)
