"""Inviting the contacts of a list: each once, also when a worker dies or the button is pressed twice."""

import pytest

from clusters.enums import ImportStatus, InvitationStatus, MembershipRole, OrganisationStatus, RowOutcome, RuleName
from clusters.importing import inviting, work
from clusters.models import Invitation, Membership, Organisation, RuleSetting
from clusters.transitions import invitations, member_imports
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories
from tests.clusters.importing import lists
from tests.clusters.importing.test_applying import broken_off, outcomes, undone
from tests.exchanges import races

pytestmark = pytest.mark.usefixtures("programme")


def with_contacts(number: int) -> list[lists.Row]:
    """Return rows that are right, each with a contact of its own."""
    return [
        each | {"Contact e-mail": f"Contact{place}@Member.example"} for place, each in enumerate(lists.rows(number))
    ]


def invited(member_import, actor):
    member_imports.invite(member_import, actor=actor)
    work.carry_out(member_import.pk)
    return lists.fresh(member_import)


def test_each_contact_is_invited_as_the_owner_in_the_name_of_who_asked(applied, ntt_officer):
    member_import = invited(applied([*with_contacts(3), lists.row("Zeta", contact="")]), ntt_officer)

    sent = list(Invitation.objects.order_by("pk").values_list("email", "role", "invited_by"))
    assert sent == [(f"contact{place}@member.example", MembershipRole.OWNER, ntt_officer.pk) for place in range(3)]
    assert Notice.objects.filter(address__startswith="contact").count() == 3
    assert (member_import.status, member_import.total, member_import.done) == (ImportStatus.APPLIED, 3, 3)
    assert not member_import.rows.with_contact().exists()


def test_the_limit_of_single_invitations_does_not_stop_a_whole_import(applied, ntt_officer):
    RuleSetting.objects.filter(name=RuleName.INVITATIONS_A_DAY).update(value=2)

    invited(applied(with_contacts(4)), ntt_officer)
    single = Invitation(email="a@b.example", organisation=Organisation.objects.first(), role=MembershipRole.EDITOR)
    invitations.invite(single, actor=ntt_officer)

    assert Invitation.objects.count() == 5


def test_an_import_has_a_limit_of_its_own_and_the_rest_is_invited_another_day(applied, ntt_officer):
    limit = RuleSetting.objects.filter(name=RuleName.IMPORT_INVITATIONS_A_DAY)
    limit.update(value=2)
    member_import = applied(with_contacts(3))
    assert inviting.prospect(member_import, ntt_officer).waits_until_tomorrow == 1

    invited(member_import, ntt_officer)
    assert Invitation.objects.count() == 2
    assert "go on tomorrow" in member_import.rows.exclude(invitation_note="").get().invitation_note
    limit.update(value=3)
    invited(member_import, ntt_officer)

    assert Invitation.objects.count() == 3
    assert not member_import.rows.exclude(invitation_note="").exists()


def test_an_address_that_stands_too_often_in_a_list_is_spared_and_says_so(applied, ntt_officer):
    RuleSetting.objects.filter(name=RuleName.INVITATIONS_TO_ADDRESS_A_DAY).update(value=2)

    member_import = invited(applied(lists.rows(3)), ntt_officer)

    assert Invitation.objects.count() == 2
    assert "has been sent 2 invitations" in member_import.rows.get(invitation=None).invitation_note


def test_who_cannot_be_invited_is_counted_beforehand_and_says_why(applied, ntt_officer):
    member_import = applied(with_contacts(4))
    owned, gone, asked, _sound = (row.organisation for row in member_import.rows.order_by("number"))
    factories.make_member(owned, MembershipRole.OWNER)
    Organisation.objects.filter(pk=gone.pk).update(status=OrganisationStatus.REJECTED)
    invitation = Invitation(email="contact2@member.example", organisation=asked, role=MembershipRole.EDITOR)
    invitations.invite(invitation, actor=ntt_officer)

    prospect = inviting.prospect(member_import, ntt_officer)
    invited(member_import, ntt_officer)

    assert prospect.invited == 1
    assert sorted(prospect.left_out.values()) == [1, 1, 1]
    assert member_import.rows.exclude(invitation_note="").count() == 3
    assert Invitation.objects.count() == 2


