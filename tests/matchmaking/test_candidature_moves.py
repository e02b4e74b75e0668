"""The machine of a candidature: every status, every move, every role; what is refused leaves no trace."""

import pytest

from clusters.enums import OrganisationStatus, OrganisationType, StaffRoleName
from clusters.models import Membership, User
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from matchmaking import permissions, visits
from matchmaking.enums import CandidatureStatus as Status
from matchmaking.enums import ProposalStatus, RunStatus
from matchmaking.models import MatchRun
from matchmaking.transitions import candidatures as transitions
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

MEMBERS = {"owner", "owner_and_staff"}
VALIDATORS = {"ntt_officer", "coordinator"}
OVERSEERS = {"programme_officer", "administrator"}
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
OPEN = {Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.VALIDATED, Status.DORMANT}
TABLE = {
    "submit": ({Status.DRAFT, Status.CHANGES_REQUESTED}, Status.SUBMITTED, MEMBERS),
    "pre_approve": (set(), Status.SUBMITTED, OVERSEERS),
    "validate": ({Status.SUBMITTED}, Status.VALIDATED, VALIDATORS),
    "send_back": ({Status.SUBMITTED}, Status.CHANGES_REQUESTED, VALIDATORS),
    "reject": ({Status.SUBMITTED}, Status.REJECTED, VALIDATORS),
    "withdraw": (OPEN, Status.WITHDRAWN, MEMBERS),
    "confirm": ({Status.VALIDATED}, Status.VALIDATED, MEMBERS),
    "rest": (set(), Status.DORMANT, set()),
    "wake": ({Status.DORMANT}, Status.VALIDATED, MEMBERS),
    "reopen": ({Status.WITHDRAWN}, Status.DRAFT, MEMBERS),
}
"""Of an organisation that may visit: `pre_approve`, which it does not need, is open to nobody in no status; nor is
`rest`, which the calendar alone makes."""


@pytest.fixture
def owner():
    return people.make_person("Owner")


@pytest.fixture
def owner_and_staff():
    return people.make_staff(StaffRoleName.REFERENCE_STAFF, people.cluster("NTT"), "Owner and staff")


@pytest.fixture
def candidature_in(owner, owner_and_staff):
    def make(status, **fields):
        candidature = factories.make_visitor(owner=owner, status=status, **fields)
        Membership.objects.create(user=owner_and_staff, organisation=candidature.organisation)
        return candidature

    return make


def attempt(move, candidature, actor):
    if move == "rest":
        return transitions.CANDIDATURE.apply(move, candidature, actor=actor)
    note = {"note": "Because."} if transitions.CANDIDATURE.moves[move].needs_note else {}
    return getattr(transitions, move)(candidature, actor=actor, **note)


def test_the_table_names_every_move_of_the_machine():
    assert set(TABLE) == set(transitions.CANDIDATURE.moves)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("move", list(TABLE))
def test_only_the_moves_of_the_table_succeed(request, candidature_in, move, status, role):
    sources, target, actors = TABLE[move]
    candidature = candidature_in(status)
    actor = request.getfixturevalue(role)
    is_open = status in sources and role in actors
    names = [each.name for each in transitions.CANDIDATURE.open_to(actor, candidature)]

    if is_open:
        attempt(move, candidature, actor)
    else:
        with pytest.raises(MoveConflict if role in actors else MoveForbidden):
            attempt(move, candidature, actor)

    candidature.refresh_from_db()
    assert candidature.status == (target if is_open else status)
    assert candidature.events.count() == (1 if is_open else 0)
    assert (move in names) is is_open
    if not is_open:
        assert not Notice.objects.exists()
        assert not MatchRun.objects.exists()


@pytest.mark.parametrize("move", ["send_back", "reject"])
def test_a_decision_against_somebody_needs_a_reason(candidature_in, ntt_officer, move):
    candidature = candidature_in(Status.SUBMITTED)

    with pytest.raises(NoteMissing):
        getattr(transitions, move)(candidature, actor=ntt_officer, note=" \n ")

    candidature.refresh_from_db()
    assert candidature.status == Status.SUBMITTED
    assert not candidature.events.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("fields", "telling"),
    [
        ({"languages": []}, "languages"),
        ({"technologies": ()}, "technology"),
        ({"windows": ()}, "no period lies ahead"),
        ({"windows": ((-20, -1),)}, "no period lies ahead"),
        ({"organisation": {"status": OrganisationStatus.DRAFT}}, "registration"),
        ({"organisation": {"status": OrganisationStatus.REJECTED}}, "registration"),
    ],
)
def test_what_is_incomplete_cannot_be_sent(candidature_in, owner, fields, telling):
    candidature = candidature_in(Status.DRAFT, **fields)

    with pytest.raises(MoveConflict, match=telling):
        transitions.submit(candidature, actor=owner)

    assert [str(reason) for move, reason in transitions.CANDIDATURE.blocked_for(owner, candidature)] != []


