"""A candidature that nobody touches is asked once whether it still holds; without an answer it rests."""

from datetime import timedelta

import pytest

from clusters.enums import RuleName
from clusters.models import RuleSetting
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveConflict
from matchmaking import interest, queries
from matchmaking.enums import CandidatureStatus as Status
from matchmaking.enums import ProposalStatus
from matchmaking.models import Candidature, InterestReminder, MatchRun
from matchmaking.transitions import candidatures as transitions
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def asked_after(visitor):
    """Let the candidature lie for some days and the calendar look at it."""

    def wait(days, *, asked=None):
        Candidature.objects.filter(pk=visitor.pk).update(touched_at=clock.now() - timedelta(days=days))
        if asked is not None:
            visitor.refresh_from_db()
            visitor.interest_reminders.create(
                untouched_since=visitor.touched_at, asked_at=clock.now() - timedelta(days=asked)
            )
        interest.run()
        visitor.refresh_from_db()
        return InterestReminder.objects.filter(candidature=visitor).count()

    return wait


@pytest.mark.parametrize(("days", "asked"), [(59, 0), (60, 1), (400, 1)])
def test_it_is_asked_once_after_as_many_days_as_the_rules_say(asked_after, visitor, visitor_person, days, asked):
    assert asked_after(days) == asked

    interest.run()

    assert Notice.objects.filter(person=visitor_person).count() == asked
    assert InterestReminder.objects.count() == asked
    assert queries.is_asked(visitor) is bool(asked)


def test_without_a_number_in_the_rules_nobody_is_asked(asked_after):
    RuleSetting.objects.filter(name=RuleName.INTEREST_REMINDER_DAYS).delete()

    assert asked_after(400) == 0


def test_a_visitor_with_an_accepted_proposal_is_left_in_peace(asked_after, visitor):
    factories.make_proposal(visitor, status=ProposalStatus.ACCEPTED)

    assert asked_after(400) == 0


def test_whoever_answers_is_asked_again_only_after_the_same_time(asked_after, visitor, visitor_person):
    asked_after(70)

    transitions.confirm(visitor, actor=visitor_person)

    assert not queries.is_asked(Candidature.objects.get(pk=visitor.pk))
    assert asked_after(59) == 1
    assert asked_after(61) == 2


@pytest.mark.parametrize(("asked", "status"), [(20, Status.VALIDATED), (21, Status.DORMANT)])
def test_without_an_answer_it_rests_under_the_portals_own_name(asked_after, visitor, visitor_person, asked, status):
    asked_after(90, asked=asked)

    assert visitor.status == status
    if status == Status.DORMANT:
        assert (visitor.events.get().move, visitor.events.get().actor.email) == ("rest", "system@portal.invalid")
        assert "dormant" in Notice.objects.get(person=visitor_person).subject
        assert MatchRun.objects.get().about == [visitor.pk]
        assert not Candidature.objects.validated(visitor.role).exists()


def test_one_click_wakes_it(client, asked_after, visitor, visitor_person):
    asked_after(90, asked=30)
    client.force_login(visitor_person)

    page = client.get(f"/candidatures/{visitor.pk}/").content.decode()
    client.post(f"/candidatures/{visitor.pk}/move/", {"move": "wake"})

    visitor.refresh_from_db()
    assert "Take part again" in page
    assert visitor.status == Status.VALIDATED
    assert not queries.unanswered().exists()


def test_the_page_asks_with_one_button(client, asked_after, visitor, visitor_person):
    asked_after(70)
    client.force_login(visitor_person)

    asked = client.get(f"/candidatures/{visitor.pk}/").content.decode()
    client.post(f"/candidatures/{visitor.pk}/move/", {"move": "confirm"})

    assert "Still interested" in asked
    assert "Still interested" not in client.get(f"/candidatures/{visitor.pk}/").content.decode()


def test_an_answer_that_comes_first_keeps_it_awake(asked_after, visitor, visitor_person):
    asked_after(90)
    transitions.confirm(visitor, actor=visitor_person)

    with pytest.raises(MoveConflict, match="interest"):
        transitions.rest(visitor)


def test_one_that_fails_stops_no_other(visitor, host, monkeypatch):
    Candidature.objects.update(touched_at=clock.now() - timedelta(days=70))
    ask = interest.notices.ask_whether_it_holds

    def refuse(candidature, **more):
        if candidature.pk == visitor.pk:
            raise RuntimeError
        ask(candidature, **more)

    monkeypatch.setattr(interest.notices, "ask_whether_it_holds", refuse)

    assert interest.run() == 1
    assert InterestReminder.objects.get().candidature == host
