"""Which hosts suit a visitor best and why, and why others cannot be had: one visitor at a time, for people to read.

Hard rules exclude; wishes rank what is left (`merits`). Runs over many visitors go through `ranking`, which gives the
same hosts, the same scores and the same order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _
from matchmaking.engine.model import Candidature, Host, Visitor, Window
from matchmaking.engine.windows import common, weekdays

WISHES = ("languages", "dates", "excluded_countries", "partner_types", "declined")
"""What a visitor could drop, by the codes of `Obstacle`; the rest is not for it to decide."""


def why_not(visitor: Visitor, host: Host) -> list[Reason]:
    """Name each hard rule that keeps the two apart; empty where they may meet."""
    return [
        *_against_the_two(visitor, host),
        *_against_their_wishes(visitor, host),
        *_against_each(visitor, host),
        *_against_the_dates(visitor, host),
    ]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Wishes of a visitor, by their codes, whose dropping would admit so many hosts; for a host, so many visitors."""

    wishes: tuple[str, ...]
    hosts: int


WISH_OF_RULE = {
    "no_common_language": "languages",
    "no_common_dates": "dates",
    "no_place_then": "dates",
    "country_excluded": "excluded_countries",
    "type_not_wished": "partner_types",
    "declined_before": "declined",
}


def why_nobody(visitor: Visitor, hosts: Iterable[Host]) -> list[Obstacle]:
    """Say which wish of a visitor would have to be dropped to admit hosts, and how many.

    Two or more are named together where one is not enough; what admits most stands first. An empty answer means that no
    wish of the visitor is at fault. `obstacles` answers the same for many hosts.
    """
    excluded_by = (frozenset(reason.code for reason in why_not(visitor, host)) for host in hosts)
    return fewest_wishes(
        Counter(
            frozenset(WISH_OF_RULE[code] for code in codes) for codes in excluded_by if codes <= WISH_OF_RULE.keys()
        )
    )


WISH_OF_HOST_RULE = {
    "no_common_language": "languages",
    "no_common_dates": "dates",
    "country_not_received": "excluded_countries",
    "type_not_received": "partner_types",
}


def why_no_visitor(host: Host, visitors: Iterable[Visitor]) -> list[Obstacle]:
    """Say the same for a host: which of its wishes would have to be dropped to admit visitors, and how many."""
    excluded_by = (frozenset(reason.code for reason in why_not(visitor, host)) for visitor in visitors)
    return fewest_wishes(
        Counter(
            frozenset(WISH_OF_HOST_RULE[code] for code in codes)
            for codes in excluded_by
            if codes <= WISH_OF_HOST_RULE.keys()
        )
    )


def fewest_wishes(hosts_without: Mapping[frozenset[str], int]) -> list[Obstacle]:
    """Return the smallest sets of wishes whose dropping admits hosts; empty where hosts are admitted anyway.

    `hosts_without` counts for each set of wishes the hosts that exactly these exclude.
    """
    if hosts_without.get(frozenset()):
        return []
    for number in range(1, len(WISHES) + 1):
        found = [
            Obstacle(wishes, admitted)
            for wishes in combinations(WISHES, number)
            if (admitted := sum(hosts for needed, hosts in hosts_without.items() if needed <= set(wishes)))
        ]
        if found:
            return sorted(found, key=lambda each: (-each.hosts, each.wishes))
    return []


def _against_the_two(visitor: Visitor, host: Host) -> Iterator[Reason]:
    if visitor.country == host.country:
        yield Reason("same_country", _("Both are in {country}."), {"country": host.country})
    if visitor.organisation == host.organisation:
        yield Reason("same_organisation", _("Both are the same organisation."))
    if not visitor.languages & host.languages:
        yield Reason("no_common_language", _("They speak no common language."))
    if host.id in visitor.declined:
        yield Reason("declined_before", _("A proposal between the two was declined before."))


def _against_their_wishes(visitor: Visitor, host: Host) -> Iterator[Reason]:
    if host.country in visitor.excluded_countries:
        yield Reason("country_excluded", _("The visitor leaves out {country}."), {"country": host.country})
    if visitor.country in host.excluded_countries:
        yield Reason("country_not_received", _("The host leaves out {country}."), {"country": visitor.country})
    if not _is_wished(visitor, host):
        text = _("The visitor wishes another type of host than {organisation_type}.")
        yield Reason("type_not_wished", text, {"organisation_type": host.type})
    if not _is_wished(host, visitor):
        text = _("The host wishes another type of visitor than {organisation_type}.")
        yield Reason("type_not_received", text, {"organisation_type": visitor.type})


def _is_wished(one: Candidature, other: Candidature) -> bool:
    return not one.partner_types or other.type in one.partner_types


def _against_each(visitor: Visitor, host: Host) -> Iterator[Reason]:
    if not visitor.eligible:
        yield Reason("visitor_not_eligible", _("This visitor may not visit in this wave."))
    if not host.eligible:
        yield Reason("not_eligible", _("This host may not receive visitors in this wave."))
    if not host.has_place:
        yield Reason("no_capacity", _("This host has no place left."))


def _against_the_dates(visitor: Visitor, host: Host) -> Iterator[Reason]:
    longest = _longest_together(visitor, host.windows if host.has_place else (*host.windows, *host.full_windows))
    if longest >= visitor.days:
        return
    if _longest_together(visitor, (*host.windows, *host.full_windows)) >= visitor.days:
        yield Reason("no_place_then", _("This host has no place left when the visitor could come."))
    else:
        yield Reason(
            "no_common_dates",
            _("Longest time free together, in weekdays: {longest}. Needed: {days}."),
            {"longest": longest, "days": visitor.days},
        )


def _longest_together(visitor: Visitor, windows: Iterable[Window]) -> int:
    return max(map(weekdays, common(visitor.windows, windows)), default=0)
