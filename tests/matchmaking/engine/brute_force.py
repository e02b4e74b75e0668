"""The ranking once more, day by day and pair by pair, as slowly and plainly as it can be said; for comparison only."""

import math
from datetime import timedelta

from matchmaking.engine.model import Host, Supply, Visitor, Weights

KM = 6371.01


def free_days(windows):
    return {first + timedelta(days=each) for first, last in windows for each in range((last - first).days + 1)}


def longest_run(days):
    """Count the weekdays of the longest unbroken run of days."""
    longest = run = 0
    for day in sorted(days):
        run = (run if day - timedelta(days=1) in days else 0) + (day.weekday() < 5)
        longest = max(longest, run)
    return longest


def on_weekdays(days):
    return sum(day.weekday() < 5 for day in days)


def may_meet(visitor: Visitor, host: Host) -> bool:
    return all(
        (
            visitor.eligible,
            host.eligible,
            host.capacity_left > 0,
            host.windows or not host.full_windows,
            visitor.country != host.country,
            visitor.organisation != host.organisation,
            visitor.languages & host.languages,
            host.country not in visitor.excluded_countries,
            visitor.country not in host.excluded_countries,
            not visitor.partner_types or host.type in visitor.partner_types,
            not host.partner_types or visitor.type in host.partner_types,
            host.id not in visitor.declined,
            longest_run(free_days(visitor.windows) & free_days(host.windows)) >= visitor.days,
        )
    )


def km_between(one, other):
    """Spherical law of cosines: another formula than the engine's, the same globe."""
    a, b = ([math.radians(each) for each in place] for place in (one, other))
    cosine = math.sin(a[0]) * math.sin(b[0]) + math.cos(a[0]) * math.cos(b[0]) * math.cos(a[1] - b[1])
    return KM * math.acos(max(-1.0, min(1.0, cosine)))


def tenths(visitor: Visitor, host: Host, weights: Weights, supply: Supply) -> int:
    """The score of two that may meet, in tenths of a point."""
    points = weights.points()

    def rarity(technology):
        return max(1, round(1000 * math.log(1 + supply.hosts / (1 + supply.offering.get(technology, 0)))))

    sought = sum(map(rarity, visitor.technologies_sought)) or 1
    doubted = visitor.wary_technologies | host.wary_technologies
    offered = sum(
        rarity(each) // 2 if each in doubted else rarity(each)
        for each in visitor.technologies_sought & host.technologies_offered
    )
    mine, theirs = free_days(visitor.windows), free_days(host.windows)
    found = points.technologies * offered // sought
    found += points.cross_sector * bool(visitor.sectors and host.sectors and not visitor.sectors & host.sectors)
    found += points.purposes * len(visitor.purposes & host.purposes) // max(len(visitor.purposes), 1)
    found += points.sectors * len(visitor.sectors_sought & host.sectors_offered) // max(len(visitor.sectors_sought), 1)
    found += points.preferred_country * (host.country in visitor.preferred_countries)
    found += points.dates * on_weekdays(mine & theirs) // on_weekdays(mine)
    found += points.first_time * visitor.first_time
    found += sum(points.targets * round(1000 * each.need) // 2000 for each in (visitor, host))
    if visitor.place and host.place:
        found += max(0, math.floor(points.travel * (1 - km_between(visitor.place, host.place) / 3000) + 1e-9))
    for one, other in ((visitor, host), (host, visitor)):
        found -= points.earlier_declines * (other.country in one.wary_countries or other.type in one.wary_types)
    return max(found, 0)


def best(visitors, hosts, weights, supply, k):
    """For each visitor its k best hosts, for each host its k best visitors: ids and tenths."""
    pairs = [
        (tenths(visitor, host, weights, supply), visitor.id, host.id)
        for visitor in visitors
        for host in hosts
        if may_meet(visitor, host)
    ]
    for_visitors = {
        each.id: [(h, score) for score, v, h in sorted(pairs, key=lambda pair: (-pair[0], pair[2])) if v == each.id][:k]
        for each in visitors
    }
    for_hosts = {
        each.id: [(v, score) for score, v, h in sorted(pairs, key=lambda pair: (-pair[0], pair[1])) if h == each.id][:k]
        for each in hosts
    }
    return for_visitors, for_hosts
