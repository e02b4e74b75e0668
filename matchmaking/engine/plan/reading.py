"""A case of planning out of JSON: DESIGN section 6, with `locked` and `forbidden` pairs as optional keys beside it."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaking.engine.json_input import (
    Malformed,
    a_count,
    a_flag,
    a_list,
    a_number,
    a_text,
    an_object,
    check_keys,
    member,
    places_of,
    shown,
)
from matchmaking.engine.plan.model import Case, Limits, Positions
from matchmaking.engine.plan.problem import Problem

NEEDED = ("visitors", "hosts", "pairs")
OPTIONAL = (
    "max_exchanges",
    "budget",
    "min_sme",
    "min_non_member",
    "min_cross_sector_share",
    "locked",
    "forbidden",
    "time_limit_s",
)
LARGEST_BUDGET = 10**15
PAIR_LENGTH = 2


def case_from(document: Mapping[str, Any]) -> Case:
    """Return the case that a JSON object describes; raises Malformed naming the key that is wrong.

    Empties the list of pairs as it reads it: of millions of them, two copies would be one too many.
    """
    check_keys(document, NEEDED, OPTIONAL)
    visitors, hosts = a_list(document, "visitors"), a_list(document, "hosts")
    visitor_places = places_of(_ids(visitors, "visitors"), "visitors")
    host_places = places_of(_ids(hosts, "hosts"), "hosts")
    columns = _columns(a_list(document, "pairs"), visitor_places, host_places)
    pairs = _Pairs(visitor_places, host_places, columns)
    case = Case(
        visitor_ids=list(visitor_places),
        sme=_flags(visitors, "visitors", "sme"),
        member=_flags(visitors, "visitors", "member"),
        host_ids=list(host_places),
        capacity=np.array(
            [a_count(member(host, "capacity", f"hosts[{n}]"), f"hosts[{n}].capacity") for n, host in enumerate(hosts)],
            np.int64,
        ),
        **columns,
        limits=_limits(document),
        locked=pairs.positions(a_list(document, "locked"), "locked"),
        forbidden=pairs.positions(a_list(document, "forbidden"), "forbidden"),
        time_limit_s=_optional_number(document, "time_limit_s"),
    )
    _check_locked(case)
    return case


def _ids(entries: list[Any], key: str) -> list[str]:
    return [
        a_text(member(an_object(entry, f"{key}[{n}]"), "id", f"{key}[{n}]"), f"{key}[{n}].id")
        for n, entry in enumerate(entries)
    ]


def _flags(entries: list[Any], key: str, name: str) -> NDArray[np.bool_]:
    flags = [a_flag(member(entry, name, f"{key}[{n}]"), f"{key}[{n}].{name}") for n, entry in enumerate(entries)]
    return np.array(flags, np.bool_)


def _columns(
    pairs: list[Any], visitor_places: Mapping[str, int], host_places: Mapping[str, int]
) -> dict[str, NDArray[Any]]:
    columns = {
        "visitor": np.empty(len(pairs), np.int64),
        "host": np.empty(len(pairs), np.int64),
        "score": np.empty(len(pairs)),
        "cost": np.empty(len(pairs)),
        "cross_sector": np.empty(len(pairs), np.bool_),
    }
    for n, pair in enumerate(pairs):
        row = _row(pair, f"pairs[{n}]", visitor_places, host_places)
        for column, value in zip(columns.values(), row, strict=True):
            column[n] = value
        pairs[n] = None
    _refuse_twice(columns, len(host_places))
    return columns


def _row(
    pair: object, name: str, visitor_places: Mapping[str, int], host_places: Mapping[str, int]
) -> tuple[int, int, float, float, bool]:
    entry = an_object(pair, name)
    return (
        _place(member(entry, "visitor", name), visitor_places, f"{name}.visitor"),
        _place(member(entry, "host", name), host_places, f"{name}.host"),
        a_number(member(entry, "score", name), f"{name}.score"),
        a_number(member(entry, "cost", name), f"{name}.cost"),
        a_flag(member(entry, "cross_sector", name), f"{name}.cross_sector"),
    )


def _place(value: object, places: Mapping[str, int], name: str) -> int:
    text = a_text(value, name)
    if text not in places:
        raise Malformed(name, f"{shown(text)} is no id in {'visitors' if name.endswith('visitor') else 'hosts'}")
    return places[text]


def _refuse_twice(columns: Mapping[str, NDArray[Any]], hosts: int) -> None:
    keys = columns["visitor"] * max(hosts, 1) + columns["host"]
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(twice):
        again = int(order[twice + 1].min())
        raise Malformed(f"pairs[{again}]", "this visitor and this host come twice")


def _limits(document: Mapping[str, Any]) -> Limits:
    return Limits(
        max_exchanges=_optional_count(document, "max_exchanges"),
        budget=_optional_number(document, "budget", LARGEST_BUDGET),
        min_sme=_optional_count(document, "min_sme") or 0,
        min_non_member=_optional_count(document, "min_non_member") or 0,
        min_cross_sector_share=_optional_number(document, "min_cross_sector_share", 1) or 0.0,
    )


def _optional_count(document: Mapping[str, Any], key: str) -> int | None:
    return a_count(document[key], key) if key in document else None


def _optional_number(document: Mapping[str, Any], key: str, most: float = 10**9) -> float | None:
    return a_number(document[key], key, most) if key in document else None


class _Pairs:
    """Finds the position of a pair named by its two ids."""

    def __init__(self, visitors: Mapping[str, int], hosts: Mapping[str, int], columns: Mapping[str, Positions]) -> None:
        self._visitors, self._hosts = visitors, hosts
        self._columns = columns

    def positions(self, named: list[Any], key: str) -> Positions:
        """Return the positions of the pairs named, ascending."""
        if not named:
            return np.zeros(0, np.int64)
        couples = zip(self._columns["visitor"].tolist(), self._columns["host"].tolist(), strict=True)
        places = {couple: n for n, couple in enumerate(couples)}
        found = sorted((self._position(pair, f"{key}[{n}]", places), n) for n, pair in enumerate(named))
        for (position, _), (following, n) in pairwise(found):
            if position == following:
                raise Malformed(f"{key}[{n}]", "the pair comes twice")
        return np.array([position for position, _ in found], np.int64)

    def _position(self, pair: object, name: str, places: Mapping[tuple[int, int], int]) -> int:
        if not isinstance(pair, list) or len(pair) != PAIR_LENGTH:
            raise Malformed(name, f"must be a list of a visitor's and a host's id, not {shown(pair)}")
        visitor = _place(pair[0], self._visitors, f"{name}.visitor")
        host = _place(pair[1], self._hosts, f"{name}.host")
        if (visitor, host) not in places:
            raise Malformed(name, "this visitor and this host are no pair in pairs")
        return places[visitor, host]


def _check_locked(case: Case) -> None:
    try:
        Problem.of(case)
    except ValueError as refused:
        raise Malformed("locked", str(refused)) from None
