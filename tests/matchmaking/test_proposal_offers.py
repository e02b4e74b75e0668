"""Offers: days that both can keep, other dates in turn, prior agreements, staff for a member, and reminders."""

from datetime import timedelta

import pytest

from clusters.enums import ParticipantRole, RuleName
from clusters.models import RuleSetting
from exchanges.models import Exchange, Stay
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden
from matchmaking import deadlines, inputs, queries
from matchmaking.enums import DeclineReason, ProposalStatus
from matchmaking.models import Candidature, Proposal
from matchmaking.offers import Offer, outside_periods
from matchmaking.transitions import proposals as transitions
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

VISITOR = ParticipantRole.VISITOR
WEEK, LATER, LAST = (factories.work_week(weeks) for weeks in (3, 4, 5))


def told(person):
    return [notice.subject for notice in Notice.objects.filter(person=person).order_by("pk")]


def declined(visitor):
    return inputs.visitors_from([visitor], visitor.wave)[0].declined


@pytest.fixture
def proposal(visitor, host, visitor_person):
    """The visitor has proposed a week."""
    return transitions.propose(visitor, host, by=VISITOR, actor=visitor_person, message="May we?", offer=Offer(WEEK))


def test_other_dates_turn_the_answer_over_and_begin_its_time_anew(proposal, visitor_person, host_person):
    Proposal.objects.filter(pk=proposal.pk).update(expires_on=clock.today())

    countered = transitions.counter(proposal, actor=host_person, days=LATER, note="A fair.", seen=1)

    assert (countered.status, countered.days, countered.turn) == (ProposalStatus.PROPOSED, LATER, VISITOR)
    assert countered.expires_on == factories.in_days(14)
    assert told(visitor_person) == [f"{proposal.host.organisation} proposes other dates"]
    with pytest.raises(MoveForbidden):
        transitions.accept(proposal, actor=host_person)
    again = transitions.counter(proposal, actor=visitor_person, days=LAST, seen=2)
    assert (again.turn, again.offers) == (ParticipantRole.HOST, 3)
    offered = [event.facts.get("first_day") for event in queries.proposal_history(proposal)]
    assert offered == [days[0].isoformat() for days in (LAST, LATER, WEEK)]


def test_nobody_answers_an_offer_that_is_no_longer_the_last(proposal, visitor_person, host_person):
    transitions.counter(proposal, actor=host_person, days=LATER, seen=1)
    transitions.counter(proposal, actor=visitor_person, days=LAST, seen=2)

    for answer in (
        lambda: transitions.accept(proposal, actor=host_person, seen=1),
        lambda: transitions.counter(proposal, actor=host_person, days=WEEK, seen=1),
        lambda: transitions.decline(proposal, actor=host_person, note="No.", seen=1),
    ):
        with pytest.raises(MoveConflict, match="Another offer has been made"):
            answer()

    proposal.refresh_from_db()
    assert (proposal.days, proposal.events.count()) == (LAST, 3)


def test_the_file_has_the_agreed_dates(proposal, visitor_person, host_person):
    transitions.counter(proposal, actor=host_person, days=LATER)

    transitions.accept(proposal, actor=visitor_person, seen=2)

    stay = Stay.objects.get(exchange__proposal=proposal)
    assert (stay.first_day, stay.last_day) == LATER
    assert [event.move for event in stay.exchange.events.all()] == ["begin", "write_dates"]


def test_without_dates_the_file_waits_for_them(visitor, host, host_person):
    transitions.accept(factories.make_proposal(visitor, host), actor=host_person)

    assert not Exchange.objects.get().stays.exists()


def test_days_that_have_come_are_not_accepted(visitor, host, host_person):
    yesterday, tomorrow = factories.in_days(-1), factories.in_days(1)
    proposal = factories.make_proposal(visitor, host, first_day=yesterday, last_day=tomorrow)

    with pytest.raises(MoveConflict, match="propose other dates"):
        transitions.accept(proposal, actor=host_person)


def test_a_period_whose_places_are_taken_takes_no_further_stay(proposal, host, visitor_person, host_person):
    host.availabilities.update(capacity=1)
    other = factories.make_visitor()
    later = transitions.propose(other, host, by=VISITOR, actor=other.contact, message="We, too.", offer=Offer(WEEK))
    transitions.accept(proposal, actor=host_person)

    with pytest.raises(MoveConflict, match="all the visitors that it can receive in the period"):
        transitions.accept(later, actor=host_person)
    with pytest.raises(MoveConflict, match="all the visitors that it can receive in the period"):
        transitions.counter(later, actor=host_person, days=WEEK, seen=1)


@pytest.mark.parametrize(
    ("days", "telling"),
    [
        ((WEEK[0], WEEK[0] + timedelta(days=1)), "At least 3 are needed"),
        ((WEEK[0], WEEK[0] + timedelta(days=45)), "may last until"),
        ((factories.in_days(0), WEEK[1]), "begin after today"),
    ],
)
def test_days_that_make_no_stay_are_refused_with_the_rule(visitor, host, visitor_person, days, telling):
    with pytest.raises(MoveConflict, match=telling):
        transitions.propose(visitor, host, by=VISITOR, actor=visitor_person, message="May we?", offer=Offer(days))

    assert not Proposal.objects.exists()


