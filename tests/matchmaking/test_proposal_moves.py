"""The machine of a proposal: every status, every move, every role; limits, places, and what an answer brings about."""

import pytest

from clusters.enums import ParticipantRole, RuleName
from clusters.models import Membership, RuleSetting, User
from exchanges.models import Exchange
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from matchmaking import deadlines, queries, visits
from matchmaking.enums import CandidatureStatus
from matchmaking.enums import ProposalStatus as Status
from matchmaking.models import Proposal, ProposalEvent
from matchmaking.transitions import proposals as transitions
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

ROLES = (
    "visitor_person",
    "host_person",
    "person_of_both",
    "system",
    "ntt_officer",
    "clutex_officer",
    "coordinator",
    "finance_officer",
    "programme_officer",
    "administrator",
    "stranger",
)
TABLE = {
    "accept": ({Status.PROPOSED}, Status.ACCEPTED, {"host_person"}),
    "counter": ({Status.PROPOSED}, Status.PROPOSED, {"host_person"}),
    "decline": ({Status.PROPOSED}, Status.DECLINED, {"host_person"}),
    "withdraw": ({Status.PROPOSED}, Status.WITHDRAWN, {"visitor_person", "person_of_both"}),
    "expire": (set(), Status.EXPIRED, {"system"}),
    "release": ({Status.PROPOSED, Status.ACCEPTED}, Status.WITHDRAWN, {"system"}),
}
"""Of a proposal that the visitor has made and whose last day is still to come: nothing expires yet."""


@pytest.fixture
def system():
    return User.objects.system()


@pytest.fixture
def person_of_both(visitor_organisation, host_organisation):
    person = people.make_person("Both")
    for organisation in (visitor_organisation, host_organisation):
        Membership.objects.create(user=person, organisation=organisation)
    return person


def attempt(move, proposal, actor):
    note = "Because." if transitions.PROPOSAL.moves[move].needs_note else ""
    if move in {"accept", "withdraw"}:
        return getattr(transitions, move)(proposal, actor=actor)
    if move == "counter":
        return transitions.counter(proposal, actor=actor, days=factories.work_week())
    if move == "decline":
        return transitions.decline(proposal, actor=actor, note=note)
    return transitions.PROPOSAL.apply(move, proposal, actor=actor, note=note)


def test_the_table_names_every_move_of_the_machine():
    assert set(TABLE) == set(transitions.PROPOSAL.moves)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("move", list(TABLE))
def test_only_the_moves_of_the_table_succeed(request, visitor, host, move, status, role):
    sources, target, actors = TABLE[move]
    actor = request.getfixturevalue(role)
    proposal = factories.make_proposal(visitor, host, status=status)
    is_open = status in sources and role in actors
    names = [each.name for each in transitions.PROPOSAL.open_to(actor, proposal)]

    if is_open:
        attempt(move, proposal, actor)
    else:
        with pytest.raises(MoveConflict if role in actors else MoveForbidden):
            attempt(move, proposal, actor)

    proposal.refresh_from_db()
    assert proposal.status == (target if is_open else status)
    assert proposal.events.count() == (1 if is_open else 0)
    assert (move in names) is is_open
    if not is_open:
        assert not Notice.objects.exists()
        assert not Exchange.objects.exists()


def test_of_a_proposal_by_the_host_the_visitor_is_the_one_who_answers(visitor, host, visitor_person, host_person):
    proposal = factories.make_proposal(visitor, host, by=ParticipantRole.HOST)

    with pytest.raises(MoveForbidden):
        transitions.accept(proposal, actor=host_person)

    assert transitions.accept(proposal, actor=visitor_person).status == Status.ACCEPTED


def test_an_acceptance_opens_the_exchange_and_tells_everybody_once(
    visitor, host, visitor_person, host_person, ntt_officer, clutex_officer
):
    proposal = transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")

    transitions.accept(proposal, actor=host_person)

    assert Exchange.objects.get().proposal == proposal
    link = f"/proposals/{proposal.pk}/"
    told = sorted(Notice.objects.filter(link=link).values_list("person__name", flat=True))
    assert told == ["CLUTEX officer", "Giulia Visitor", "NTT officer", "Tomáš Host"]


def test_a_refusal_of_the_app_above_undoes_the_acceptance(visitor, host, host_person, monkeypatch):
    first = factories.make_proposal(visitor, host)
    transitions.accept(first, actor=host_person)
    other = factories.make_proposal(visitor)
    notices = Notice.objects.count()
    monkeypatch.setattr(visits.register, "answer", None)

    with pytest.raises(MoveConflict, match="once in the whole scheme"):
        transitions.accept(other, actor=other.host.contact)

    other.refresh_from_db()
    assert other.status == Status.PROPOSED
    assert Notice.objects.count() == notices
    assert Exchange.objects.count() == 1


