"""Who belongs to an organisation or a team: changing roles, leaving, handing over; the last owner stays."""

from typing import Any

import pytest

from clusters import departures, permissions
from clusters.enums import MembershipRole, ParticipantRole
from clusters.models import Membership, Organisation, RoleEvent, StaffRole, User
from clusters.transitions import roles
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden
from matchmaking.models import Candidature
from tests import factories
from tests.exchanges import races
from tests.matchmaking.factories import make_candidature

pytestmark = pytest.mark.usefixtures("programme")

OWNER, EDITOR = MembershipRole.OWNER, MembershipRole.EDITOR


def of(person: User, organisation: Organisation) -> Membership:
    return Membership.objects.get(user=person, organisation=organisation)


@pytest.mark.parametrize(
    ("actor", "may"),
    [("owner", True), ("editor", False), ("ntt_officer", False), ("administrator", False), ("stranger", False)],
)
def test_only_an_owner_changes_roles_and_removes(
    request: pytest.FixtureRequest, mill: Organisation, editor: User, actor: str, *, may: bool
) -> None:
    person = request.getfixturevalue(actor)
    other = factories.make_member(mill)

    for attempt in (lambda: roles.change_role(other, OWNER, actor=person), lambda: roles.leave(other, actor=person)):
        if may:
            attempt()
        else:
            with pytest.raises(MoveForbidden):
                attempt()

    assert Membership.objects.filter(pk=other.pk).exists() is not may


def test_where_nobody_owns_it_the_cluster_names_an_owner_and_then_decides_no_more(
    orphan: Organisation, ntt_officer: User
) -> None:
    editor = factories.make_member(orphan)

    roles.change_role(editor, OWNER, actor=ntt_officer)

    assert not permissions.can_manage_people(User.objects.get(pk=ntt_officer.pk), orphan)


def test_handing_over_makes_an_owner_and_lets_the_first_one_go(mill: Organisation, owner: User, editor: User) -> None:
    with pytest.raises(MoveConflict, match="would have no owner left"):
        roles.leave(of(owner, mill), actor=owner)
    with pytest.raises(MoveConflict, match="would have no owner left"):
        roles.change_role(of(owner, mill), EDITOR, actor=owner)

    roles.change_role(of(editor, mill), OWNER, actor=owner)
    roles.leave(of(owner, mill), actor=owner)

    assert list(mill.memberships.values_list("user", "role")) == [(editor.pk, OWNER)]
    told = RoleEvent.objects.filter(organisation=mill).order_by("pk")
    assert [event.label for event in told] == ["Edda Editor is now owner", "Olga Owner left"]


def test_an_owner_who_cannot_sign_in_does_not_count(mill: Organisation, owner: User) -> None:
    gone = factories.make_member(mill, OWNER).user
    User.objects.filter(pk=gone.pk).update(is_active=False)

    with pytest.raises(MoveConflict, match="would have no owner left"):
        roles.leave(of(owner, mill), actor=owner)


def test_an_editor_leaves_and_the_owner_is_told(mill: Organisation, owner: User, editor: User) -> None:
    roles.leave(of(editor, mill), actor=editor)

    notice = Notice.objects.get()
    assert (notice.person, notice.subject) == (owner, "Edda Editor no longer works for Tessitura Prova S.r.l.")


def test_whoever_is_removed_is_told_by_whom(mill: Organisation, owner: User, editor: User) -> None:
    roles.leave(of(editor, mill), actor=owner)

    notice = Notice.objects.get(person=editor)
    assert "Olga Owner has removed you" in notice.text


def test_who_has_left_already_cannot_be_removed(mill: Organisation, owner: User, editor: User) -> None:
    membership = of(editor, mill)
    roles.leave(of(editor, mill), actor=editor)

    with pytest.raises(MoveConflict, match="does not belong"):
        roles.leave(membership, actor=owner)


def test_candidatures_pass_to_an_owner_and_this_is_said_before(mill: Organisation, owner: User, editor: User) -> None:
    candidature = make_candidature(mill, ParticipantRole.VISITOR)
    Candidature.objects.update(contact=editor)
    said = departures.consequences(mill, editor, owner)

    roles.leave(of(editor, mill), actor=owner)

    candidature.refresh_from_db()
    assert candidature.contact == owner
    assert said == ["Edda Editor is in charge of 1 candidature: it passes to Olga Owner."]


def test_a_candidature_of_another_organisation_stays_with_its_person(
    mill: Organisation, owner: User, editor: User
) -> None:
    another = factories.make_organisation(owner=editor, country="CZ", reference_cluster="CLUTEX")
    candidature = make_candidature(another, ParticipantRole.HOST)
    Candidature.objects.update(contact=editor)

    roles.leave(of(editor, mill), actor=editor)

    candidature.refresh_from_db()
    assert candidature.contact == editor


