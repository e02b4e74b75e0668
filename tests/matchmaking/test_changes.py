"""Runs about changes: the lists that they leave are those of a whole run, and nobody else is written."""

from functools import partial

import pytest
from django.db import connection, transaction

from clusters.enums import ParticipantRole
from matchmaking import inputs, matching, shards
from matchmaking.engine.model import Supply, Weights
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.terms import terms_of
from matchmaking.enums import CandidatureStatus, ProposalStatus, RunKind, RunStatus
from matchmaking.models import MatchRun, Suggestion
from matchmaking.transitions import candidatures
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

TECHNOLOGIES = ("Nonwovens", "Composite materials", "Weaving of technical fabrics")


@pytest.fixture
def matched(monkeypatch):
    """Five visitors and four hosts with lists of two, after a whole run."""
    short = matching.parameters() | {"best": 2}
    monkeypatch.setattr(matching, "parameters", lambda: short)
    visitors = [
        factories.make_visitor(technologies=(TECHNOLOGIES[number % 3],), windows=((10 + 5 * number, 70),))
        for number in range(5)
    ]
    for number in range(4):
        factories.make_host(technologies=TECHNOLOGIES[number % 3 :], windows=((12, 40 + 5 * number),))
    work(matching.ask(visitors[0].wave))
    return visitors


