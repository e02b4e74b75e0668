"""What an organisation says of itself, as JSON: to see later whether somebody has changed it, and to put it back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models

from clusters.models import Organisation

# The portal's own columns: what it works out, asks elsewhere or counts is no change by a person.
NOT_SAID = frozenset(
    {
        *("id", "status", "status_since", "created_at", "merged_into"),
        *("vat_state", "vat_checked_at"),
        *Organisation.DERIVED,
    }
)


def said_fields() -> list[str]:
    """Return the names of everything that a registration says."""
    columns = [field.name for field in Organisation._meta.concrete_fields]
    several = [field.name for field in Organisation._meta.many_to_many]
    return [name for name in (*columns, *several) if name not in NOT_SAID]


def snapshot(organisation: Organisation, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return what the organisation says, field by field, as JSON-ready values."""
    return {name: value_of(organisation, name) for name in (said_fields() if names is None else names)}


def value_of(organisation: Organisation, name: str) -> Any:
    """Return one field as a JSON-ready value; several terms as their sorted keys."""
    field = Organisation._meta.get_field(name)
    if field.many_to_many:
        return sorted(term.pk for term in getattr(organisation, name).all()) if organisation.pk else []
    value = getattr(organisation, field.attname)  # type: ignore[union-attr]  # a column has its name
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, list) else _plain(value)


def put(organisation: Organisation, values: dict[str, Any]) -> None:
    """Write values of a snapshot back and store them."""
    columns = []
    for name, value in values.items():
        field = Organisation._meta.get_field(name)
        if field.many_to_many:
            getattr(organisation, name).set(value)
        else:
            setattr(organisation, field.attname, _typed(field, value))  # type: ignore[union-attr]  # as above
            columns.append(name)
    if columns:
        organisation.save(update_fields=columns)


def is_empty(value: object) -> bool:
    """Tell whether nothing has been said."""
    return value in (None, "", [])


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _typed(field: Any, value: Any) -> Any:
    return Decimal(value) if isinstance(field, models.DecimalField) and value is not None else value
