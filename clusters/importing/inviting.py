"""Inviting the contacts of a list that was brought in, chunk by chunk: each once, and each says why where it fails."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.enums import ImportStatus, MembershipRole, RuleName
from clusters.importing.applying import LONGEST_NOTE, is_still, progress, who_asked
from clusters.models import ImportedRow, Invitation, MemberImport, Membership, Organisation, User
from clusters.transitions import invitations, member_imports, roles
from extratex.shared.moves import MoveConflict, MoveForbidden

CHUNK = 25
NO_PART = _("The organisation does not take part.")
HAS_OWNER = _("Somebody runs the organisation already, and invites its colleagues.")
INVITED = _("This address is invited to it already.")


@dataclass(frozen=True)
class Prospect:
    """What inviting the contacts of an import would do now: how many mails, and why the others get none."""

    invited: int
    left_out: Mapping[str, int]
    most_today: int

    @property
    def waits_until_tomorrow(self) -> int:
        """Return how many contacts the limit of a day leaves for another one."""
        return max(0, self.invited - self.most_today)


def prospect(member_import: MemberImport, actor: User) -> Prospect:
    """Say what inviting would do, in few queries however many rows there are; nothing is sent."""
    rows = list(member_import.rows.with_contact().values_list("organisation", "organisation__status", "cells"))
    keys = [key for key, _status, _cells in rows]
    owned = set(Membership.objects.active_owners().filter(organisation__in=keys).values_list("organisation", flat=True))
    open_ones = Invitation.objects.open().filter(organisation__in=keys)
    invited = set(open_ones.values_list("organisation", "email"))
    reasons = Counter(
        str(_against(status, is_owned=key in owned, is_invited=(key, _address(cells)) in invited))
        for key, status, cells in rows
    )
    most = int(queries.rule_value(RuleName.IMPORT_INVITATIONS_A_DAY))
    return Prospect(
        invited=reasons.pop("", 0),
        left_out=dict(reasons),
        most_today=max(0, most - queries.invitations_sent_lately(by=actor, of_imports=True)),
    )


def steps(member_import: MemberImport) -> Iterator[int]:
    """Invite from where the work stands; yields how many rows each step has done."""
    if member_import.total == 0:
        MemberImport.objects.filter(pk=member_import.pk).update(total=member_import.rows.to_invite().count())
    actor = who_asked(member_import, "invite")
    while True:
        with transaction.atomic():
            if not is_still(member_import, ImportStatus.INVITING):
                return
            chunk = list(member_import.rows.to_invite().order_by("number")[:CHUNK])
            for row in chunk:
                send(row, member_import, actor)
            progress(member_import, chunk)
        if not chunk:
            break
        yield len(chunk)
    with transaction.atomic():
        if is_still(member_import, ImportStatus.INVITING):
            member_imports.finish_inviting(member_import)


def send(row: ImportedRow, member_import: MemberImport, actor: User) -> None:
    """Invite the contact of one row as the owner, for an imported organisation has nobody yet."""
    organisation = Organisation.with_gone.get(pk=row.organisation_id or 0)
    invitation = Invitation(email=_address(row.cells), organisation=organisation, role=MembershipRole.OWNER)
    reason = _against(organisation.status)
    try:
        if not reason:
            row.invitation = invitations.invite(invitation, actor=actor, source=member_import)
    except MoveForbidden:
        reason = HAS_OWNER if queries.has_active_owner(organisation) else roles.FORBIDDEN
    except MoveConflict as fault:
        reason = fault.reason
    row.invitation_note = str(reason)[:LONGEST_NOTE]
    row.save(update_fields=["invitation", "invitation_note"])


def _against(status: str, *, is_owned: bool = False, is_invited: bool = False) -> StrOrPromise:
    """Say why a contact is left out, or nothing."""
    if status not in invitations.TAKES_PART:
        return NO_PART
    if is_owned:
        return HAS_OWNER
    return INVITED if is_invited else ""


def _address(cells: Mapping[str, str]) -> str:
    """Return the address as it is compared; the check of the row has found it sound."""
    return cells["contact_email"].strip().lower()
