"""Why a host is suggested: each wish that it meets, in words, with the points that add up to the score.

This is the score as people read it, one pair at a time; `pairs` computes the same for millions. Each wish brings the
share of its points that is met, cut to whole tenths: technologies by their rarity, purposes and the sectors sought by
their number, dates by the visitor's free weekdays on which the host is free too, a journey by how far below 3,000 km it
stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, isqrt

from extratex.shared.reasons import Value
from extratex.shared.reasons import marked as _
from matchmaking.engine.columns import EARTH_RADIUS, PER_MILLE, point_of
from matchmaking.engine.model import Host, Merit, Place, Points, Supply, Visitor, Weights
from matchmaking.engine.terms import limits_of, rarity
from matchmaking.engine.windows import common, merged, weekdays

FEW = 10
"""A technology is called rare when at most one host in this many offers it."""
TENTHS = 10
GRID_OF_KM = 100
SHOWN_KM = 10


def score_of(merits: tuple[Merit, ...]) -> float:
    """Return the score that merits add up to, from 0.0 to 100.0."""
    return sum(round(TENTHS * merit.weight) for merit in merits) / TENTHS


def merits_of(visitor: Visitor, host: Host, weights: Weights, supply: Supply) -> tuple[Merit, ...]:
    """Return the merits of a host in the eyes of a visitor, the weightiest first; asked only where they may meet."""
    return _Pair(visitor, host, weights.points(), supply).merits()


@dataclass(frozen=True)
class _Pair:
    visitor: Visitor
    host: Host
    points: Points
    supply: Supply

    def merits(self) -> tuple[Merit, ...]:
        for_it = [
            *self._technologies(),
            *self._sector(),
            *self._sectors_sought(),
            *self._purposes(),
            *self._country(),
            *self._dates(),
            *self._journey(),
            *self._first_time(),
            *self._targets(),
            self._languages(),
        ]
        left = sum(round(TENTHS * merit.weight) for merit in for_it)
        return (*sorted(for_it, key=lambda merit: -merit.weight), *self._declines(left))

    def _technologies(self) -> Iterator[Merit]:
        """Share the points among what is offered so that nothing is lost by rounding each one."""
        sought = max(sum(rarity(self.supply, each) for each in self.visitor.technologies_sought), 1)
        found = given = 0
        for technology in sorted(self.visitor.technologies_sought & self.host.technologies_offered):
            is_doubted = technology in self.visitor.wary_technologies | self.host.wary_technologies
            found += rarity(self.supply, technology) // (2 if is_doubted else 1)
            points = self.points.technologies * found // sought - given
            given += points
            count, total = self.supply.offers_of(technology), self.supply.hosts
            values: dict[str, Value] = {"technology": technology, "count": count, "total": total}
            if is_doubted:
                text = _("Offers {technology}; one of you has declined somebody over it before, so it counts half.")
                yield _merit("doubted_technology", text, values, points)
            elif count * FEW <= total:
                text = _("Offers {technology}, which few do: {count} of {total} hosts.")
                yield _merit("rare_technology", text, values, points)
            else:
                yield _merit("technology", _("Offers {technology}, which you seek."), values, points)

    def _sector(self) -> Iterator[Merit]:
        ours, theirs = self.visitor.sectors, self.host.sectors
        if ours and theirs and not ours & theirs:
            text = _("Works in another sector, which counts towards the cross-sector target: {sectors}.")
            yield _merit("cross_sector", text, {"sectors": tuple(sorted(theirs))}, self.points.cross_sector)

    def _sectors_sought(self) -> Iterator[Merit]:
        wanted = self.visitor.sectors_sought
        if shared := tuple(sorted(wanted & self.host.sectors_offered)):
            points = self.points.sectors * len(shared) // len(wanted)
            yield _merit("sectors", _("Shows you sectors that you seek: {sectors}."), {"sectors": shared}, points)

    def _purposes(self) -> Iterator[Merit]:
        wanted = self.visitor.purposes
        if shared := tuple(sorted(wanted & self.host.purposes)):
            points = self.points.purposes * len(shared) // len(wanted)
            yield _merit("purposes", _("You both want: {purposes}."), {"purposes": shared}, points)

    def _country(self) -> Iterator[Merit]:
        if self.host.country in self.visitor.preferred_countries:
            text = _("Is in {country}, one of the countries you prefer.")
            yield _merit("preferred_country", text, {"country": self.host.country}, self.points.preferred_country)

    def _dates(self) -> Iterator[Merit]:
        together = common(self.visitor.windows, self.host.windows)
        if not together:
            return
        free = sum(map(weekdays, merged(self.visitor.windows)))
        from_day, to_day = max(together, key=lambda window: (weekdays(window), -window[0].toordinal()))
        points = self.points.dates * sum(map(weekdays, together)) // max(free, 1)
        values: dict[str, Value] = {"from_day": from_day, "to_day": to_day}
        yield _merit("dates", _("Both free from {from_day} to {to_day}."), values, points)

    def _journey(self) -> Iterator[Merit]:
        if self.visitor.place is None or self.host.place is None:
            return
        squared = squared_between(self.visitor.place, self.host.place)
        points = sum(squared <= limit for limit in limits_of(self.points))
        if points:
            text = _("A short journey: about {distance} km as the crow flies.")
            yield _merit("journey", text, {"distance": kilometres(self.visitor.place, self.host.place)}, points)

    def _first_time(self) -> Iterator[Merit]:
        if self.visitor.first_time:
            text = _("It would be your first visit; first-time participants go first.")
            yield _merit("first_time", text, {}, self.points.first_time)

    def _targets(self) -> Iterator[Merit]:
        needs = (round(PER_MILLE * each.need) for each in (self.visitor, self.host))
        if points := sum(self.points.targets * need // (2 * PER_MILLE) for need in needs):
            yield _merit("targets", _("Counts towards what the partnership's targets still lack."), {}, points)

    def _languages(self) -> Merit:
        spoken = tuple(sorted(self.visitor.languages & self.host.languages))
        return _merit("languages", _("You both speak: {languages}."), {"languages": spoken}, 0)

    def _declines(self, left: int) -> Iterator[Merit]:
        """Take off what earlier declines ask, never more than there is."""
        visitor, host = self.visitor, self.host
        sides = (
            (visitor, host, "declined_before", _("You have declined others for their country or type before.")),
            (host, visitor, "declines_such", _("This host has declined others for their country or type before.")),
        )
        for one, other, code, text in sides:
            if other.country in one.wary_countries or other.type in one.wary_types:
                points = min(self.points.earlier_declines, left)
                left -= points
                yield _merit(code, text, {}, -points)


def squared_between(one: Place, other: Place) -> int:
    """Return the square of the straight line between two places, on the grid on which places lie."""
    return sum((a - b) ** 2 for a, b in zip(point_of(one), point_of(other), strict=True))


def kilometres(one: Place, other: Place) -> int:
    """Return how far two places lie apart as the crow flies, to ten kilometres."""
    return round(_arc(squared_between(one, other)) / GRID_OF_KM / SHOWN_KM) * SHOWN_KM


def _arc(squared: int) -> float:
    """Return the way over the globe that belongs to a straight line through it."""
    return 2 * EARTH_RADIUS * asin(min(1.0, isqrt(squared) / (2 * EARTH_RADIUS)))


def _merit(code: str, text: str, values: dict[str, Value], points: int) -> Merit:
    return Merit(code, text, values, points / TENTHS)
