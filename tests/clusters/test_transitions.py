"""The machine of a registration: every status, every move, every role; what is refused leaves no trace."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from clusters import permissions
from clusters.enums import OrganisationStatus as Status
from clusters.enums import StaffRoleName
from clusters.models import Membership, Organisation, OrganisationEvent, StaffRole, User
from clusters.transitions import organisations as transitions
from extratex.notices.models import Notice
from extratex.shared.moves import Machine, MoveConflict, MoveForbidden, NoteMissing
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

MEMBERS = {"owner", "owner_and_staff"}
VALIDATORS = {"ntt_officer", "coordinator"}
MERGERS = VALIDATORS | {"programme_officer", "administrator"}
MERGEABLE = {Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.VALIDATED, Status.REJECTED}
SILENT = {"take_back"}
ROLES = (
    "owner",
    "owner_and_staff",
    "ntt_officer",
    "clutex_officer",
    "coordinator",
    "other_coordinator",
    "finance_officer",
    "programme_officer",
    "administrator",
    "stranger",
)
TABLE: dict[str, tuple[set[Status], Status, set[str]]] = {
    "submit": ({Status.DRAFT}, Status.SUBMITTED, MEMBERS),
    "resubmit": ({Status.CHANGES_REQUESTED}, Status.SUBMITTED, MEMBERS),
    "revise": ({Status.VALIDATED}, Status.SUBMITTED, MEMBERS),
    "validate": ({Status.SUBMITTED}, Status.VALIDATED, VALIDATORS),
    "send_back": ({Status.SUBMITTED}, Status.CHANGES_REQUESTED, VALIDATORS),
    "reassign": ({Status.SUBMITTED}, Status.SUBMITTED, VALIDATORS),
    "reject": ({Status.SUBMITTED}, Status.REJECTED, VALIDATORS),
    "take_back": ({Status.SUBMITTED, Status.VALIDATED}, Status.TAKEN_BACK, VALIDATORS),
    "merge": (MERGEABLE, Status.MERGED, MERGERS),
}


@pytest.fixture
def owner() -> User:
    """The member who registered the organisation."""
    return factories.make_person("Owner")


@pytest.fixture
def owner_and_staff() -> User:
    """A member who also works for the reference cluster, and therefore must not decide."""
    return factories.make_staff(StaffRoleName.REFERENCE_STAFF, factories.cluster("NTT"), "Owner and staff")


@pytest.fixture
def organisation_in(owner: User, owner_and_staff: User) -> Callable[[Status], Organisation]:
    """Make an organisation of both members in a status."""

    def make(status: Status) -> Organisation:
        organisation = factories.make_organisation(owner=owner)
        Membership.objects.create(user=owner_and_staff, organisation=organisation)
        organisation.merged_into = factories.make_organisation() if status == Status.MERGED else None
        organisation.status = status
        organisation.save()
        return organisation

    return make


def attempt(move: str, organisation: Organisation, actor: User) -> Organisation:
    """Make a move through its public verb, with a note where one is asked for."""
    verb: Callable[..., Organisation] = getattr(transitions, move)
    answers: dict[str, Any] = {"note": "Because."} if transitions.ORGANISATION.moves[move].needs_note else {}
    if move == "reassign":
        answers["to"] = factories.cluster("CLUTEX")
    if move == "take_back":
        answers["source"] = factories.make_member_import()
    if move == "merge":
        answers |= {"kept": factories.make_organisation(), "effect": lambda _merged: None}
    return verb(organisation, actor=actor, **answers)


def test_the_table_names_every_move_of_the_machine() -> None:
    assert set(TABLE) == set(transitions.ORGANISATION.moves)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("move", list(TABLE))
def test_only_the_moves_of_the_table_succeed(
    request: pytest.FixtureRequest,
    organisation_in: Callable[[Status], Organisation],
    move: str,
    status: Status,
    role: str,
) -> None:
    sources, target, actors = TABLE[move]
    organisation = organisation_in(status)
    actor: User = request.getfixturevalue(role)
    is_open = status in sources and role in actors

    if is_open:
        attempt(move, organisation, actor)
    else:
        with pytest.raises(MoveConflict if role in actors else MoveForbidden):
            attempt(move, organisation, actor)

    organisation.refresh_from_db()
    assert organisation.status == (target if is_open else status)
    assert organisation.events.count() == (1 if is_open else 0)
    assert Notice.objects.exists() is (is_open and move not in SILENT)
    names = [each.name for each in transitions.ORGANISATION.open_to(actor, as_before(organisation, status))]
    assert (move in names) is (is_open and transitions.ORGANISATION.moves[move].offered)


def as_before(organisation: Organisation, status: Status) -> Organisation:
    """Return the organisation as it was before the move."""
    organisation.status = status
    organisation.reference_cluster = factories.cluster("NTT")
    return organisation


@pytest.mark.parametrize("move", ["send_back", "reject"])
def test_a_decision_against_somebody_needs_a_reason_and_leaves_no_trace_without(
    organisation_in: Callable[[Status], Organisation], ntt_officer: User, move: str
) -> None:
    organisation = organisation_in(Status.SUBMITTED)

    with pytest.raises(NoteMissing):
        getattr(transitions, move)(organisation, actor=ntt_officer, note=" \n ")

    organisation.refresh_from_db()
    assert organisation.status == Status.SUBMITTED
    assert not organisation.events.exists()
    assert not Notice.objects.exists()


def test_the_event_keeps_actor_reason_and_both_statuses(
    organisation_in: Callable[[Status], Organisation], ntt_officer: User
) -> None:
    organisation = transitions.send_back(
        organisation_in(Status.SUBMITTED), actor=ntt_officer, note="The town is wrong."
    )

    event = OrganisationEvent.objects.get(subject=organisation)
    assert (event.actor, event.note) == (ntt_officer, "The town is wrong.")
    assert (event.source, event.target) == (Status.SUBMITTED, Status.CHANGES_REQUESTED)


def test_staff_hear_of_a_submission_and_members_of_its_arrival(
    organisation_in: Callable[[Status], Organisation], owner: User, ntt_officer: User, clutex_officer: User
) -> None:
    transitions.submit(organisation_in(Status.DRAFT), actor=owner)

    told = set(Notice.objects.values_list("person", flat=True))
    assert {owner.pk, ntt_officer.pk} <= told
    assert clutex_officer.pk not in told


def test_members_read_the_reason_of_a_decision(
    organisation_in: Callable[[Status], Organisation], owner: User, ntt_officer: User
) -> None:
    transitions.reject(organisation_in(Status.SUBMITTED), actor=ntt_officer, note="You are a bakery {note}.")

    notice = Notice.objects.get(person=owner)
    assert "You are a bakery {note}." in notice.text


def test_a_second_round_is_told_again(
    organisation_in: Callable[[Status], Organisation], owner: User, ntt_officer: User
) -> None:
    organisation = transitions.submit(organisation_in(Status.DRAFT), actor=owner)
    organisation = transitions.send_back(organisation, actor=ntt_officer, note="The town is wrong.")

    transitions.resubmit(organisation, actor=owner)

    assert Notice.objects.filter(person=ntt_officer).count() == 2


def test_a_role_that_was_taken_away_decides_no_more(
    organisation_in: Callable[[Status], Organisation], ntt_officer: User
) -> None:
    organisation = organisation_in(Status.SUBMITTED)
    StaffRole.objects.filter(user=ntt_officer).delete()

    assert not permissions.can_validate(User.objects.get(pk=ntt_officer.pk), organisation)


class Unguarded(Machine[Organisation]):
    """The machine without its lock: both threads read the row before either writes it."""

    barrier = threading.Barrier(2, timeout=20)

    def _locked(self, obj: Organisation) -> Organisation:
        fresh = self.model._default_manager.get(pk=obj.pk)
        self.barrier.wait()
        return fresh


def race(machine: Machine[Organisation], organisation: Organisation, actors: tuple[User, User]) -> list[str]:
    """Let one officer validate and another reject at the same moment; return how each of them fared."""
    start = threading.Barrier(2, timeout=20)
    results: list[str] = []

    def decide(move: str, actor: User) -> None:
        start.wait()
        try:
            machine.apply(move, organisation, actor=actor, note="Because.")
            results.append("done")
        except MoveConflict:
            results.append("conflict")
        finally:
            connection.close()

    moves = ("validate", "reject")
    threads = [threading.Thread(target=decide, args=pair) for pair in zip(moves, actors, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


@pytest.fixture
def two_officers(transactional_db: None, programme: None) -> tuple[User, User]:
    """Two people of NTT in tables that threads share."""
    place = factories.cluster("NTT")
    return (
        factories.make_staff(StaffRoleName.REFERENCE_STAFF, place, "First"),
        factories.make_staff(StaffRoleName.REFERENCE_STAFF, place, "Second"),
    )


def waiting() -> Organisation:
    """Make an organisation that waits for its validation."""
    return factories.make_organisation(status=Status.SUBMITTED)


def test_of_two_decisions_at_once_one_wins(two_officers: tuple[User, User]) -> None:
    organisation = waiting()

    results = race(transitions.ORGANISATION, organisation, two_officers)

    assert results == ["conflict", "done"]
    assert organisation.events.count() == 1


def test_without_the_lock_both_would_win(two_officers: tuple[User, User]) -> None:
    organisation = waiting()
    machine: Any = transitions.ORGANISATION

    results = race(Unguarded(machine.model, machine.event_model, machine.moves), organisation, two_officers)

    assert results == ["done", "done"]
    assert organisation.events.count() == 2
