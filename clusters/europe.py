"""The map of Europe with the clusters on it: countries shaded by how many there are, a dot for each place."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

from django.conf import settings
from django_countries import countries

from extratex.shared.atlas import EUROPE, dots, outlines

KOSOVO = "Kosovo"
SHADES = 4


@dataclass(frozen=True)
class Shape:
    """One country on the map; shade 0 where there is nothing, else 1 to 4."""

    name: str
    path: str
    number: int
    shade: int


@dataclass(frozen=True)
class Map:
    """All that the drawing needs."""

    width: int
    height: int
    shapes: list[Shape]
    elsewhere: str
    dots: str


def draw(numbers: Mapping[str, int], places: Iterable[tuple[float, float]]) -> Map:
    """Draw the map for a number in each country (ISO code) and for places (longitude, latitude)."""
    paths = country_paths()
    most = max(numbers.values(), default=0)
    shapes = [
        Shape(str(countries.name(code)), paths[code], number, _shade(number, most))
        for code, number in sorted(numbers.items())
        if code in paths and number
    ]
    elsewhere = "".join(path for code, path in paths.items() if not numbers.get(code))
    return Map(EUROPE.width, EUROPE.height, shapes, elsewhere, dots(places, EUROPE))


@lru_cache(maxsize=1)
def country_paths() -> dict[str, str]:
    """Return the outlines of the countries by ISO code, read once; without the atlas the map has none."""
    try:
        topology = json.loads(settings.ATLAS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    codes = {countries.numeric(code, padded=True): code for code in countries.countries} | {KOSOVO: "XK"}
    return {codes.get(name, name): path for name, path in outlines(topology, EUROPE).items()}


def _shade(number: int, most: int) -> int:
    """Return a shade of 1 to 4 on a scale of multiples: few clusters in most countries, many in a few."""
    return 1 if most <= 1 else 1 + round((SHADES - 1) * log(number) / log(most))
