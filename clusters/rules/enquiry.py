"""May an organisation like ours take part? The answer to somebody who is not registered and need not know everything.

The same rules decide as for a registered organisation; where the membership in a cluster is not known yet, the answer
says what depends on it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from clusters.rules.eligibility import EligibilityRule, Participant, Role, check_pair, check_participant
from extratex.shared.reasons import Reason


class Membership(StrEnum):
    """What somebody says of the clusters that the organisation belongs to."""

    UNKNOWN = "unknown"
    NONE = "none"
    CLUSTER = "cluster"
    ECCP_CLUSTER = "eccp_cluster"


class Outcome(StrEnum):
    """What the answer comes to."""

    YES = "yes"
    IF_MEMBER = "if_member"
    PRE_APPROVAL = "pre_approval"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What a stranger says of the organisation; `other_country` is that of the partner, empty where it is open."""

    organisation_type: str
    country: str
    role: Role
    membership: Membership = Membership.UNKNOWN
    has_visited: bool = False
    other_country: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome, why, and the row of the table that decided (None where there is none).

    `conditions` say what stands against it without the membership; empty unless the outcome is `IF_MEMBER`.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    conditions: tuple[Reason, ...] = ()
    rule: EligibilityRule | None = None


def answer(
    enquiry: Enquiry, wave: str, rules: Iterable[EligibilityRule], eligible_countries: Collection[str]
) -> Answer:
    """Answer by the rules in force; an unknown membership is tried both ways, and what differs becomes a condition."""
    rows = tuple(rules)
    if enquiry.membership is not Membership.UNKNOWN:
        return _answer_for(enquiry, enquiry.membership, wave, rows, eligible_countries)
    best = _answer_for(enquiry, Membership.ECCP_CLUSTER, wave, rows, eligible_countries)
    worst = _answer_for(enquiry, Membership.NONE, wave, rows, eligible_countries)
    if best.outcome is not Outcome.YES or worst.outcome is Outcome.YES:
        return best
    return Answer(Outcome.IF_MEMBER, best.reasons, worst.reasons, best.rule)


def _answer_for(
    enquiry: Enquiry,
    membership: Membership,
    wave: str,
    rules: tuple[EligibilityRule, ...],
    eligible_countries: Collection[str],
) -> Answer:
    participant = Participant(
        organisation="",
        organisation_type=enquiry.organisation_type,
        country=enquiry.country,
        in_cluster=membership in {Membership.CLUSTER, Membership.ECCP_CLUSTER},
        in_eccp_cluster=membership is Membership.ECCP_CLUSTER,
        has_visited=enquiry.has_visited,
    )
    verdict = check_participant(participant, enquiry.role, wave, rules, eligible_countries)
    against = () if verdict.allowed else verdict.reasons
    together, allows_pair = _on_pair(participant, enquiry, eligible_countries)
    if allows_pair and verdict.allowed:
        return Answer(Outcome.YES, (*verdict.reasons, *together), rule=verdict.rule)
    if allows_pair and verdict.needs_pre_approval:
        return Answer(Outcome.PRE_APPROVAL, verdict.reasons, rule=verdict.rule)
    refused = () if allows_pair else tuple(reason for reason in together if reason not in against)
    return Answer(Outcome.NO, (*against, *refused), rule=verdict.rule)


def _on_pair(
    participant: Participant, enquiry: Enquiry, eligible_countries: Collection[str]
) -> tuple[tuple[Reason, ...], bool]:
    if not enquiry.other_country:
        return (), True
    other = Participant("other", "", enquiry.other_country)
    visitor, host = (participant, other) if enquiry.role is Role.VISITOR else (other, participant)
    verdict = check_pair(visitor, host, eligible_countries)
    return verdict.reasons, verdict.allowed
