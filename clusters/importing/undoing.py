"""Taking an import back: what it created goes, what it filled in is emptied, as long as nobody has built upon it."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from clusters import relations
from clusters.enums import ImportStatus, RowOutcome
from clusters.importing.applying import LONGEST_NOTE, is_still, progress, who_asked
from clusters.importing.snapshots import put, snapshot
from clusters.models import ImportedRow, Invitation, MemberImport, Organisation, OrganisationEvent, User
from clusters.transitions import invitations, member_imports
from clusters.transitions import organisations as transitions
from clusters.words import listed
from extratex.shared.moves import MoveConflict, MoveForbidden

CHUNK = 25


class BuiltUpon(Exception):
    """Somebody has gone on from what the import did; the message says how."""


def steps(member_import: MemberImport) -> Iterator[int]:
    """Take an import back from where it stands, the last row first; yields how many rows each step has done."""
    if member_import.total == 0:
        MemberImport.objects.filter(pk=member_import.pk).update(total=member_import.rows.to_undo().count())
    actor = who_asked(member_import, "undo")
    while True:
        with transaction.atomic():
            if not is_still(member_import, ImportStatus.UNDOING):
                return
            chunk = list(member_import.rows.to_undo().order_by("-number")[:CHUNK])
            for row in chunk:
                take_back(row, member_import, actor)
            progress(member_import, chunk)
        if not chunk:
            break
        yield len(chunk)
    with transaction.atomic():
        if is_still(member_import, ImportStatus.UNDOING):
            member_imports.finish_undo(member_import)


def take_back(row: ImportedRow, member_import: MemberImport, actor: User) -> None:
    """Take one row back, or note on it why what it did stays."""
    work: Callable[[Organisation, ImportedRow, MemberImport, User], None] = (
        _remove if row.outcome == RowOutcome.CREATED else _empty
    )
    try:
        with transaction.atomic():
            work(_locked(row), row, member_import, actor)
    except BuiltUpon as fault:
        row.outcome, row.outcome_note = RowOutcome.KEPT, str(fault)[:LONGEST_NOTE]
    except MoveForbidden:
        row.outcome, row.outcome_note = RowOutcome.KEPT, _("It lies with another cluster by now.")
    except MoveConflict as fault:
        row.outcome, row.outcome_note = RowOutcome.KEPT, str(fault.reason)[:LONGEST_NOTE]
    else:
        row.outcome, row.outcome_note = RowOutcome.UNDONE, ""
    row.save(update_fields=["outcome", "outcome_note"])


def _locked(row: ImportedRow) -> Organisation:
    organisation = Organisation.with_gone.select_for_update(of=("self",)).get(pk=row.organisation_id or 0)
    if organisation.merged_into_id is not None:
        raise BuiltUpon(_("It was merged with another organisation since."))
    return organisation


def _remove(organisation: Organisation, row: ImportedRow, member_import: MemberImport, actor: User) -> None:
    """Take an organisation back as long as it is exactly what the import has made of it."""
    _refuse_changes(row.written, snapshot(organisation))
    used = relations.uses_of(organisation, besides=(ImportedRow, Invitation))
    if Invitation.objects.filter(organisation=organisation).exclude(pk=row.invitation_id or 0).exists():
        used.append(str(Invitation._meta.verbose_name))
    if used:
        raise BuiltUpon(_("It has %(what)s by now.") % {"what": listed(used)})
    if OrganisationEvent.objects.filter(subject=organisation).exclude(facts__import=member_import.pk).exists():
        raise BuiltUpon(_("Somebody has decided on it since."))
    if member_import.rows.model.objects.filter(organisation=organisation).exclude(pk=row.pk).to_undo().exists():
        raise BuiltUpon(_("Another import has filled it in since."))
    _withdraw_invitation(row, actor)
    transitions.take_back(organisation, actor=actor, source=member_import)


def _empty(organisation: Organisation, row: ImportedRow, member_import: MemberImport, actor: User) -> None:
    """Empty again what was filled in, as long as it still says so."""
    _refuse_changes({name: new for name, (_old, new) in row.written.items()}, snapshot(organisation, row.written))
    put(organisation, {name: old for name, (old, _new) in row.written.items()})
    transitions.note_emptying(organisation, actor=actor, source=member_import, fields=list(row.written))
    _withdraw_invitation(row, actor)


def _withdraw_invitation(row: ImportedRow, actor: User) -> None:
    """Take the invitation back that the import has sent, as long as nobody has answered it."""
    sent = row.invitation
    if sent is not None and any(move.name == "withdraw" for move in invitations.INVITATION.open_to(actor, sent)):
        invitations.withdraw(sent, actor=actor)


def _refuse_changes(written: dict[str, object], now: dict[str, object]) -> None:
    changed = [name for name, value in written.items() if name in now and now[name] != value]
    if changed:
        fields = listed(Organisation.label_of(name) for name in changed)
        raise BuiltUpon(_("Somebody has changed it since: %(fields)s.") % {"fields": fields})
