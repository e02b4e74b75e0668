"""An organisation with its people, what is asked of it, and whom it invites."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from clusters.enums import InvitationStatus, JoinRequestStatus, MembershipRole, StaffRoleName
from clusters.models import Invitation, JoinRequest, Membership, Organisation, User
from extratex.shared import clock
from tests import factories


@pytest.fixture
def owner(programme: None) -> User:
    """The owner of the mill."""
    return factories.make_person("Olga Owner")


@pytest.fixture
def mill(owner: User) -> Organisation:
    """A validated weaving mill, looked after by NTT."""
    return factories.make_organisation(owner=owner, legal_name="Tessitura Prova S.r.l.")


@pytest.fixture
def editor(mill: Organisation) -> User:
    """Somebody who writes for the mill."""
    return factories.make_member(mill, name="Edda Editor").user


@pytest.fixture
def orphan(programme: None) -> Organisation:
    """An imported member whose only owner can no longer sign in."""
    gone = factories.make_person("Gone", is_active=False)
    return factories.make_organisation(owner=gone, legal_name="Orphan S.p.A.")


@pytest.fixture
def asker(programme: None) -> User:
    """Somebody who would like to work for the mill."""
    return factories.make_person("Anna Asker")


@pytest.fixture
def invited(programme: None) -> User:
    """Somebody with an account and a confirmed address."""
    return factories.confirm(factories.make_person("Ivo Invited", email="ivo@mill.example"))


@pytest.fixture
def request_in(mill: Organisation, asker: User) -> Callable[..., JoinRequest]:
    """Make a request to join in a status."""

    def make(
        status: JoinRequestStatus = JoinRequestStatus.ASKED, organisation: Organisation = mill, days: int = 10
    ) -> JoinRequest:
        last_day = clock.today() + timedelta(days=days)
        return JoinRequest.objects.create(
            person=asker, organisation=organisation, status=status, expires_on=last_day, message="I work in sales."
        )

    return make


@pytest.fixture
def invitation_in(mill: Organisation, owner: User, invited: User) -> Callable[..., Invitation]:
    """Make an invitation in a status, with the token `secret` unless another is named."""

    def make(
        status: InvitationStatus = InvitationStatus.SENT, days: int = 10, token: str = "secret", **fields: object
    ) -> Invitation:
        place: dict[str, object] = {"organisation": mill, "role": MembershipRole.EDITOR, "invited_by": owner}
        if "cluster" in fields or "partnership" in fields:
            place["organisation"] = None
        return Invitation.objects.create(
            **({"email": invited.email} | place | fields),
            status=status,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            expires_on=clock.today() + timedelta(days=days),
        )

    return make


@pytest.fixture
def two_owners(transactional_db: None, programme: None) -> tuple[Membership, Membership]:
    """An organisation with two owners, in tables that threads share."""
    organisation = factories.make_organisation(owner=factories.make_person("First"))
    first = organisation.memberships.get()
    return first, factories.make_member(organisation, MembershipRole.OWNER, "Second")


@pytest.fixture
def ntt_colleague(programme: None) -> User:
    """A second person of NTT."""
    return factories.make_staff(StaffRoleName.REFERENCE_STAFF, factories.cluster("NTT"), "NTT colleague")
