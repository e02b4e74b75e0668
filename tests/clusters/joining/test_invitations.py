"""Invitations: every status, every move, every role; the secret of the link; limits; what the mail may carry."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings

from clusters import deadlines
from clusters.enums import InvitationStatus as Status
from clusters.enums import MembershipRole, OrganisationStatus, RuleName, StaffRoleName
from clusters.models import Invitation, Membership, Organisation, RuleSetting, StaffRole, User
from clusters.permissions import can_give_staff_role
from clusters.transitions import invitations, roles
from extratex.notices import outbox
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories
from tests.exchanges import races

pytestmark = pytest.mark.usefixtures("programme")

ROLES = (
    "owner",
    "editor",
    "invited",
    "ntt_officer",
    "coordinator",
    "finance_officer",
    "programme_officer",
    "administrator",
    "stranger",
    "system",
)
TABLE: dict[str, tuple[set[Status], Status, set[str]]] = {
    "accept": ({Status.SENT}, Status.ACCEPTED, {"invited"}),
    "decline": ({Status.SENT}, Status.DECLINED, {"invited"}),
    "resend": ({Status.SENT, Status.EXPIRED}, Status.SENT, {"owner"}),
    "withdraw": ({Status.SENT}, Status.WITHDRAWN, {"owner"}),
    "expire": ({Status.SENT}, Status.EXPIRED, {"system"}),
    "settle": ({Status.SENT}, Status.WITHDRAWN, {"system"}),
}
LINK = re.compile(r"/invitations/([\w-]+)/")


def new(mill: Organisation, email: str = "new@mill.example", role: str = MembershipRole.EDITOR) -> Invitation:
    return Invitation(email=email, organisation=mill, role=role)


def token_in(notice: Notice) -> str:
    found = LINK.search(notice.text)
    assert found is not None
    return found[1]


def test_the_table_names_every_move_of_the_machine() -> None:
    assert set(TABLE) == set(invitations.INVITATION.moves)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("move", list(TABLE))
def test_only_the_moves_of_the_table_succeed(
    request: pytest.FixtureRequest, invitation_in: Callable[..., Invitation], move: str, status: Status
) -> None:
    sources, target, actors = TABLE[move]
    for role in ROLES:
        Invitation.objects.update(status=Status.WITHDRAWN)
        Membership.objects.filter(user=request.getfixturevalue("invited")).delete()
        invitation = invitation_in(status, days=-1 if move == "expire" else 10, token=f"{role}")
        actor = User.objects.system() if role == "system" else request.getfixturevalue(role)
        vars(actor).pop("_roles", None)
        is_open = status in sources and role in actors

        def attempt(invitation: Invitation = invitation, actor: User = actor) -> object:
            if move in {"expire", "settle"}:
                return invitations.INVITATION.apply(move, invitation, actor=actor)
            return getattr(invitations, move)(invitation, actor=actor)

        if is_open:
            attempt()
        else:
            with pytest.raises(MoveConflict if role in actors else MoveForbidden):
                attempt()

        invitation.refresh_from_db()
        assert (role, invitation.status) == (role, target if is_open else status)
        assert invitation.events.count() == (1 if is_open else 0)
        assert Membership.objects.filter(user=request.getfixturevalue("invited")).exists() is (
            is_open and move == "accept"
        )


def test_an_invitation_is_one_mail_with_a_link_whose_hash_alone_is_kept(mill: Organisation, owner: User) -> None:
    invitation = invitations.invite(new(mill, "New@Mill.example"), actor=owner)

    notice = Notice.objects.get()
    token = token_in(notice)
    assert (notice.address, notice.person) == ("new@mill.example", None)
    assert len(token) >= 43
    assert invitations.found_by(token) == invitation
    assert token not in str(vars(invitation))

    outbox.deliver(notice.pk)

    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert token not in str(vars(notice))


def test_the_one_who_was_invited_gets_the_role_and_the_sender_hears_of_it(
    mill: Organisation, owner: User, invited: User
) -> None:
    invitation = invitations.invite(new(mill, invited.email, MembershipRole.OWNER), actor=owner)

    invitations.accept(invitation, actor=invited)

    assert mill.memberships.get(user=invited).role == MembershipRole.OWNER
    assert Notice.objects.get(person=owner).subject.startswith("Ivo Invited")


def test_an_editor_who_accepts_as_an_owner_becomes_one_and_an_owner_never_loses(
    mill: Organisation, owner: User, invited: User, invitation_in: Callable[..., Invitation]
) -> None:
    membership = Membership.objects.create(user=invited, organisation=mill, role=MembershipRole.EDITOR)
    invitations.accept(invitation_in(role=MembershipRole.OWNER, token="a"), actor=invited)
    membership.refresh_from_db()
    assert membership.role == MembershipRole.OWNER

    invitations.accept(invitation_in(role=MembershipRole.EDITOR, token="b"), actor=invited)

    membership.refresh_from_db()
    assert membership.role == MembershipRole.OWNER


@pytest.mark.parametrize("address", ["unconfirmed", "another", "confirmed second"])
def test_only_a_confirmed_address_accepts(
    invitation_in: Callable[..., Invitation], address: str, mill: Organisation
) -> None:
    invitation = invitation_in(email="second@mill.example")
    person = factories.make_person(email="second@mill.example" if address == "unconfirmed" else "")
    if address == "another":
        factories.confirm(person)
    if address == "confirmed second":
        factories.confirm(person, "Second@Mill.example")
        invitations.accept(invitation, actor=person)
        assert mill.memberships.filter(user=person).exists()
        return

    with pytest.raises(MoveForbidden):
        invitations.accept(invitation, actor=person)


def test_an_invitation_that_is_over_but_not_swept_yet_is_refused(
    invitation_in: Callable[..., Invitation], invited: User
) -> None:
    with pytest.raises(MoveConflict, match="has expired"):
        invitations.accept(invitation_in(days=-1), actor=invited)


def test_an_invitation_ends_with_the_right_to_invite(
    invitation_in: Callable[..., Invitation], invited: User, mill: Organisation, owner: User
) -> None:
    second = factories.make_member(mill, MembershipRole.OWNER)
    invitation = invitation_in(invited_by=second.user)
    roles.leave(second, actor=owner)

    with pytest.raises(MoveConflict, match="may no longer invite"):
        invitations.accept(invitation, actor=invited)

    invitations.accept(invitations.resend(invitation, actor=owner), actor=invited)


def test_nobody_is_taken_into_an_organisation_that_is_rejected(
    invitation_in: Callable[..., Invitation], invited: User, mill: Organisation
) -> None:
    invitation = invitation_in()
    Organisation.objects.filter(pk=mill.pk).update(status=OrganisationStatus.REJECTED)

    with pytest.raises(MoveConflict, match="does not take part"):
        invitations.accept(invitation, actor=invited)


def test_sending_again_voids_the_older_link_and_prolongs(mill: Organisation, owner: User) -> None:
    invitation = invitations.invite(new(mill), actor=owner)
    first = token_in(Notice.objects.get())
    Invitation.objects.update(expires_on=clock.today() - clock.ONE_DAY)
    assert deadlines.run() == 1

    invitations.resend(invitation, actor=owner)

    second = token_in(Notice.objects.filter(person=None).latest("pk"))
    found = invitations.found_by(second)
    assert invitations.found_by(first) is None
    assert found is not None
    assert (found.status, found.expires_on > clock.today()) == (Status.SENT, True)


def test_who_belongs_already_and_who_is_invited_already_is_not_invited_again(
    mill: Organisation, owner: User, editor: User
) -> None:
    with pytest.raises(MoveConflict, match="belongs to"):
        invitations.invite(new(mill, editor.email), actor=owner)
    invitations.invite(new(mill), actor=owner)

    with pytest.raises(MoveConflict, match="is invited already"):
        invitations.invite(new(mill, "NEW@mill.example", MembershipRole.OWNER), actor=owner)

    assert Invitation.objects.count() == 1


def test_an_expired_invitation_is_not_sent_again_beside_a_newer_one(
    invitation_in: Callable[..., Invitation], owner: User
) -> None:
    older = invitation_in(Status.EXPIRED, token="older")
    invitation_in(token="newer")

    with pytest.raises(MoveConflict, match="is invited already"):
        invitations.resend(older, actor=owner)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RuleName.INVITATIONS_A_DAY, "You have sent 2 invitations"),
        (RuleName.INVITATIONS_TO_ADDRESS_A_DAY, "has been sent 2 invitations"),
    ],
)
def test_mails_are_limited_by_sender_and_by_address(mill: Organisation, owner: User, rule: RuleName, told: str) -> None:
    RuleSetting.objects.filter(name=rule).update(value=2)
    invitation = invitations.resend(invitations.invite(new(mill), actor=owner), actor=owner)

    with pytest.raises(MoveConflict, match=told):
        invitations.resend(invitation, actor=owner)

    assert Notice.objects.filter(address="new@mill.example").count() == 2


def test_nobody_invites_oneself(mill: Organisation, programme_officer: User) -> None:
    factories.confirm(programme_officer, "second@portal.example")
    place = factories.partnership()
    for email in (programme_officer.email, "second@portal.example"):
        with pytest.raises(MoveConflict, match="cannot invite yourself"):
            invitations.invite(
                Invitation(email=email, partnership=place, role=StaffRoleName.FINANCE_OFFICER), actor=programme_officer
            )


def test_names_bring_neither_lines_nor_links_into_the_mail(owner: User) -> None:
    owner.name = "Eve\r\nBcc: all@victims.example http://evil.example/win"
    owner.save()
    place = factories.make_organisation(
        owner=owner, legal_name="Prize\n\nClick www.evil.example or https://evil.example/x " + "y" * 150
    )

    invitations.invite(new(place), actor=owner)

    notice = Notice.objects.get()
    mail = outbox.mail_of(notice)
    own = f"{settings.SITE_ADDRESS}/invitations/{token_in(notice)}/"
    assert re.findall(r"https?://\w\S*", notice.text) == [own]
    assert "evil.example" not in notice.text + notice.subject
    assert "victims.example" not in str(mail.message())
    assert "\n" not in mail.subject
    assert mail.to == ["new@mill.example"]
    assert "Bcc" not in mail.message()


GIVES = {
    StaffRoleName.REFERENCE_STAFF: {"ntt_officer", "coordinator"},
    StaffRoleName.COORDINATOR: {"programme_officer", "administrator"},
    StaffRoleName.FINANCE_OFFICER: {"programme_officer", "administrator"},
    StaffRoleName.PROGRAMME_OFFICER: {"administrator"},
}


@pytest.mark.parametrize("role", list(StaffRoleName))
def test_each_staff_role_is_given_by_those_of_the_table(request: pytest.FixtureRequest, role: StaffRoleName) -> None:
    cluster, partnership = factories.cluster("NTT"), factories.partnership()
    place = {"cluster": cluster} if role == StaffRoleName.REFERENCE_STAFF else {"partnership": partnership}
    if role == StaffRoleName.PROGRAMME_OFFICER:
        place = {}
    people = ("owner", "ntt_officer", "clutex_officer", "coordinator", "other_coordinator", "finance_officer")
    may = set()
    for name in (*people, "programme_officer", "administrator", "stranger"):
        try:
            invitations.invite(
                Invitation(email=f"{name}@x.example", role=role, **place), actor=request.getfixturevalue(name)
            )
        except MoveForbidden:
            continue
        may.add(name)

    assert may == GIVES[role]


def test_a_role_of_staff_is_taken_once_and_holds_at_once(
    invited: User, ntt_officer: User, invitation_in: Callable[..., Invitation]
) -> None:
    place = factories.cluster("NTT")
    invitation = invitation_in(cluster=place, role=StaffRoleName.REFERENCE_STAFF, invited_by=ntt_officer)

    invitations.accept(invitation, actor=invited)

    assert StaffRole.objects.filter(user=invited, cluster=place).count() == 1
    assert can_give_staff_role(User.objects.get(pk=invited.pk), StaffRoleName.REFERENCE_STAFF, place.pk)
    with pytest.raises(MoveConflict, match="no longer possible"):
        invitations.accept(invitation, actor=invited)


def test_of_two_clicks_at_once_one_accepts(transactional_db: None, programme: None) -> None:
    owner = factories.make_person()
    person = factories.confirm(factories.make_person())
    organisation = factories.make_organisation(owner=owner)
    invitation = invitations.invite(new(organisation, person.email), actor=owner)

    faults = races.run([lambda: invitations.accept(invitation, actor=person)] * 2)

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert organisation.memberships.filter(user=person).count() == 1
