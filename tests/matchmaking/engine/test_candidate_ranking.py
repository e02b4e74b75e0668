"""Ranking: against brute force, its hard rules, its reasons, its order."""

import json
import math
import subprocess
import sys
from dataclasses import astuple, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.candidates import rank, rank_all, why_not
from matchmaking.engine.hosts import HostIndex
from matchmaking.engine.model import Host, Merit, Visitor, Weights
from tests.matchmaking.engine.cases import (
    HOST,
    MONDAY,
    VISITOR,
    WEIGHTS,
    all_weights,
    host_lists,
    hosts,
    hosts_like,
    visitors,
)

# Brute force: each rule once more, day by day and pair by pair


def free_days(windows):
    return {first + timedelta(days=each) for first, last in windows for each in range((last - first).days + 1)}


def longest_run(days):
    """Count the weekdays of the longest unbroken run of days."""
    longest = run = 0
    for day in sorted(days):
        run = (run if day - timedelta(days=1) in days else 0) + (day.weekday() < 5)
        longest = max(longest, run)
    return longest


def on_weekdays(days):
    return sum(day.weekday() < 5 for day in days)


def may_meet(visitor: Visitor, host: Host) -> bool:
    return (
        visitor.country != host.country
        and visitor.organisation != host.organisation
        and bool(visitor.languages & host.languages)
        and host.eligible
        and host.capacity_left > 0
        and longest_run(free_days(visitor.windows) & free_days(host.windows)) >= visitor.days
    )


def plain_score(visitor: Visitor, host: Host, hosts: list[Host], weights: Weights) -> float:
    def rarity(technology):
        offering = sum(technology in each.technologies_offered for each in hosts)
        return math.log(1 + len(hosts) / (1 + offering))

    sought = sum(map(rarity, visitor.technologies_sought))
    mine, theirs = free_days(visitor.windows), free_days(host.windows)
    wishes = (
        sum(map(rarity, visitor.technologies_sought & host.technologies_offered)) / sought if sought else 0,
        bool(visitor.sectors and host.sectors and not visitor.sectors & host.sectors),
        len(visitor.purposes & host.purposes) / len(visitor.purposes) if visitor.purposes else 0,
        host.country in visitor.preferred_countries,
        on_weekdays(mine & theirs) / on_weekdays(mine),
        visitor.first_time,
    )
    if not any(astuple(weights)):
        return 0
    weighted = zip(astuple(weights), wishes, strict=True)
    return 100 * math.fsum(weight * wish for weight, wish in weighted) / math.fsum(astuple(weights))


@given(visitors(), host_lists, all_weights, st.integers(0, 9))
def test_ranking_equals_brute_force(visitor, hosts, weights, k):
    expected = {host.id: plain_score(visitor, host, hosts, weights) for host in hosts if may_meet(visitor, host)}

    found = rank(visitor, hosts, weights, k)

    assert len(found) == min(k, len(expected))
    for suggestion in found:
        assert suggestion.score == pytest.approx(expected[suggestion.host_id], abs=0.0501)
    assert found == sorted(found, key=lambda each: (-each.score, each.host_id))
    left_out = [score for host_id, score in expected.items() if host_id not in {each.host_id for each in found}]
    if found and left_out:
        assert found[-1].score >= max(left_out) - 0.0501


@given(visitors(), host_lists)
def test_a_host_is_suggested_or_told_why_not(visitor, hosts):
    suggested = {each.host_id for each in rank(visitor, hosts, WEIGHTS, len(hosts))}

    assert suggested == {host.id for host in hosts if not why_not(visitor, host)}
    assert suggested == {host.id for host in hosts if may_meet(visitor, host)}


@given(visitors(), host_lists, all_weights, st.randoms(use_true_random=False))
def test_the_same_hosts_in_another_order_rank_alike(visitor, hosts, weights, random):
    shuffled = list(hosts)
    random.shuffle(shuffled)

    assert rank(visitor, hosts, weights, 5) == rank(visitor, shuffled, weights, 5)


@given(visitors(), host_lists, all_weights)
def test_the_points_of_the_reasons_add_up_to_the_score(visitor, hosts, weights):
    for suggestion in rank(visitor, hosts, weights, 5):
        points = sum(merit.weight for merit in suggestion.reasons)

        assert points == pytest.approx(suggestion.score, abs=0.1)
        assert 0 <= suggestion.score <= 100
        assert "{" not in "".join(merit.sentence() for merit in suggestion.reasons)


@given(visitors("v1"), visitors("v2"), host_lists)
def test_a_run_over_all_visitors_answers_as_each_alone(one, other, hosts):
    together = dict(rank_all([one, other], hosts, WEIGHTS, 3))

    assert together == {"v1": rank(one, hosts, WEIGHTS, 3), "v2": rank(other, hosts, WEIGHTS, 3)}


# A better host is never worse off

BETTER = {
    "offers what is sought": lambda visitor, host: replace(
        host, technologies_offered=host.technologies_offered | visitor.technologies_sought
    ),
    "shares the purposes": lambda visitor, host: replace(host, purposes=host.purposes | visitor.purposes),
    "is free when the visitor is": lambda visitor, host: replace(host, windows=host.windows + visitor.windows),
    "works in another sector": lambda _, host: replace(host, sectors=frozenset({"something else"})),
}


