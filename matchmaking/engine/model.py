"""What the engine is given and what it answers."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, fields
from datetime import date
from math import isfinite
from typing import Any, Self

from extratex.shared.reasons import Reason

type Window = tuple[date, date]
"""A period in which somebody is free, both days included."""

type Place = tuple[float, float]
"""Latitude and longitude in decimal degrees, north and east positive."""

FULL_SCORE = 1000
"""Points are counted in whole tenths, so that ties are exact and points add up: a score of 100.0 is 1000 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidature:
    """What visitors and hosts have in common; ids order what is tied.

    `eligible` is the verdict of the dated eligibility data on the type and the country. No `partner_types` mean that
    any type of partner will do. `wary_countries` and `wary_types` are what somebody has named as the reason when
    declining others; `wary_technologies` are those that it then did not find, and they count half. `need` says from 0
    to 1 how much the targets of the partnership still lack somebody like that. Raises ValueError where a window ends
    before it begins, or a place or a need lies outside its limits.
    """

    id: int
    organisation: str
    country: str
    type: str
    sectors: frozenset[str]
    purposes: frozenset[str]
    languages: frozenset[str]
    windows: tuple[Window, ...]
    eligible: bool = True
    excluded_countries: frozenset[str] = frozenset()
    partner_types: frozenset[str] = frozenset()
    wary_countries: frozenset[str] = frozenset()
    wary_types: frozenset[str] = frozenset()
    wary_technologies: frozenset[str] = frozenset()
    place: Place | None = None
    need: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would make no sense; NaN fails every comparison."""
        _check_windows(self.id, self.windows)
        if not 0 <= self.need <= 1:
            raise ValueError(f"need of {self.id} must lie between 0 and 1, not {self.need}")
        if self.place is not None:
            _check_place(self.id, self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor(Candidature):
    """A validated candidature as visitor; `days` are the working days of its stay, at least 1.

    `declined` are the ids of the hosts with which it came to nothing before: they are not suggested again.
    """

    technologies_sought: frozenset[str]
    preferred_countries: frozenset[str]
    days: int
    first_time: bool
    declined: frozenset[int] = frozenset()
    sectors_sought: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse also a stay of no day."""
        super(Visitor, self).__post_init__()
        if self.days < 1:
            raise ValueError(f"days of {self.id} must be at least 1, not {self.days}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Candidature):
    """A validated candidature as host; `capacity_left` are the visitors that it can still receive.

    `full_windows` are the periods in which it would be free, had not others taken their places already.
    """

    technologies_offered: frozenset[str]
    capacity_left: int
    sectors_offered: frozenset[str] = frozenset()
    full_windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        """Refuse also a full window that ends before it begins."""
        super(Host, self).__post_init__()
        _check_windows(self.id, self.full_windows)

    @property
    def has_place(self) -> bool:
        """Tell whether it can receive anybody more, in whichever period."""
        return self.capacity_left > 0 and bool(self.windows or not self.full_windows)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each wish counts, in any unit; only their proportions matter.

    `earlier_declines` is what is taken off where somebody once declined another for the same reason. Raises ValueError
    naming the key whose weight is not a finite number of at least 0.
    """

    technologies: float
    cross_sector: float
    purposes: float
    preferred_country: float
    dates: float
    first_time: float
    travel: float = 0.0
    targets: float = 0.0
    sectors: float = 0.0
    earlier_declines: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a weight that would turn the ranking around or make it senseless."""
        for each in fields(self):
            weight = getattr(self, each.name)
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight) or weight < 0:
                raise ValueError(f"{each.name}: a weight must be a finite number of at least 0, not {weight!r}")

    @classmethod
    def from_values(cls, values: Mapping[str, float]) -> Self:
        """Build the weights from named values; raises ValueError naming a key that is missing or unknown."""
        names = {each.name for each in fields(cls)}
        for name in sorted(names ^ values.keys()):
            raise ValueError(f"{name}: {'weight is missing' if name in names else 'no such weight'}")
        return cls(**values)

    def points(self) -> "Points":
        """Return the whole tenths that each wish can bring; together exactly 1000, or none where all weigh nothing.

        What is taken off is measured by the same unit but is no part of the sum.
        """
        weights = astuple(self)
        highest = max(weights)
        scaled = [weight / highest if highest else 0.0 for weight in weights]
        added = sum(scaled[:-1])
        exact = [FULL_SCORE * weight / added if added else 0.0 for weight in scaled]
        whole = [min(int(each), FULL_SCORE) for each in exact]
        # The tenths lost by rounding down go to where most was lost; on a tie to what stands first.
        lost = sorted(range(len(exact) - 1), key=lambda at: (whole[at] - exact[at], at))
        for at in lost[: (FULL_SCORE if added else 0) - sum(whole[:-1])]:
            whole[at] += 1
        return Points(*whole)


@dataclass(frozen=True, slots=True)
class Points:
    """The weights in whole tenths of a point."""

    technologies: int
    cross_sector: int
    purposes: int
    preferred_country: int
    dates: int
    first_time: int
    travel: int
    targets: int
    sectors: int
    earlier_declines: int


@dataclass(frozen=True, slots=True)
class Supply:
    """How many hosts there are, and how many of them offer each technology: what few offer counts more."""

    hosts: int
    offering: Mapping[str, int] = field(hash=False)

    def offers_of(self, technology: str) -> int:
        """Count the hosts that offer a technology."""
        return self.offering.get(technology, 0)


@dataclass(frozen=True, slots=True)
class Merit(Reason):
    """A reason for a suggestion, with what it adds to the score: `weight` points of 100, exact to the tenth."""

    weight: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the merit as JSON-ready values that `from_json` reads back identically."""
        return Reason.as_json(self) | {"weight": self.weight}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a merit that `as_json` wrote."""
        reason = Reason.from_json(stored)
        return cls(reason.code, reason.text, reason.values, stored["weight"])


def _check_windows(who: int, windows: tuple[Window, ...]) -> None:
    for first_day, last_day in windows:
        if last_day < first_day:
            raise ValueError(f"windows of {who}: {last_day} lies before {first_day}")


def _check_place(who: int, place: Place) -> None:
    latitude, longitude = place
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:  # noqa: PLR2004 the globe's own limits
        raise ValueError(f"place of {who} lies outside the globe: {latitude}, {longitude}")
