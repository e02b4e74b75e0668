"""The first content of a portal."""

from datetime import date

import pytest

from clusters import queries
from clusters.enums import Mark, RuleName, Verdict
from clusters.models import Cluster, EligibilityRule, LumpSumRate, Organisation, Partnership, RuleSetting, Term, Wave
from clusters.seeding import generate_organisations, load_programme
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


def test_the_published_facts_are_all_there() -> None:
    extratex = Partnership.objects.get(acronym="EXTRATEX")

    assert (extratex.planned_exchanges, extratex.target_sme_visitors, extratex.target_non_member_visitors) == (
        59,
        30,
        17,
    )
    assert Cluster.objects.filter(partnership_memberships__partnership=extratex).count() == 5
    assert extratex.members.get(coordinates=True).cluster.short_name == "NTT"
    assert Wave.objects.count() == 2
    assert LumpSumRate.objects.get(country="PT", valid_to=date(2022, 10, 31)).amount == 780


def test_loading_twice_changes_nothing() -> None:
    counts = {
        model: model.objects.count() for model in (Wave, Partnership, Cluster, Term, LumpSumRate, EligibilityRule)
    }

    load_programme()

    assert {model: model.objects.count() for model in counts} == counts


def test_loading_again_keeps_what_an_administrator_changed() -> None:
    RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).update(value=7)

    load_programme()

    assert queries.rule_value(RuleName.OPEN_PROPOSALS) == 7


def test_prolonged_rates_are_marked_as_a_demonstration() -> None:
    prolonged = LumpSumRate.objects.in_force(date(2026, 11, 22))

    assert {rate.mark for rate in prolonged} == {Mark.DEMONSTRATION}
    assert prolonged.get(country="DK").amount == 1100


def test_whoever_names_no_rule_in_the_table_is_nobody() -> None:
    decided = EligibilityRule.objects.filter(wave__name="ESCP-4x 2020-2022", role="visitor")

    assert decided.count() == 7
    assert decided.get(organisation_type="sme").needs_eccp_cluster
    assert decided.get(organisation_type="large").verdict == Verdict.NO


def test_the_open_wave_is_the_one_whose_rates_are_in_force() -> None:
    wave = queries.open_wave(date(2026, 11, 22))

    assert wave is not None
    assert wave.name == "ESCP-4x 2020-2022"
    assert queries.open_wave(date(2019, 1, 1)) is None


def test_a_cluster_finds_its_partnership() -> None:
    assert queries.partnership_of(factories.cluster("CLUTEX")) == factories.partnership()


def test_generated_organisations_are_the_same_for_the_same_seed_and_only_filled_up() -> None:
    generate_organisations(5)
    names = list(Organisation.objects.order_by("pk").values_list("legal_name", flat=True))

    created = generate_organisations(8)

    assert created == 3
    assert list(Organisation.objects.order_by("pk").values_list("legal_name", flat=True))[:5] == names
    assert all(each.sectors.exists() and each.technologies.count() >= 2 for each in Organisation.objects.all())


def test_a_rule_without_a_value_says_so() -> None:
    RuleSetting.objects.all().delete()

    with pytest.raises(queries.RuleMissing):
        queries.rule_value(RuleName.PAYMENT_DAYS)
