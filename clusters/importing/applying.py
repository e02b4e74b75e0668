"""Bringing the chosen rows in, chunk by chunk; each row stands for itself and says why it could not be brought in."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clusters import permissions
from clusters.enums import ImportStatus, RowChoice, RowOutcome
from clusters.forms.members import Member
from clusters.importing import likely
from clusters.importing.answers import Words, answers_of
from clusters.importing.snapshots import is_empty, put, snapshot
from clusters.models import ImportedRow, MemberImport, Organisation, User
from clusters.transitions import member_imports
from clusters.transitions import organisations as transitions
from clusters.words import listed
from extratex.shared.moves import MoveConflict, MoveForbidden

CHUNK = 25
LONGEST_NOTE = 300
FILLED = (
    *("vat", "pic", "website", "address", "postcode", "headcount", "turnover_eur", "balance_eur"),
    *("description", "languages", "sectors", "technologies"),
)
type Work = Callable[[ImportedRow, MemberImport, User, Words], None]


class NotPossible(Exception):
    """The row cannot be brought in; the message says why."""


def steps(member_import: MemberImport) -> Iterator[int]:
    """Bring an import in from where it stands; yields how many rows each step has done."""
    if member_import.total == 0:
        MemberImport.objects.filter(pk=member_import.pk).update(total=member_import.rows.to_apply().count())
    words, actor = Words.read(), who_asked(member_import, "apply")
    while True:
        with transaction.atomic():
            if not is_still(member_import, ImportStatus.APPLYING):
                return
            chunk = list(member_import.rows.to_apply().select_related("existing").order_by("number")[:CHUNK])
            for row in chunk:
                bring_in(row, member_import, actor, words)
            progress(member_import, chunk)
        if not chunk:
            break
        yield len(chunk)
    _finish(member_import)


def bring_in(row: ImportedRow, member_import: MemberImport, actor: User, words: Words) -> None:
    """Bring one row in as it was chosen, or note on it why that is not possible."""
    work: Work = _fill if row.choice == RowChoice.TAKE else _create
    try:
        with transaction.atomic():
            work(row, member_import, actor, words)
    except NotPossible as fault:
        _note(row, str(fault))
    except MoveForbidden:
        _note(row, _("Whoever asked for it may not do it any more."))
    except MoveConflict as fault:
        _note(row, str(fault.reason))
    except IntegrityError as fault:
        if "vat_number_belongs_to_one_organisation" not in str(fault):
            raise
        _note(row, _("Another organisation has this VAT number by now."))
    row.save(update_fields=["outcome", "outcome_note", "organisation", "written"])


def who_asked(member_import: MemberImport, move: str) -> User:
    """Return whoever asked for the work that is under way: it is done in that person's name."""
    return member_import.events.filter(move=move).select_related("actor").latest("pk").actor


def is_still(member_import: MemberImport, status: str) -> bool:
    """Lock the import for the transaction, and tell whether this work is still wanted."""
    locked = MemberImport.objects.select_for_update(of=("self",)).filter(pk=member_import.pk)
    return locked.filter(status=status).exists()


def progress(member_import: MemberImport, chunk: list[ImportedRow]) -> None:
    """Count what is done; what has moved on is no failed try: only work that stays on the spot is given up."""
    MemberImport.objects.filter(pk=member_import.pk).update(done=F("done") + len(chunk), attempts=1, fault="")


def _create(row: ImportedRow, member_import: MemberImport, actor: User, words: Words) -> None:
    member = _member(row, member_import, words)
    _refuse_newcomers(row, member_import)
    transitions.admit(member.instance, member.write, actor=actor, source=member_import)
    row.organisation = Organisation.objects.get(pk=member.instance.pk)
    row.written = snapshot(row.organisation)
    row.outcome, row.outcome_note = RowOutcome.CREATED, ""


def _fill(row: ImportedRow, member_import: MemberImport, actor: User, words: Words) -> None:
    """Fill what the existing organisation has not said; what it has said stays."""
    member = _member(row, member_import, words)
    existing = Organisation.objects.select_for_update(of=("self",)).filter(pk=row.existing_id or 0).first()
    if existing is None or not likely.may_be_taken(existing, member_import):
        raise NotPossible(_("The existing organisation cannot be filled in any more."))
    if not permissions.can_validate(actor, existing):
        raise NotPossible(_("You belong to this organisation yourself: a colleague has to fill it in."))
    before = snapshot(existing, FILLED)
    given = {name: _given(member, name) for name in FILLED}
    changed = {name: [before[name], value] for name, value in given.items() if is_empty(before[name]) and value}
    row.organisation = existing
    if not changed:
        row.outcome, row.outcome_note = RowOutcome.UNCHANGED, ""
        return
    put(existing, {name: new for name, (_old, new) in changed.items()})
    labels = listed(Organisation.label_of(name) for name in changed)
    transitions.note_filling(existing, actor=actor, source=member_import, fields=list(changed))
    row.written = {name: [old, _stored(existing, name)] for name, (old, _new) in changed.items()}
    row.outcome, row.outcome_note = RowOutcome.FILLED, labels[:LONGEST_NOTE]


def _member(row: ImportedRow, member_import: MemberImport, words: Words) -> Member:
    """Read the row once more: rules and words may have changed since the check."""
    answers = answers_of(row.cells, words)
    member = Member(answers.form, member_import.cluster)
    wrong = [problem.wrong for problem in answers.problems]
    wrong += [message for messages in member.errors.values() for message in messages]
    if wrong:
        raise NotPossible(" ".join(wrong))
    return member


def _refuse_newcomers(row: ImportedRow, member_import: MemberImport) -> None:
    """Stop where somebody has registered much the same since the check, by another way than this import."""
    if likely.has_a_number_in_common(row):
        raise NotPossible(_("An organisation with this VAT number or PIC is registered already."))
    known = {each["organisation"] for each in row.duplicates}
    own = set(member_import.rows.filter(organisation__isnull=False).values_list("organisation", flat=True))
    for each in likely.found_for(row.identity):
        if each.score >= likely.SURE and each.organisation.pk not in known | own:
            text = _("%(name)s has been registered since the check and looks the same: upload the list again.")
            raise NotPossible(text % {"name": each.organisation.legal_name})


def _given(member: Member, name: str) -> Any:
    value = member.value(name)
    if hasattr(value, "values_list"):
        return sorted(value.values_list("pk", flat=True))
    return value


def _stored(organisation: Organisation, name: str) -> Any:
    return snapshot(Organisation.objects.get(pk=organisation.pk), [name])[name]


def _note(row: ImportedRow, reason: str) -> None:
    row.outcome, row.outcome_note, row.organisation, row.written = (
        RowOutcome.FAILED,
        reason[:LONGEST_NOTE],
        None,
        {},
    )


@transaction.atomic
def _finish(member_import: MemberImport) -> None:
    """Close the work; what was not to be brought in says so."""
    if not is_still(member_import, ImportStatus.APPLYING):
        return
    member_import.rows.filter(outcome=RowOutcome.NONE).update(outcome=RowOutcome.LEFT_OUT)
    member_imports.finish(member_import)
