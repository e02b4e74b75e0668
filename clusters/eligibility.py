"""May this organisation take part? The dated table, read for the pure rule that decides."""

from dataclasses import dataclass
from datetime import date

from clusters.enums import ParticipantRole
from clusters.models import EligibilityRule, Organisation, Wave
from clusters.queries import eligible_countries
from clusters.rules import eligibility as rules
from clusters.rules import enquiry as enquiries
from extratex.shared import clock

CONDITIONS = {
    "needs_cluster": rules.Condition.NEEDS_CLUSTER,
    "needs_eccp_cluster": rules.Condition.NEEDS_ECCP_CLUSTER,
}


@dataclass(frozen=True)
class Table:
    """What decides in one wave and role on a day, read once for any number of organisations."""

    wave: str
    role: rules.Role
    rows: tuple[rules.EligibilityRule, ...]
    countries: frozenset[str]

    def verdict_on(
        self, organisation: Organisation, *, has_visited: bool = False, pre_approved: bool = False
    ) -> rules.Verdict:
        """Decide for one organisation."""
        return self.verdict_from(participant_from(organisation, has_visited=has_visited, pre_approved=pre_approved))

    def verdict_from(self, participant: rules.Participant) -> rules.Verdict:
        """Decide from the facts alone."""
        return rules.check_participant(participant, self.role, self.wave, self.rows, self.countries)

    def answer_to(self, enquiry: enquiries.Enquiry) -> enquiries.Answer:
        """Answer somebody who is not registered."""
        return enquiries.answer(enquiry, self.wave, self.rows, self.countries)


def table_of(wave: Wave, role: ParticipantRole, on: date | None = None) -> Table:
    """Read the table of a wave and a role as it is in force on a day (today), in two queries."""
    day = on or clock.today()
    rows = EligibilityRule.objects.in_force(day).filter(wave=wave, role=role)
    return Table(
        wave.name, rules.Role(role), tuple(_as_rule(row, wave) for row in rows), frozenset(eligible_countries(day))
    )


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
    table = table_of(wave, role, on)
    return table.verdict_on(organisation, has_visited=has_visited, pre_approved=pre_approved)


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
