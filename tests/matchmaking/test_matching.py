"""A run of the matching from the candidatures in PostgreSQL to the suggestions, whatever cuts it off on the way."""

from functools import partial

import pytest
from django.db import connection, transaction

from clusters.models import EligibleCountry
from extratex.notices.models import Notice
from extratex.shared.locks import held
from matchmaking import inputs, matching, tasks
from matchmaking.enums import CandidatureStatus, ProposalStatus, RunStatus
from matchmaking.models import MatchRun, Suggestion
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

CONTENT = ("visitor", "host", "rank", "score", "reasons")


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(matching, "CHUNK", 2)


def run_for(candidature):
    """Ask for a run and carry it out."""
    run = matching.ask(candidature.wave)
    matching.carry_out(run.pk)
    run.refresh_from_db()
    return run


def suggested():
    return list(Suggestion.objects.order_by("visitor", "rank").values(*CONTENT))


def test_a_visitor_is_suggested_the_hosts_that_suit_it_best_first_each_with_its_why(visitor):
    seeks = factories.make_visitor(technologies=("Composite materials",), windows=((10, 60),))
    offers = factories.make_host(technologies=("Composite materials",), windows=((20, 90),))
    other = factories.make_host(technologies=("Nonwovens",), windows=((20, 90),))

    run = run_for(visitor)

    found = list(Suggestion.objects.filter(visitor=seeks))
    assert [each.host for each in found] == [offers, other]
    assert found[0].score > found[1].score
    assert [each.rank for each in found] == [1, 2]
    assert {reason["code"] for reason in found[0].reasons} >= {"technology", "cross_sector", "dates", "languages"}
    assert run.status == RunStatus.DONE
    assert (run.total, run.done, run.attempts) == (2, 2, 1)
    assert run.figures == {"visitors": 2, "hosts": 2, "suggestions": 4, "visitors_without": 0}


@pytest.mark.parametrize(
    "unfit",
    [
        {"organisation": {"country": "IT", "reference_cluster": "NTT"}},
        {"languages": ["cs"]},
        {"windows": ((-30, -1),)},
        {"windows": ((70, 90),)},
        {"windows": ()},
        {"status": CandidatureStatus.SUBMITTED},
        {"status": CandidatureStatus.WITHDRAWN},
        {"organisation": {"type": "large"}},
        {"organisation": {"is_cluster_member": False}},
    ],
)
def test_who_cannot_be_met_is_not_suggested(visitor, unfit):
    factories.make_host(**unfit)

    run = run_for(visitor)

    assert suggested() == []
    assert run.figures["visitors_without"] == 1


def test_a_host_without_a_place_left_is_not_suggested(visitor):
    host = factories.make_host(capacity=1)
    factories.make_proposal(host=host, status=ProposalStatus.ACCEPTED)

    run_for(visitor)

    assert not Suggestion.objects.filter(visitor=visitor).exists()


def test_a_country_that_takes_part_no_longer_is_left_out(visitor, host):
    EligibleCountry.objects.filter(country="CZ").update(valid_to=factories.in_days(-1))

    run_for(visitor)

    assert suggested() == []


def test_a_period_that_has_begun_counts_only_with_what_is_left_of_it(host):
    short = factories.make_visitor(windows=((-30, 2),), days=4)

    case = inputs.visitors_from([short])[0]
    run_for(short)

    assert case.windows == ((factories.in_days(0), factories.in_days(2)),)
    assert suggested() == []


def test_the_same_input_gives_the_same_output(small_chunks):
    visitors = [factories.make_visitor() for _number in range(3)]
    for _number in range(4):
        factories.make_host()
    run_for(visitors[0])
    first = suggested()

    run_for(visitors[0])

    assert suggested() == first
    assert len(first) == 12


def test_a_new_run_replaces_the_old_suggestions_and_forgets_who_has_left(visitor, host):
    run_for(visitor)
    leaver = factories.make_visitor()
    run_for(visitor)
    assert Suggestion.objects.filter(visitor=leaver).exists()

    leaver.status = CandidatureStatus.WITHDRAWN
    leaver.save()
    run = run_for(visitor)

    assert [(each.visitor, each.host, each.run) for each in Suggestion.objects.all()] == [(visitor, host, run)]


def test_new_suggestions_are_told_once_and_unchanged_ones_never(visitor, host, visitor_person):
    run_for(visitor)
    run_for(visitor)
    assert Notice.objects.filter(person=visitor_person).count() == 1

    factories.make_host()
    run_for(visitor)

    texts = list(Notice.objects.filter(person=visitor_person).order_by("pk").values_list("text", flat=True))
    assert len(texts) == 2
    assert "New suggestions: 1." in texts[1]


