"""A plan from the asking to its pairs and prices, whatever cuts it off on the way."""

from functools import partial
from threading import Event

import pytest

from clusters.enums import StaffRoleName
from matchmaking import matching, tasks
from matchmaking.engine.plan import solve
from matchmaking.enums import RunStatus, WishKind
from matchmaking.models import Plan
from matchmaking.planning import asking, work
from matchmaking.queued import TRIES
from tests import factories as people
from tests.matchmaking import factories

PATIENCE = 20.0

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def weights():
    return matching.parameters()["weights"]


def ask(by, weights, **limits):
    limits.setdefault("seconds", 5)
    return asking.ask(Plan(partnership=people.partnership(), **limits), weights=weights, by=by)


def computed(plan):
    work.carry_out(plan.pk)
    plan.refresh_from_db()
    return plan


def pairs(plan):
    return list(plan.pairs.order_by("visitor", "host").values_list("visitor", "host", "score", "cost"))


def test_a_plan_has_pairs_sums_a_bound_and_what_each_target_costs(coordinator, weights):
    for technologies in (("Nonwovens",), ("Composite materials",)):
        factories.make_visitor(technologies=technologies)
        factories.make_host(technologies=technologies, capacity=1)

    plan = computed(ask(coordinator, weights, min_sme=2, max_exchanges=2, budget=50_000))

    assert plan.status == RunStatus.DONE
    assert plan.figures["pairs"] == len(pairs(plan)) == 2
    assert plan.figures["total_score"] == pytest.approx(float(sum(score for _v, _h, score, _c in pairs(plan))))
    assert plan.figures["total_cost"] == pytest.approx(float(sum(cost for _v, _h, _s, cost in pairs(plan))))
    assert plan.figures["upper_bound"] == plan.figures["total_score"]
    assert plan.figures["status"] == "optimal"
    assert {price["key"] for price in plan.figures["prices"]} == {"min_sme", "max_exchanges", "budget"}
    fewer = next(price for price in plan.figures["prices"] if price["key"] == "max_exchanges" and price["other"] == 1)
    assert fewer["percent"] < 0


def test_prices_that_take_too_long_are_cut_and_the_plan_is_there_all_the_same(
    coordinator, weights, visitor, monkeypatch
):
    monkeypatch.setattr(work, "LONGEST_PRICES", -1.0)

    plan = computed(ask(coordinator, weights, min_sme=1, max_exchanges=2, budget=50_000))

    assert (plan.status, len(plan.figures["prices"]), plan.figures["prices_cut"]) == (RunStatus.DONE, 1, True)


def test_targets_out_of_reach_give_the_nearest_plan_and_what_is_missing(coordinator, weights, visitor, host):
    plan = computed(ask(coordinator, weights, min_sme=30, min_non_member=17))

    assert plan.status == RunStatus.DONE
    assert len(pairs(plan)) == 1
    assert plan.figures["shortfalls"] == {"sme": 29, "non_member": 17, "cross_sector": 0}
    assert plan.figures["least_shortfall"] == 46


def test_the_same_input_gives_the_same_plan(coordinator, weights):
    for _number in range(3):
        factories.make_visitor()
        factories.make_host(capacity=1)

    first, second = (computed(ask(coordinator, weights)) for _time in range(2))

    assert pairs(first) == pairs(second)
    same = ("total_score", "upper_bound", "total_cost", "prices")
    assert [first.figures[name] for name in same] == [second.figures[name] for name in same]


def test_computed_again_a_plan_remembers_its_parent_and_minds_the_wishes_of_now(coordinator, weights, visitor, host):
    other = factories.make_host(technologies=("Composite materials",))
    first = computed(ask(coordinator, weights, min_sme=1, budget=9_000))
    factories.wish(visitor, other, WishKind.LOCK)

    second = computed(asking.ask_again(first, by=coordinator))

    assert second.parent == first
    assert (second.min_sme, second.budget) == (1, 9_000)
    assert [pair.host for pair in first.pairs.all()] == [host]
    assert [(pair.host, pair.is_locked) for pair in second.pairs.all()] == [(other, True)]


