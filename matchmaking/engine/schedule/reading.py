"""A case of scheduling out of JSON: DESIGN section 6."""

from collections.abc import Mapping
from typing import Any

from matchmaking.engine.json_input import (
    Malformed,
    a_count,
    a_list,
    a_number,
    a_text,
    an_object,
    check_keys,
    member,
    places_of,
    shown,
)
from matchmaking.engine.schedule.model import Case, Request

NEEDED = ("participants", "slots", "requests")
OPTIONAL = ("tables", "unavailable", "time_limit_s")
MOST_SLOTS = 1000


def case_from(document: Mapping[str, Any]) -> Case:
    """Return the case that a JSON object describes; raises Malformed naming the key that is wrong."""
    check_keys(document, NEEDED, OPTIONAL)
    listed = a_list(document, "participants")
    names = [a_text(each, f"participants[{n}]") for n, each in enumerate(listed)]
    places = places_of(names, "participants")
    slots = a_count(document["slots"], "slots", MOST_SLOTS)
    return Case(
        participants=names,
        slots=slots,
        tables=a_count(document["tables"], "tables") if "tables" in document else None,
        requests=_requests(a_list(document, "requests"), places),
        free=_free(document, places, slots),
        time_limit_s=a_number(document["time_limit_s"], "time_limit_s") if "time_limit_s" in document else None,
    )


def _requests(listed: list[Any], places: Mapping[str, int]) -> list[Request]:
    requests = [_request(entry, f"requests[{n}]", places) for n, entry in enumerate(listed)]
    met: dict[frozenset[int], int] = {}
    for n, request in enumerate(requests):
        first = met.setdefault(frozenset((request.a, request.b)), n)
        if first != n:
            raise Malformed(f"requests[{n}]", f"these two meet already in requests[{first}]")
    return requests


def _request(entry: object, name: str, places: Mapping[str, int]) -> Request:
    asked = an_object(entry, name)
    a = _place(member(asked, "a", name), f"{name}.a", places)
    b = _place(member(asked, "b", name), f"{name}.b", places)
    if a == b:
        raise Malformed(f"{name}.b", "nobody meets herself")
    return Request(a, b, a_number(member(asked, "priority", name), f"{name}.priority"))


def _place(value: object, name: str, places: Mapping[str, int]) -> int:
    text = a_text(value, name)
    if text not in places:
        raise Malformed(name, f"{shown(text)} is none of the participants")
    return places[text]


def _free(document: Mapping[str, Any], places: Mapping[str, int], slots: int) -> list[int]:
    free = [(1 << slots) - 1] * len(places)
    unavailable = an_object(document.get("unavailable", {}), "unavailable")
    for participant in unavailable:
        name = f"unavailable.{participant}"
        if participant not in places:
            raise Malformed(name, "is none of the participants")
        for n, value in enumerate(a_list(unavailable, participant)):
            slot = a_count(value, f"{name}[{n}]")
            if slot >= slots:
                raise Malformed(f"{name}[{n}]", f"{slot} is no slot; they are numbered from 0 to {slots - 1}")
            free[places[participant]] &= ~(1 << slot)
    return free