def test_a_refusal_carries_its_reason_to_the_visitor(visitor, host, visitor_person, host_person):
    proposal = factories.make_proposal(visitor, host)

    with pytest.raises(NoteMissing):
        transitions.decline(proposal, actor=host_person, note="  ")
    transitions.decline(proposal, actor=host_person, note="Our line is being rebuilt.")

    notice = Notice.objects.get(person=visitor_person)
    assert "Our line is being rebuilt." in notice.text


def test_a_host_without_places_accepts_nobody_until_one_is_free_again(visitor, host, host_person):
    host.capacity = 1
    host.save()
    first = factories.make_proposal(host=host)
    transitions.accept(first, actor=host_person)
    second = factories.make_proposal(visitor, host)

    with pytest.raises(MoveConflict, match="no place left"):
        transitions.accept(second, actor=host_person)
    transitions.release(first, note="The exchange was cancelled.")

    assert queries.places_left(host) == 1
    assert transitions.PROPOSAL.moves["accept"].refusal(Proposal.objects.get(pk=second.pk)) is None


def test_a_proposal_carries_its_last_day_from_the_rules(visitor, host, visitor_person):
    RuleSetting.objects.filter(name=RuleName.PROPOSAL_DAYS).update(value=9)

    proposal = transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")

    assert proposal.expires_on == factories.in_days(9)
    assert proposal.events.get().move == "begin"
    assert Notice.objects.get().person == host.contact


def test_the_limit_counts_what_one_has_sent_and_never_what_one_has_received(visitor, host, visitor_person):
    limit = int(RuleSetting.objects.get(name=RuleName.OPEN_PROPOSALS).value)
    for _number in range(limit):
        factories.make_proposal(visitor, by=ParticipantRole.HOST)
    assert queries.proposals_left(visitor) == limit
    sent = [factories.make_proposal(visitor) for _number in range(limit)]

    with pytest.raises(MoveConflict, match=f"You have {limit} open proposals"):
        transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")
    transitions.withdraw(sent[0], actor=visitor_person)

    assert transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?").pk


def test_a_pair_has_one_live_proposal_and_is_told_so(visitor, host, visitor_person, host_person):
    transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")

    with pytest.raises(MoveConflict, match="There is a proposal between the two already"):
        transitions.propose(visitor, host, by=ParticipantRole.HOST, actor=host_person, message="Would you?")

    assert Proposal.objects.count() == ProposalEvent.objects.count() == 1


def test_the_constraint_speaks_the_same_sentence(visitor, host, visitor_person, monkeypatch):
    factories.make_proposal(visitor, host)
    monkeypatch.setattr(queries, "live_proposal", lambda *_pair: None)

    with pytest.raises(MoveConflict, match="There is a proposal between the two already"):
        transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")


def test_after_a_refusal_one_may_ask_again(visitor, host, visitor_person):
    factories.make_proposal(visitor, host, status=Status.DECLINED)

    assert transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="Now?").pk


@pytest.mark.parametrize(
    ("change", "telling"),
    [
        ({"organisation": {"country": "IT", "reference_cluster": "NTT"}}, "both in Italy"),
        ({"status": CandidatureStatus.WITHDRAWN}, "is not validated"),
        ({"status": CandidatureStatus.SUBMITTED}, "is not validated"),
    ],
)
def test_what_the_programme_does_not_allow_is_not_proposed(visitor, visitor_person, change, telling):
    host = factories.make_host(**change)

    with pytest.raises(MoveConflict, match=telling):
        transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor_person, message="May we?")

    assert not Proposal.objects.exists()


def test_nobody_proposes_for_somebody_else(visitor, host, host_person, stranger):
    for person in (host_person, stranger):
        with pytest.raises(MoveForbidden):
            transitions.propose(visitor, host, by=ParticipantRole.VISITOR, actor=person, message="May we?")


def test_a_proposal_expires_after_its_last_day_and_not_on_it(visitor, host, host_person):
    today = factories.make_proposal(visitor, host, expires_on=factories.in_days(0))
    over = factories.make_proposal(expires_on=factories.in_days(-1))

    with pytest.raises(MoveConflict, match="The time to answer is over"):
        transitions.accept(over, actor=over.host.contact)
    assert deadlines.run() == 1
    assert deadlines.run() == 0

    over.refresh_from_db()
    today.refresh_from_db()
    assert (over.status, today.status) == (Status.EXPIRED, Status.PROPOSED)
    assert over.events.get().actor == User.objects.system()
    assert set(Notice.objects.values_list("person", flat=True)) == {over.visitor.contact_id, over.host.contact_id}


def test_one_row_that_fails_does_not_stop_the_others(monkeypatch):
    broken, sound = (factories.make_proposal(expires_on=factories.in_days(-day)) for day in (2, 1))
    expire = transitions.expire

    def refuse(proposal):
        if proposal == broken:
            raise RuntimeError("broken")
        return expire(proposal)

    monkeypatch.setattr(transitions, "expire", refuse)

    assert deadlines.run() == 1

    sound.refresh_from_db()
    assert sound.status == Status.EXPIRED
