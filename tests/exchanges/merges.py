"""Two records of one organisation for the tests, and merging them."""

from typing import Any

from clusters.merging import deed
from clusters.merging.parts import Pair
from clusters.models import OrganisationMerge
from tests import factories

NAME = "Filatura Doppia S.r.l."


def make_pair(**fields: Any) -> Pair:
    first, second = (
        factories.make_organisation(owner=factories.make_person(f"{word} owner"), legal_name=NAME, **fields)
        for word in ("First", "Second")
    )
    return Pair(first, second)


def merge(pair: Pair, actor: Any, seen: str = "", note: str = "The same mill.", **given: str) -> OrganisationMerge:
    return deed.merge(pair, given=given, actor=actor, note=note, seen=seen or deed.mark_of(pair))
