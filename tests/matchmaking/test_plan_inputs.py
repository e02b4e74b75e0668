"""What a plan is chosen from: every pair that the rules allow, at its sum, with wishes and what counts already."""

from decimal import Decimal
from itertools import product

import pytest

from clusters.models import LumpSumRate
from exchanges.enums import ExchangeStatus
from matchmaking import inputs as cases
from matchmaking import matching
from matchmaking.engine.candidates import why_not
from matchmaking.engine.merits import merits_of, score_of
from matchmaking.engine.model import Supply, Weights
from matchmaking.engine.plan.solve import plan as solve
from matchmaking.enums import CandidatureStatus, ProposalStatus, WishKind
from matchmaking.models import Candidature, PairWish, Plan
from matchmaking.planning import inputs
from tests import factories as people
from tests.exchanges.money import factories as money
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

CZECH, SPANISH = {}, {"organisation": {"country": "ES", "reference_cluster": "AEI TÈXTILS"}}


def planned(**limits):
    """A plan that is asked for and not computed."""
    wishes = list(PairWish.objects.order_by("pk").values("visitor", "host", "kind"))
    weights = matching.parameters()["weights"]
    limits.setdefault("seconds", 5)
    return Plan(partnership=people.partnership(), parameters={"weights": weights, "wishes": wishes}, **limits)


def pairs_of(read):
    """The pairs of a case by the keys of their candidatures, without what is made already."""
    case = read.case
    ids = {at: case.ids(at) for at in range(len(case.visitor)) if not case.ids(at)[0].startswith(inputs.MADE)}
    return {(int(v), int(h)): (float(case.score[at]), float(case.cost[at])) for at, (v, h) in ids.items()}


def chosen_from(read):
    return {(visitor, host) for visitor, host, _at in read.chosen(solve(read.case).chosen)}


def reason_of(read):
    return [refused["reason"]["code"] for refused in read.refused]


def test_the_pairs_are_those_that_no_hard_rule_forbids_with_the_scores_that_people_read():
    visitors = [
        factories.make_visitor(technologies=("Composite materials",)),
        factories.make_visitor(languages=["it"]),
        factories.make_visitor(windows=((10, 30),), days=5),
    ]
    hosts = [
        factories.make_host(technologies=("Composite materials", "Nonwovens")),
        factories.make_host(languages=["cs", "it"], capacity=1),
        factories.make_host(windows=((28, 60),)),
        factories.make_host(organisation={"country": "IT", "reference_cluster": "NTT"}),
    ]
    factories.make_host(status=CandidatureStatus.SUBMITTED)
    factories.make_proposal(visitors[0], hosts[2], status=ProposalStatus.DECLINED)

    read = inputs.read(planned())

    wave = visitors[0].wave
    ours, theirs = (
        fill([*Candidature.objects.with_profile().filter(pk__in=[row.pk for row in rows])], wave)
        for fill, rows in ((cases.visitors_from, visitors), (cases.hosts_from, hosts))
    )
    weights, supply = Weights.from_values(matching.parameters()["weights"]), read.supply
    assert {key: score for key, (score, _cost) in pairs_of(read).items()} == {
        (visitor.id, host.id): score_of(merits_of(visitor, host, weights, supply))
        for visitor, host in product(ours, theirs)
        if not why_not(visitor, host)
    }
    assert isinstance(supply, Supply)


def test_a_stay_costs_what_the_calculator_says_full_or_half_by_days_and_distance():
    short = factories.make_visitor(days=3)
    long = factories.make_visitor(days=5)
    near = factories.make_visitor(days=5, organisation={"latitude": 50.7, "longitude": 15.0})
    host = factories.make_host(organisation={"latitude": 50.77, "longitude": 15.05})
    full = LumpSumRate.objects.filter(country="CZ").latest("valid_from").amount

    found = pairs_of(inputs.read(planned()))

    costs = {visitor: Decimal(str(found[visitor.pk, host.pk][1])) for visitor in (short, long, near)}
    assert costs == {short: full / 2, long: full, near: full / 2}


def test_a_country_without_a_lump_sum_is_left_out():
    factories.make_visitor()
    factories.make_host()
    LumpSumRate.objects.filter(country="CZ").delete()

    assert pairs_of(inputs.read(planned())) == {}


def test_visitors_of_others_and_those_who_have_visited_are_left_out(visitor, host):
    foreign = factories.make_visitor()
    Candidature.objects.filter(pk=foreign.pk).update(partnership=people.partnership("EXXTRA"))
    traveller = factories.make_visitor()
    money.make_exchange(ExchangeStatus.BUILDING, visitor=traveller.organisation)

    read = inputs.read(planned())

    assert {key for key, _host in pairs_of(read)} == {visitor.pk}
    assert read.figures["visited"] == 1