@pytest.mark.parametrize(
    ("organisation", "telling"),
    [
        ({"type": OrganisationType.LARGE}, "A large company is not among those that may visit in the first wave."),
        ({"is_cluster_member": False}, "An SME may visit if it is a member of a cluster that has a profile"),
    ],
)
def test_who_may_not_visit_reads_the_rule_that_says_so(candidature_in, owner, organisation, telling):
    candidature = candidature_in(Status.DRAFT, organisation=organisation)

    with pytest.raises(MoveConflict, match=telling):
        transitions.submit(candidature, actor=owner)

    candidature.refresh_from_db()
    assert candidature.status == Status.DRAFT


def test_who_has_visited_already_cannot_visit_again(candidature_in, owner, monkeypatch):
    candidature = candidature_in(Status.DRAFT)
    monkeypatch.setattr(visits.register, "answer", lambda organisations: organisations)

    with pytest.raises(MoveConflict, match="visited already"):
        transitions.submit(candidature, actor=owner)


def test_a_candidature_waits_until_its_organisation_is_validated(candidature_in, owner, ntt_officer):
    candidature = candidature_in(Status.DRAFT, organisation={"status": OrganisationStatus.SUBMITTED})

    candidature = transitions.submit(candidature, actor=owner)

    with pytest.raises(MoveConflict, match="Validate the organisation first"):
        transitions.validate(candidature, actor=ntt_officer)


def test_an_exceptional_host_is_validated_only_after_the_prior_approval(ntt_officer, programme_officer):
    owner = people.make_person()
    place = {"country": "IT", "reference_cluster": "NTT", "is_cluster_member": False}
    candidature = factories.make_host(owner=owner, status=Status.DRAFT, organisation=place)
    candidature = transitions.submit(candidature, actor=owner)

    with pytest.raises(MoveConflict, match="only exceptionally, approved by the agency beforehand"):
        transitions.validate(candidature, actor=ntt_officer)
    assert Notice.objects.filter(person=programme_officer, subject__contains="prior approval").count() == 1
    approved = transitions.pre_approve(candidature, actor=programme_officer, note="A unique laboratory.")
    validated = transitions.validate(approved, actor=ntt_officer)

    assert validated.status == Status.VALIDATED
    assert validated.pre_approved_by == programme_officer
    assert [event.move for event in candidature.events.all()] == ["submit", "pre_approve", "validate"]


def test_a_prior_approval_is_given_once_and_lost_when_the_candidature_is_withdrawn(programme_officer):
    owner = people.make_person()
    candidature = factories.make_host(owner=owner, status=Status.SUBMITTED, organisation={"is_cluster_member": False})
    candidature = transitions.pre_approve(candidature, actor=programme_officer, note="A unique laboratory.")

    with pytest.raises(MoveConflict, match="already"):
        transitions.pre_approve(candidature, actor=programme_officer, note="Again.")
    candidature = transitions.withdraw(candidature, actor=owner)
    candidature = transitions.reopen(candidature, actor=owner)

    assert candidature.pre_approved_by is None


def test_the_reference_cluster_and_the_members_are_told_of_a_submission(candidature_in, owner, ntt_officer):
    candidature = candidature_in(Status.DRAFT)

    transitions.submit(candidature, actor=owner)

    told = {notice.person: notice.subject for notice in Notice.objects.filter(link=f"/candidatures/{candidature.pk}/")}
    assert "waits for your validation" in told[ntt_officer]
    assert "is with NTT" in told[owner]


def test_a_validation_asks_for_one_run_however_many_there_are(candidature_in, ntt_officer):
    one = candidature_in(Status.SUBMITTED)
    other = factories.make_visitor(status=Status.SUBMITTED)

    transitions.validate(one, actor=ntt_officer)
    transitions.validate(other, actor=ntt_officer)

    run = MatchRun.objects.get()
    assert (run.wave, run.status, run.asked_by) == (one.wave, RunStatus.WAITING, ntt_officer)
    assert run.parameters["weights"]["technologies"] > 0


def test_with_a_candidature_its_open_proposals_are_closed_and_both_sides_told(candidature_in, owner):
    visitor = candidature_in(Status.VALIDATED)
    sent = factories.make_proposal(visitor)
    received = factories.make_proposal(visitor, by="host")
    accepted = factories.make_proposal(visitor, status=ProposalStatus.ACCEPTED)

    transitions.withdraw(visitor, actor=owner)

    for proposal in (sent, received, accepted):
        proposal.refresh_from_db()
    assert (sent.status, received.status, accepted.status) == ("withdrawn", "withdrawn", "accepted")
    assert "has withdrawn its candidature" in sent.events.get().note
    assert Notice.objects.filter(person=received.host.contact, subject__contains="is closed").exists()


def test_nobody_decides_on_his_own_candidature(candidature_in, owner_and_staff):
    candidature = candidature_in(Status.SUBMITTED)

    assert not permissions.can_validate(owner_and_staff, candidature)
    assert not permissions.can_pre_approve(User(is_superuser=True, is_active=False), candidature)