def test_stated_periods_that_touch_count_as_one(visitor):
    visitor.availabilities.all().delete()
    middle = WEEK[0] + timedelta(days=2)
    for first_day, last_day in ((WEEK[0], middle), (middle + timedelta(days=1), WEEK[1])):
        visitor.availabilities.create(first_day=first_day, last_day=last_day)

    assert outside_periods(visitor, WEEK) == ""
    assert "has stated to be free" in outside_periods(visitor, LATER)


def test_staff_propose_for_a_member_who_is_told_and_takes_it_back(
    visitor, host, visitor_person, host_person, ntt_officer, clutex_officer
):
    with pytest.raises(MoveForbidden):
        transitions.propose(visitor, host, by=VISITOR, actor=clutex_officer, message="For them.")
    proposal = transitions.propose(visitor, host, by=VISITOR, actor=ntt_officer, message="For them.")

    assert told(visitor_person) == [f"NTT officer has proposed an exchange with {host.organisation} on your behalf"]
    assert told(host_person) == [f"{visitor.organisation} proposes an exchange"]
    event = proposal.events.get()
    assert (event.actor, event.facts["for_member"]) == (ntt_officer, str(visitor.organisation))
    assert transitions.PROPOSAL.moves["withdraw"].allowed(ntt_officer, proposal)
    assert transitions.withdraw(proposal, actor=visitor_person).status == ProposalStatus.WITHDRAWN


def test_a_prior_agreement_is_confirmed_by_the_other_side(visitor, host, host_person, visitor_person):
    offer = Offer(agreed_before=True)
    proposal = transitions.propose(visitor, host, by=VISITOR, actor=visitor_person, message="As said.", offer=offer)

    assert told(host_person) == [f"{visitor.organisation} says that you have agreed on an exchange"]
    assert proposal.events.get().label == "Named as agreed before"
    assert transitions.accept(proposal, actor=host_person).agreed_before


def test_whoever_has_to_answer_is_reminded_once_for_each_last_day(proposal, visitor_person, host_person, time_machine):
    time_machine.move_to(clock.now() + timedelta(days=10))
    deadlines.run()
    assert len(told(host_person)) == 1
    time_machine.shift(timedelta(days=1))

    deadlines.run()
    deadlines.run()

    assert told(host_person)[1:] == [f"{proposal.visitor.organisation} still waits for your answer"]
    transitions.counter(proposal, actor=host_person, days=factories.work_week(7))
    time_machine.shift(timedelta(days=12))
    deadlines.run()
    assert told(visitor_person)[-1] == f"{proposal.host.organisation} still waits for your answer"


def test_without_a_number_of_days_nobody_is_reminded(visitor, host):
    RuleSetting.objects.filter(name=RuleName.PROPOSAL_REMINDER_DAYS).delete()
    factories.make_proposal(visitor, host, expires_on=factories.in_days(1), offered_at=clock.now() - timedelta(days=9))

    deadlines.run()

    assert not Notice.objects.exists()


def test_who_declined_for_the_dates_is_suggested_again_once_a_period_changes(visitor, host, host_person):
    proposal = factories.make_proposal(visitor, host)
    transitions.decline(proposal, actor=host_person, note="Fully booked.", reason=DeclineReason.DATES)
    assert declined(visitor) == {host.pk}

    host.availabilities.create(first_day=factories.in_days(90), last_day=factories.in_days(120))

    visitor = Candidature.objects.get(pk=visitor.pk)
    assert declined(visitor) == frozenset()


def test_what_was_declined_for_its_technology_counts_half_for_the_decliner_only(visitor, host, host_person):
    proposal = factories.make_proposal(visitor, host)
    transitions.decline(proposal, actor=host_person, note="We weave.", reason=DeclineReason.TECHNOLOGY)

    assert inputs.hosts_from([host], host.wave)[0].wary_technologies == {"Nonwovens"}
    assert inputs.visitors_from([visitor], visitor.wave)[0].wary_technologies == frozenset()


@pytest.mark.parametrize(
    ("reason", "rests"), [(DeclineReason.CAPACITY, True), (DeclineReason.OTHER, False), (DeclineReason.LANGUAGE, False)]
)
def test_want_of_capacity_passes_other_reasons_last(visitor, host, host_person, time_machine, reason, rests):
    proposal = factories.make_proposal(visitor, host)
    transitions.decline(proposal, actor=host_person, note="Not now.", reason=reason)
    host.availabilities.create(first_day=factories.in_days(90), last_day=factories.in_days(120))
    days = int(RuleSetting.objects.get(name=RuleName.DECLINED_CAPACITY_DAYS).value)

    time_machine.move_to(clock.now() + timedelta(days=days - 1))
    assert declined(visitor) == {host.pk}
    time_machine.shift(timedelta(days=2))

    assert declined(visitor) == (frozenset() if rests else {host.pk})
