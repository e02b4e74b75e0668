"""What an import's pages say: findings by cell, likenesses in words, and how many rows are how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from clusters.enums import RowChoice, RowOutcome, RowState
from clusters.importing import likely
from clusters.importing.columns import BY_NAME, COLUMNS
from clusters.importing.sheets import column_letter
from clusters.models import ImportedRow, MemberImport, Organisation
from clusters.words import sentence
from extratex.shared.reasons import Reason

SOUND = Q(state__in=[RowState.FINE, RowState.DUPLICATE])
ALL = "all"
BEFORE = {
    ALL: Q(),
    RowState.WRONG.value: Q(state=RowState.WRONG),
    RowState.DUPLICATE.value: Q(state=RowState.DUPLICATE),
    RowState.FINE.value: Q(state=RowState.FINE),
}
NOT_INVITED = "not_invited"
AFTER = {
    ALL: Q(),
    **{outcome: Q(outcome=outcome) for outcome in RowOutcome.values if outcome},
    NOT_INVITED: ~Q(invitation_note=""),
}


@dataclass(frozen=True)
class Finding:
    """One wrong cell: its name in the sheet, its heading and value, what is wrong, and what to do."""

    cell: str
    heading: str
    value: str
    wrong: str
    advice: str


@dataclass(frozen=True)
class Resemblance:
    """A registered organisation that a row is like; `organisation` is None where the reader may not see it."""

    pk: int
    organisation: Organisation | None
    cluster: str
    reasons: tuple[str, ...]
    may_be_taken: bool


@dataclass(frozen=True)
class Line:
    """One row as a list shows it."""

    row: ImportedRow
    findings: tuple[Finding, ...]
    resemblances: tuple[Resemblance, ...]


@dataclass(frozen=True)
class Figures:
    """How many rows of an import are how."""

    by_filter: Mapping[str, int]
    created: int
    taken: int
    left_out: int
    wrong: int
    invited: int
    total: int = field(default=0)

    @property
    def to_apply(self) -> int:
        """Return how many rows would be brought in."""
        return self.created + self.taken


def filters_of(member_import: MemberImport) -> dict[str, Q]:
    """Return by what the rows are filtered: what was found before they are brought in, what came of them after."""
    Status = MemberImport.Status  # noqa: N806 - a class, by its own name
    return BEFORE if member_import.status in {Status.CHECKING, Status.CHECKED, Status.DISCARDED} else AFTER


def label_of(chosen: str, *, is_before: bool) -> str:
    """Return a filter's name."""
    if chosen == ALL:
        return _("All rows")
    if chosen == NOT_INVITED:
        return _("Contact not invited")
    return str(RowState(chosen).label if is_before else RowOutcome(chosen).label)


def figures_of(member_import: MemberImport) -> Figures:
    """Count the rows, in one query."""
    counted = {f"filter_{name}": Count("pk", filter=condition) for name, condition in filters_of(member_import).items()}
    found = member_import.rows.aggregate(
        **counted,
        created=Count("pk", filter=SOUND & Q(choice=RowChoice.CREATE, outcome="")),
        taken=Count("pk", filter=SOUND & Q(choice=RowChoice.TAKE, outcome="")),
        left_out=Count("pk", filter=SOUND & Q(choice=RowChoice.LEAVE)),
        wrong=Count("pk", filter=Q(state=RowState.WRONG)),
        invited=Count("invitation"),
        total=Count("pk"),
    )
    by_filter = {name.removeprefix("filter_"): number for name, number in found.items() if name.startswith("filter_")}
    rest = {name: number for name, number in found.items() if not name.startswith("filter_")}
    return Figures(by_filter, **rest)


def lines_of(rows: Iterable[ImportedRow], member_import: MemberImport, user: Any) -> list[Line]:
    """Return rows as a list shows them, in two queries however many there are."""
    shown = list(rows)
    keys = {each["organisation"] for row in shown for each in row.duplicates}
    known = Organisation.with_gone.select_related("reference_cluster").in_bulk(keys) if keys else {}
    visible = (
        set(Organisation.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    )
    return [
        Line(
            row,
            tuple(findings_of(row, member_import)),
            tuple(
                _resemblance(each, known[each["organisation"]], member_import, each["organisation"] in visible)
                for each in row.duplicates
            ),
        )
        for row in shown
    ]


def findings_of(row: ImportedRow, member_import: MemberImport) -> list[Finding]:
    """Return what is wrong with the cells of a row, in the order of the sheet."""
    found = [_finding(problem, row, member_import) for problem in row.problems]
    return sorted(found, key=lambda finding: (len(finding.cell), finding.cell))


def cells_of(row: ImportedRow, member_import: MemberImport) -> list[tuple[str, str]]:
    """Return all known cells of a row, each with its heading and its name."""
    return [
        (
            f"{_heading(column.name, member_import)} ({_cell_name(column.name, row, member_import)})",
            row.cells.get(column.name, ""),
        )
        for column in COLUMNS
        if column.name in member_import.places
    ]


def _finding(problem: Mapping[str, str], row: ImportedRow, member_import: MemberImport) -> Finding:
    name = problem["column"]
    return Finding(
        cell=_cell_name(name, row, member_import),
        heading=_heading(name, member_import),
        value=row.cells.get(name, ""),
        wrong=problem["wrong"],
        advice=problem["advice"],
    )


def _cell_name(name: str, row: ImportedRow, member_import: MemberImport) -> str:
    place = member_import.places.get(name)
    return str(row.number) if place is None else f"{column_letter(place)}{row.number}"


def _heading(name: str, member_import: MemberImport) -> str:
    place = member_import.places.get(name)
    return str(BY_NAME[name].label) if place is None else str(member_import.headings[place])


def _resemblance(
    stored: Mapping[str, Any],
    organisation: Organisation,
    member_import: MemberImport,
    is_visible: bool,  # noqa: FBT001 - one fact of many
) -> Resemblance:
    return Resemblance(
        pk=organisation.pk,
        organisation=organisation if is_visible else None,
        cluster=organisation.reference_cluster.short_name,
        reasons=tuple(sentence(Reason.from_json(reason)) for reason in stored["reasons"]),
        may_be_taken=likely.may_be_taken(organisation, member_import),
    )
