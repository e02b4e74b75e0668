"""How far two places lie apart, by the great circle, with both places named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Any, Self

MEAN_EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the Earth (IUGG, WGS 84), in kilometres."""

TENTH_OF_A_KM = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Place:
    """A named place in decimal degrees, north and east positive; raises ValueError outside ±90 and ±180."""

    name: str
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse coordinates that are not on the Earth; NaN fails both comparisons."""
        if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:  # noqa: PLR2004 the globe's own limits
            message = f"{self.name} lies outside the globe: {self.latitude}, {self.longitude}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Distance:
    """Kilometres between two places, rounded to 0.1."""

    km: Decimal
    origin: Place
    destination: Place

    def is_under(self, threshold_km: Decimal) -> bool:
        """Say whether the distance is below the threshold, compared as it is shown: 199.9 is under 200, 200.0 is not.

        The rounded figure decides (own decision), so that nobody is told "200.0 km, which is under 200 km".
        """
        return self.km < threshold_km

    def as_json(self) -> dict[str, Any]:
        """Return the distance as JSON-ready values that `from_json` reads back identically."""
        return {"km": str(self.km), "origin": asdict(self.origin), "destination": asdict(self.destination)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a distance that `as_json` wrote."""
        return cls(Decimal(stored["km"]), Place(**stored["origin"]), Place(**stored["destination"]))


def distance_between(origin: Place, destination: Place) -> Distance:
    """Return the great-circle distance by the haversine formula on the mean Earth radius, half a tenth rounded up."""
    north, other_north = radians(origin.latitude), radians(destination.latitude)
    half_across = sin((other_north - north) / 2) ** 2
    half_along = sin(radians(destination.longitude - origin.longitude) / 2) ** 2
    chord = min(1.0, half_across + cos(north) * cos(other_north) * half_along)
    km = Decimal(2 * MEAN_EARTH_RADIUS_KM * asin(sqrt(chord)))
    return Distance(km.quantize(TENTH_OF_A_KM, ROUND_HALF_UP), origin, destination)
