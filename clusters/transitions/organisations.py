"""Every change of an organisation's status happens in this file, and nowhere else."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters import notices, permissions
from clusters.enums import MembershipRole
from clusters.enums import OrganisationStatus as Status
from clusters.models import Membership, Organisation, OrganisationEvent, User
from extratex.shared import moves
from extratex.shared.moves import Move

ORGANISATION = moves.Machine.of(
    Organisation,
    OrganisationEvent,
    [
        Move(
            name="submit",
            label=_("Send to the reference cluster"),
            sources=frozenset({Status.DRAFT}),
            target=Status.SUBMITTED,
            allowed=permissions.can_submit,
        ),
        Move(
            name="resubmit",
            label=_("Send again"),
            sources=frozenset({Status.CHANGES_REQUESTED}),
            target=Status.SUBMITTED,
            allowed=permissions.can_submit,
        ),
        Move(
            name="validate",
            label=_("Validate"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.VALIDATED,
            allowed=permissions.can_validate,
        ),
        Move(
            name="send_back",
            label=_("Ask for changes"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.CHANGES_REQUESTED,
            allowed=permissions.can_validate,
            needs_note=True,
            note_label=_("What has to be changed, and why"),
            style="plain",
        ),
        Move(
            name="reject",
            label=_("Reject"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.REJECTED,
            allowed=permissions.can_validate,
            needs_note=True,
            note_label=_("Why it is rejected; the organisation reads this"),
            style="stop",
        ),
    ],
)


@transaction.atomic
def register(write: Callable[[], Organisation], *, owner: User) -> Organisation:
    """Begin a registration: `write` stores the draft, whose author becomes its owner."""
    organisation = write()
    Membership.objects.create(user=owner, organisation=organisation, role=MembershipRole.OWNER)
    ORGANISATION.begin(organisation, actor=owner)
    return organisation


def submit(organisation: Organisation, *, actor: User) -> Organisation:
    """Hand the registration to the reference cluster."""
    return ORGANISATION.apply("submit", organisation, actor=actor, effect=notices.tell_of_submission)


def resubmit(organisation: Organisation, *, actor: User) -> Organisation:
    """Hand the corrected registration in again."""
    return ORGANISATION.apply("resubmit", organisation, actor=actor, effect=notices.tell_of_submission)


def validate(organisation: Organisation, *, actor: User) -> Organisation:
    """Confirm that the organisation is what it says: it may write candidatures from now on."""
    return ORGANISATION.apply("validate", organisation, actor=actor, effect=notices.tell_of_validation)


def send_back(organisation: Organisation, *, actor: User, note: str) -> Organisation:
    """Ask the organisation to correct its registration, with the reason."""
    return ORGANISATION.apply(
        "send_back", organisation, actor=actor, note=note, effect=lambda fresh: notices.tell_of_changes(fresh, note)
    )


def reject(organisation: Organisation, *, actor: User, note: str) -> Organisation:
    """Refuse the registration for good, with the reason."""
    return ORGANISATION.apply(
        "reject", organisation, actor=actor, note=note, effect=lambda fresh: notices.tell_of_rejection(fresh, note)
    )
