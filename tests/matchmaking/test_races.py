"""Two people at the same moment; each guard has a control that fails when the guard is taken away."""

import time
from functools import partial

import pytest

from clusters.enums import ParticipantRole, RuleName
from clusters.models import RuleSetting
from exchanges.models import Exchange
from extratex.shared.moves import MoveConflict
from matchmaking import queries
from matchmaking.enums import ProposalStatus
from matchmaking.models import Candidature, Proposal
from matchmaking.transitions import candidatures, proposals
from tests.matchmaking import factories

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def unlocked(visitor, host):
    return Candidature.objects.get(pk=visitor.pk), Candidature.objects.get(pk=host.pk)


def propose(visitor, host):
    proposals.propose(visitor, host, by=ParticipantRole.VISITOR, actor=visitor.contact, message="May we come?")


def open_after_everybody_has_proposed(race, limit):
    visitor = factories.make_visitor()
    RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).update(value=limit)
    hosts = [factories.make_host() for _number in range(limit + 4)]
    failures = race([partial(propose, visitor, host) for host in hosts])
    assert all(failure is None or isinstance(failure, MoveConflict) for failure in failures), failures
    return Proposal.objects.open().filter(visitor=visitor).count()


def accepted_after_everybody_has_said_yes(race, places):
    host = factories.make_host(capacity=places)
    offers = [factories.make_proposal(host=host) for _number in range(places + 4)]
    failures = race([partial(proposals.accept, offer, actor=host.contact) for offer in offers])
    assert all(failure is None or isinstance(failure, MoveConflict) for failure in failures), failures
    return Proposal.objects.filter(host=host, status=ProposalStatus.ACCEPTED).count()


@pytest.fixture
def slow_count(monkeypatch):
    """Let a while pass between the count and the row that it allows, so that an unguarded race shows at once."""
    count, places = queries.proposals_left, queries.places_left

    def slowly(question):
        def ask(candidature):
            answer = question(candidature)
            time.sleep(0.1)
            return answer

        return ask

    monkeypatch.setattr(queries, "proposals_left", slowly(count))
    monkeypatch.setattr(queries, "places_left", slowly(places))


def test_an_acceptance_and_a_withdrawal_exclude_each_other(programme, race):
    for _round in range(ROUNDS):
        proposal = factories.make_proposal()
        visitor, host = proposal.visitor.contact, proposal.host.contact

        failures = race(
            [partial(proposals.accept, proposal, actor=host), partial(proposals.withdraw, proposal, actor=visitor)]
        )

        proposal.refresh_from_db()
        assert sorted(type(failure).__name__ for failure in failures) == ["MoveConflict", "NoneType"]
        assert proposal.events.count() == 1
        assert Exchange.objects.filter(proposal=proposal).exists() is (proposal.status == ProposalStatus.ACCEPTED)


def test_of_two_other_dates_at_once_one_is_the_next_offer(programme, race):
    proposal = factories.make_proposal()
    weeks = [factories.work_week(number) for number in (3, 4)]

    failures = race(
        [partial(proposals.counter, proposal, actor=proposal.host.contact, days=days, seen=1) for days in weeks]
    )

    proposal.refresh_from_db()
    assert sorted(type(failure).__name__ for failure in failures) == ["MoveConflict", "NoneType"]
    assert (proposal.offers, proposal.events.count()) == (2, 1)
    assert proposal.days == weeks[failures.index(None)]


def test_an_acceptance_and_other_dates_exclude_each_other(programme, race):
    for _round in range(ROUNDS):
        proposal = factories.make_proposal()
        host = proposal.host.contact

        failures = race(
            [
                partial(proposals.accept, proposal, actor=host, seen=1),
                partial(proposals.counter, proposal, actor=host, days=factories.work_week(), seen=1),
            ]
        )

        proposal.refresh_from_db()
        assert sorted(type(failure).__name__ for failure in failures) == ["MoveConflict", "NoneType"]
        assert (proposal.status == ProposalStatus.ACCEPTED) is (proposal.offers == 1)


def test_two_colleagues_who_accept_open_one_exchange(programme, race):
    proposal = factories.make_proposal()

    failures = race([partial(proposals.accept, proposal, actor=proposal.host.contact)] * 4)

    assert failures.count(None) == 1
    assert Exchange.objects.count() == 1


def test_an_acceptance_and_the_withdrawal_of_a_candidature_leave_nothing_half_done(programme, race):
    for _round in range(ROUNDS):
        proposal = factories.make_proposal()
        host, visitor = proposal.host, proposal.visitor

        race(
            [
                partial(proposals.accept, proposal, actor=host.contact),
                partial(candidatures.withdraw, visitor, actor=visitor.contact),
            ]
        )

        proposal.refresh_from_db()
        assert proposal.status in {ProposalStatus.ACCEPTED, ProposalStatus.WITHDRAWN}
        assert Exchange.objects.filter(proposal=proposal).exists() is (proposal.status == ProposalStatus.ACCEPTED)


def test_nobody_has_more_open_proposals_than_the_limit(programme, race, slow_count):
    assert open_after_everybody_has_proposed(race, limit=2) == 2


def test_without_the_lock_the_limit_is_passed(programme, race, slow_count, monkeypatch):
    monkeypatch.setattr(queries, "locked_pair", unlocked)

    assert open_after_everybody_has_proposed(race, limit=2) > 2


def test_a_host_accepts_no_more_than_it_has_places(programme, race, slow_count):
    assert accepted_after_everybody_has_said_yes(race, places=2) == 2


def test_without_the_lock_a_host_is_overbooked(programme, race, slow_count, monkeypatch):
    monkeypatch.setattr(queries, "locked_pair", unlocked)

    assert accepted_after_everybody_has_said_yes(race, places=2) > 2


def test_a_pair_that_proposes_to_each_other_at_once_has_one_proposal(programme, race):
    visitor, host = factories.make_visitor(), factories.make_host()
    sides = (ParticipantRole.VISITOR, visitor.contact), (ParticipantRole.HOST, host.contact)

    failures = race(
        [partial(proposals.propose, visitor, host, by=role, actor=actor, message="Shall we?") for role, actor in sides]
    )

    assert sorted(type(failure).__name__ for failure in failures) == ["MoveConflict", "NoneType"]
    assert Proposal.objects.count() == 1