def test_a_run_that_is_cut_off_goes_on_where_it_stopped_and_tells_nobody_twice(small_chunks, monkeypatch):
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    run = matching.ask(visitors[0].wave)
    rank, ranked = matching.candidates.rank, []

    def fragile(case, *rest):
        ranked.append(int(case.id))
        if ranked.count(visitors[3].pk) == 1 and ranked[-1] == visitors[3].pk:
            raise RuntimeError("killed")
        return rank(case, *rest)

    monkeypatch.setattr(matching.candidates, "rank", fragile)
    matching.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.done, run.reached) == (RunStatus.RUNNING, 2, visitors[1].pk)
    assert "killed" in run.fault

    matching.carry_out(run.pk)

    run.refresh_from_db()
    assert (run.status, run.done, run.fault) == (RunStatus.DONE, 5, "")
    assert ranked.count(visitors[0].pk) == 1
    assert Suggestion.objects.count() == 5
    assert Notice.objects.count() == 5


def test_a_run_that_never_moves_on_is_given_up_after_five_tries(visitor, host, monkeypatch):
    monkeypatch.setattr(matching.candidates, "rank", lambda *_case: 1 / 0)
    run = matching.ask(visitor.wave)

    for _try in range(matching.TRIES + 2):
        matching.carry_out(run.pk)

    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.FAILED, matching.TRIES)
    assert "ZeroDivisionError" in run.fault
    assert suggested() == []


def test_a_run_whose_workers_die_without_a_word_is_given_up_too(visitor):
    run = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, attempts=matching.TRIES)

    matching.carry_out(run.pk)

    run.refresh_from_db()
    assert (run.status, run.fault) == (RunStatus.FAILED, "every try broke off")


def test_a_run_left_behind_by_a_killed_worker_is_taken_up_by_the_sweep(visitor, host, monkeypatch):
    run = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, attempts=1)
    monkeypatch.setattr(matching, "ring", lambda _task, *, run_id: tasks.run(run_id=run_id))

    tasks.sweep()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE
    assert Suggestion.objects.count() == 1


def test_a_slice_that_is_over_leaves_the_rest_to_the_next_task(small_chunks, monkeypatch):
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    monkeypatch.setattr(matching, "SLICE_SECONDS", -1)
    rung = []
    monkeypatch.setattr(matching, "ring", lambda _task, *, run_id: rung.append(run_id))
    run = matching.ask(visitors[0].wave)

    while (run.status, len(rung)) != (RunStatus.DONE, 0):
        assert len(rung) == 1
        matching.carry_out(rung.pop())
        run.refresh_from_db()

    assert (run.done, run.attempts) == (5, 2)
    assert Suggestion.objects.count() == 5


def test_a_finished_run_a_missing_run_and_a_second_delivery_do_nothing(visitor, host):
    run = run_for(visitor)
    before = suggested()

    matching.carry_out(run.pk)
    matching.carry_out(run.pk + 1000)

    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.DONE, 1)
    assert suggested() == before


def test_what_is_asked_during_a_run_waits_for_the_next_one(visitor):
    first = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=first.pk).update(status=RunStatus.RUNNING)

    second, third = matching.ask(visitor.wave), matching.ask(visitor.wave)

    assert second == third != first


def test_reading_the_candidatures_takes_as_many_queries_for_three_as_for_one(programme, django_assert_num_queries):
    for number in (1, 2):
        for _each in range(number):
            wave = factories.make_host().wave
            factories.make_visitor()
        with django_assert_num_queries(8):
            inputs.hosts_of(wave)
        with django_assert_num_queries(6):
            inputs.visitors_from(inputs.visitors_after(wave, 0, 100))


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_at_once_have_one_effect(programme, race):
    visitors = [factories.make_visitor() for _number in range(3)]
    factories.make_host()
    run = matching.ask(visitors[0].wave)

    failures = race([partial(matching.carry_out, run.pk)] * 10)

    assert failures == [None] * 10
    run.refresh_from_db()
    assert (run.status, run.done) == (RunStatus.DONE, 3)
    assert Suggestion.objects.count() == Notice.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_ten_causes_at_once_ask_for_one_run(programme, race):
    wave = factories.make_visitor().wave

    failures = race([partial(matching.ask, wave)] * 10)

    assert failures == [None] * 10
    assert MatchRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_begin_before_the_cause_can_be_read(programme, race):
    visitor = factories.make_visitor(status=CandidatureStatus.SUBMITTED)
    factories.make_host()
    run = matching.ask(visitor.wave)

    def validate():
        with transaction.atomic():
            visitor.status = CandidatureStatus.VALIDATED
            visitor.save()
            matching.ask(visitor.wave)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.5)")

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        matching.carry_out(run.pk)

    assert race([validate, work]) == [None, None]

    assert Suggestion.objects.filter(visitor=visitor).count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_is_at_a_wave_another_leaves_it_alone(programme, race):
    visitor = factories.make_visitor()
    run = matching.ask(visitor.wave)

    with held(f"matching of wave {visitor.wave_id}") as mine:
        assert mine
        race([partial(matching.carry_out, run.pk)])

    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.WAITING, 0)
