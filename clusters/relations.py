"""Everything that points to an organisation, asked of the models themselves, so that a new one cannot be forgotten."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from pghistory.models import Event

from clusters.models import Organisation, OrganisationEvent, VatCheck

# What belongs to the row itself: its history, and what the portal works out or asks on its behalf.
PART_OF_IT: tuple[type[models.Model], ...] = (OrganisationEvent, VatCheck)


def relations() -> Iterator[Any]:
    """Yield every foreign key of another table that points to an organisation; histories of rows are left out."""
    for relation in Organisation._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model is Organisation:
            continue
        model = relation.related_model
        if issubclass(model, Event) or model._meta.auto_created:
            continue
        yield relation


def uses_of(organisation: Organisation, *, besides: Collection[type[models.Model]] = ()) -> list[str]:
    """Return in words what points to an organisation, besides its own history and the given models."""
    left_out = (*PART_OF_IT, *besides)
    return [
        str(relation.related_model._meta.verbose_name)
        for relation in relations()
        if relation.related_model not in left_out
        and relation.related_model._base_manager.filter(**{relation.field.name: organisation}).exists()
    ]
