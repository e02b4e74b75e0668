"""A run of the matching from the candidatures in PostgreSQL to the suggestions, whatever cuts it off on the way."""

import pytest

from clusters import facts
from clusters.enums import ParticipantRole
from clusters.models import EligibleCountry, RuleSetting
from extratex.notices.models import Notice
from extratex.shared import clock
from matchmaking import inputs, lists, matching, obstacles, pages, queries, run_pages, shards, tasks
from matchmaking.enums import CandidatureStatus, ProposalStatus, RunStatus
from matchmaking.models import MatchRun, Suggestion
from matchmaking.queued import TRIES
from matchmaking.transitions import candidatures
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

CONTENT = ("side", "visitor", "host", "rank", "score")


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr(shards, "SHARD", 2)


def work(run):
    """Let one worker do what there is to do for a run."""
    shards.carry_out(run.pk)
    run.refresh_from_db()
    return run


def run_for(candidature):
    """Ask for a run and carry it out."""
    return work(matching.ask(candidature.wave))


def suggested(side=ParticipantRole.VISITOR):
    return list(Suggestion.objects.filter(side=side).order_by("visitor", "host").values(*CONTENT))


def everything():
    return list(Suggestion.objects.order_by("side", "visitor", "host").values(*CONTENT))


def test_a_visitor_is_suggested_the_hosts_that_suit_it_best_first_each_with_its_why(visitor):
    seeks = factories.make_visitor(technologies=("Composite materials",), windows=((10, 60),))
    offers = factories.make_host(technologies=("Composite materials",), windows=((20, 90),))
    other = factories.make_host(technologies=("Nonwovens",), windows=((20, 90),))

    run = run_for(visitor)

    found = list(queries.suggestions_for(seeks))
    assert [each.host for each in found] == [offers, other]
    assert found[0].score > found[1].score
    assert [each.rank for each in found] == [1, 2]
    whys = pages.whys_of(seeks, found, [True, True])
    assert "Offers Composite materials, which you seek." in [why.text for why in whys[0]]
    assert [sum(why.points for why in each) for each in whys] == pytest.approx([float(each.score) for each in found])
    assert run.status == RunStatus.DONE
    assert (run.total, run.done) == (4, 4)
    assert run.figures == {
        "visitors": 2,
        "hosts": 2,
        "suggestions": 4,
        "visitors_without": 0,
        "hosts_without": 0,
        "new": 4,
        "gone": 0,
        "moved": 0,
        "changed": 2,
    }


def test_a_host_has_a_list_of_its_own_best_first(visitor, host):
    seeks = factories.make_visitor(technologies=("Composite materials",), windows=((10, 60),))
    offers = factories.make_host(technologies=("Composite materials",), windows=((20, 90),))

    run_for(visitor)

    found = list(queries.suggestions_for(offers))
    assert [each.visitor for each in found] == [seeks, visitor]
    whys = pages.whys_of(offers, found, [True, True])
    assert [sum(why.points for why in each) for each in whys] == pytest.approx([float(each.score) for each in found])


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

    case = inputs.visitors_from([short], short.wave)[0]
    run_for(short)

    assert case.windows == ((factories.in_days(0), factories.in_days(2)),)
    assert suggested() == []


def test_the_same_input_gives_the_same_output(small_shards):
    visitors = [factories.make_visitor() for _number in range(3)]
    for _number in range(4):
        factories.make_host()
    run_for(visitors[0])
    first = everything()
    Suggestion.objects.all().delete()

    run_for(visitors[0])

    assert everything() == first
    assert len(first) == 24


def test_shards_of_any_size_give_the_same_lists(monkeypatch, visitor):
    for _number in range(4):
        factories.make_visitor()
        factories.make_host()
    run_for(visitor)
    first = everything()
    for size in (1, 3):
        Suggestion.objects.all().delete()
        monkeypatch.setattr(shards, "SHARD", size)
        run_for(visitor)
        assert everything() == first


def test_a_new_run_forgets_who_has_left(visitor, host):
    run_for(visitor)
    leaver = factories.make_visitor()
    run_for(visitor)
    assert Suggestion.objects.filter(visitor=leaver).exists()

    leaver.status = CandidatureStatus.WITHDRAWN
    leaver.save()
    run_for(visitor)

    assert {(each.visitor, each.host) for each in Suggestion.objects.all()} == {(visitor, host)}


def test_a_list_that_stays_the_same_is_not_written_again(visitor, host):
    first = run_for(visitor)
    second = run_for(visitor)

    assert set(Suggestion.objects.values_list("run", flat=True)) == {first.pk}
    assert (second.figures["new"], second.figures["changed"]) == (0, 0)


def test_a_run_says_what_has_changed_and_why(visitor, host, clutex_officer):
    run_for(visitor)
    better = factories.make_host(technologies=("Nonwovens",), windows=((10, 60),), status=CandidatureStatus.SUBMITTED)
    candidatures.validate(better, actor=clutex_officer)
    MatchRun.objects.filter(status=RunStatus.WAITING).delete()
    before = MatchRun.objects.get()
    MatchRun.objects.update(parameters=before.parameters | {"weights": before.parameters["weights"] | {"dates": 1}})

    run = run_for(visitor)

    assert run.figures["joined"] == 1
    assert run.figures["weights"] == {"dates": [1, 8]}
    assert run.figures["before"] == before.pk
    change = run_pages.change_of(run, visitor)
    assert (change.new, change.gone) == ([better], [])


def test_new_suggestions_are_told_once_and_unchanged_ones_never(visitor, host, visitor_person):
    run_for(visitor)
    run_for(visitor)
    assert Notice.objects.filter(person=visitor_person).count() == 1

    factories.make_host()
    run_for(visitor)

    texts = list(Notice.objects.filter(person=visitor_person).order_by("pk").values_list("text", flat=True))
    assert len(texts) == 2
    assert "New suggestions: 1." in texts[1]


