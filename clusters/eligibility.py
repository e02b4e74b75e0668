"""May this organisation take part? The dated table, read for the pure rule that decides."""

from datetime import date

from clusters.enums import ParticipantRole
from clusters.models import EligibilityRule, Organisation, Wave
from clusters.queries import eligible_countries
from clusters.rules import eligibility as rules
from extratex.shared import clock

CONDITIONS = {
    "needs_cluster": rules.Condition.NEEDS_CLUSTER,
    "needs_eccp_cluster": rules.Condition.NEEDS_ECCP_CLUSTER,
}


def verdict_on(
    organisation: Organisation,
    role: ParticipantRole,
    wave: Wave,
    *,
    has_visited: bool = False,
    pre_approved: bool = False,
    on: date | None = None,
) -> rules.Verdict:
    """Decide for an organisation, a role and a wave by the rows in force on a day (today)."""
    day = on or clock.today()
    return rules.check_participant(
        participant_from(organisation, has_visited=has_visited, pre_approved=pre_approved),
        rules.Role(role),
        wave.name,
        [_as_rule(row, wave) for row in EligibilityRule.objects.in_force(day).filter(wave=wave, role=role)],
        eligible_countries(day),
    )


def verdict_on_pair(visitor: Organisation, host: Organisation, *, on: date | None = None) -> rules.Verdict:
    """Decide whether two organisations may make an exchange with each other on a day (today)."""
    return rules.check_pair(participant_from(visitor), participant_from(host), eligible_countries(on))


def participant_from(
    organisation: Organisation, *, has_visited: bool = False, pre_approved: bool = False
) -> rules.Participant:
    """Return the facts about an organisation that the rules ask for."""
    return rules.Participant(
        organisation=organisation.legal_name,
        organisation_type=organisation.type,
        country=organisation.country.code,
        in_cluster=organisation.is_cluster_member,
        in_eccp_cluster=organisation.is_cluster_member and organisation.reference_cluster.has_eccp_profile,
        has_visited=has_visited,
        pre_approved=pre_approved,
    )


def _as_rule(row: EligibilityRule, wave: Wave) -> rules.EligibilityRule:
    return rules.EligibilityRule(
        wave=wave.name,
        role=rules.Role(row.role),
        organisation_type=row.organisation_type,
        ruling=rules.Ruling(row.verdict),
        conditions=frozenset(condition for field, condition in CONDITIONS.items() if getattr(row, field)),
        source=row.sentence,
        mark=row.mark,
    )
