"""Who may take part, in which role and with whom, each decision with the rule that made it.

The table of rules is data (`EligibilityRule` rows in force). Three rules of the programme are not rows, since they hold
for everybody: the country must be eligible, a visiting organisation visits once in the whole scheme, and an exchange
joins two organisations of two different eligible countries (PROGRAMME section 1).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


class Role(StrEnum):
    """The two roles of an exchange."""

    VISITOR = "visitor"
    HOST = "host"


class Ruling(StrEnum):
    """What a row of the table says of a type of organisation in a role."""

    ALLOWED = "allowed"
    HOST_ONLY = "host_only"
    NEEDS_PRE_APPROVAL = "needs_pre_approval"
    NO = "no"


class Condition(StrEnum):
    """What a row asks for besides.

    With `allowed` and `host_only` a missing membership refuses. With `needs_pre_approval` it is what makes the
    pre-approval necessary: who is a member takes part without (an SME as host, PROGRAMME section 1).
    """

    NEEDS_CLUSTER = "needs_cluster"
    NEEDS_ECCP_CLUSTER = "needs_eccp_cluster"


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """One row of the table: what holds for a wave, a role and a type of organisation, with its source and mark."""

    wave: str
    role: Role
    organisation_type: str
    ruling: Ruling
    conditions: frozenset[Condition] = frozenset()
    source: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """The facts about an organisation that the rules ask for.

    `country` is where it is registered or, with several establishments, where the participant is based. `has_visited`
    means a physical visit in any partnership and wave; a virtual one does not count. `pre_approved` is the agency's.
    """

    organisation: str
    organisation_type: str
    country: str
    in_cluster: bool = False
    in_eccp_cluster: bool = False
    has_visited: bool = False
    pre_approved: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it take part? The reasons are all that stand against it or, where nothing does, what allows it.

    `needs_pre_approval`: nothing else stands against it than a pre-approval that is not there yet.
    `rule` is the row that decided, None where the table has none.
    """

    allowed: bool
    needs_pre_approval: bool
    reasons: tuple[Reason, ...]
    rule: EligibilityRule | None = None


def check_participant(
    participant: Participant,
    role: Role,
    wave: str,
    rules: Iterable[EligibilityRule],
    eligible_countries: Collection[str],
) -> Verdict:
    """Decide whether the organisation may take part in the wave in that role.

    `rules` are the rows in force; the first that fits wave, role and type decides.
    """
    rule = _rule_for(participant, role, wave, rules)
    against = [
        *_against_country(participant, eligible_countries),
        *_against_second_visit(participant, role),
        *_against_row(participant, role, wave, rule),
    ]
    if against:
        return Verdict(allowed=False, needs_pre_approval=False, reasons=tuple(against), rule=rule)
    return _granted(participant, rule, role)


def check_pair(visitor: Participant, host: Participant, eligible_countries: Collection[str]) -> Verdict:
    """Decide whether the two may make an exchange: two organisations of two different eligible countries."""
    against = list(_against_pair(visitor, host, eligible_countries))
    if against:
        return Verdict(allowed=False, needs_pre_approval=False, reasons=tuple(against))
    values = {"visitor_country": visitor.country, "host_country": host.country}
    reason = Reason(
        "transnational", _("The exchange is transnational: from {visitor_country} to {host_country}."), values
    )
    return Verdict(allowed=True, needs_pre_approval=False, reasons=(reason,))


def _rule_for(
    participant: Participant, role: Role, wave: str, rules: Iterable[EligibilityRule]
) -> EligibilityRule | None:
    wanted = (wave, role, participant.organisation_type)
    return next((rule for rule in rules if (rule.wave, rule.role, rule.organisation_type) == wanted), None)


def _against_country(participant: Participant, eligible_countries: Collection[str]) -> Iterator[Reason]:
    if participant.country not in eligible_countries:
        yield Reason(
            "country_not_eligible", _("{country} is not an eligible country."), {"country": participant.country}
        )


def _against_second_visit(participant: Participant, role: Role) -> Iterator[Reason]:
    if role is Role.VISITOR and participant.has_visited:
        yield Reason(
            "visited_already",
            _("The organisation has visited already; it may do so once in the whole scheme, across all partnerships."),
        )


def _against_row(participant: Participant, role: Role, wave: str, rule: EligibilityRule | None) -> Iterator[Reason]:
    values = {"organisation_type": participant.organisation_type, "role": role.value, "wave": wave}
    if rule is None:
        yield Reason(
            "no_rule", _("No rule of {wave} lets this type of organisation ({organisation_type}) be a {role}."), values
        )
    elif rule.ruling is Ruling.NO:
        text = _("In {wave} this type of organisation ({organisation_type}) may not be a {role}.")
        yield Reason("type_not_eligible", text, values)
    elif rule.ruling is Ruling.HOST_ONLY and role is Role.VISITOR:
        text = _("In {wave} this type of organisation ({organisation_type}) may be a host only.")
        yield Reason("host_only", text, values)
    elif rule.ruling is not Ruling.NEEDS_PRE_APPROVAL:
        yield from _missing_memberships(participant, rule)


def _missing_memberships(participant: Participant, rule: EligibilityRule) -> Iterator[Reason]:
    if Condition.NEEDS_ECCP_CLUSTER in rule.conditions and not participant.in_eccp_cluster:
        yield Reason(
            "not_in_eccp_cluster",
            _("The organisation must be a member of a cluster with an ECCP profile; a business network is not enough."),
        )
    elif Condition.NEEDS_CLUSTER in rule.conditions and not (participant.in_cluster or participant.in_eccp_cluster):
        yield Reason("not_in_cluster", _("The organisation must be a member of a cluster."))


def _granted(participant: Participant, rule: EligibilityRule | None, role: Role) -> Verdict:
    values = {"organisation_type": participant.organisation_type, "country": participant.country, "role": role.value}
    if rule is not None and _must_be_pre_approved(participant, rule):
        if not participant.pre_approved:
            text = _("This is possible in exceptional cases only, when the agency has approved it beforehand.")
            return Verdict(
                allowed=False, needs_pre_approval=True, reasons=(Reason("needs_pre_approval", text, values),), rule=rule
            )
        reason = Reason("pre_approved", _("The agency has approved it beforehand."), values)
    else:
        text = _("This type of organisation ({organisation_type}) from {country} may be a {role}.")
        reason = Reason("eligible", text, values)
    return Verdict(allowed=True, needs_pre_approval=False, reasons=(reason,), rule=rule)


def _must_be_pre_approved(participant: Participant, rule: EligibilityRule) -> bool:
    if rule.ruling is not Ruling.NEEDS_PRE_APPROVAL:
        return False
    return not rule.conditions or any(_missing_memberships(participant, rule))


def _against_pair(visitor: Participant, host: Participant, eligible_countries: Collection[str]) -> Iterator[Reason]:
    if visitor.organisation == host.organisation:
        yield Reason(
            "same_organisation",
            _("Visitor and host are the same organisation ({organisation})."),
            {"organisation": visitor.organisation},
        )
    if visitor.country == host.country:
        yield Reason(
            "same_country",
            _("Visitor and host are both in {country}; an exchange joins two different countries."),
            {"country": visitor.country},
        )
    for country in sorted({visitor.country, host.country} - set(eligible_countries)):
        yield Reason("country_not_eligible", _("{country} is not an eligible country."), {"country": country})
