"""JSON that is taken only when every value is what it should be; the first that is not is named in one line.

Knows no case of its own: `plan.reading` and `schedule.reading` say which keys they take.
"""

import gc
import json
import sys
from collections.abc import Collection, Mapping
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

MOST = 10**9
"""The largest score, cost, count or priority that is taken; an exact sum of 100,000 of them still fits into 64 bits."""
LONGEST_SHOWN = 60


class Malformed(ValueError):
    """An input that cannot be read: the key, and what is wrong with it, in one line."""

    def __init__(self, key: str, wrong: str) -> None:
        super().__init__(f"{key}: {wrong}".replace("\n", " ") if key else wrong.replace("\n", " "))


def read_object(path: str) -> dict[str, Any]:
    """Return the JSON object that a file holds; raises Malformed where there is none."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as refused:
        reason = getattr(refused, "strerror", None) or "is no UTF-8 text"
        raise Malformed(path, f"cannot be read: {reason}") from None
    return parse_object(text)


def parse_object(text: str) -> dict[str, Any]:
    """Return the JSON object that a text holds; raises Malformed for anything else, and for a key that comes twice."""
    if not text.strip():
        raise Malformed("", "the input is empty")
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects, none of them garbage
    try:
        document = json.loads(text, object_pairs_hook=_Objects(), parse_constant=_refuse_constant)
    except json.JSONDecodeError as refused:
        raise Malformed("", f"the input is no JSON: {refused}") from None
    except RecursionError:
        raise Malformed("", "the input is nested too deeply") from None
    except ValueError as refused:
        if isinstance(refused, Malformed):
            raise
        raise Malformed("", f"the input holds a number with too many digits: {refused}") from None
    finally:
        if collecting:
            gc.enable()
    if not isinstance(document, dict):
        raise Malformed("", f"the input must be a JSON object, not {shown(document)}")
    return document


class _Objects:
    """Builds objects, refuses a key that comes twice, and keeps each text once however often it comes."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def __call__(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the members as a dict."""
        once = self._texts.setdefault
        built = {key: once(value, value) if type(value) is str else value for key, value in members}
        if len(built) < len(members):
            keys = [key for key, _ in members]
            raise Malformed(next(key for key in keys if keys.count(key) > 1), "comes twice in one object")
        return built


def _refuse_constant(name: str) -> None:
    raise Malformed("", f"the input holds {name}, which is no number")


def shown(value: object) -> str:
    """Write a value for a message: short, on one line."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def check_keys(document: Mapping[str, Any], needed: Collection[str], optional: Collection[str]) -> None:
    """Raise Malformed for a key that is missing, or that nobody knows: a limit misspelt would not hold."""
    for key in needed:
        if key not in document:
            raise Malformed(key, "is missing")
    for key in document:
        if key not in needed and key not in optional:
            raise Malformed(shown(key)[1:-1], f"is no key; known are {', '.join([*needed, *optional])}")


def a_list(document: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under a key, [] where it was left out."""
    value = document.get(key, [])
    if not isinstance(value, list):
        raise Malformed(key, f"must be a list, not {shown(value)}")
    return value


def an_object(value: object, name: str) -> Mapping[str, Any]:
    """Return the value, which has to be an object."""
    if not isinstance(value, dict):
        raise Malformed(name, f"must be an object, not {shown(value)}")
    return value


def member(entry: Mapping[str, Any], key: str, name: str) -> Any:
    """Return what an object holds under a key that it must have."""
    try:
        return entry[key]
    except KeyError:
        raise Malformed(f"{name}.{key}", "is missing") from None


def a_text(value: object, name: str) -> str:
    """Return the value, which has to be a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Malformed(name, f"must be a text that is not empty, not {shown(value)}")
    return value


def a_flag(value: object, name: str) -> bool:
    """Return the value, which has to be true or false."""
    if not isinstance(value, bool):
        raise Malformed(name, f"must be true or false, not {shown(value)}")
    return value


def a_number(value: object, name: str, most: float = MOST) -> float:
    """Return the value, which has to be a finite number of 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(name, f"must be a number, not {shown(value)}")
    if isinstance(value, float) and not isfinite(value):
        raise Malformed(name, "must be a finite number")
    if value < 0:
        raise Malformed(name, f"must be at least 0, not {shown(value)}")
    if value > most:
        raise Malformed(name, f"must be at most {most}, not {shown(value)}")
    return value


def a_count(value: object, name: str, most: int = MOST) -> int:
    """Return the value, which has to be a whole number of 0 to `most`; 3.0 is one."""
    number = a_number(value, name, most)
    if number != int(number):
        raise Malformed(name, f"must be a whole number, not {shown(value)}")
    return int(number)


def places_of(entries: list[str], key: str) -> dict[str, int]:
    """Return the position of each id; raises Malformed for one that comes twice."""
    places = {each: place for place, each in enumerate(entries)}
    if len(places) < len(entries):
        twice = next(place for place, each in enumerate(entries) if places[each] != place)
        raise Malformed(f"{key}[{places[entries[twice]]}]", f"the id {shown(entries[twice])} comes twice")
    return places


def decimals(numbers: Collection[float], most: int = 9) -> int:
    """Return how many decimals it takes to write every number exactly, at most `most`."""
    kept = 0
    for number in numbers:
        exponent = Decimal(repr(number)).normalize().as_tuple().exponent
        kept = max(kept, -int(exponent))
        if kept >= most:
            return most
    return kept
