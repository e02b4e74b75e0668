"""The keys that the addresses of an organisation's people and records need."""

from typing import Any

from clusters.enums import OrganisationStatus
from clusters.models import Invitation, Organisation, OrganisationMerge, User
from clusters.transitions import invitations, joining
from tests import factories


def places_of_people(organisation: Organisation, owner: User) -> dict[str, list[Any]]:
    """The keys of what belongs to the people of an organisation: a member, a request to join, an invitation."""
    membership = organisation.memberships.get(user=owner)
    asked = joining.ask(organisation, person=factories.make_person())
    sent = invitations.invite(
        Invitation(email="new@test.example", organisation=organisation, role="editor"), actor=owner
    )
    Invitation.objects.filter(pk=sent.pk).update(token_hash=invitations.hash_of("token-of-the-mail"))
    return {
        "clusters:change_role": [organisation.pk, membership.pk],
        "clusters:leave": [organisation.pk, membership.pk],
        "clusters:join_request": [asked.pk],
        "clusters:move_join_request": [asked.pk],
        "clusters:invitation": ["token-of-the-mail"],
        "clusters:my_invitation": [sent.pk],
        "clusters:move_invitation": [sent.pk],
    }


def places_of_merges(organisation: Organisation, staff: User) -> dict[str, list[Any]]:
    """The keys of what belongs to merges: another record of the same cluster, and one that was merged already."""
    twin = factories.make_organisation()
    old = factories.make_organisation(status=OrganisationStatus.MERGED, merged_into=organisation)
    OrganisationMerge.objects.create(kept=organisation, merged=old, by=staff)
    return {
        "clusters:merge": [organisation.pk],
        "clusters:merge_pair": [organisation.pk, twin.pk],
        "clusters:merged_record": [organisation.pk, old.pk],
    }
