"""Why a host is suggested: each wish that it meets, in words, with the points that it adds to the score."""

from collections.abc import Iterator

from extratex.shared.reasons import Value
from extratex.shared.reasons import marked as _
from matchmaking.engine.hosts import HostIndex
from matchmaking.engine.model import Host, Merit, Visitor, Weights, Window
from matchmaking.engine.windows import common_of_merged, merged, weekdays

FEW = 10
"""A technology is called rare when at most one host in this many offers it."""


class Merits:
    """The merits of hosts in the eyes of one visitor; asked only of hosts that no hard rule excludes."""

    def __init__(self, visitor: Visitor, index: HostIndex, weights: Weights) -> None:
        self._visitor = visitor
        self._index = index
        self._share = weights.shares()
        self._rarity_sought = sum(index.rarity(technology) for technology in sorted(visitor.technologies_sought))
        self._windows = merged(visitor.windows)
        self._free = sum(map(weekdays, self._windows))

    def of(self, position: int) -> tuple[Merit, ...]:
        """Return the merits of the host at that position of the index, the weightiest first."""
        host = self._index.hosts[position]
        merits = [
            *self._technologies(host),
            *self._sector(host),
            *self._purposes(host),
            *self._country(host),
            self._dates(self._index.windows[position]),
            *self._first_time(),
            self._languages(host),
        ]
        return tuple(sorted(merits, key=lambda merit: -merit.weight))

    def _technologies(self, host: Host) -> Iterator[Merit]:
        for technology in sorted(self._visitor.technologies_sought & host.technologies_offered):
            points = _points(self._share.technologies * self._index.rarity(technology) / self._rarity_sought)
            count, total = self._index.offering(technology), len(self._index)
            values: dict[str, Value] = {"technology": technology, "count": count, "total": total}
            if count * FEW <= total:
                text = _("Offers {technology}, which few do: {count} of {total} hosts.")
                yield Merit("rare_technology", text, values, points)
            else:
                yield Merit("technology", _("Offers {technology}, which you seek."), values, points)

    def _sector(self, host: Host) -> Iterator[Merit]:
        sectors = self._visitor.sectors
        if sectors and host.sectors and not sectors & host.sectors:
            text = _("Works in another sector, which counts towards the cross-sector target: {sectors}.")
            values: dict[str, Value] = {"sectors": tuple(sorted(host.sectors))}
            yield Merit("cross_sector", text, values, _points(self._share.cross_sector))

    def _purposes(self, host: Host) -> Iterator[Merit]:
        wanted = self._visitor.purposes
        if shared := tuple(sorted(wanted & host.purposes)):
            points = _points(self._share.purposes * len(shared) / len(wanted))
            yield Merit("purposes", _("You both want: {purposes}."), {"purposes": shared}, points)

    def _country(self, host: Host) -> Iterator[Merit]:
        if host.country in self._visitor.preferred_countries:
            text = _("Is in {country}, one of the countries you prefer.")
            points = _points(self._share.preferred_country)
            yield Merit("preferred_country", text, {"country": host.country}, points)

    def _dates(self, host_windows: list[Window]) -> Merit:
        windows = common_of_merged(self._windows, host_windows)
        from_day, to_day = max(windows, key=lambda window: (weekdays(window), -window[0].toordinal()))
        points = _points(self._share.dates * sum(map(weekdays, windows)) / self._free)
        return Merit(
            "dates", _("Both free from {from_day} to {to_day}."), {"from_day": from_day, "to_day": to_day}, points
        )

    def _first_time(self) -> Iterator[Merit]:
        if self._visitor.first_time:
            text = _("It would be your first visit; first-time participants go first.")
            yield Merit("first_time", text, {}, _points(self._share.first_time))

    def _languages(self, host: Host) -> Merit:
        spoken = tuple(sorted(self._visitor.languages & host.languages))
        return Merit("languages", _("You both speak: {languages}."), {"languages": spoken})


def _points(share: float) -> float:
    return round(100 * share, 2)
