"""The dry run: a file becomes rows, each looked at by the rules of a registration, and nothing else is changed."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.enums import ImportStatus, RowChoice, RowState
from clusters.forms.members import Member
from clusters.importing import likely, sheets
from clusters.importing.answers import Problem, Words, advice_on, answers_of
from clusters.importing.columns import BY_NAME, Headings
from clusters.models import ImportedRow, MemberImport
from clusters.transitions import member_imports
from clusters.words import listed
from extratex.documents import checks, store
from extratex.documents.enums import State
from extratex.documents.models import Document

CHUNK = 50
IDENTITY = ("legal_name", "country", "town", "vat", "pic", "website")
CHECKED_FIELDS = ["state", "problems", "duplicates", "choice", "existing", "identity"]


def steps(member_import: MemberImport) -> Iterator[int]:
    """Check an import chunk by chunk, from where it stands; yields how many rows each step has done."""
    if member_import.total == 0 and not _read(member_import):
        return
    words = Words.read()
    while chunk := list(member_import.rows.unchecked().order_by("number")[:CHUNK]):
        check(chunk, member_import, words)
        with transaction.atomic():
            if not _is_still_wanted(member_import):
                return
            ImportedRow.objects.bulk_update(chunk, CHECKED_FIELDS)
            # What has moved on is no failed try: only work that stays on the spot is given up.
            MemberImport.objects.filter(pk=member_import.pk).update(done=F("done") + len(chunk), attempts=1, fault="")
        yield len(chunk)
    _finish(member_import)


def check(rows: Sequence[ImportedRow], member_import: MemberImport, words: Words) -> None:
    """Look at rows, and note on each what is wrong, what it resembles and what is proposed."""
    for row in rows:
        look_at(row, member_import, words)
    right = [row for row in rows if row.state != RowState.WRONG]
    for row, duplicates in zip(right, likely.found_for(right), strict=True):
        likely.propose(row, duplicates, member_import)


def look_at(row: ImportedRow, member_import: MemberImport, words: Words) -> None:
    """Note on a row what the rules of a registration find wrong, and by what its organisation is recognised."""
    answers = answers_of(row.cells, words)
    member = Member(answers.form, member_import.cluster, words.offers)
    known = {problem.column for problem in answers.problems}
    wrong = [
        Problem(column, " ".join(messages), advice_on(column))
        for column, messages in _by_column(member.errors).items()
        if column not in known
    ]
    row.problems = [problem.as_json() for problem in (*answers.problems, *wrong)]
    row.identity = _identity(row, member)
    if row.problems:
        row.state, row.choice, row.duplicates = RowState.WRONG, RowChoice.LEAVE, []


def _read(member_import: MemberImport) -> bool:
    """Read the rows out of the file once it is found clean; answer whether there are any to check."""
    document = Document.objects.get(pk=member_import.document_id)
    if document.state == State.QUARANTINED:
        checks.check(document.pk)
        document.refresh_from_db()
    if document.state == State.REFUSED:
        member_imports.refuse(member_import, [_(document.refusal)])
        return False
    if document.state != State.CLEAN:
        return False
    try:
        table = sheets.read(store.read(document), document.media_type)
    except sheets.NotReadable as fault:
        member_imports.refuse(member_import, [_why_not(fault.reason)])
        return False
    if table.headings.missing or not table.headings.places:
        member_imports.refuse(member_import, _remarks_on(table.headings))
        return False
    _store(member_import, table)
    return True


@transaction.atomic
def _store(member_import: MemberImport, table: sheets.Table) -> None:
    """Store the rows; where an earlier try has stored them, they are left as they are."""
    rows = [
        ImportedRow(
            member_import=member_import,
            number=number,
            cells={
                name: cells[place]
                for name, place in table.headings.places.items()
                if place < len(cells) and cells[place]
            },
            other_cells=cells,
        )
        for number, cells in table.rows
    ]
    ImportedRow.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    columns = {
        "sheet": table.sheet[:120],
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "heading_row": table.heading_row,
        "headings": table.labels,
        "places": table.headings.places,
        "remarks": _remarks_on(table.headings),
        "total": len(rows),
    }
    for name, value in columns.items():
        setattr(member_import, name, value)
    member_import.save(update_fields=list(columns))


def _is_still_wanted(member_import: MemberImport) -> bool:
    locked = MemberImport.objects.select_for_update(of=("self",)).filter(pk=member_import.pk)
    return locked.filter(status=ImportStatus.CHECKING).exists()


def _by_column(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Put what is wrong to the column that it is about; what no column is about stands at the name."""
    found: dict[str, list[str]] = {}
    for name, messages in errors.items():
        found.setdefault(name if name in BY_NAME else "legal_name", []).extend(messages)
    return found


def _identity(row: ImportedRow, member: Member) -> dict[str, str]:
    """Return by what the organisation of the row is recognised, as far as it is right."""
    return {name: str(member.value(name) or "") for name in IDENTITY} | {"legal_name": row.name}


@transaction.atomic
def _finish(member_import: MemberImport) -> None:
    """Compare the rows with each other and close the check."""
    if not _is_still_wanted(member_import):
        return
    rows = list(member_import.rows.order_by("number"))
    twins = likely.twins_among(rows)
    changed = [row for row in rows if row.number in twins and row.state != RowState.WRONG]
    for row in changed:
        row.twin, row.state, row.choice, row.existing = twins[row.number], RowState.DUPLICATE, RowChoice.LEAVE, None
    ImportedRow.objects.bulk_update(changed, ["twin", "state", "choice", "existing"], batch_size=500)
    member_imports.check(member_import)


def _why_not(reason: str) -> str:
    texts = {
        "empty": _("There is no list in this file: below a row of headings there has to be one row for each member."),
        "too_long": _("This list has more than %(number)s rows. Please split it.")
        % {"number": f"{sheets.MOST_MEMBERS:,}"},
        "damaged": _("This file cannot be read. Please save it again as XLSX or as “CSV UTF-8”."),
    }
    return texts[reason]


def _remarks_on(headings: Headings) -> list[str]:
    remarks = []
    if headings.missing:
        names = listed(str(column.label) for column in headings.missing)
        text = ngettext(
            "The column %(names)s is missing. Add it with this heading, as in the template.",
            "The columns %(names)s are missing. Add them with these headings, as in the template.",
            len(headings.missing),
        )
        remarks.append(text % {"names": names})
    if headings.unknown:
        names = listed(f"“{heading[:60]}”" for heading in headings.unknown)
        text = ngettext(
            "The column %(names)s is not known and is left out.",
            "The columns %(names)s are not known and are left out.",
            len(headings.unknown),
        )
        remarks.append(text % {"names": names})
    if headings.doubled:
        names = listed(f"“{heading[:60]}”" for heading in headings.doubled)
        remarks.append(
            _("%(names)s stands for a column that is there already: the first one counts.") % {"names": names}
        )
    return remarks
