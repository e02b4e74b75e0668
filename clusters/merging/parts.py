"""What takes part in a merge: each app that ties something to an organisation says what it moves, and moves it.

This app knows none of the higher ones. A foreign key to an organisation is either taken care of by a part or stays
with the old record as its history; a test holds that none is forgotten.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from clusters.models import Organisation, User
from clusters.relations import PART_OF_IT, relations

type Answers = Mapping[str, str]

# What tells of the past of the old record, and is read there.
HISTORY = frozenset(
    {
        "clusters.BulkRow.organisation",
        "clusters.ImportedRow.organisation",
        "clusters.OrganisationMerge.kept",
        "clusters.OrganisationMerge.merged",
        "clusters.RoleEvent.organisation",
        "clusters.ValidationReminder.organisation",
    }
)


@dataclass(frozen=True)
class Pair:
    """The record that stays, and the one that is merged into it."""

    kept: Organisation
    merged: Organisation

    @property
    def names(self) -> dict[str, str]:
        """Return both as sentences name them; two records of one organisation are often called the same."""
        return {"kept": _with_number(self.kept), "merged": _with_number(self.merged)}


@dataclass(frozen=True)
class Part:
    """What one kind of thing says and does in a merge.

    `shows` says in sentences what will move, `moves` moves it inside the merge and returns what it was, `refuses` says
    what stands against it. `fields` are the foreign keys that it takes care of, as "app.Model.field".
    """

    fields: frozenset[str]
    shows: Callable[[Pair, Answers], list[str]]
    moves: Callable[[Pair, Answers, User], Mapping[str, Any]]
    refuses: Callable[[Pair], list[StrOrPromise]] = lambda _pair: []


_parts: list[Part] = []


def register(part: Part) -> None:
    """Take part in every merge from now on."""
    _parts.append(part)


def registered() -> tuple[Part, ...]:
    """Return all parts, those of the lower apps first."""
    return tuple(_parts)


def cared_for() -> frozenset[str]:
    """Return all foreign keys to an organisation that some part takes care of."""
    return frozenset[str]().union(*(part.fields for part in _parts))


def pointing() -> Iterator[tuple[str, Any]]:
    """Yield every foreign key to an organisation by its name, besides what belongs to the row itself."""
    for relation in relations():
        if relation.related_model not in PART_OF_IT:
            yield f"{relation.related_model._meta.label}.{relation.field.name}", relation


def keys_of(organisation: Organisation) -> dict[str, list[int]]:
    """Return the keys of everything that points to an organisation, by foreign key."""
    return {
        name: list(_rows(relation, organisation).order_by("pk").values_list("pk", flat=True))
        for name, relation in pointing()
    }


def left_behind(organisation: Organisation) -> list[str]:
    """Say in words what stays with the old record as its history."""
    return [
        _("%(what)s: %(number)s") % {"what": str(relation.related_model._meta.verbose_name_plural), "number": number}
        for name, relation in pointing()
        if name in HISTORY and (number := _rows(relation, organisation).count())
    ]


def _rows(relation: Any, organisation: Organisation) -> Any:
    return relation.related_model._base_manager.filter(**{relation.field.name: organisation})


def _with_number(organisation: Organisation) -> str:
    return f"{organisation.legal_name} ({organisation.number})"