def test_a_plan_whose_worker_was_killed_is_taken_up_by_the_sweep_and_made_anew(
    coordinator, weights, visitor, host, monkeypatch
):
    """The first worker has stored its pairs and dies over the prices; another host has come since."""
    plan = ask(coordinator, weights, min_sme=1)
    monkeypatch.setattr(work, "target_costs", lambda *_case, **_clock: 1 / 0)
    computed(plan)
    assert (plan.status, len(pairs(plan))) == (RunStatus.RUNNING, 1)
    assert "ZeroDivisionError" in plan.fault
    monkeypatch.undo()
    visitor.technologies.clear()
    monkeypatch.setattr(asking, "ring", lambda task, *, plan_id: tasks.plan(plan_id=plan_id))

    tasks.sweep()

    plan.refresh_from_db()
    assert (plan.status, plan.fault, len(pairs(plan))) == (RunStatus.DONE, "", 1)
    assert plan.figures["total_score"] == pytest.approx(float(pairs(plan)[0][2]))


def test_a_plan_waits_while_as_many_are_computed_as_may_be_and_the_end_of_one_wakes_it(
    coordinator, weights, visitor, host, race, monkeypatch
):
    first, second = ask(coordinator, weights), ask(coordinator, weights)
    solved, woken, begun, tried = solve.plan, [], Event(), Event()

    def slowly(case, **more):
        begun.set()
        assert tried.wait(PATIENCE)
        return solved(case, **more)

    def meanwhile():
        assert begun.wait(PATIENCE)
        work.carry_out(second.pk)
        tried.set()

    monkeypatch.setattr(solve, "plan", slowly)
    monkeypatch.setattr(asking, "ring", lambda _task, *, plan_id: woken.append(plan_id))

    assert race([partial(work.carry_out, first.pk), meanwhile]) == [None, None]

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.attempts) == (RunStatus.DONE, RunStatus.WAITING, 0)
    assert woken == [second.pk]


def test_a_plan_that_breaks_off_each_time_is_given_up(coordinator, weights, monkeypatch):
    plan = ask(coordinator, weights)
    monkeypatch.setattr(solve, "plan", lambda *_case, **_more: 1 / 0)

    for _try in range(TRIES + 1):
        computed(plan)

    assert plan.status == RunStatus.FAILED
    assert "ZeroDivisionError" in plan.fault


def test_a_cancelled_plan_ends_the_search_and_stores_nothing(coordinator, weights, visitor, host, monkeypatch):
    plan = ask(coordinator, weights)
    search = solve.plan

    def cancelled_on_the_way(case, *, clock, told):
        asking.queue.take_back(plan, by=coordinator)
        assert clock.over(), "the search hears of it"
        return search(case, clock=clock, told=told)

    monkeypatch.setattr(solve, "plan", cancelled_on_the_way)
    computed(plan)

    assert plan.status == RunStatus.CANCELLED
    assert pairs(plan) == []
    assert not asking.queue.take_back(plan, by=coordinator)
    computed(plan)
    assert plan.status == RunStatus.CANCELLED


def test_a_second_delivery_changes_nothing(coordinator, weights, visitor, host):
    plan = computed(ask(coordinator, weights))
    before = list(plan.pairs.values_list("pk", flat=True))

    computed(plan)

    assert list(plan.pairs.values_list("pk", flat=True)) == before


def test_only_those_who_lead_the_partnership_or_oversee_all_see_its_plans(visitor, programme_officer):
    plan = factories.make_plan(visitor=visitor)
    finance = people.make_staff(StaffRoleName.FINANCE_OFFICER, plan.partnership)
    other = people.make_staff(StaffRoleName.COORDINATOR, people.partnership("EXXTRA"))

    assert [Plan.objects.visible_to(person).count() for person in (plan.asked_by, programme_officer)] == [1, 1]
    assert [Plan.objects.visible_to(person).count() for person in (finance, other, visitor.contact)] == [0, 0, 0]
