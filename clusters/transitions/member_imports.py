"""Every change of the status of an import of members happens in this file, and nowhere else."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import permissions
from clusters.enums import ImportStatus as Status
from clusters.models import MemberImport, MemberImportEvent, User
from extratex.shared import moves
from extratex.shared.bell import ring
from extratex.shared.moves import Move


def _has_rows_to_apply(member_import: MemberImport) -> StrOrPromise | None:
    if member_import.rows.to_apply().exists():
        return None
    return _("No row is left that could be brought in.")


def _has_contacts_to_invite(member_import: MemberImport) -> StrOrPromise | None:
    return None if member_import.rows.with_contact().exists() else _("No contact is left who could be invited.")


def _has_rows_to_undo(member_import: MemberImport) -> StrOrPromise | None:
    return None if member_import.rows.to_undo().exists() else _("Nothing is left that could be taken back.")


MEMBER_IMPORT = moves.Machine.of(
    MemberImport,
    MemberImportEvent,
    [
        Move(
            name="check",
            label=_("Checked"),
            sources=frozenset({Status.CHECKING}),
            target=Status.CHECKED,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="refuse",
            label=_("Could not be read"),
            sources=frozenset({Status.CHECKING}),
            target=Status.UNREADABLE,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="apply",
            label=_("Bring these members in"),
            sources=frozenset({Status.CHECKED, Status.STOPPED}),
            target=Status.APPLYING,
            allowed=permissions.can_decide_import,
            guard=_has_rows_to_apply,
        ),
        Move(
            name="finish",
            label=_("Brought in"),
            sources=frozenset({Status.APPLYING}),
            target=Status.APPLIED,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="stop",
            label=_("Stop"),
            sources=frozenset({Status.APPLYING, Status.UNDOING}),
            target=Status.STOPPED,
            allowed=permissions.can_decide_import,
            style="plain",
        ),
        Move(
            name="give_up",
            label=_("Broke off"),
            sources=frozenset({Status.APPLYING, Status.UNDOING}),
            target=Status.STOPPED,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="invite",
            label=_("Invite the contacts"),
            sources=frozenset({Status.APPLIED}),
            target=Status.INVITING,
            allowed=permissions.can_decide_import,
            guard=_has_contacts_to_invite,
        ),
        Move(
            name="stop_inviting",
            label=_("Stop"),
            sources=frozenset({Status.INVITING}),
            target=Status.APPLIED,
            allowed=permissions.can_decide_import,
            style="plain",
        ),
        Move(
            name="finish_inviting",
            label=_("Contacts invited"),
            sources=frozenset({Status.INVITING}),
            target=Status.APPLIED,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="undo",
            label=_("Take the whole import back"),
            sources=frozenset({Status.APPLIED, Status.STOPPED}),
            target=Status.UNDOING,
            allowed=permissions.can_decide_import,
            guard=_has_rows_to_undo,
            style="stop",
        ),
        Move(
            name="finish_undo",
            label=_("Taken back"),
            sources=frozenset({Status.UNDOING}),
            target=Status.UNDONE,
            allowed=permissions.can_work_on_import,
        ),
        Move(
            name="discard",
            label=_("Discard"),
            sources=frozenset({Status.CHECKING, Status.UNREADABLE, Status.CHECKED}),
            target=Status.DISCARDED,
            allowed=permissions.can_decide_import,
            style="plain",
        ),
    ],
)
FRESH = {"total": 0, "done": 0, "attempts": 0, "fault": ""}


@transaction.atomic
def upload(member_import: MemberImport) -> MemberImport:
    """Store a new import, which a worker checks as soon as its file is found clean."""
    member_import.save(force_insert=True)
    MEMBER_IMPORT.begin(member_import, actor=member_import.by)
    _wake(member_import)
    return member_import


def check(member_import: MemberImport) -> MemberImport:
    """Close the check: the rows are to be decided on."""
    return MEMBER_IMPORT.apply("check", member_import, actor=User.objects.system())


def refuse(member_import: MemberImport, remarks: list[str]) -> MemberImport:
    """Close an import whose file cannot be read, with what is wrong with it."""
    actor = User.objects.system()
    return MEMBER_IMPORT.apply("refuse", member_import, actor=actor, changes={"remarks": remarks})


def apply(member_import: MemberImport, *, actor: User) -> MemberImport:
    """Have the chosen rows brought in."""
    return MEMBER_IMPORT.apply("apply", member_import, actor=actor, changes=FRESH, effect=_wake)


def finish(member_import: MemberImport) -> MemberImport:
    """Close the work: all chosen rows are brought in, or have said why not."""
    return MEMBER_IMPORT.apply("finish", member_import, actor=User.objects.system())


def stop(member_import: MemberImport, *, actor: User) -> MemberImport:
    """Stop after the chunk that is under way; what is brought in, or taken back, stays so."""
    return MEMBER_IMPORT.apply("stop", member_import, actor=actor)


def give_up(member_import: MemberImport, fault: str) -> MemberImport:
    """Stop because every try broke off."""
    return MEMBER_IMPORT.apply("give_up", member_import, actor=User.objects.system(), changes={"fault": fault})


def invite(member_import: MemberImport, *, actor: User) -> MemberImport:
    """Have everybody invited whom the list names as a contact; who could not be invited before is tried again."""

    def begin(fresh: MemberImport) -> None:
        fresh.rows.with_contact().update(invitation_note="")
        _wake(fresh)

    return MEMBER_IMPORT.apply("invite", member_import, actor=actor, changes=FRESH, effect=begin)


def stop_inviting(member_import: MemberImport, *, actor: User) -> MemberImport:
    """Stop after the chunk that is under way; who is invited stays so."""
    return MEMBER_IMPORT.apply("stop_inviting", member_import, actor=actor)


def finish_inviting(member_import: MemberImport, *, fault: str = "") -> MemberImport:
    """Close the inviting: each contact is invited or has said why not, or every try broke off by a fault."""
    actor = User.objects.system()
    return MEMBER_IMPORT.apply("finish_inviting", member_import, actor=actor, changes={"fault": fault})


def undo(member_import: MemberImport, *, actor: User) -> MemberImport:
    """Have everything taken back that the import has created or changed, as far as nobody has built upon it."""
    return MEMBER_IMPORT.apply("undo", member_import, actor=actor, changes=FRESH, effect=_wake)


def finish_undo(member_import: MemberImport) -> MemberImport:
    """Close the taking back."""
    return MEMBER_IMPORT.apply("finish_undo", member_import, actor=User.objects.system())


def discard(member_import: MemberImport, *, actor: User, note: str = "") -> MemberImport:
    """Give an import up of which nothing was brought in."""
    return MEMBER_IMPORT.apply("discard", member_import, actor=actor, note=note)


def _wake(member_import: MemberImport) -> None:
    ring("clusters.work_on_import", import_id=member_import.pk)