def test_what_is_made_already_counts_towards_the_targets_and_takes_its_money(visitor, host):
    """Of the two SMEs wanted one is there, and what the file under way will cost is no longer free."""
    money.make_exchange(ExchangeStatus.BUILDING)
    read = inputs.read(planned(min_sme=2, max_exchanges=2, budget=Decimal(100_000)))
    full = inputs.read(planned(min_sme=2, max_exchanges=1, budget=Decimal(1)))

    found = solve(read.case)
    nothing = solve(full.case)

    made = read.figures["made"]
    assert (made["all"], made["sme"]) == (1, 1)
    assert Decimal(made["cost"]) > 0
    assert (found.sme, found.shortfalls.sme, chosen_from(read)) == (2, 0, {(visitor.pk, host.pk)})
    assert chosen_from(full) == set()
    assert nothing.shortfalls.sme == 1


def test_a_host_receives_no_more_than_its_places_leave():
    host = factories.make_host(capacity=2)
    factories.make_proposal(host=host, status=ProposalStatus.ACCEPTED)
    for _number in range(3):
        factories.make_visitor()

    assert len(chosen_from(inputs.read(planned()))) == 1


def test_a_host_that_limits_its_periods_receives_no_more_than_they_hold():
    host = factories.make_host(capacity=5)
    host.availabilities.update(capacity=1)
    for _number in range(3):
        factories.make_visitor()

    assert len(chosen_from(inputs.read(planned()))) == 1


def test_the_plan_is_the_best_of_all_plans_that_could_be_made():
    """Every way to send four visitors to four hosts is tried; none within the limits scores more."""
    for technologies in (("Composite materials",), ("Nonwovens",), ("Weaving of technical fabrics",), ("Nonwovens",)):
        factories.make_visitor(technologies=technologies)
        factories.make_host(technologies=(*technologies, "Composite materials"), capacity=1)
    spanish = factories.make_host(organisation={"country": "ES", "reference_cluster": "NTT"}, capacity=1)
    read = inputs.read(planned(max_exchanges=3, budget=Decimal(1000)))
    pairs = pairs_of(read)

    visitors = sorted({visitor for visitor, _host in pairs})
    hosts = [*sorted({host for _visitor, host in pairs}), None]
    best = 0.0
    for assignment in product(hosts, repeat=len(visitors)):
        taken = [(v, h) for v, h in zip(visitors, assignment, strict=True) if h is not None]
        used = [host for _visitor, host in taken]
        if len(used) <= 3 and len(set(used)) == len(used) and sum(pairs[pair][1] for pair in taken) <= 1000:
            best = max(best, sum(pairs[pair][0] for pair in taken))

    assert spanish.pk in hosts
    assert solve(read.case).total_score == pytest.approx(best)


def test_a_locked_pair_is_in_the_plan_and_a_forbidden_one_never():
    visitors = [factories.make_visitor() for _number in range(2)]
    good = factories.make_host(technologies=("Nonwovens",), capacity=2)
    poor = factories.make_host(technologies=("Composite materials",), capacity=2)
    assert {host for _visitor, host in chosen_from(inputs.read(planned()))} == {good.pk}

    factories.wish(visitors[0], poor, WishKind.LOCK)
    factories.wish(visitors[1], good, WishKind.FORBID)

    assert chosen_from(inputs.read(planned())) == {(visitors[0].pk, poor.pk), (visitors[1].pk, poor.pk)}


def test_a_lock_that_cannot_be_had_is_left_out_with_its_reason(visitor, host):
    other, third = factories.make_visitor(), factories.make_visitor()
    single = factories.make_host(capacity=1)
    deaf = factories.make_host(languages=["cs"])
    gone = factories.make_host(status=CandidatureStatus.WITHDRAWN)
    for pair in ((visitor, host), (visitor, single), (other, single), (third, single), (third, deaf), (third, gone)):
        factories.wish(*pair, WishKind.LOCK)

    read = inputs.read(planned())

    assert sorted(reason_of(read)) == ["no_common_language", "no_place", "not_taking_part", "twice"]
    assert {(visitor.pk, host.pk), (other.pk, single.pk)} <= chosen_from(read)


@pytest.mark.parametrize(
    ("limits", "code"), [({"max_exchanges": 1}, "too_many"), ({"budget": Decimal(500)}, "no_money")]
)
def test_locks_beyond_the_number_or_the_money_are_left_out_the_younger_first(limits, code):
    pairs = [(factories.make_visitor(), factories.make_host()) for _number in range(2)]
    for pair in pairs:
        factories.wish(*pair, WishKind.LOCK)

    read = inputs.read(planned(**limits))

    assert reason_of(read) == [code]
    assert read.refused[0]["visitor"] == pairs[1][0].pk


def test_without_visitors_or_hosts_there_is_an_empty_case():
    assert solve(inputs.read(planned(min_sme=3)).case).shortfalls.sme == 3
    factories.make_visitor()
    assert chosen_from(inputs.read(planned())) == set()
