"""Remarks on single fields, and passing a registration on: what is kept, who is told, who wins a race."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from clusters import queries
from clusters.enums import OrganisationStatus as Status
from clusters.enums import ParticipantRole
from clusters.models import Organisation, User
from clusters.remarks import FIELDS
from clusters.transitions import organisations as transitions
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import Machine, MoveConflict, MoveForbidden, NoteMissing
from matchmaking.models import Candidature
from tests import factories
from tests.exchanges import races

pytestmark = pytest.mark.usefixtures("programme")

REMARKS = {"vat": "The check digit is wrong.", "town": "Is it not Montemurlo?"}


@pytest.fixture
def waiting(visitor_person: User) -> Organisation:
    """A registration that has waited at NTT for nine days."""
    organisation = factories.make_organisation(
        owner=visitor_person, legal_name="Filatura Nuova", status=Status.SUBMITTED
    )
    since = clock.now() - timedelta(days=9)
    Organisation.objects.filter(pk=organisation.pk).update(status_since=since)
    return Organisation.objects.get(pk=organisation.pk)


def test_remarks_alone_are_a_reason_and_are_kept_by_field(waiting: Organisation, ntt_officer: User) -> None:
    organisation = transitions.send_back(waiting, actor=ntt_officer, remarks=REMARKS)

    assert organisation.events.get().facts == {"remarks": REMARKS}
    assert queries.remarks_on(organisation) == REMARKS


def test_the_mail_names_each_field_and_the_note(waiting: Organisation, visitor_person: User, ntt_officer: User) -> None:
    transitions.send_back(waiting, actor=ntt_officer, note="Thank you.", remarks=REMARKS)

    text = Notice.objects.get(person=visitor_person).text
    assert "• VAT number: The check digit is wrong." in text
    assert "• Town: Is it not Montemurlo?" in text
    assert text.endswith("Thank you.")


@pytest.mark.parametrize("remarks", [{}, {"vat": " \n "}])
def test_without_a_remark_or_a_note_nothing_is_sent_back(
    waiting: Organisation, ntt_officer: User, remarks: dict[str, str]
) -> None:
    with pytest.raises(NoteMissing):
        transitions.send_back(waiting, actor=ntt_officer, note=" ", remarks=remarks)

    waiting.refresh_from_db()
    assert waiting.status == Status.SUBMITTED
    assert not waiting.events.exists()
    assert not Notice.objects.exists()


def test_a_remark_on_what_is_no_field_is_refused(waiting: Organisation, ntt_officer: User) -> None:
    with pytest.raises(ValueError, match="no field"):
        transitions.send_back(waiting, actor=ntt_officer, remarks={"status": "x"})


def test_remarks_are_open_until_the_registration_is_sent_again(
    waiting: Organisation, visitor_person: User, ntt_officer: User
) -> None:
    organisation = transitions.send_back(waiting, actor=ntt_officer, remarks=REMARKS)
    organisation = transitions.resubmit(organisation, actor=visitor_person)
    assert queries.remarks_on(organisation) == {}

    organisation = transitions.send_back(organisation, actor=ntt_officer, remarks={"pic": "Nine digits?"})

    assert queries.remarks_on(organisation) == {"pic": "Nine digits?"}


def test_passed_on_it_lies_there_from_now_on(
    waiting: Organisation, visitor_person: User, ntt_officer: User, clutex_officer: User, stranger: User
) -> None:
    organisation = transitions.reassign(
        waiting, to=factories.cluster("CLUTEX"), actor=ntt_officer, note="They know weaving."
    )

    organisation.refresh_from_db()
    assert (organisation.reference_cluster.short_name, organisation.status) == ("CLUTEX", Status.SUBMITTED)
    assert clock.now() - organisation.status_since < timedelta(minutes=1)
    assert not organisation.is_cluster_member
    event = organisation.events.get()
    assert event.label == "Passed on from NTT to CLUTEX"
    assert event.facts["was_member"] is True
    told = set(Notice.objects.values_list("person", flat=True))
    assert told == {visitor_person.pk, ntt_officer.pk, clutex_officer.pk}
    assert all("They know weaving." in text for text in Notice.objects.values_list("text", flat=True))


def test_whoever_passed_it_on_decides_no_more(waiting: Organisation, ntt_officer: User, clutex_officer: User) -> None:
    organisation = transitions.reassign(waiting, to=factories.cluster("CLUTEX"), actor=ntt_officer, note="Theirs.")

    with pytest.raises(MoveForbidden):
        transitions.validate(organisation, actor=ntt_officer)
    assert transitions.validate(organisation, actor=clutex_officer).status == Status.VALIDATED


@pytest.mark.parametrize("target", ["NTT", "CLUTEX"])
def test_it_is_not_passed_on_to_where_it_lies_nor_from_where_it_no_longer_lies(
    waiting: Organisation, ntt_officer: User, coordinator: User, target: str
) -> None:
    if target == "CLUTEX":
        transitions.reassign(waiting, to=factories.cluster("SPK"), actor=ntt_officer, note="Theirs.")
    before = waiting.events.count()

    with pytest.raises(MoveConflict):
        transitions.reassign(waiting, to=factories.cluster(target), actor=coordinator, note="Theirs.")

    assert waiting.events.count() == before


def test_candidatures_that_are_not_decided_follow_to_the_other_partnership(
    waiting: Organisation, visitor_person: User, ntt_officer: User
) -> None:
    there = factories.partnership("EXXTRA")
    other = there.members.exclude(cluster__partnership_memberships__partnership__acronym="EXTRATEX").first()
    assert other is not None
    candidature = Candidature.objects.create(
        organisation=waiting,
        wave=there.wave,
        partnership=factories.partnership(),
        role=ParticipantRole.VISITOR,
        contact=visitor_person,
        languages=["en"],
    )

    transitions.reassign(waiting, to=other.cluster, actor=ntt_officer, note="Theirs.")

    candidature.refresh_from_db()
    assert candidature.partnership == there


class Unguarded(Machine[Organisation]):
    """The machine without its lock: both threads read the row before either writes it."""

    barrier = threading.Barrier(2, timeout=20)

    def _locked(self, obj: Organisation) -> Organisation:
        fresh = self.model._default_manager.get(pk=obj.pk)
        self.barrier.wait()
        return fresh


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "without it"])
def test_of_validating_and_sending_back_at_once_one_wins(
    programme: None, ntt_officer: User, coordinator: User, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    organisation = factories.make_organisation(status=Status.SUBMITTED)
    if not guarded:
        machine: Any = transitions.ORGANISATION
        unguarded = Unguarded(machine.model, machine.event_model, machine.moves)
        monkeypatch.setattr(transitions, "ORGANISATION", unguarded)

    results = races.run(
        [
            lambda: transitions.validate(organisation, actor=ntt_officer),
            lambda: transitions.send_back(organisation, actor=coordinator, remarks=REMARKS),
        ]
    )

    conflicts = [result for result in results if isinstance(result, MoveConflict)]
    assert len(conflicts) == (1 if guarded else 0), results
    assert organisation.events.count() == (1 if guarded else 2)


def test_every_field_that_can_be_remarked_on_has_a_name(programme: None) -> None:
    labels = [Organisation.label_of(name) for name in FIELDS]

    assert len(set(labels)) == len(FIELDS)
    assert not set(labels) & set(FIELDS)
