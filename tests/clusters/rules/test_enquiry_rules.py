"""What a stranger is answered is what a registered organisation would be told."""

from hypothesis import given
from hypothesis import strategies as st

from clusters.rules.eligibility import Condition, EligibilityRule, Participant, Role, Ruling, check_participant
from clusters.rules.enquiry import Enquiry, Membership, Outcome, answer

WAVE = "Wave"
COUNTRIES = {"IT", "PT"}
SME_VISITS = EligibilityRule(WAVE, Role.VISITOR, "sme", Ruling.ALLOWED, frozenset({Condition.NEEDS_ECCP_CLUSTER}))
SME_HOSTS = EligibilityRule(
    WAVE, Role.HOST, "sme", Ruling.NEEDS_PRE_APPROVAL, frozenset({Condition.NEEDS_ECCP_CLUSTER})
)
CLUSTER_VISITS = EligibilityRule(WAVE, Role.VISITOR, "cluster", Ruling.ALLOWED)
RULES = (SME_VISITS, SME_HOSTS, CLUSTER_VISITS)


def asked(**fields):
    given_fields = {"organisation_type": "sme", "country": "IT", "role": Role.VISITOR} | fields
    return answer(Enquiry(**given_fields), WAVE, RULES, COUNTRIES)


def test_an_unknown_membership_becomes_a_condition_where_it_matters():
    found = asked()

    assert found.outcome is Outcome.IF_MEMBER
    assert [reason.code for reason in found.conditions] == ["not_in_eccp_cluster"]
    assert found.rule is SME_VISITS


def test_an_unknown_membership_is_no_matter_where_it_is_not_asked_for():
    assert asked(organisation_type="cluster").outcome is Outcome.YES


def test_a_host_without_a_cluster_needs_the_agency():
    assert asked(role=Role.HOST, membership=Membership.NONE).outcome is Outcome.PRE_APPROVAL
    assert asked(role=Role.HOST).outcome is Outcome.IF_MEMBER
    assert asked(role=Role.HOST, membership=Membership.ECCP_CLUSTER).outcome is Outcome.YES


def test_two_organisations_of_one_country_are_refused_with_the_reason():
    found = asked(membership=Membership.ECCP_CLUSTER, other_country="IT")

    assert found.outcome is Outcome.NO
    assert [reason.code for reason in found.reasons] == ["same_country"]


def test_a_country_that_takes_no_part_is_named_once():
    found = asked(country="US", membership=Membership.ECCP_CLUSTER, other_country="PT")

    assert [reason.code for reason in found.reasons] == ["country_not_eligible"]


@given(
    organisation_type=st.sampled_from(["sme", "cluster", "large"]),
    country=st.sampled_from(["IT", "PT", "US"]),
    role=st.sampled_from(list(Role)),
    membership=st.sampled_from([Membership.NONE, Membership.CLUSTER, Membership.ECCP_CLUSTER]),
    has_visited=st.booleans(),
)
def test_a_stranger_hears_what_an_organisation_would(organisation_type, country, role, membership, has_visited):
    found = asked(
        organisation_type=organisation_type, country=country, role=role, membership=membership, has_visited=has_visited
    )
    participant = Participant(
        "x",
        organisation_type,
        country,
        in_cluster=membership is not Membership.NONE,
        in_eccp_cluster=membership is Membership.ECCP_CLUSTER,
        has_visited=has_visited,
    )
    verdict = check_participant(participant, role, WAVE, RULES, COUNTRIES)

    assert (found.outcome is Outcome.YES) == verdict.allowed
    assert (found.outcome is Outcome.PRE_APPROVAL) == verdict.needs_pre_approval
    assert found.reasons == verdict.reasons
