"""Bringing the chosen rows in, chunk by chunk; each row stands for itself and says why it could not be brought in."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clusters import permissions
from clusters.enums import ImportStatus, RowChoice, RowOutcome
from clusters.forms.members import Member, store
from clusters.importing import likely
from clusters.importing.answers import Words, answers_of
from clusters.importing.snapshots import is_empty, put, snapshot
from clusters.models import ImportedRow, MemberImport, Organisation, User
from clusters.transitions import member_imports
from clusters.transitions import organisations as transitions
from clusters.words import listed
from extratex.shared.moves import MoveConflict, MoveForbidden

CHUNK = 50
LONGEST_NOTE = 300
FILLED = (
    *("vat", "pic", "website", "address", "postcode", "headcount", "turnover_eur", "balance_eur"),
    *("description", "languages", "sectors", "technologies"),
)
SEVERAL = tuple(field.name for field in Organisation._meta.many_to_many)
type Work = Callable[[Sequence[ImportedRow]], None]


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
            bring_in(chunk, member_import, actor, words)
            progress(member_import, chunk)
        if not chunk:
            break
        yield len(chunk)
    _finish(member_import)


def bring_in(rows: Sequence[ImportedRow], member_import: MemberImport, actor: User, words: Words) -> None:
    """Bring rows in as they were chosen, or note on each why that is not possible."""
    members = {row.number: member for row in rows if (member := member_of(row, member_import, words)) is not None}
    right = [row for row in rows if row.number in members]
    new = _newcomers([row for row in right if row.choice != RowChoice.TAKE], member_import)

    def create(some: Sequence[ImportedRow]) -> None:
        _create(some, [members[row.number] for row in some], member_import, actor)

    def fill(some: Sequence[ImportedRow]) -> None:
        for row in some:
            _fill(row, members[row.number], member_import, actor)

    _attempt(new, create)
    _attempt([row for row in right if row.choice == RowChoice.TAKE], fill)
    ImportedRow.objects.bulk_update(rows, ["outcome", "outcome_note", "organisation", "written"])


def member_of(row: ImportedRow, member_import: MemberImport, words: Words) -> Member | None:
    """Read the row once more, for rules and words may have changed since the check; note what is wrong by now."""
    answers = answers_of(row.cells, words)
    member = Member(answers.form, member_import.cluster, words.offers)
    wrong = [problem.wrong for problem in answers.problems]
    wrong += [message for messages in member.errors.values() for message in messages]
    if wrong:
        _note(row, " ".join(wrong))
        return None
    return member


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


def _attempt(rows: Sequence[ImportedRow], work: Work) -> None:
    """Do the work on all rows at once; where one of them does not let it happen, on each for itself."""
    if not rows:
        return
    try:
        with transaction.atomic():
            work(rows)
    except (NotPossible, MoveForbidden, MoveConflict, IntegrityError) as fault:
        if len(rows) == 1:
            _note(rows[0], _why_not(fault))
            return
        for row in rows:
            _attempt([row], work)


def _why_not(fault: Exception) -> str:
    if isinstance(fault, MoveForbidden):
        return _("Whoever asked for it may not do it any more.")
    if isinstance(fault, IntegrityError):
        if "vat_number_belongs_to_one_organisation" not in str(fault):
            raise fault
        return _("Another organisation has this VAT number by now.")
    return str(fault)


def _create(rows: Sequence[ImportedRow], members: Sequence[Member], member_import: MemberImport, actor: User) -> None:
    described = [member.instance for member in members]
    stored = transitions.admit(described, lambda: store(members), actor=actor, source=member_import)
    fresh = Organisation.objects.prefetch_related(*SEVERAL).in_bulk([each.pk for each in stored])
    for row, organisation in zip(rows, stored, strict=True):
        row.organisation = fresh[organisation.pk]
        row.written = snapshot(row.organisation)
        row.outcome, row.outcome_note = RowOutcome.CREATED, ""


def _fill(row: ImportedRow, member: Member, member_import: MemberImport, actor: User) -> None:
    """Fill what the existing organisation has not said; what it has said stays."""
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
    after = snapshot(Organisation.objects.get(pk=existing.pk), changed)
    row.written = {name: [before[name], after[name]] for name in changed}
    row.outcome, row.outcome_note = RowOutcome.FILLED, labels[:LONGEST_NOTE]


def _newcomers(rows: Sequence[ImportedRow], member_import: MemberImport) -> list[ImportedRow]:
    """Leave out, with a note, what somebody has registered since the check by another way than this import."""
    found = likely.found_for(rows)
    for row, duplicates in zip(rows, found, strict=True):
        if likely.has_a_number_in_common(row):
            _note(row, _("An organisation with this VAT number or PIC is registered already."))
            continue
        known = {each["organisation"] for each in row.duplicates}
        for each in duplicates:
            is_new = each.score >= likely.SURE and each.organisation.pk not in known
            if is_new and not member_import.rows.filter(organisation=each.organisation).exists():
                text = _("%(name)s has been registered since the check and looks the same: upload the list again.")
                _note(row, text % {"name": each.organisation.legal_name})
                break
    return [row for row in rows if row.outcome != RowOutcome.FAILED]


def _given(member: Member, name: str) -> Any:
    value = member.value(name)
    return sorted(term.pk for term in value) if value and name in SEVERAL else value


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
