"""Plans: against brute force and an independent program, their limits, targets, bound and order."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.clock import Clock
from matchmaking.engine.plan.advice import compare, what_targets_cost
from matchmaking.engine.plan.reading import case_from
from matchmaking.engine.plan.solve import plan
from tests.matchmaking.engine.independent import (
    allowed,
    best_by_brute_force,
    best_plan_by_milp,
    shortfalls,
)
from tests.matchmaking.engine.plan_cases import cases, some_case


def planned(case, **how):
    return plan(case_from(case | {"pairs": list(case["pairs"])}), **how)


def pairs_of(case, answer):
    named = {(pair["visitor"], pair["host"]): pair for pair in case["pairs"]}
    return [named[each] for each in answer.chosen]


def test_a_small_plan_is_the_best_of_all_plans():
    for seed in range(120):
        chance = random.Random(seed)
        case = some_case(chance, chance.randint(0, 5), chance.randint(0, 4))

        answer = planned(case)

        found = answer.shortfalls.total, answer.total_score
        assert found == pytest.approx(best_by_brute_force(case), abs=1e-6), seed
        assert (answer.status, answer.upper_bound) == ("optimal", answer.total_score), seed


def test_a_plan_is_as_good_as_an_independent_program_finds_it():
    for seed in range(1000, 1060):
        chance = random.Random(seed)
        case = some_case(chance, chance.randint(4, 14), chance.randint(3, 10))

        answer = planned(case)

        found = answer.shortfalls.total, answer.total_score
        assert found == pytest.approx(best_plan_by_milp(case), abs=1e-5), seed
        assert answer.status == "optimal", seed


@given(cases)
@settings(deadline=None, max_examples=50)
def test_every_plan_keeps_its_limits_and_says_its_shortfalls(case):
    answer = planned(case)
    chosen = pairs_of(case, answer)

    assert allowed(case, chosen)
    short = answer.shortfalls
    assert (short.sme, short.non_member, short.cross_sector) == shortfalls(case, chosen)
    assert answer.total_score == pytest.approx(sum(pair["score"] for pair in chosen))
    assert answer.total_score <= answer.upper_bound
    assert answer.least_shortfall <= short.total


@given(cases, st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_more_of_anything_never_makes_a_plan_worse(case, seed):
    chance = random.Random(seed)
    before = planned(case)
    better = case | {
        "pairs": [pair | {"score": pair["score"] + chance.choice([0, 5])} for pair in case["pairs"]],
        "hosts": [host | {"capacity": host["capacity"] + chance.choice([0, 1])} for host in case["hosts"]],
        "budget": case.get("budget", 10**6) + chance.choice([0, 700]),
        "max_exchanges": case.get("max_exchanges", 100) + chance.choice([0, 1]),
    }

    after = planned(better)

    rank = [(-answer.shortfalls.total, round(answer.total_score, 6)) for answer in (before, after)]
    assert rank[0] <= rank[1]


def test_the_same_case_gives_the_same_plan():
    case = some_case(random.Random(7), 30, 20)

    assert planned(case) == planned(case)


def large(chance, visitors, hosts, **limits):
    return some_case(chance, visitors, hosts) | {"max_exchanges": visitors // 2} | limits


def test_a_plan_that_the_time_cuts_off_is_allowed_and_bounded():
    case = large(random.Random(3), 60, 50, budget=9000, min_sme=25, min_non_member=15, min_cross_sector_share=0.6)

    hurried, proven = planned(case, clock=Clock(0.0)), planned(case)

    assert allowed(case, pairs_of(case, hurried))
    assert hurried.total_score <= hurried.upper_bound
    assert proven.status == "optimal"
    assert (hurried.status == "optimal") == (hurried == proven)


def test_a_search_that_is_called_off_ends_with_what_it_has():
    case = large(random.Random(3), 40, 30, budget=7000, min_sme=15)
    steps = []

    answer = planned(case, clock=Clock(cancelled=lambda: len(steps) > 1), told=steps.append)

    assert allowed(case, pairs_of(case, answer))
    assert [step.step for step in steps][:2] == ["prices", "targets"]


def test_targets_out_of_reach_give_the_nearest_plan_and_its_shortfalls():
    case = some_case(random.Random(5), 12, 9) | {"min_sme": 500, "min_non_member": 0, "budget": 3000}

    answer = planned(case)

    smes = sum(visitor["sme"] for visitor in case["visitors"])
    assert answer.shortfalls.sme >= 500 - smes
    assert answer.status == "optimal"
    assert answer.least_shortfall == answer.shortfalls.total


def test_fewer_exchanges_are_chosen_where_that_brings_the_share_nearer():
    case = {
        "visitors": [{"id": f"v{n}", "sme": True, "member": True} for n in range(3)],
        "hosts": [{"id": "h", "capacity": 3}],
        "pairs": [{"visitor": f"v{n}", "host": "h", "score": 90, "cost": 1, "cross_sector": n == 0} for n in range(3)],
        "min_cross_sector_share": 0.5,
    }

    answer = planned(case)

    assert len(answer.chosen) == 2
    assert answer.shortfalls.total == 0


def test_a_share_is_taken_as_it_is_written():
    case = {
        "visitors": [{"id": f"v{n}", "sme": True, "member": True} for n in range(100)],
        "hosts": [{"id": "h", "capacity": 100}],
        "pairs": [{"visitor": f"v{n}", "host": "h", "score": 1, "cost": 0, "cross_sector": n < 7} for n in range(100)],
        "min_cross_sector_share": 0.07,  # times 100 is 7.000000000000001 in binary
    }

    assert len(planned(case).chosen) == 100


def test_money_is_counted_in_decimals():
    case = {
        "visitors": [{"id": f"v{n}", "sme": True, "member": True} for n in range(3)],
        "hosts": [{"id": "h", "capacity": 3}],
        "pairs": [{"visitor": f"v{n}", "host": "h", "score": 1, "cost": 0.1, "cross_sector": True} for n in range(3)],
        "budget": 0.3,
    }

    assert len(planned(case).chosen) == 3


@given(cases.filter(lambda case: case["pairs"]), st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_locked_pairs_are_chosen_and_forbidden_ones_are_not(case, seed):
    case = case | {"budget": 10**6, "max_exchanges": 5, "hosts": [host | {"capacity": 2} for host in case["hosts"]]}
    chance = random.Random(seed)
    first, *others = chance.sample(case["pairs"], min(3, len(case["pairs"])))
    case["locked"] = [[first["visitor"], first["host"]]]
    case["forbidden"] = [[pair["visitor"], pair["host"]] for pair in others]

    answer = planned(case)

    found = answer.shortfalls.total, answer.total_score
    assert allowed(case, pairs_of(case, answer))
    assert found == pytest.approx(best_by_brute_force(case), abs=1e-6)


def test_ten_thousand_candidatures_that_are_all_the_same_are_planned():
    case = {
        "visitors": [{"id": f"v{n}", "sme": True, "member": False} for n in range(10_000)],
        "hosts": [{"id": f"h{n}", "capacity": 1} for n in range(3)],
        "pairs": [
            {"visitor": f"v{n}", "host": f"h{h}", "score": 50, "cost": 305, "cross_sector": True}
            for n in range(10_000)
            for h in range(3)
        ],
        "budget": 700,
        "min_sme": 3,
    }

    answer = planned(case, clock=Clock(20.0))

    assert (len(answer.chosen), answer.shortfalls.sme, answer.status) == (2, 1, "optimal")


def test_it_says_what_a_target_costs():
    case = large(random.Random(11), 16, 12, budget=4000, min_sme=7, min_non_member=4, min_cross_sector_share=0.5)
    base = planned(case)

    costs = what_targets_cost(case_from(case | {"pairs": list(case["pairs"])}), base)

    keys = ["min_sme", "min_non_member", "max_exchanges", "min_cross_sector_share", "budget"]
    assert Counter(cost.key for cost in costs) == Counter(keys * 2)
    for cost in costs:
        again = planned(case | {cost.key: cost.other})
        assert cost.certain
        assert cost.other_score == again.total_score
        assert cost.percent == pytest.approx(100 * (again.total_score / base.total_score - 1))


def test_two_plans_are_compared():
    case = large(random.Random(11), 24, 20, budget=6000)
    first, second = planned(case), planned(case | {"budget": 4000})

    changes = compare(first, second)

    assert set(changes.kept) | set(changes.dropped) == set(first.chosen)
    assert set(changes.kept) | set(changes.added) == set(second.chosen)
    assert changes.score_change == pytest.approx(second.total_score - first.total_score)
    assert changes.cost_change == pytest.approx(second.total_cost - first.total_cost)


def test_locked_pairs_that_cannot_all_be_had_are_refused():
    case = case_from(large(random.Random(11), 24, 20))

    with pytest.raises(ValueError, match="locked and forbidden"):
        plan(replace(case, locked=np.array([1]), forbidden=np.array([1])))
