"""Every change of an organisation's status happens in this file, and nowhere else."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import notices, permissions, vies
from clusters.enums import MembershipRole
from clusters.enums import OrganisationStatus as Status
from clusters.models import Cluster, MemberImport, Membership, Organisation, OrganisationEvent, User
from clusters.remarks import Remarks, given
from clusters.signals import organisation_reassigned
from extratex.shared import clock, moves
from extratex.shared.moves import Move, MoveConflict

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
            name="revise",
            label=_("Send the changes"),
            sources=frozenset({Status.VALIDATED}),
            target=Status.SUBMITTED,
            allowed=permissions.can_submit,
            needs_note=True,
            note_label=_("What has changed"),
            offered=False,
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
            name="reassign",
            label=_("Pass on to another cluster"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.SUBMITTED,
            allowed=permissions.can_reassign,
            needs_note=True,
            note_label=_("Why another cluster; both clusters and the organisation read this"),
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
        Move(
            name="take_back",
            label=_("Take back with its import"),
            sources=frozenset({Status.SUBMITTED, Status.VALIDATED}),
            target=Status.TAKEN_BACK,
            allowed=permissions.can_validate,
            offered=False,
        ),
        Move(
            name="merge",
            label=_("Merge into another organisation"),
            sources=frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.VALIDATED, Status.REJECTED}),
            target=Status.MERGED,
            allowed=permissions.can_merge,
            needs_note=True,
            note_label=_("Why these are one and the same organisation"),
            offered=False,
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
    return ORGANISATION.apply("submit", organisation, actor=actor, effect=_handed_in)


def resubmit(organisation: Organisation, *, actor: User) -> Organisation:
    """Hand the corrected registration in again."""
    return ORGANISATION.apply("resubmit", organisation, actor=actor, effect=_handed_in)


def revise(organisation: Organisation, *, actor: User, note: str) -> Organisation:
    """Hand a validated registration in again, since something has changed that the cluster vouches for."""
    return ORGANISATION.apply("revise", organisation, actor=actor, note=note, effect=_handed_in)


def note_correction(organisation: Organisation, *, actor: User, note: str) -> Organisation:
    """Keep in the history what the members have changed of a registration that stays validated."""
    ORGANISATION.record("correct", organisation, actor=actor, note=note)
    return organisation


def _handed_in(fresh: Organisation) -> None:
    notices.tell_of_submission(fresh)
    vies.ask_for(fresh)


def validate(organisation: Organisation, *, actor: User) -> Organisation:
    """Confirm that the organisation is what it says: it may write candidatures from now on."""
    return ORGANISATION.apply("validate", organisation, actor=actor, effect=notices.tell_of_validation)


def send_back(
    organisation: Organisation, *, actor: User, note: str = "", remarks: Remarks | None = None
) -> Organisation:
    """Ask the organisation to correct its registration: remarks on single fields, a note on the whole, or both."""
    asked = given(remarks or {})
    return ORGANISATION.apply(
        "send_back",
        organisation,
        actor=actor,
        note=note,
        facts={"remarks": asked},
        effect=lambda fresh: notices.tell_of_changes(fresh, note.strip(), asked),
    )


@transaction.atomic
def reassign(organisation: Organisation, *, to: Cluster, actor: User, note: str) -> Organisation:
    """Pass a registration that waits on to another cluster, where its time of waiting begins anew.

    Whether it is a member of that cluster the organisation has not said. Raises MoveConflict also where it lies with
    another cluster by now than the one on `organisation`, or with `to` already.
    """
    former = organisation.reference_cluster
    fresh = Organisation.with_gone.select_for_update().get(pk=organisation.pk)
    if fresh.reference_cluster_id != former.pk or fresh.reference_cluster_id == to.pk:
        lies_with = fresh.reference_cluster.short_name
        raise MoveConflict(_("The registration lies with %(cluster)s already.") % {"cluster": lies_with}, fresh)

    def announce(moved: Organisation) -> None:
        notices.tell_of_reassignment(moved, former, note.strip())
        organisation_reassigned.send(Organisation, organisation=moved, actor=actor)

    return ORGANISATION.apply(
        "reassign",
        organisation,
        actor=actor,
        note=note,
        changes={
            "reference_cluster": to,
            "cluster_was_assigned": _passed_on(former),
            "is_cluster_member": False,
            "status_since": clock.now(),
        },
        facts={"from": former.short_name, "to": to.short_name, "was_member": fresh.is_cluster_member},
        effect=announce,
    )


def reject(organisation: Organisation, *, actor: User, note: str) -> Organisation:
    """Refuse the registration for good, with the reason."""
    return ORGANISATION.apply(
        "reject", organisation, actor=actor, note=note, effect=lambda fresh: notices.tell_of_rejection(fresh, note)
    )


def _passed_on(former: Cluster) -> str:
    return gettext("%(cluster)s has passed it on.") % {"cluster": former.short_name}


@transaction.atomic
def admit(
    organisations: Iterable[Organisation],
    write: Callable[[], list[Organisation]],
    *,
    actor: User,
    source: MemberImport,
) -> list[Organisation]:
    """Bring organisations in from their cluster's list, all or none; `write` stores them. Returns them as stored.

    The cluster vouches for its members, so that they are validated by the ordinary move; whoever is no member waits for
    a decision like everybody else.
    """
    for each in organisations:
        each.status = Status.SUBMITTED
    stored, named, facts = write(), _named(source), {"import": source.pk}
    ORGANISATION.begin_all(stored, actor=actor, note=named, facts=facts)
    members = [each for each in stored if each.is_cluster_member]
    ORGANISATION.apply_to_all("validate", members, actor=actor, note=named, facts=facts)
    vies.ask_for_new(stored)
    return stored


def take_back(organisation: Organisation, *, actor: User, source: MemberImport) -> Organisation:
    """Take an organisation back that an import has created: nobody finds it any more, and its VAT number is free."""
    return ORGANISATION.apply(
        "take_back",
        organisation,
        actor=actor,
        note=_named(source),
        changes={"vat": ""},
        facts={"import": source.pk, "vat": organisation.vat},
    )


def note_filling(organisation: Organisation, *, actor: User, source: MemberImport, fields: list[str]) -> None:
    """Keep in the history that an import has filled in what an organisation had not said."""
    facts = {"import": source.pk, "fields": fields}
    ORGANISATION.record("fill", organisation, actor=actor, note=_named(source), facts=facts)


def note_emptying(organisation: Organisation, *, actor: User, source: MemberImport, fields: list[str]) -> None:
    """Keep in the history that what an import had filled in was taken back."""
    facts = {"import": source.pk, "fields": fields}
    ORGANISATION.record("empty", organisation, actor=actor, note=_named(source), facts=facts)


@transaction.atomic
def merge(
    merged: Organisation, kept: Organisation, *, actor: User, note: str, effect: moves.Effect[Organisation]
) -> Organisation:
    """Merge an organisation into another one; `effect` moves what belonged to it. Its VAT number is free afterwards."""
    names = {"merged": _with_number(merged), "kept": _with_number(kept)}

    def carry_over(fresh: Organisation) -> None:
        notices.tell_of_merge(fresh, kept)
        effect(fresh)

    gone = ORGANISATION.apply(
        "merge",
        merged,
        actor=actor,
        note=note,
        changes={"merged_into": kept, "vat": ""},
        facts={**names, "into": kept.pk, "vat": merged.vat},
        effect=carry_over,
    )
    ORGANISATION.record("take_in", kept, actor=actor, note=note, facts={**names, "from": merged.pk})
    return gone


def _named(source: MemberImport) -> str:
    return gettext("Import %(number)s (%(file)s)") % {"number": source.number, "file": source.document.original_name}


def _with_number(organisation: Organisation) -> str:
    return f"{organisation.legal_name} ({organisation.number})"