def break_at(monkeypatch, number):
    """Let the writing of lists fail at its call with this number."""
    write, calls = lists.write, []

    def fragile(*case):
        calls.append(case)
        if len(calls) == number:
            raise RuntimeError("killed")
        return write(*case)

    monkeypatch.setattr(lists, "write", fragile)
    return calls


def test_a_run_that_is_cut_off_goes_on_where_it_stopped_and_tells_nobody_twice(small_shards, monkeypatch):
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    run = matching.ask(visitors[0].wave)
    calls = break_at(monkeypatch, 2)

    work(run)
    assert (run.status, run.done) == (RunStatus.RUNNING, 2)
    assert "killed" in run.fault
    late = factories.make_visitor()

    work(run)

    assert (run.status, run.done, run.fault) == (RunStatus.DONE, 6, "")
    assert len(calls) == 5
    assert Suggestion.objects.filter(side=ParticipantRole.VISITOR).count() == 5
    assert Notice.objects.count() == 5
    assert not Suggestion.objects.filter(visitor=late).exists(), "a run that goes on ranks what it has read at first"


def test_a_run_that_never_moves_on_is_given_up_after_five_tries(visitor, host, monkeypatch):
    monkeypatch.setattr(lists, "write", lambda *_case: 1 / 0)
    run = matching.ask(visitor.wave)

    for _try in range(TRIES + 2):
        work(run)

    assert run.status == RunStatus.FAILED
    assert "ZeroDivisionError" in run.fault
    assert everything() == []


def test_a_run_whose_workers_die_without_a_word_is_given_up_too(visitor):
    run = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, attempts=TRIES)

    work(run)

    assert (run.status, run.fault) == (RunStatus.FAILED, "every try broke off")


def test_a_run_left_behind_by_a_killed_worker_is_taken_up_by_the_sweep(visitor, host, monkeypatch):
    run = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, attempts=1)
    monkeypatch.setattr(matching, "ring", lambda _task, *, run_id: tasks.run(run_id=run_id))

    tasks.sweep()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE
    assert len(suggested()) == 1


def test_a_slice_that_is_over_leaves_the_rest_to_the_next_task(small_shards, monkeypatch):
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    monkeypatch.setattr(shards, "SLICE_SECONDS", -1)
    monkeypatch.setattr(shards, "HELPERS", 1)
    rung = []
    for module in (matching, shards):
        monkeypatch.setattr(module, "ring", lambda _task, *, run_id: rung.append(run_id))
    run = matching.ask(visitors[0].wave)

    while (run.status, len(rung)) != (RunStatus.DONE, 0):
        assert len(rung) == 1
        shards.carry_out(rung.pop())
        run.refresh_from_db()

    assert run.done == 6
    assert len(suggested()) == 5


def test_a_run_that_is_cancelled_stops_and_keeps_what_it_has_made(small_shards, monkeypatch, coordinator):
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    monkeypatch.setattr(shards, "SLICE_SECONDS", -1)
    run = work(matching.ask(visitors[0].wave))
    assert run.done == 2

    assert matching.queue.take_back(run, by=coordinator)
    assert not matching.queue.take_back(run, by=coordinator)
    work(run)
    matching.wake()

    assert (run.status, run.done) == (RunStatus.CANCELLED, 2)
    assert len(suggested()) == 2
    assert not run.shards.exists()


def test_a_finished_run_a_missing_run_and_a_second_delivery_do_nothing(visitor, host):
    run = run_for(visitor)
    before = everything()

    work(run)
    shards.carry_out(run.pk + 1000)

    run.refresh_from_db()
    assert run.status == RunStatus.DONE
    assert everything() == before


def test_what_is_asked_during_a_run_waits_for_the_next_one(visitor):
    first = matching.ask(visitor.wave)
    MatchRun.objects.filter(pk=first.pk).update(status=RunStatus.RUNNING)

    second, third = matching.ask(visitor.wave), matching.ask(visitor.wave)
    work(second)

    assert second == third != first
    assert second.status == RunStatus.WAITING


def test_the_night_asks_once_and_only_from_its_hour_on(visitor, settings):
    settings.MATCHING_HOUR = 24
    assert matching.ask_each_night() is None

    settings.MATCHING_HOUR = 0
    run = matching.ask_each_night()
    work(run)

    assert matching.ask_each_night() is None
    assert run.night_of == clock.today()


def test_a_weight_that_makes_no_sense_ends_the_run_with_its_name(visitor, host, monkeypatch):
    wrong = matching.parameters() | {"weights": matching.parameters()["weights"] | {"dates": float("nan")}}
    monkeypatch.setattr(matching, "parameters", lambda: wrong)
    run = MatchRun.objects.create(wave=visitor.wave)

    work(run)

    assert "dates: a weight must be a finite number of at least 0, not nan" in run.fault


def test_a_visitor_without_hosts_is_told_which_wish_keeps_how_many_away(visitor):
    visitor.languages = ["fi"]
    visitor.save()
    for _number in range(3):
        factories.make_host()

    run_for(visitor)

    assert obstacles.found_by_the_last_run(visitor) == ["Hosts that would fit without your choice of languages: 3."]


def test_a_weight_that_an_administrator_has_entered_counts_from_its_day_on(visitor, host):
    before = matching.parameters()["weights"]["dates"]
    old = RuleSetting.objects.get(name="weight_dates")
    new = RuleSetting(name="weight_dates", value=0, valid_from=clock.today(), mark=old.mark)

    facts.store(new)

    assert (before, matching.parameters()["weights"]["dates"]) == (8, 0)
    assert run_for(visitor).parameters["weights"]["dates"] == 0
