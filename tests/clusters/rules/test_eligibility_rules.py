"""Who may take part: the table of the programme, row by row, and the pair."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.rules.eligibility import (
    Condition,
    EligibilityRule,
    Participant,
    Role,
    Ruling,
    check_pair,
    check_participant,
)

FIRST, SECOND = "ESCP-4x 2020-2022", "ECP Excellence 2022-2024"
ECCP = frozenset({Condition.NEEDS_ECCP_CLUSTER})
CLUSTER = frozenset({Condition.NEEDS_CLUSTER})
COUNTRIES = frozenset({"IT", "ES", "DE", "SK", "CZ"})
RULES = (
    EligibilityRule(FIRST, Role.VISITOR, "sme", Ruling.ALLOWED, ECCP, "programme page", "text"),
    EligibilityRule(FIRST, Role.HOST, "sme", Ruling.NEEDS_PRE_APPROVAL, ECCP),
    EligibilityRule(FIRST, Role.VISITOR, "cluster", Ruling.ALLOWED),
    EligibilityRule(FIRST, Role.HOST, "cluster", Ruling.ALLOWED),
    EligibilityRule(FIRST, Role.VISITOR, "scaling_up", Ruling.ALLOWED, CLUSTER),
    EligibilityRule(FIRST, Role.VISITOR, "training", Ruling.NO),
    EligibilityRule(SECOND, Role.VISITOR, "large", Ruling.HOST_ONLY),
    EligibilityRule(SECOND, Role.HOST, "large", Ruling.HOST_ONLY),
    EligibilityRule(SECOND, Role.HOST, "authority", Ruling.NEEDS_PRE_APPROVAL),
)
SME = Participant("Tessuti", "sme", "IT", in_cluster=True, in_eccp_cluster=True)
LONELY = Participant("Filati", "sme", "IT", in_cluster=True)


def check(participant, role, wave=FIRST, rules=RULES):
    return check_participant(participant, role, wave, rules, COUNTRIES)


def of_type(organisation_type, **facts):
    return Participant("Somebody", organisation_type, "ES", **facts)


@pytest.mark.parametrize(
    ("participant", "role", "wave", "allowed", "code"),
    [
        (SME, Role.VISITOR, FIRST, True, "eligible"),
        (LONELY, Role.VISITOR, FIRST, False, "not_in_eccp_cluster"),
        (SME, Role.HOST, FIRST, True, "eligible"),
        (LONELY, Role.HOST, FIRST, False, "needs_pre_approval"),
        (replace(LONELY, pre_approved=True), Role.HOST, FIRST, True, "pre_approved"),
        (replace(LONELY, pre_approved=True), Role.VISITOR, FIRST, False, "not_in_eccp_cluster"),
        (replace(SME, has_visited=True), Role.VISITOR, FIRST, False, "visited_already"),
        (replace(SME, has_visited=True), Role.HOST, FIRST, True, "eligible"),
        (replace(SME, country="US"), Role.VISITOR, FIRST, False, "country_not_eligible"),
        (of_type("cluster"), Role.VISITOR, FIRST, True, "eligible"),
        (of_type("scaling_up"), Role.VISITOR, FIRST, False, "not_in_cluster"),
        (of_type("scaling_up", in_cluster=True), Role.VISITOR, FIRST, True, "eligible"),
        (of_type("scaling_up", in_eccp_cluster=True), Role.VISITOR, FIRST, True, "eligible"),
        (of_type("training"), Role.VISITOR, FIRST, False, "type_not_eligible"),
        (of_type("large"), Role.HOST, FIRST, False, "no_rule"),
        (of_type("large"), Role.VISITOR, SECOND, False, "host_only"),
        (of_type("large"), Role.HOST, SECOND, True, "eligible"),
        (of_type("authority"), Role.HOST, SECOND, False, "needs_pre_approval"),
        (of_type("authority", pre_approved=True), Role.HOST, SECOND, True, "pre_approved"),
    ],
)
def test_each_row_of_the_table_decides_with_its_reason(participant, role, wave, allowed, code):
    verdict = check(participant, role, wave)

    assert verdict.allowed is allowed
    assert verdict.needs_pre_approval is (code == "needs_pre_approval")
    assert [reason.code for reason in verdict.reasons] == [code]


def test_the_deciding_row_is_named():
    verdict = check(SME, Role.VISITOR)

    assert verdict.rule == RULES[0]
    assert verdict.reasons[0].sentence() == "This type of organisation (sme) from IT may be a visitor."


def test_everything_that_stands_against_it_is_said_at_once():
    hopeless = replace(LONELY, country="US", has_visited=True)

    assert [reason.code for reason in check(hopeless, Role.VISITOR).reasons] == [
        "country_not_eligible",
        "visited_already",
        "not_in_eccp_cluster",
    ]


def test_pre_approval_does_not_heal_an_ineligible_country():
    verdict = check(replace(LONELY, country="US", pre_approved=True), Role.HOST)

    assert (verdict.allowed, verdict.needs_pre_approval) == (False, False)


def test_a_pair_is_transnational_between_two_organisations():
    verdict = check_pair(SME, of_type("cluster"), COUNTRIES)

    assert verdict.allowed
    assert verdict.reasons[0].sentence() == "The exchange is transnational: from IT to ES."


@pytest.mark.parametrize(
    ("host", "codes"),
    [
        (SME, ["same_organisation", "same_country"]),
        (LONELY, ["same_country"]),
        (replace(LONELY, country="US"), ["country_not_eligible"]),
        (replace(SME, country="ES"), ["same_organisation"]),
    ],
)
def test_a_pair_that_cannot_be_says_why(host, codes):
    verdict = check_pair(SME, host, COUNTRIES)

    assert not verdict.allowed
    assert [reason.code for reason in verdict.reasons] == codes


participants = st.builds(
    Participant,
    organisation=st.sampled_from(["a", "b"]),
    organisation_type=st.sampled_from(["sme", "cluster", "scaling_up", "training", "large", "authority", "unknown"]),
    country=st.sampled_from(["IT", "ES", "US"]),
    in_cluster=st.booleans(),
    in_eccp_cluster=st.booleans(),
    has_visited=st.booleans(),
    pre_approved=st.booleans(),
)


@given(participants, st.sampled_from(Role), st.sampled_from([FIRST, SECOND, "third"]))
def test_every_verdict_has_reasons_in_words(participant, role, wave):
    verdict = check(participant, role, wave)

    assert verdict.reasons
    assert not (verdict.allowed and verdict.needs_pre_approval)
    assert all("{" not in reason.sentence() for reason in verdict.reasons)


@given(participants, st.sampled_from(Role), st.sampled_from([FIRST, SECOND]))
def test_more_favourable_facts_never_take_an_allowance_away(participant, role, wave):
    better = replace(participant, in_cluster=True, in_eccp_cluster=True, has_visited=False, pre_approved=True)

    assert check(better, role, wave).allowed or not check(participant, role, wave).allowed


@given(participants, participants)
def test_a_pair_is_judged_alike_from_both_ends(one, other):
    assert check_pair(one, other, COUNTRIES).allowed == check_pair(other, one, COUNTRIES).allowed