@pytest.mark.parametrize("way", BETTER)
@given(visitor=visitors(), host=hosts, others=host_lists, weights=all_weights)
def test_a_better_host_never_scores_less(way, visitor, host, others, weights):
    others = [each for each in others if each.id != host.id]

    def score(candidate):
        found = {each.host_id: each.score for each in rank(visitor, [*others, candidate], weights, 11)}
        return found.get(host.id, -1)

    assert score(BETTER[way](visitor, host)) >= score(host)


# Examples


def test_a_suggestion_says_why():
    (suggestion,) = rank(VISITOR, [HOST], WEIGHTS, 5)

    assert [(merit.sentence(), merit.weight) for merit in suggestion.reasons] == [
        ("Works in another sector, which counts towards the cross-sector target: Transportation and logistics.", 20),
        ("Offers lasers, which you seek.", pytest.approx(14.76, abs=0.01)),
        ("You both want: Take up new technologies.", 10),
        ("Is in ES, one of the countries you prefer.", 10),
        ("It would be your first visit; first-time participants go first.", 10),
        ("Both free from 8 September 2021 to 19 September 2021.", 8),
        ("You both speak: en.", 0),
    ]
    assert suggestion.score == 72.8


def test_a_rare_technology_counts_more_and_is_said_to_be_rare():
    hosts = [*hosts_like(20, technologies_offered=frozenset({"weaving"})), HOST]

    best = rank(VISITOR, hosts, WEIGHTS, 1)[0]

    assert best.host_id == "h"
    assert best.reasons[0].sentence() == "Offers lasers, which few do: 1 of 21 hosts."


def test_ties_stand_in_the_order_of_the_ids():
    found = rank(VISITOR, reversed(hosts_like(12)), WEIGHTS, 10)

    assert [each.host_id for each in found] == [f"h{each:02}" for each in range(10)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"country": "IT"}, "same_country"),
        ({"organisation": "Tessuti"}, "same_organisation"),
        ({"languages": frozenset({"es"})}, "no_common_language"),
        ({"eligible": False}, "not_eligible"),
        ({"capacity_left": 0}, "no_capacity"),
        ({"windows": ()}, "no_common_dates"),
        ({"windows": ((MONDAY + timedelta(days=3), MONDAY + timedelta(days=6)),)}, "no_common_dates"),
    ],
)
def test_each_hard_rule_excludes_and_is_named(changes, code):
    host = replace(HOST, **changes)

    assert rank(VISITOR, [host], WEIGHTS, 5) == []
    assert [reason.code for reason in why_not(VISITOR, host)] == [code]


def test_too_short_a_time_together_is_put_in_figures():
    host = replace(HOST, windows=((MONDAY, MONDAY + timedelta(days=1)),))

    assert why_not(VISITOR, host)[0].sentence() == "Longest time free together, in weekdays: 2. Needed: 3."


def test_windows_that_touch_are_one():
    split = tuple((MONDAY + timedelta(days=each), MONDAY + timedelta(days=each)) for each in range(3))

    assert why_not(VISITOR, replace(HOST, windows=split)) == []


def test_nobody_to_rank_is_an_empty_answer():
    assert rank(VISITOR, [], WEIGHTS, 5) == []
    assert dict(rank_all([VISITOR], [], WEIGHTS, 5)) == {"v": []}


def test_a_host_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match="host h comes twice"):
        HostIndex([HOST, HOST])


def test_a_negative_k_is_refused():
    with pytest.raises(ValueError, match="k must be"):
        rank(VISITOR, [HOST], WEIGHTS, -1)


@pytest.mark.parametrize("wrong", [-1, math.nan, math.inf, True, "5", None])
def test_a_senseless_weight_is_named(wrong):
    with pytest.raises(ValueError, match="purposes"):
        replace(WEIGHTS, purposes=wrong)


def test_weights_come_from_named_values():
    names = ("technologies", "cross_sector", "purposes", "preferred_country", "dates", "first_time")
    values = dict(zip(names, astuple(WEIGHTS), strict=True))

    assert Weights.from_values(values) == WEIGHTS
    with pytest.raises(ValueError, match="dates: weight is missing"):
        Weights.from_values({name: values[name] for name in names if name != "dates"})
    with pytest.raises(ValueError, match="luck: no such weight"):
        Weights.from_values(values | {"luck": 1})


def test_only_proportions_of_weights_matter():
    tiny, huge = (Weights(*(weight * unit for weight in astuple(WEIGHTS))) for unit in (1e-300, 1e300))

    assert rank(VISITOR, [HOST], tiny, 1)[0].score == rank(VISITOR, [HOST], huge, 1)[0].score == 72.8


def test_availability_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="windows of h"):
        replace(HOST, windows=((MONDAY, date(2020, 1, 1)),))
    with pytest.raises(ValueError, match="days of v"):
        replace(VISITOR, days=0)


def test_merits_are_read_back_identically():
    for merit in rank(VISITOR, [HOST], WEIGHTS, 1)[0].reasons:
        assert Merit.from_json(json.loads(json.dumps(merit.as_json()))) == merit


def test_the_answer_does_not_depend_on_the_hash_seed():
    script = (
        "from tests.matchmaking.engine.cases import *\n"
        "from matchmaking.engine.candidates import rank\n"
        "print(rank(VISITOR, [HOST, *hosts_like(5)], WEIGHTS, 9))"
    )

    answers = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(answers) == 1
