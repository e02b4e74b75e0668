"""What staff decide on the rows of a checked list: create, take the existing one, or leave out."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.enums import ImportStatus, RowChoice, RowState
from clusters.importing import likely
from clusters.models import ImportedRow, MemberImport, Organisation
from extratex.shared.moves import MoveConflict


@transaction.atomic
def choose(
    member_import: MemberImport, numbers: Iterable[int] | None, choice: RowChoice, *, existing: int | None = None
) -> int:
    """Decide on rows by their number, or on all that are likely known already; return how many it was possible for.

    Without `existing`, the likeliest organisation that may be taken is taken. Raises MoveConflict once the import has
    moved on.
    """
    locked = MemberImport.objects.select_for_update(of=("self",)).get(pk=member_import.pk)
    if locked.status != ImportStatus.CHECKED:
        raise MoveConflict(_("Nothing can be chosen any more: the import has moved on."), locked)
    rows = locked.rows.exclude(state__in=[RowState.WRONG, RowState.WAITING])
    chosen = rows.filter(state=RowState.DUPLICATE) if numbers is None else rows.filter(number__in=numbers)
    changed = [row for row in chosen if _decide(row, locked, choice, existing)]
    ImportedRow.objects.bulk_update(changed, ["choice", "existing"], batch_size=500)
    return len(changed)


def is_known(row: ImportedRow) -> bool:
    """Tell whether the row's VAT number or PIC is registered already, so that it cannot be created."""
    return likely.has_a_number_in_common(row)


def _decide(row: ImportedRow, member_import: MemberImport, choice: RowChoice, existing: int | None) -> bool:
    """Set the choice on a row; answer whether it is possible there."""
    if choice == RowChoice.TAKE:
        row.existing = _takable(row, member_import, existing)
        if row.existing is None:
            return False
    elif choice == RowChoice.CREATE and likely.has_a_number_in_common(row):
        return False
    else:
        row.existing = None
    row.choice = choice
    return True


def _takable(row: ImportedRow, member_import: MemberImport, existing: int | None) -> Organisation | None:
    """Return the likeliest organisation of the row that may be taken, or the one that was named."""
    keys = [each["organisation"] for each in row.duplicates]
    wanted = [key for key in keys if existing in (None, key)]
    known = Organisation.objects.in_bulk(wanted)
    may = (known[key] for key in wanted if key in known and likely.may_be_taken(known[key], member_import))
    return next(may, None)
