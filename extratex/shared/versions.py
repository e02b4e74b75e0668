"""Who changed what when: the versions of a row that its history holds, told as changes of fields."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

INTERNAL = "pgh_"


@dataclass(frozen=True)
class Change:
    """One field of a version: what it said before, and what it says from then on."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One change of a row: when, by whom (empty where no person stood behind it), and what."""

    at: datetime
    by: str
    label: str
    changes: tuple[Change, ...]


def versions_of(row: models.Model, *, most: int = 50) -> list[Version]:
    """Return the latest versions of a row that keeps its history, the newest first, in two queries."""
    events: Any = row.versions  # type: ignore[attr-defined]  # keep_history adds it
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    names = _names(newest)
    told = [_version(event, before, names) for event, before in pairwise([*newest, None])]
    return told[:most]


def _version(event: Any, before: Any, names: dict[str, str]) -> Version:
    person = names.get(_person_of(event), "")
    labels = {"insert": _("Entered"), "update": _("Changed"), "delete": _("Removed")}
    changes = tuple(_changes(event, before)) if before is not None else ()
    return Version(event.pgh_created_at, person, labels.get(event.pgh_label, event.pgh_label), changes)


def _changes(event: Any, before: Any) -> Iterator[Change]:
    for field in event._meta.concrete_fields:
        if field.name.startswith(INTERNAL) or field.attname == "id":
            continue
        if getattr(event, field.attname) != getattr(before, field.attname):
            yield Change(str(field.verbose_name), _shown(before, field), _shown(event, field))


def _shown(event: Any, field: Any) -> str:
    value = getattr(event, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.is_relation:
        related = field.related_model._base_manager.filter(pk=value).first()
        return str(related) if related is not None else str(value)
    display = getattr(event, f"get_{field.name}_display", None)
    return str(display()) if display else str(getattr(value, "name", value))


def _person_of(event: Any) -> str:
    context = event.pgh_context
    return str(context.metadata.get("user", "")) if context is not None else ""


def _names(events: Iterable[Any]) -> dict[str, str]:
    keys = {key for event in events if (key := _person_of(event)).isdecimal()}
    return {str(person.pk): str(person) for person in get_user_model().objects.filter(pk__in=keys)} if keys else {}
