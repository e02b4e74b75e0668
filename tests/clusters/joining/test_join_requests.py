"""Asking to join an organisation: every status, every move, every role; limits; two at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from clusters import deadlines
from clusters.enums import JoinRequestStatus as Status
from clusters.enums import MembershipRole, OrganisationStatus, RuleName
from clusters.models import JoinRequest, Membership, Organisation, RoleEvent, RuleSetting, User
from clusters.transitions import joining
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from tests import factories
from tests.exchanges import races

pytestmark = pytest.mark.usefixtures("programme")

ROLES = (
    "owner",
    "editor",
    "asker",
    "ntt_officer",
    "coordinator",
    "clutex_officer",
    "finance_officer",
    "programme_officer",
    "administrator",
    "stranger",
    "system",
)
TABLE: dict[str, tuple[Status, set[str]]] = {
    "accept": (Status.ACCEPTED, {"owner"}),
    "decline": (Status.DECLINED, {"owner"}),
    "withdraw": (Status.WITHDRAWN, {"asker"}),
    "expire": (Status.EXPIRED, {"system"}),
    "settle": (Status.WITHDRAWN, {"system"}),
}


def attempt(move: str, join_request: JoinRequest, actor: User) -> JoinRequest:
    if move in {"expire", "settle"}:
        return joining.JOIN_REQUEST.apply(move, join_request, actor=actor)
    verb: Callable[..., JoinRequest] = getattr(joining, move)
    note = {"note": "We do not know you."} if joining.JOIN_REQUEST.moves[move].needs_note else {}
    return verb(join_request, actor=actor, **note)


def test_the_table_names_every_move_of_the_machine() -> None:
    assert set(TABLE) == set(joining.JOIN_REQUEST.moves)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("move", list(TABLE))
def test_only_the_moves_of_the_table_succeed(
    request: pytest.FixtureRequest, request_in: Callable[..., JoinRequest], move: str, status: Status
) -> None:
    target, actors = TABLE[move]
    days = -1 if move == "expire" else 10
    for role in ROLES:
        JoinRequest.objects.update(status=Status.WITHDRAWN)
        Membership.objects.filter(user=request.getfixturevalue("asker")).delete()
        join_request = request_in(status, days=days)
        actor = User.objects.system() if role == "system" else request.getfixturevalue(role)
        vars(actor).pop("_roles", None)
        is_open = status == Status.ASKED and role in actors

        if is_open:
            attempt(move, join_request, actor)
        else:
            with pytest.raises(MoveConflict if role in actors else MoveForbidden):
                attempt(move, join_request, actor)

        join_request.refresh_from_db()
        assert (role, join_request.status) == (role, target if is_open else status)
        assert join_request.events.count() == (1 if is_open else 0)


def test_whoever_is_let_in_becomes_an_editor_and_is_told(
    request_in: Callable[..., JoinRequest], owner: User, asker: User, mill: Organisation
) -> None:
    joining.accept(request_in(), actor=owner)

    assert Membership.objects.get(user=asker).role == MembershipRole.EDITOR
    assert Notice.objects.get(person=asker).subject == "You now work for Tessitura Prova S.r.l."
    event = RoleEvent.objects.get(organisation=mill)
    assert (event.move, event.person, event.actor, event.label) == ("join", asker, owner, "Anna Asker joined as editor")


@pytest.mark.parametrize(("role", "may"), [("ntt_officer", True), ("coordinator", True), ("clutex_officer", False)])
def test_where_nobody_owns_an_organisation_its_cluster_decides_and_the_person_becomes_its_owner(
    request: pytest.FixtureRequest,
    request_in: Callable[..., JoinRequest],
    orphan: Organisation,
    role: str,
    *,
    may: bool,
) -> None:
    join_request = request_in(organisation=orphan)
    actor = request.getfixturevalue(role)

    if may:
        joining.accept(join_request, actor=actor)
        assert orphan.memberships.get(user=join_request.person).role == MembershipRole.OWNER
    else:
        with pytest.raises(MoveForbidden):
            joining.accept(join_request, actor=actor)


def test_nobody_decides_on_the_own_request_as_staff(orphan: Organisation, ntt_officer: User) -> None:
    join_request = joining.ask(orphan, person=ntt_officer)

    with pytest.raises(MoveForbidden):
        joining.accept(join_request, actor=ntt_officer)


def test_owners_are_told_and_read_the_message_on_the_page_only(
    mill: Organisation, owner: User, editor: User, ntt_officer: User, asker: User
) -> None:
    joining.ask(mill, person=asker, message="Look at http://evil.example/ please")

    notice = Notice.objects.get()
    assert notice.person == owner
    assert "evil" not in notice.text + notice.subject


def test_staff_are_told_where_nobody_owns_the_organisation(
    orphan: Organisation, ntt_officer: User, coordinator: User, asker: User
) -> None:
    joining.ask(orphan, person=asker)

    assert Notice.objects.get().person == ntt_officer


def test_coordinators_are_told_where_the_cluster_has_nobody_either(
    orphan: Organisation, coordinator: User, asker: User
) -> None:
    joining.ask(orphan, person=asker)

    assert Notice.objects.get().person == coordinator


def test_a_refusal_needs_a_reason_which_the_person_reads(
    request_in: Callable[..., JoinRequest], owner: User, asker: User
) -> None:
    join_request = request_in()
    with pytest.raises(NoteMissing):
        joining.decline(join_request, actor=owner, note="  ")
    assert not Notice.objects.exists()

    joining.decline(join_request, actor=owner, note="You left in May {note}.")

    assert "You left in May {note}." in Notice.objects.get(person=asker).text


def test_who_asks_twice_has_one_request_and_hears_so(mill: Organisation, asker: User) -> None:
    joining.ask(mill, person=asker)

    with pytest.raises(MoveConflict, match="have asked to join Tessitura Prova"):
        joining.ask(mill, person=asker)

    assert JoinRequest.objects.count() == 1


def test_a_member_need_not_ask(mill: Organisation, editor: User) -> None:
    with pytest.raises(MoveConflict, match="belong to Tessitura Prova"):
        joining.ask(mill, person=editor)


@pytest.mark.parametrize(
    ("status", "owned", "may"),
    [
        (OrganisationStatus.DRAFT, True, False),
        (OrganisationStatus.DRAFT, False, True),
        (OrganisationStatus.SUBMITTED, True, True),
        (OrganisationStatus.CHANGES_REQUESTED, True, True),
        (OrganisationStatus.VALIDATED, False, True),
        (OrganisationStatus.REJECTED, True, False),
        (OrganisationStatus.REJECTED, False, False),
    ],
)
def test_a_draft_of_others_and_a_rejected_organisation_cannot_be_joined(
    owner: User, asker: User, status: OrganisationStatus, *, owned: bool, may: bool
) -> None:
    organisation = factories.make_organisation(owner=owner if owned else None, status=status)

    if may:
        joining.ask(organisation, person=asker)
    else:
        with pytest.raises(MoveConflict, match="takes nobody in"):
            joining.ask(organisation, person=asker)


def limit(name: RuleName, value: int) -> None:
    RuleSetting.objects.filter(name=name).update(value=value)


def test_open_requests_are_limited(asker: User) -> None:
    limit(RuleName.OPEN_JOIN_REQUESTS, 2)
    first = joining.ask(factories.make_organisation(), person=asker)
    joining.ask(factories.make_organisation(), person=asker)
    another = factories.make_organisation()

    with pytest.raises(MoveConflict, match="wait for 2 answers"):
        joining.ask(another, person=asker)

    joining.withdraw(first, actor=asker)
    joining.ask(another, person=asker)


def test_requests_of_a_day_are_limited_even_when_they_are_taken_back(asker: User, mill: Organisation) -> None:
    limit(RuleName.JOIN_REQUESTS_A_DAY, 2)
    for _time in range(2):
        joining.withdraw(joining.ask(mill, person=asker), actor=asker)

    with pytest.raises(MoveConflict, match="Please go on tomorrow"):
        joining.ask(mill, person=asker)


def test_who_was_declined_waits_before_asking_again(mill: Organisation, owner: User, asker: User) -> None:
    joining.decline(joining.ask(mill, person=asker), actor=owner, note="No.")

    with pytest.raises(MoveConflict, match=r"has declined your request\. You may ask again from"):
        joining.ask(mill, person=asker)

    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        joining.ask(mill, person=asker)


def test_an_unanswered_request_expires_after_its_last_day_and_the_person_is_told(
    request_in: Callable[..., JoinRequest], asker: User
) -> None:
    last_day_is_today = request_in(days=0)
    assert deadlines.run() == 0
    JoinRequest.objects.filter(pk=last_day_is_today.pk).update(expires_on=clock.today() - clock.ONE_DAY)

    assert deadlines.run() == 1

    last_day_is_today.refresh_from_db()
    assert last_day_is_today.status == Status.EXPIRED
    assert last_day_is_today.events.get().actor == User.objects.system()
    assert Notice.objects.get(person=asker).subject == "Tessitura Prova S.r.l. has not answered your request"


def test_two_requests_of_one_person_at_once_leave_one_row(transactional_db: Any, programme: None) -> None:
    organisation = factories.make_organisation(owner=factories.make_person())
    person = factories.make_person()

    faults = races.run([lambda: joining.ask(organisation, person=person)] * 2)

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert JoinRequest.objects.count() == 1


def test_two_people_may_ask_at_once(transactional_db: Any, programme: None) -> None:
    organisation = factories.make_organisation(owner=factories.make_person())
    people = [factories.make_person(), factories.make_person()]

    faults = races.run([lambda person=person: joining.ask(organisation, person=person) for person in people])

    assert faults == [None, None]
    assert JoinRequest.objects.count() == 2


def test_two_owners_who_answer_at_once_answer_once(two_owners: tuple[Membership, Membership]) -> None:
    first, second = two_owners
    join_request = joining.ask(first.organisation, person=factories.make_person())

    faults = races.run(
        [
            lambda: joining.accept(join_request, actor=first.user),
            lambda: joining.decline(join_request, actor=second.user, note="No."),
        ]
    )

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert join_request.events.count() == 2


@pytest.mark.parametrize("status", [OrganisationStatus.MERGED, OrganisationStatus.TAKEN_BACK])
def test_nobody_is_let_into_an_organisation_that_is_gone(
    request_in: Callable[..., JoinRequest], owner: User, mill: Organisation, status: OrganisationStatus
) -> None:
    join_request = request_in()
    kept = factories.make_organisation() if status == OrganisationStatus.MERGED else None
    Organisation.objects.filter(pk=mill.pk).update(status=status, merged_into=kept)
    fresh = JoinRequest.objects.get(pk=join_request.pk)

    with pytest.raises(MoveConflict, match="is not there any more"):
        joining.accept(fresh, actor=owner)

    assert "accept" not in [move.name for move in joining.JOIN_REQUEST.open_to(owner, fresh)]
    assert not mill.memberships.filter(user=join_request.person).exists()