def work(run):
    shards.carry_out(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.fault
    return run


def stored(side):
    other = "host" if side == ParticipantRole.VISITOR else "visitor"
    found = {}
    for row in Suggestion.objects.filter(side=side).order_by("rank"):
        owner, partner = getattr(row, f"{side}_id"), getattr(row, f"{other}_id")
        found.setdefault(owner, []).append((partner, round(10 * row.score)))
    return found


def ranked_anew(wave):
    """What a whole run would say, with the rarity of the last one."""
    case, parameters = inputs.case_of(wave), MatchRun.objects.filter(kind=RunKind.WHOLE).latest("pk").parameters
    supply = Supply(parameters["supply"]["hosts"], parameters["supply"]["offering"])
    ranking = Ranking(
        case.visitors, case.hosts, case.words, terms_of(Weights.from_values(parameters["weights"]), supply, case.words)
    )
    for_visitors, for_hosts = ranking.hosts_for(0, case.visitors.size, 2), ranking.visitors_for(0, case.hosts.size, 2)
    return tuple({key: found for key, found in each.of_each() if found} for each in (for_visitors, for_hosts))


def new_host(_visitors):
    return factories.make_host(technologies=TECHNOLOGIES, windows=((10, 80),))


def new_visitor(_visitors):
    return factories.make_visitor(technologies=TECHNOLOGIES[:2])


def withdrawn_host(visitors):
    host = Suggestion.objects.filter(visitor=visitors[0], rank=1, side=ParticipantRole.VISITOR).get().host
    host.status = CandidatureStatus.WITHDRAWN
    host.save()
    return host


def withdrawn_visitor(visitors):
    visitors[0].status = CandidatureStatus.WITHDRAWN
    visitors[0].save()
    return visitors[0]


def full_host(visitors):
    host = Suggestion.objects.filter(visitor=visitors[0], rank=1, side=ParticipantRole.VISITOR).get().host
    for visitor in visitors[1:3]:
        factories.make_proposal(visitor, host, status=ProposalStatus.ACCEPTED)
    return host


def other_wishes(visitors):
    visitors[0].technologies.clear()
    visitors[0].countries = ["CZ"]
    visitors[0].save()
    return visitors[0]


def declined(visitors):
    host = Suggestion.objects.filter(visitor=visitors[0], rank=1, side=ParticipantRole.VISITOR).get().host
    factories.make_proposal(visitors[0], host, status=ProposalStatus.DECLINED)
    return visitors[0]


@pytest.mark.parametrize(
    "change", [new_host, new_visitor, withdrawn_host, withdrawn_visitor, full_host, other_wishes, declined]
)
def test_after_a_change_the_lists_are_those_of_a_whole_run(matched, change):
    changed = change(matched)

    run = work(matching.ask_about(changed))

    assert (stored(ParticipantRole.VISITOR), stored(ParticipantRole.HOST)) == ranked_anew(changed.wave)
    assert run.kind == RunKind.CHANGES


@pytest.mark.parametrize(
    "change", [new_host, new_visitor, withdrawn_host, withdrawn_visitor, full_host, other_wishes, declined]
)
def test_a_change_beside_a_whole_run_is_ranked_at_once_and_once_more_after_it(matched, change, monkeypatch):
    heavier = matching.parameters() | {"weights": matching.parameters()["weights"] | {"dates": 50}}
    monkeypatch.setattr(matching, "parameters", lambda: heavier)
    monkeypatch.setattr(shards, "SHARD", 2)
    monkeypatch.setattr(shards, "SLICE_SECONDS", -1)
    whole = matching.ask(matched[0].wave)
    shards.carry_out(whole.pk)
    changed = change(matched)
    beside = matching.ask_about(changed)

    shards.carry_out(whole.pk)

    beside.refresh_from_db()
    assert beside.status == RunStatus.DONE
    own = listed_with(changed)
    while MatchRun.objects.get(pk=whole.pk).status == RunStatus.RUNNING:
        assert listed_with(changed) == own, "a whole run undoes what a run about changes has made beside it"
        shards.carry_out(whole.pk)
    again = work(MatchRun.objects.get(status=RunStatus.WAITING))
    assert again.about == [changed.pk]
    assert (stored(ParticipantRole.VISITOR), stored(ParticipantRole.HOST)) == ranked_anew(changed.wave)
    assert not MatchRun.objects.unfinished().exists()


def listed_with(candidature):
    """Return in which lists somebody stands, its own and those of others."""
    rows = Suggestion.objects.in_force().filter(**{candidature.role: candidature})
    return set(rows.values_list("side", "visitor", "host"))


def test_who_is_not_concerned_is_left_alone(matched):
    before = dict(Suggestion.objects.filter(side=ParticipantRole.VISITOR).values_list("pk", "visitor"))
    unfit = factories.make_host(languages=["cs"])

    run = work(matching.ask_about(unfit))

    assert run.figures["visitors"] == 0
    assert dict(Suggestion.objects.filter(side=ParticipantRole.VISITOR).values_list("pk", "visitor")) == before


def test_before_the_first_whole_run_a_change_asks_for_one(visitor, host):
    work(matching.ask_about(visitor))

    whole = MatchRun.objects.get(kind=RunKind.WHOLE)
    assert whole.status == RunStatus.WAITING
    work(whole)
    assert Suggestion.objects.filter(side=ParticipantRole.VISITOR).count() == 1


def test_changes_that_wait_are_ranked_together(visitor, host):
    first, second = matching.ask_about(visitor), matching.ask_about(host)

    assert first == second
    second.refresh_from_db()
    assert second.about == sorted([visitor.pk, host.pk])


def test_a_change_waits_for_the_run_that_is_under_way(visitor, host):
    MatchRun.objects.create(wave=visitor.wave, status=RunStatus.RUNNING)
    run = matching.ask_about(visitor)

    shards.carry_out(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.WAITING


def test_a_validation_asks_about_the_candidature(programme, clutex_officer):
    host = factories.make_host(status=CandidatureStatus.SUBMITTED)

    candidatures.validate(host, actor=clutex_officer)

    assert MatchRun.objects.get().about == [host.pk]


# Races, each with what happens without the guard


@pytest.mark.django_db(transaction=True)
def test_ten_changes_at_once_are_all_ranked(programme, race):
    visitors = [factories.make_visitor() for _number in range(10)]

    failures = race([partial(matching.ask_about, visitor) for visitor in visitors])

    assert failures == [None] * 10
    assert MatchRun.objects.get().about == [visitor.pk for visitor in visitors]


@pytest.mark.django_db(transaction=True)
def test_many_workers_rank_each_shard_once(programme, race, monkeypatch):
    assert ranked_times(race, monkeypatch) == 6


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_its_row_a_shard_is_ranked_twice(programme, race, monkeypatch):
    monkeypatch.setattr("matchmaking.models.querysets.MatchShardQuerySet.select_for_update", unlocked)

    assert ranked_times(race, monkeypatch) > 6


@pytest.mark.django_db(transaction=True)
def test_changes_and_a_whole_run_at_once_end_in_the_lists_of_a_whole_run(matched, race, monkeypatch):
    monkeypatch.setattr(shards, "SHARD", 1)
    monkeypatch.setattr(shards, "desk", FreshDesk())
    wave = matched[0].wave
    whole = matching.ask(wave)
    assert matching.begin(whole)
    assert shards._is_cut(whole)
    changed = [new_host(matched), withdrawn_visitor(matched), withdrawn_host(matched)]

    def change():
        for each in changed:
            shards.carry_out(matching.ask_about(each).pk)

    assert race([change, *[partial(shards.carry_out, whole.pk)] * 3]) == [None] * 4

    while (run := MatchRun.objects.unfinished().first()) is not None:
        work(run)
    assert (stored(ParticipantRole.VISITOR), stored(ParticipantRole.HOST)) == ranked_anew(wave)
    assert set(MatchRun.objects.values_list("fault", flat=True)) == {""}


def unlocked(rows, **_how):
    return rows.all()


def ranked_times(race, monkeypatch):
    """Let four workers at a run of six shards and count how often one was ranked."""
    monkeypatch.setattr(shards, "SHARD", 1)
    visitors = [factories.make_visitor() for _number in range(5)]
    factories.make_host()
    run = matching.ask(visitors[0].wave)
    rank, ranked = shards._rank, []

    def slowly(run, shard):
        ranked.append(shard.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        rank(run, shard)

    monkeypatch.setattr(shards, "_rank", slowly)
    monkeypatch.setattr(shards, "desk", FreshDesk())
    with transaction.atomic():
        MatchRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    shards._is_cut(MatchRun.objects.select_related("wave").get(pk=run.pk))
    race([partial(shards.carry_out, run.pk)] * 4)
    return len(ranked)


class FreshDesk(shards.Desk):
    """Workers are processes; these threads must not clear each other's desk."""

    def ranking_of(self, run):
        return shards.Desk.ranking_of(shards.Desk(), run)