def test_inviting_that_breaks_off_invites_each_once(applied, ntt_officer, monkeypatch):
    monkeypatch.setattr(inviting, "CHUNK", 2)
    member_import = member_imports.invite(applied(with_contacts(5)), actor=ntt_officer)
    broken_off(monkeypatch, inviting, "send", after=4)

    work.carry_out(member_import.pk)
    assert Invitation.objects.count() == 2
    for _again in range(3):
        work.carry_out(member_import.pk)

    assert sorted(Invitation.objects.values_list("email", flat=True)) == [
        f"contact{place}@member.example" for place in range(5)
    ]
    assert Notice.objects.filter(address__startswith="contact").count() == 5
    assert lists.fresh(member_import).status == ImportStatus.APPLIED


def test_inviting_that_always_breaks_off_is_given_up_and_can_be_taken_up_again(applied, ntt_officer, monkeypatch):
    member_import = member_imports.invite(applied(with_contacts(1)), actor=ntt_officer)
    with monkeypatch.context() as patch:
        patch.setattr(inviting, "send", lambda *_: 1 / 0)
        for _again in range(work.TRIES + 1):
            work.carry_out(member_import.pk)
    assert "ZeroDivisionError" in lists.fresh(member_import).fault

    invited(lists.fresh(member_import), ntt_officer)

    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_begins_once(applied, ntt_officer):
    member_import = applied(with_contacts(2))

    faults = races.run([lambda: member_imports.invite(member_import, actor=ntt_officer)] * 2)
    races.run([lambda: work.carry_out(member_import.pk)] * 2)

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert Invitation.objects.count() == 2
    with pytest.raises(MoveConflict, match="No contact is left"):
        member_imports.invite(lists.fresh(member_import), actor=ntt_officer)


@pytest.mark.parametrize("role", ["clutex_officer", "coordinator", "administrator"])
def test_only_staff_of_the_cluster_invite(request, applied, role):
    member_import = applied(with_contacts(1))

    with pytest.raises(MoveForbidden):
        member_imports.invite(member_import, actor=request.getfixturevalue(role))


def test_taking_the_import_back_takes_the_invitations_back_but_for_who_has_come(applied, ntt_officer):
    member_import = invited(applied(with_contacts(3)), ntt_officer)
    declined, accepted = Invitation.objects.order_by("pk")[:2]
    person = factories.confirm(factories.make_person(email=declined.email))
    invitations.decline(declined, actor=person)
    owner = factories.confirm(factories.make_person(email=accepted.email))
    invitations.accept(accepted, actor=owner)

    undone(lists.fresh(member_import), ntt_officer)

    assert outcomes(member_import) == [RowOutcome.UNDONE, RowOutcome.KEPT, RowOutcome.UNDONE]
    assert list(Invitation.objects.order_by("pk").values_list("status", flat=True)) == [
        InvitationStatus.DECLINED,
        InvitationStatus.ACCEPTED,
        InvitationStatus.WITHDRAWN,
    ]
    assert Membership.objects.get(user=owner).organisation.status == OrganisationStatus.VALIDATED


def test_an_invitation_by_hand_is_something_that_was_built_upon_it(applied, ntt_officer):
    member_import = invited(applied(with_contacts(1)), ntt_officer)
    organisation = member_import.rows.get().organisation
    invitations.invite(Invitation(email="x@y.example", organisation=organisation, role="editor"), actor=ntt_officer)

    undone(member_import, ntt_officer)

    assert outcomes(member_import) == [RowOutcome.KEPT]
    assert Invitation.objects.open().count() == 2


def test_it_is_confirmed_on_a_page_that_says_how_many(client, applied, ntt_officer):
    member_import = applied(with_contacts(2))
    client.force_login(ntt_officer)
    address = f"/imports/{member_import.pk}/"
    assert f'href="{address}invite/"' in client.get(address).content.decode()
    assert "Invite 2 contacts?" in client.get(f"{address}invite/").content.decode()
    assert not Invitation.objects.exists()

    client.post(f"{address}invite/")
    assert "Contacts are being invited" in client.get(address).content.decode()
    work.carry_out(member_import.pk)

    page = client.get(address).content.decode()
    assert "2 contacts are invited." in page
    assert "contact1@member.example" in page
    assert client.get(f"{address}invite/").status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_the_confirming_page_asks_as_often_for_three_contacts_as_for_one(
    client, applied, ntt_officer, django_assert_num_queries, number
):
    member_import = applied(with_contacts(number))
    client.force_login(ntt_officer)
    client.get(f"/imports/{member_import.pk}/invite/")

    with django_assert_num_queries(17):
        client.get(f"/imports/{member_import.pk}/invite/")
