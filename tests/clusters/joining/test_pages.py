"""The pages of joining, inviting and leaving: the way through them, what each says, and how often they ask."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from clusters.enums import InvitationStatus, JoinRequestStatus, MembershipRole
from clusters.models import Invitation, JoinRequest, Membership, Organisation, User
from clusters.transitions import invitations, joining
from exchanges.desk.board import board_for
from extratex.notices.models import Notice
from tests import factories
from tests.exchanges.money.counting import counted

pytestmark = pytest.mark.usefixtures("programme")

LINK = re.compile(r"/invitations/[\w-]+/")


def link_of_the_mail(address: str) -> str:
    found = LINK.search(Notice.objects.filter(address=address).latest("pk").text)
    assert found is not None
    return found[0]


def test_an_owner_invites_several_and_hears_the_same_for_known_and_unknown_addresses(
    client: Client, mill: Organisation, owner: User, stranger: User
) -> None:
    client.force_login(owner)
    said = []
    for email in (stranger.email, "unknown@test.example"):
        page = client.post(f"/organisation/{mill.pk}/people/invite/", {"emails": email, "role": "editor"}, follow=True)
        said.append([str(message).replace(email, "…") for message in page.context["messages"]])
    assert said[0] == said[1] == ["The invitation is on its way to …."]

    client.post(
        f"/organisation/{mill.pk}/people/invite/",
        {"emails": "One@x.example, two@x.example\none@x.example", "role": "owner"},
    )

    sent = Invitation.objects.filter(email__endswith="@x.example").order_by("pk")
    assert [(each.email, each.role) for each in sent] == [("one@x.example", "owner"), ("two@x.example", "owner")]


@pytest.mark.parametrize(
    ("emails", "told"),
    [
        ("", "required"),
        ("good@x.example bad", "“bad” is no e-mail address"),
        ("<script>@x.example", "is no e-mail address"),
        (" ".join(f"p{number}@x.example" for number in range(21)), "At most 20"),
    ],
)
def test_wrong_addresses_are_named_at_the_field_and_nothing_is_sent(
    client: Client, mill: Organisation, owner: User, emails: str, told: str
) -> None:
    client.force_login(owner)

    page = client.post(f"/organisation/{mill.pk}/people/invite/", {"emails": emails, "role": "editor"})

    assert page.status_code == 422
    assert told in str(page.context["form"].errors["emails"])
    assert not Invitation.objects.exists()


def test_of_several_addresses_all_are_invited_or_none(
    client: Client, mill: Organisation, owner: User, editor: User
) -> None:
    client.force_login(owner)

    page = client.post(
        f"/organisation/{mill.pk}/people/invite/", {"emails": f"new@x.example {editor.email}", "role": "editor"}
    )

    assert f"{editor.email} belongs to" in str(page.context["form"].errors["emails"])
    assert not Invitation.objects.exists()
    assert not Notice.objects.exists()


def test_somebody_new_registers_with_the_invited_address_and_comes_back_to_accept(
    client: Client, mill: Organisation, owner: User
) -> None:
    invitations.invite(Invitation(email="new@x.example", organisation=mill, role="editor"), actor=owner)
    link = link_of_the_mail("new@x.example")
    landing = client.get(link)
    assert landing.status_code == 200
    assert "no-store" in landing.headers["Cache-Control"]

    form = client.get(landing.context["sign_up"])
    assert form.context["form"].initial["email"] == "new@x.example"
    client.post(
        "/accounts/signup/",
        {"name": "New", "email": "new@x.example", "password1": "quiet-loom-by-the-river", "agrees": "on", "next": link},
    )
    confirm = re.search(r"/accounts/confirm-email/\S+/", Notice.objects.latest("pk").text)
    assert confirm is not None
    answer = client.post(confirm[0], follow=True)

    mine = Invitation.objects.get()
    assert answer.redirect_chain[-1][0] == f"/my-invitations/{mine.pk}/"
    accepted = client.post(f"/my-invitations/{mine.pk}/", {"move": "accept"}, follow=True)
    assert accepted.redirect_chain[-1][0] == f"/organisation/{mill.pk}/"
    assert mill.memberships.get(user__email="new@x.example").role == MembershipRole.EDITOR


def test_whoever_confirms_on_another_device_finds_the_invitation_on_desk_and_own_page(
    client: Client, invitation_in: Callable[..., Invitation], invited: User, mill: Organisation
) -> None:
    invitation = invitation_in()
    client.force_login(invited)

    assert [(item.url, item.todo) for item in board_for(invited).items] == [
        (f"/my-invitations/{invitation.pk}/", "accept or decline the invitation")
    ]
    assert "You are invited to Tessitura Prova" in client.get("/organisation/").content.decode()
    elsewhere = client.get(f"/organisation/join/{mill.pk}/")
    assert elsewhere.headers["Location"] == f"/my-invitations/{invitation.pk}/"


def test_a_link_leads_its_person_on_and_tells_others_for_whom_it_is(
    client: Client, invitation_in: Callable[..., Invitation], invited: User, stranger: User
) -> None:
    invitation = invitation_in()
    client.force_login(invited)
    assert client.get("/invitations/secret/").headers["Location"] == f"/my-invitations/{invitation.pk}/"

    client.force_login(stranger)
    page = client.get("/invitations/secret/")
    assert page.status_code == 403
    assert "The invitation is for another address" in page.content.decode()
    assert client.get(f"/my-invitations/{invitation.pk}/").status_code == 404
    assert client.post(f"/my-invitations/{invitation.pk}/", {"move": "accept"}).status_code == 404


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    ("status", "days", "told"),
    [
        (InvitationStatus.ACCEPTED, 10, "has been used"),
        (InvitationStatus.WITHDRAWN, 10, "has been withdrawn"),
        (InvitationStatus.DECLINED, 10, "has been declined"),
        (InvitationStatus.EXPIRED, -1, "has expired"),
        (InvitationStatus.SENT, -1, "has expired"),
    ],
)
def test_a_link_that_is_closed_says_why_and_what_to_do(
    client: Client,
    invitation_in: Callable[..., Invitation],
    invited: User,
    status: InvitationStatus,
    days: int,
    told: str,
    *,
    signed_in: bool,
) -> None:
    invitation = invitation_in(status, days=days)
    if signed_in:
        client.force_login(invited)

    page = client.get("/invitations/secret/", follow=True)

    assert page.status_code == 410
    assert f"This invitation {told}" in page.content.decode()
    if signed_in:
        again = client.post(f"/my-invitations/{invitation.pk}/", {"move": "accept"}, follow=True)
        assert again.status_code == 410
        assert not Membership.objects.filter(user=invited).exists()


def test_a_link_that_never_was_opens_nothing(client: Client) -> None:
    page = client.get("/invitations/never/")

    assert page.status_code == 404
    assert "only the newest mail counts" in page.content.decode()


def test_an_address_that_is_not_confirmed_yet_accepts_nothing(
    client: Client, invitation_in: Callable[..., Invitation], invited: User
) -> None:
    invitation = invitation_in()
    EmailAddress.objects.update(verified=False)
    client.force_login(invited)

    assert client.get(f"/my-invitations/{invitation.pk}/").status_code == 404
    assert client.get("/invitations/secret/").status_code == 403


def test_the_sender_sends_again_and_withdraws_and_others_find_nothing(
    client: Client, invitation_in: Callable[..., Invitation], owner: User, editor: User, ntt_officer: User
) -> None:
    invitation = invitation_in()
    for person in (editor, ntt_officer):
        client.force_login(person)
        assert client.post(f"/sent-invitations/{invitation.pk}/move/", {"move": "withdraw"}).status_code == 404
    client.force_login(owner)
    assert client.post(f"/sent-invitations/{invitation.pk}/move/", {"move": "expire"}).status_code == 404

    client.post(f"/sent-invitations/{invitation.pk}/move/", {"move": "resend"})
    client.post(f"/sent-invitations/{invitation.pk}/move/", {"move": "withdraw"})
    late = client.post(f"/sent-invitations/{invitation.pk}/move/", {"move": "withdraw"}, follow=True)

    assert [event.move for event in invitation.events.all()] == ["resend", "withdraw"]
    assert "no longer possible" in late.content.decode()


def test_asking_to_join_goes_to_the_owners_desk_and_their_yes_makes_an_editor(
    client: Client, mill: Organisation, owner: User, asker: User
) -> None:
    client.force_login(asker)
    page = client.get(f"/organisation/join/{mill.pk}/").content.decode()
    assert "Prato" in page
    assert owner.email not in page
    client.post(f"/organisation/join/{mill.pk}/", {"message": "I am the new dyer. <b>http://evil.example</b>"})
    asked = JoinRequest.objects.get()
    assert "You have asked to join Tessitura Prova" in client.get("/desk/").content.decode()
    twice = client.post(f"/organisation/join/{mill.pk}/", follow=True)
    assert "You have asked to join Tessitura Prova S.r.l. already" in twice.content.decode()

    client.force_login(owner)
    assert f"/join-requests/{asked.pk}/" in client.get(f"/organisation/{mill.pk}/people/").content.decode()
    assert [item.todo for item in board_for(owner).items] == ["say whether this person may join"]
    shown = client.get(f"/join-requests/{asked.pk}/").content.decode()
    assert "&lt;b&gt;http://evil.example" in shown
    client.post(f"/join-requests/{asked.pk}/move/", {"move": "accept"})

    assert mill.memberships.get(user=asker).role == MembershipRole.EDITOR
    assert JoinRequest.objects.get().status == JoinRequestStatus.ACCEPTED


def test_a_refusal_without_a_reason_is_asked_for_one(
    client: Client, request_in: Callable[..., JoinRequest], owner: User
) -> None:
    asked = request_in()
    client.force_login(owner)

    page = client.post(f"/join-requests/{asked.pk}/move/", {"move": "decline", "note": " "}, follow=True)

    assert "Say why" in page.content.decode()
    assert client.post(f"/join-requests/{asked.pk}/move/", {"move": "nonsense"}).status_code == 404


@pytest.mark.parametrize("role", ["stranger", "editor", "host_person", "ntt_officer", "clutex_officer"])
def test_foreign_requests_do_not_exist(
    request: pytest.FixtureRequest, client: Client, request_in: Callable[..., JoinRequest], role: str
) -> None:
    asked = request_in()
    client.force_login(request.getfixturevalue(role))

    assert client.get(f"/join-requests/{asked.pk}/").status_code == 404
    assert client.post(f"/join-requests/{asked.pk}/move/", {"move": "accept"}).status_code == 404


def test_staff_decide_for_an_organisation_without_an_owner(
    client: Client, orphan: Organisation, ntt_officer: User, asker: User
) -> None:
    asked = joining.ask(orphan, person=asker)
    client.force_login(ntt_officer)
    assert "NTT decides who joins" in client.get(f"/organisation/{orphan.pk}/people/").content.decode()
    assert [item.url for item in board_for(ntt_officer).items] == [f"/join-requests/{asked.pk}/"]

    client.post(f"/join-requests/{asked.pk}/move/", {"move": "accept"})

    assert orphan.memberships.get(user=asker).role == MembershipRole.OWNER


def test_the_last_owner_reads_at_the_button_why_leaving_must_wait(
    client: Client, mill: Organisation, owner: User, editor: User
) -> None:
    client.force_login(owner)
    own, other = mill.memberships.get(user=owner), mill.memberships.get(user=editor)
    page = client.get(f"/organisation/{mill.pk}/people/").content.decode()
    assert "to leave, make somebody else an owner first" in page
    assert "Not yet" in client.get(f"/organisation/{mill.pk}/people/{own.pk}/leave/").content.decode()
    assert client.post(f"/organisation/{mill.pk}/people/{own.pk}/leave/").status_code == 409

    client.post(f"/organisation/{mill.pk}/people/{other.pk}/role/", {"role": "owner"})
    answer = client.post(f"/organisation/{mill.pk}/people/{own.pk}/leave/")

    assert answer.headers["Location"] == "/organisation/"
    assert client.get(f"/organisation/{mill.pk}/").status_code == 404


def test_an_editor_sees_colleagues_but_changes_nothing_except_leaving(
    client: Client, mill: Organisation, owner: User, editor: User
) -> None:
    client.force_login(editor)
    own, other = mill.memberships.get(user=editor), mill.memberships.get(user=owner)
    page = client.get(f"/organisation/{mill.pk}/people/").content.decode()
    assert "Invite somebody" not in page
    assert "Make owner" not in page

    assert client.get(f"/organisation/{mill.pk}/people/invite/").status_code == 403
    assert client.post(f"/organisation/{mill.pk}/people/{own.pk}/role/", {"role": "owner"}).status_code == 403
    assert client.post(f"/organisation/{mill.pk}/people/{other.pk}/leave/").status_code == 403
    assert client.post(f"/organisation/{mill.pk}/people/{own.pk}/leave/").status_code == 302


def test_a_membership_is_changed_only_under_its_own_organisation(
    client: Client, mill: Organisation, owner: User, host_organisation: Organisation
) -> None:
    foreign = host_organisation.memberships.get()
    client.force_login(owner)

    for last in ("role", "leave"):
        address = f"/organisation/{mill.pk}/people/{foreign.pk}/{last}/"
        assert client.post(address, {"role": "editor"}).status_code == 404
    assert client.get(f"/organisation/{host_organisation.pk}/people/").status_code == 404


def test_a_person_in_three_organisations_chooses_everywhere(client: Client, owner: User) -> None:
    names = ["Alpha Filati", "Beta Tessuti", "Gamma Colori"]
    for name in names:
        factories.make_organisation(owner=owner, legal_name=name)
    client.force_login(owner)

    own = client.get("/organisation/").content.decode()
    writing = client.get("/candidatures/new/visitor/")

    assert all(name in own for name in names)
    assert [str(each) for each, _earlier in writing.context["organisations"]] == names


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_people_takes_as_many_queries_for_any_number(
    client: Client, mill: Organisation, owner: User, rows: int
) -> None:
    for number in range(rows):
        factories.make_member(mill)
        joining.ask(mill, person=factories.make_person())
        invitations.invite(Invitation(email=f"p{number}@x.example", organisation=mill, role="editor"), actor=owner)
    client.force_login(owner)

    page, made = counted(client, f"/organisation/{mill.pk}/people/")

    assert page.content.decode().count("data-invitation") == rows
    assert made == 10
