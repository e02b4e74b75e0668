"""What the engine is given: read as columns for a run, one by one for a page, and the same both times."""

from matchmaking import inputs, matching, stays
from matchmaking.engine.model import Weights
from matchmaking.engine.ranking import Ranking, ranked
from matchmaking.engine.terms import supply_of, terms_of
from matchmaking.enums import ProposalStatus
from matchmaking.models import Candidature
from tests.matchmaking import factories


def test_reading_the_candidatures_takes_as_many_queries_for_three_as_for_one(programme, django_assert_max_num_queries):
    for number in (1, 2):
        for _each in range(number):
            wave = factories.make_host().wave
            factories.make_visitor()
        with django_assert_max_num_queries(27):
            inputs.case_of(wave)


def test_columns_and_cases_say_the_same(visitor, host, monkeypatch):
    hosts = [
        host,
        factories.make_host(technologies=("Composite materials",), capacity=1),
        factories.make_host(days=4, sectors=("Automotive", "Paper and packaging")),
        factories.make_host(excluded_countries=["IT"]),
        factories.make_host(partner_types=["large", "cluster"]),
        factories.make_host(windows=((5, 30, 1), (40, 60, 1))),
        factories.make_host(windows=((5, 30, 1),)),
    ]
    visitors = [
        visitor,
        factories.make_visitor(countries=["CZ"], windows=((1, 3), (4, 30)), days=5, sectors=("Automotive",)),
        factories.make_visitor(excluded_countries=["CZ"]),
        factories.make_visitor(partner_types=["sme"]),
    ]
    begun = [(each.pk, factories.in_days(7)) for each in hosts[-2:]]
    monkeypatch.setattr(stays.register, "answer", lambda keys: [row for row in begun if row[0] in keys])
    factories.make_proposal(visitors[1], hosts[1], status=ProposalStatus.DECLINED)
    factories.make_proposal(visitor, hosts[1], status=ProposalStatus.ACCEPTED)
    weights = Weights.from_values(matching.parameters()["weights"])

    case = inputs.case_of(visitor.wave)
    terms = terms_of(weights, supply_of(case.hosts, case.words), case.words)
    read = dict(Ranking(case.visitors, case.hosts, case.words, terms).hosts_for(0, 4, 9).of_each())
    assert {len(found) for found in read.values()} == {0, 2, 3}

    rows = [Candidature.objects.with_profile().filter(pk__in=[each.pk for each in some]) for some in (visitors, hosts)]
    made = inputs.visitors_from(rows[0], visitor.wave), inputs.hosts_from(rows[1], visitor.wave)
    assert read == dict(ranked(*made, weights, 9))
