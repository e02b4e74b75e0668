"""What the engine is given and what it answers."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from math import isfinite
from typing import Any, Self

from extratex.shared.reasons import Reason

type Window = tuple[date, date]
"""A period in which somebody is free, both days included."""


def _check_windows(name: str, windows: tuple[Window, ...]) -> None:
    for first_day, last_day in windows:
        if last_day < first_day:
            message = f"windows of {name}: {last_day} lies before {first_day}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A validated candidature as visitor; `days` are the working days that it asks for, at least 1.

    Raises ValueError where `days` is below 1 or a window ends before it begins.
    """

    id: str
    organisation: str
    country: str
    type: str
    sectors: frozenset[str]
    technologies_sought: frozenset[str]
    purposes: frozenset[str]
    preferred_countries: frozenset[str]
    languages: frozenset[str]
    windows: tuple[Window, ...]
    days: int
    first_time: bool

    def __post_init__(self) -> None:
        """Refuse what no stay could satisfy."""
        if self.days < 1:
            message = f"days of {self.id} must be at least 1, not {self.days}"
            raise ValueError(message)
        _check_windows(self.id, self.windows)


@dataclass(frozen=True, slots=True)
class Host:
    """A validated candidature as host.

    `capacity_left` are the visitors that it can still receive; `eligible` says that its type and its country may host
    in this wave. Raises ValueError where a window ends before it begins.
    """

    id: str
    organisation: str
    country: str
    type: str
    sectors: frozenset[str]
    technologies_offered: frozenset[str]
    purposes: frozenset[str]
    languages: frozenset[str]
    windows: tuple[Window, ...]
    capacity_left: int
    eligible: bool

    def __post_init__(self) -> None:
        """Refuse a window that ends before it begins."""
        _check_windows(self.id, self.windows)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each wish counts, in any unit; only their proportions matter.

    Raises ValueError naming the key whose weight is not a finite number of at least 0.
    """

    technologies: float
    cross_sector: float
    purposes: float
    preferred_country: float
    dates: float
    first_time: float

    def __post_init__(self) -> None:
        """Refuse a weight that would turn the ranking around or make it senseless."""
        for each in fields(self):
            weight = getattr(self, each.name)
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight) or weight < 0:
                message = f"{each.name}: a weight must be a finite number of at least 0, not {weight!r}"
                raise ValueError(message)

    @classmethod
    def from_values(cls, values: Mapping[str, float]) -> Self:
        """Build the weights from named values; raises ValueError naming a key that is missing or unknown."""
        names = {each.name for each in fields(cls)}
        for name in sorted(names ^ values.keys()):
            message = f"{name}: {'weight is missing' if name in names else 'no such weight'}"
            raise ValueError(message)
        return cls(**values)

    def shares(self) -> "Weights":
        """Return the weights scaled so that they add up to 1, or all 0 where all are 0."""
        highest = max(astuple(self))
        if highest == 0:
            return self
        scaled = [weight / highest for weight in astuple(self)]
        return Weights(*(weight / sum(scaled) for weight in scaled))


@dataclass(frozen=True, slots=True)
class Merit(Reason):
    """A reason for a suggestion, with what it adds to the score: `weight` points of 100."""

    weight: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the merit as JSON-ready values that `from_json` reads back identically."""
        return Reason.as_json(self) | {"weight": self.weight}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a merit that `as_json` wrote."""
        reason = Reason.from_json(stored)
        return cls(reason.code, reason.text, reason.values, stored["weight"])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A host for a visitor, with a score of 0.0 to 100.0 and the reasons, the weightiest first."""

    host_id: str
    score: float
    reasons: tuple[Merit, ...]
