"""The proposals of a plan: a dry run, one confirmed action, each pair once whatever happens."""

from datetime import timedelta

import pytest

from clusters.enums import RuleName, StaffRoleName
from clusters.models import RuleSetting
from exchanges.enums import ExchangeStatus
from extratex.notices.models import Notice
from extratex.shared import clock
from matchmaking import tasks
from matchmaking.enums import CandidatureStatus, DeclineReason, PairOutcome, ProposalStatus, RunStatus
from matchmaking.models import PlannedPair, Proposal
from matchmaking.planning import asking, sending
from matchmaking.transitions import proposals
from tests import factories as people
from tests.exchanges.money import factories as money
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def plan(visitor, coordinator):
    return factories.make_plan(visitor=visitor, by=coordinator)


def send(plan, by):
    """Confirm and let a worker do its work."""
    assert sending.confirm(plan, by=by, message="The best plan for all of us.")
    sending.carry_out(plan.pk)
    plan.refresh_from_db()


def reasons(found):
    return {pair.pk: str(reason) for pair, reason in found.stopped}


def test_each_pair_is_proposed_once_on_behalf_of_its_visitor_and_both_are_told(plan, coordinator, visitor, host):
    pair = factories.make_pair(plan, visitor, host)

    send(plan, coordinator)

    proposal = Proposal.objects.get()
    assert (proposal.visitor, proposal.host, proposal.author) == (visitor, host, coordinator)
    assert (proposal.proposed_by, proposal.message) == ("visitor", "The best plan for all of us.")
    pair.refresh_from_db()
    assert (pair.outcome, pair.proposal) == (PairOutcome.SENT, proposal)
    assert plan.sent_at is not None
    told = {notice.person: notice.subject for notice in Notice.objects.all()}
    assert "on your behalf" in told[visitor.contact]
    assert "proposes an exchange" in told[host.contact]
    assert coordinator not in told


def test_pressed_twice_or_delivered_twice_nothing_is_sent_twice(plan, coordinator, visitor, host):
    factories.make_pair(plan, visitor, host)
    send(plan, coordinator)
    Proposal.objects.update(status=ProposalStatus.DECLINED)

    assert not sending.confirm(plan, by=coordinator, message="Again.")
    sending.carry_out(plan.pk)

    assert Proposal.objects.count() == 1


def test_a_worker_that_dies_on_the_way_leaves_the_rest_to_the_sweep(plan, coordinator, monkeypatch):
    for _number in range(3):
        factories.make_pair(plan)
    propose, calls = proposals.propose, []

    def dies_at_the_second(*pair, **more):
        calls.append(pair)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return propose(*pair, **more)

    monkeypatch.setattr(proposals, "propose", dies_at_the_second)
    sending.confirm(plan, by=coordinator, message="Please.")
    with pytest.raises(KeyboardInterrupt):
        sending.carry_out(plan.pk)
    assert Proposal.objects.count() == 1
    monkeypatch.setattr(asking, "ring", lambda task, *, plan_id: tasks.send_plan(plan_id=plan_id))

    tasks.sweep()

    plan.refresh_from_db()
    assert plan.sent_at is not None
    assert Proposal.objects.count() == 3
    assert sending.outcomes_of(plan) == {PairOutcome.SENT: 3}


def test_a_fault_of_one_pair_is_written_down_and_the_others_go_on(plan, coordinator, monkeypatch):
    first, second = factories.make_pair(plan), factories.make_pair(plan)
    propose = proposals.propose
    monkeypatch.setattr(
        proposals, "propose", lambda v, h, **more: 1 / 0 if v == first.visitor else propose(v, h, **more)
    )

    send(plan, coordinator)

    assert sending.outcomes_of(plan) == {PairOutcome.REFUSED: 1, PairOutcome.SENT: 1}
    second.refresh_from_db()
    assert second.proposal is not None


def test_the_dry_run_says_what_cannot_be_sent_and_the_sending_refuses_exactly_that(plan, coordinator):
    RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).update(value=1)
    withdrawn = factories.make_visitor()
    busy, travelled, own = factories.make_visitor(), factories.make_visitor(), factories.make_visitor(owner=coordinator)
    full = factories.make_host(capacity=1)
    known = factories.make_proposal()
    no, rested, taken_back, late = (
        factories.make_proposal(status=status, **more)
        for status, more in (
            (ProposalStatus.DECLINED, {"decline_reason": DeclineReason.TECHNOLOGY}),
            (ProposalStatus.DECLINED, {"decline_reason": DeclineReason.CAPACITY}),
            (ProposalStatus.WITHDRAWN, {}),
            (ProposalStatus.EXPIRED, {}),
        )
    )
    Proposal.objects.filter(pk=rested.pk).update(status_since=clock.now() - timedelta(days=400))
    pairs = {
        "passes": factories.make_pair(plan),
        "withdrawn": factories.make_pair(plan, withdrawn),
        "limit": factories.make_pair(plan, busy),
        "visited": factories.make_pair(plan, travelled),
        "full": factories.make_pair(plan, host=full),
        "already": factories.make_pair(plan, known.visitor, known.host),
        "own": factories.make_pair(plan, own),
        "declined": factories.make_pair(plan, no.visitor, no.host),
    }
    again = {factories.make_pair(plan, each.visitor, each.host).pk for each in (rested, taken_back, late)}
    withdrawn.status = CandidatureStatus.WITHDRAWN
    withdrawn.save()
    factories.make_proposal(busy)
    factories.make_proposal(host=full, status=ProposalStatus.ACCEPTED)
    money.make_exchange(ExchangeStatus.BUILDING, visitor=travelled.organisation)
    before = Proposal.objects.count()

    found = sending.look_through(plan, by=coordinator)

    words = {
        "withdrawn": "is not validated",
        "limit": "which is the limit",
        "visited": "has visited already",
        "full": "has no place left",
        "already": "a proposal between the two already",
        "declined": "was declined before",
    }
    said = reasons(found)
    assert all(text in said[pairs[name].pk] for name, text in words.items())
    assert {pair.pk for pair in found.passing} == {pairs["passes"].pk, pairs["own"].pk, *again}
    assert Proposal.objects.count() == before

    send(plan, coordinator)

    refused = set(PlannedPair.objects.filter(outcome=PairOutcome.REFUSED).values_list("pk", flat=True))
    assert refused == said.keys()
    assert all(text in PlannedPair.objects.get(pk=pairs[name].pk).why_not for name, text in words.items())


def test_who_looks_after_a_visitor_no_more_cannot_send_for_it(plan, coordinator):
    pair = factories.make_pair(plan)
    coordinator.staff_roles.all().delete()
    plan.confirmed_by = coordinator

    send(plan, coordinator)

    pair.refresh_from_db()
    assert (pair.outcome, pair.why_not) == (PairOutcome.REFUSED, "You may not do this here.")


def test_a_plan_that_is_not_computed_is_not_sent(visitor, coordinator):
    plan = factories.make_plan(visitor=visitor, by=coordinator, status=RunStatus.RUNNING)

    assert not sending.confirm(plan, by=coordinator, message="Too soon.")


@pytest.mark.parametrize("rows", [1, 4])
def test_the_dry_run_takes_as_many_queries_for_four_pairs_as_for_one(plan, rows, django_assert_num_queries):
    for _number in range(rows):
        factories.make_pair(plan)
    sender = people.make_staff(StaffRoleName.COORDINATOR, plan.partnership)

    with django_assert_num_queries(13):
        found = sending.look_through(plan, by=sender)

    assert len(found.passing) == rows