def both_leave(pair: tuple[Membership, Membership]) -> list[str]:
    faults = races.run([lambda each=each: roles.leave(each, actor=each.user) for each in pair])
    return sorted(type(fault).__name__ for fault in faults)


def test_of_two_owners_who_leave_at_once_one_stays(two_owners: tuple[Membership, Membership]) -> None:
    assert both_leave(two_owners) == ["MoveConflict", "NoneType"]
    assert Membership.objects.active_owners().filter(organisation=two_owners[0].organisation).count() == 1


def test_without_the_lock_both_would_leave(
    two_owners: tuple[Membership, Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = races.Barrier(2)
    check = roles._keep_an_owner

    def unlocked(organisation: Organisation) -> Organisation:
        return Organisation.objects.get(pk=organisation.pk)

    def both_have_checked(membership: Membership, organisation: Organisation) -> None:
        check(membership, organisation)
        together.wait(races.PATIENCE_SECONDS)

    monkeypatch.setattr(roles, "locked", unlocked)
    monkeypatch.setattr(roles, "_keep_an_owner", both_have_checked)

    assert both_leave(two_owners) == ["NoneType", "NoneType"]
    assert not Membership.objects.filter(organisation=two_owners[0].organisation).exists()


def test_of_two_owners_who_remove_each_other_at_once_one_stays(two_owners: tuple[Membership, Membership]) -> None:
    first, second = two_owners
    factories.make_member(first.organisation, OWNER, "Third")

    faults = races.run([lambda: roles.leave(second, actor=first.user), lambda: roles.leave(first, actor=second.user)])

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveForbidden", "NoneType"]
    assert first.organisation.memberships.count() == 2


ENDS = {
    "ntt_officer": {"ntt_colleague", "coordinator", "administrator", "ntt_officer"},
    "coordinator": {"programme_officer", "administrator", "coordinator"},
    "finance_officer": {"programme_officer", "administrator", "finance_officer"},
    "programme_officer": {"administrator", "programme_officer"},
}


@pytest.mark.parametrize("holder", list(ENDS))
def test_each_staff_role_is_ended_by_those_of_the_table(
    request: pytest.FixtureRequest, holder: str, ntt_colleague: User
) -> None:
    person = request.getfixturevalue(holder)
    people = {"clutex_officer", "other_coordinator", "stranger", "ntt_colleague"} | set(ENDS) | {"administrator"}
    may = set()
    for name in people:
        role, actor = StaffRole.objects.get(user=person), request.getfixturevalue(name)
        try:
            roles.end_staff_role(role, actor=actor)
        except MoveForbidden:
            continue
        StaffRole.objects.create(user=person, role=role.role, cluster=role.cluster, partnership=role.partnership)
        may.add(name)

    assert may == ENDS[holder]


def test_an_ended_role_decides_nothing_from_the_next_request_on(ntt_officer: User, ntt_colleague: User) -> None:
    role = StaffRole.objects.get(user=ntt_officer)

    roles.end_staff_role(role, actor=ntt_colleague)

    waiting = factories.make_organisation(status="submitted")
    assert not permissions.can_validate(User.objects.get(pk=ntt_officer.pk), waiting)
    assert "is no longer reference cluster staff" in Notice.objects.get(person=ntt_officer).text
    with pytest.raises(MoveConflict, match="ended already"):
        roles.end_staff_role(role, actor=ntt_colleague)


def test_the_last_administrator_stays(administrator: User) -> None:
    with pytest.raises(MoveConflict, match="make another person an administrator first"):
        roles.end_administration(administrator, actor=administrator)
    other = factories.make_person("Other", is_staff=True, is_superuser=True)

    roles.end_administration(administrator, actor=other)

    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert not administrator.is_staff


def test_only_an_administrator_ends_administration(administrator: User, programme_officer: User) -> None:
    factories.make_person("Other", is_superuser=True)
    with pytest.raises(MoveForbidden):
        roles.end_administration(administrator, actor=programme_officer)


def test_of_two_administrators_who_end_each_other_one_stays(transactional_db: Any, programme: None) -> None:
    first, second = (factories.make_person(is_superuser=True, is_staff=True) for _ in range(2))

    faults = races.run(
        [
            lambda: roles.end_administration(first, actor=second),
            lambda: roles.end_administration(second, actor=first),
        ]
    )

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveForbidden", "NoneType"]
    assert User.objects.filter(is_superuser=True).count() == 1
