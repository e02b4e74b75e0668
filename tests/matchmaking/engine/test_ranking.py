"""The ranking of many against brute force: the same lists, whatever the cut, the threads and the order of the input."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import cases as made_up
from matchmaking.engine import columns, ranking
from matchmaking.engine.candidates import why_nobody, why_not
from matchmaking.engine.merits import merits_of, score_of
from matchmaking.engine.obstacles import obstacles_of
from matchmaking.engine.ranking import ranked, ranking_of
from tests.matchmaking.engine.brute_force import best, may_meet
from tests.matchmaking.engine.cases import (
    HOST,
    VISITOR,
    WEIGHTS,
    all_weights,
    host_lists,
    hosts_like,
    supply_of,
    visitor_lists,
    visitors,
)

K = 3


@given(visitor_lists, host_lists, all_weights, st.integers(0, 9))
def test_the_lists_of_both_sides_equal_brute_force(visitors, hosts, weights, k):
    of_all = ranking_of(visitors, hosts, weights)

    for_visitors = dict(of_all.hosts_for(0, len(visitors), k).of_each())
    for_hosts = dict(of_all.visitors_for(0, len(hosts), k).of_each())

    assert (for_visitors, for_hosts) == best(visitors, hosts, weights, supply_of(hosts), k)


@pytest.mark.parametrize("seed", range(2))
def test_hundreds_on_each_side_equal_brute_force(seed, monkeypatch):
    """Enough hosts for several blocks, so that bounds, lists that are full, and blocks all come to bear."""
    monkeypatch.setattr(ranking, "BLOCK", 3)
    visitors = list(made_up.some_visitors(60, seed))
    hosts = list(made_up.some_hosts(700, seed))
    of_all = ranking_of(visitors, hosts, made_up.WEIGHTS)
    for_visitors, for_hosts = best(visitors, hosts, made_up.WEIGHTS, supply_of(hosts), K)

    assert dict(of_all.hosts_for(0, 60, K, threads=2).of_each()) == for_visitors
    assert dict(of_all.visitors_for(0, 700, K, threads=2).of_each()) == for_hosts


@given(st.lists(st.integers(0, 40), max_size=4), st.integers(1, 3))
def test_shards_in_any_cut_give_the_same_answer(cuts, threads):
    of_all = ranking_of(*CASE, made_up.WEIGHTS)
    cuts = [0, *sorted(cuts), 40]

    for rank, whole in ((of_all.hosts_for, HOSTS_FOR), (of_all.visitors_for, VISITORS_FOR)):
        parts = {}
        for first, after in pairwise(cuts):
            parts |= dict(rank(first, after, K, threads=threads).of_each())
        assert parts == whole


CASE = list(made_up.some_visitors(40)), list(made_up.some_hosts(40))
HOSTS_FOR = dict(ranking_of(*CASE, made_up.WEIGHTS).hosts_for(0, 40, K).of_each())
VISITORS_FOR = dict(ranking_of(*CASE, made_up.WEIGHTS).visitors_for(0, 40, K).of_each())


@given(visitor_lists, host_lists, all_weights, st.randoms(use_true_random=False))
def test_the_same_hosts_in_another_order_rank_alike(visitors, hosts, weights, chance):
    shuffled = chance.sample(hosts, len(hosts))

    assert list(ranked(visitors, hosts, weights, K)) == list(ranked(visitors, shuffled, weights, K))


@given(visitor_lists, host_lists)
def test_a_host_is_suggested_or_told_why_not(visitors, hosts):
    for visitor, (_id, found) in zip(
        sorted(visitors, key=lambda each: each.id), ranked(visitors, hosts, WEIGHTS, 99), strict=True
    ):
        suggested = {host for host, _score in found}
        assert suggested == {host.id for host in hosts if not why_not(visitor, host)}
        assert suggested == {host.id for host in hosts if may_meet(visitor, host)}


@given(visitor_lists, host_lists, all_weights)
def test_the_points_of_the_reasons_add_up_to_the_score(visitors, hosts, weights):
    by_id, supply = {host.id: host for host in hosts}, supply_of(hosts)
    of_each = zip(sorted(visitors, key=lambda each: each.id), ranked(visitors, hosts, weights, 9), strict=True)
    for visitor, (_id, found) in of_each:
        for host, score in found:
            merits = merits_of(visitor, by_id[host], weights, supply)
            assert score_of(merits) == score / 10
            assert 0 <= score <= 1000
            assert "{" not in "".join(merit.sentence() for merit in merits)


@given(visitor_lists, host_lists)
def test_what_keeps_everybody_away_is_counted_as_it_is_said(visitors, hosts):
    ours, theirs, _words = columns.packed(visitors, hosts)

    for at, visitor in enumerate(sorted(visitors, key=lambda each: each.id)):
        assert obstacles_of(ours, at, theirs) == why_nobody(visitor, hosts)


@given(visitors(), host_lists)
def test_dropping_what_is_named_admits_just_so_many_hosts(visitor, hosts):

    everything = {
        "languages": {"languages": frozenset(word for host in hosts for word in host.languages) | visitor.languages},
        "dates": {"windows": tuple(window for host in hosts for window in host.windows), "days": 1},
        "excluded_countries": {"excluded_countries": frozenset()},
        "partner_types": {"partner_types": frozenset()},
        "declined": {"declined": frozenset()},
    }
    for obstacle in why_nobody(visitor, hosts):
        if "dates" in obstacle.wishes or "languages" in obstacle.wishes:
            continue  # a host without a language or a day is admitted by no change of the visitor
        changed = visitor
        for wish in obstacle.wishes:
            changed = replace(changed, **everything[wish])
        assert sum(not why_not(changed, host) for host in hosts) == obstacle.hosts


def test_ties_stand_in_the_order_of_the_ids():
    ((_id, found),) = ranked([VISITOR], list(reversed(hosts_like(12))), WEIGHTS, 10)

    assert [host for host, _score in found] == list(range(100, 110))


def test_ten_thousand_hosts_that_are_all_alike_are_ranked_by_their_ids():
    ((_id, found),) = ranked([VISITOR], hosts_like(10_000), WEIGHTS, 20)

    assert [host for host, _score in found] == list(range(100, 120))


def test_nobody_to_rank_is_an_empty_answer():
    assert list(ranked([VISITOR], [], WEIGHTS, 5)) == [(1, [])]
    assert list(ranked([], [HOST], WEIGHTS, 5)) == []


def test_who_comes_twice_is_refused():
    with pytest.raises(ValueError, match="host 1 comes twice"):
        ranking_of([VISITOR], [HOST, HOST], WEIGHTS)
    with pytest.raises(ValueError, match="visitor 1 comes twice"):
        ranking_of([VISITOR, VISITOR], [HOST], WEIGHTS)


def test_a_negative_k_is_refused():
    with pytest.raises(ValueError, match="k must be"):
        list(ranked([VISITOR], [HOST], WEIGHTS, -1))


def test_columns_travel_as_bytes():
    ours, theirs, _words = columns.packed(*CASE)

    (ours_again, theirs_again), facts = columns.from_bytes(columns.as_bytes([ours, theirs], {"of": 40}))

    assert facts == {"of": 40}
    for before, after in ((ours, ours_again), (theirs, theirs_again)):
        assert all((one == other).all() for one, other in zip(before, after, strict=True))


def test_more_words_than_sixty_four_in_every_vocabulary():
    chance = random.Random(1)
    many = [f"w{number}" for number in range(200)]

    def pick():
        return frozenset(chance.sample(many, 150))

    hosts = [
        replace(host, technologies_offered=pick(), sectors=pick(), purposes=pick(), languages=pick())
        for host in hosts_like(70)
    ]
    visitor = replace(VISITOR, technologies_sought=pick(), sectors=pick(), purposes=pick(), languages=pick())

    for_visitors, _for_hosts = best([visitor], hosts, WEIGHTS, supply_of(hosts), 9)

    assert dict(ranked([visitor], hosts, WEIGHTS, 9)) == for_visitors
