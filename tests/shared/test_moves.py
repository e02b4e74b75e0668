"""The one mechanism of every status change, shown on the machine of a registration."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction

from clusters.enums import OrganisationStatus as Status
from clusters.models import Organisation, OrganisationEvent, User
from clusters.transitions.organisations import ORGANISATION
from extratex.shared.moves import Machine, MoveConflict, MoveForbidden, NoteMissing
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def waiting(visitor_person: User) -> Organisation:
    """A registration that waits for a decision."""
    return factories.make_organisation(owner=visitor_person, status=Status.SUBMITTED)


def with_guard(reason: str | None) -> Machine[Organisation]:
    """Return the machine with one more condition on validating."""
    guarded = replace(ORGANISATION.moves["validate"], guard=lambda _organisation: reason)
    return replace(ORGANISATION, moves={**ORGANISATION.moves, "validate": guarded})


def test_a_move_changes_the_fresh_row_not_the_one_that_was_given(waiting: Organisation, ntt_officer: User) -> None:
    Organisation.objects.filter(pk=waiting.pk).update(address="Renamed meanwhile")

    fresh = ORGANISATION.apply("validate", waiting, actor=ntt_officer)

    assert (fresh.status, fresh.address) == (Status.VALIDATED, "Renamed meanwhile")
    assert Organisation.objects.get(pk=waiting.pk).address == "Renamed meanwhile"


def test_changes_and_facts_are_written_with_the_status(waiting: Organisation, ntt_officer: User) -> None:
    ORGANISATION.apply(
        "validate", waiting, actor=ntt_officer, changes={"is_cluster_member": False}, facts={"seen": "the register"}
    )

    waiting.refresh_from_db()
    assert waiting.is_cluster_member is False
    assert waiting.events.get().facts == {"seen": "the register"}


def test_since_tells_when_the_status_came(waiting: Organisation, ntt_officer: User) -> None:
    before = waiting.status_since

    assert ORGANISATION.apply("validate", waiting, actor=ntt_officer).status_since > before


def test_permission_is_asked_before_the_status(visitor_person: User) -> None:
    organisation = factories.make_organisation(owner=visitor_person, status=Status.DRAFT)

    with pytest.raises(MoveForbidden):
        ORGANISATION.apply("validate", organisation, actor=visitor_person)


def test_a_condition_holds_a_move_back_with_its_reason(waiting: Organisation, ntt_officer: User) -> None:
    machine = with_guard("The VAT number has not been confirmed.")

    with pytest.raises(MoveConflict, match="has not been confirmed"):
        machine.apply("validate", waiting, actor=ntt_officer)

    assert "validate" not in [move.name for move in machine.open_to(ntt_officer, waiting)]
    assert [(move.name, reason) for move, reason in machine.blocked_for(ntt_officer, waiting)] == [
        ("validate", "The VAT number has not been confirmed.")
    ]


def test_a_condition_that_is_met_holds_nothing_back(waiting: Organisation, ntt_officer: User) -> None:
    machine = with_guard(None)

    assert machine.apply("validate", waiting, actor=ntt_officer).status == Status.VALIDATED


@pytest.mark.parametrize("note", ["", "   ", "\n\t"])
def test_a_reason_that_is_asked_for_must_say_something(waiting: Organisation, ntt_officer: User, note: str) -> None:
    with pytest.raises(NoteMissing):
        ORGANISATION.apply("reject", waiting, actor=ntt_officer, note=note)


def test_an_effect_that_fails_takes_everything_back(waiting: Organisation, ntt_officer: User) -> None:
    def fail(_organisation: Organisation) -> None:
        raise RuntimeError("the effect failed")

    with pytest.raises(RuntimeError, match="the effect failed"):
        ORGANISATION.apply("validate", waiting, actor=ntt_officer, effect=fail)

    waiting.refresh_from_db()
    assert waiting.status == Status.SUBMITTED
    assert not waiting.events.exists()


def test_an_effect_sees_the_event(waiting: Organisation, ntt_officer: User) -> None:
    seen: list[str] = []

    ORGANISATION.apply(
        "validate",
        waiting,
        actor=ntt_officer,
        effect=lambda fresh: seen.extend(each.move for each in fresh.events.all()),
    )

    assert seen == ["validate"]


def test_a_name_used_twice_is_an_error_of_the_programmer() -> None:
    move = ORGANISATION.moves["validate"]

    with pytest.raises(ValueError, match="declared twice"):
        Machine.of(Organisation, OrganisationEvent, [move, move])


@pytest.mark.parametrize(
    "tamper",
    [
        lambda events: events.update(note="It was somebody else."),
        lambda events: events.delete(),
        lambda events: events._raw_delete(events.db),
    ],
    ids=["update", "delete", "raw delete"],
)
def test_events_are_neither_changed_nor_deleted(
    waiting: Organisation, ntt_officer: User, tamper: Callable[[Any], object]
) -> None:
    ORGANISATION.apply("validate", waiting, actor=ntt_officer)

    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        tamper(OrganisationEvent.objects.filter(subject=waiting))

    assert OrganisationEvent.objects.get(subject=waiting).note == ""
