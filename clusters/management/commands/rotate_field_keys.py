"""Bring every encrypted field under the first key of FIELD_KEYS, so that an old key can be thrown away."""

from typing import Any

import pgtrigger
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast

from extratex.shared.fields import EncryptedTextField, encrypted_fields, renew

ROWS_AT_ONCE = 500


class Command(BaseCommand):
    """Walks all tables with encrypted fields, the history of fields included; safe to run again and beside traffic."""

    help = "Encrypts every encrypted field anew with the first key of FIELD_KEYS."

    def handle(self, **_options: Any) -> None:
        """Rotate table by table and say how many values each had."""
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                for field in encrypted_fields(model):
                    self.stdout.write(f"{model._meta.label}.{field.name}: {rotate(model, field)}")


def rotate(model: type[models.Model], field: EncryptedTextField) -> int:
    """Encrypt one field of every row anew; return how many rows had a value."""
    rotated, last = 0, None
    while batch := _batch(model, field, last):
        with transaction.atomic(), pgtrigger.ignore(*triggers_of(model)):
            for pk, token in batch:
                # Only where nobody has changed the value meanwhile: theirs is under the first key already.
                unchanged = _with_token(model, field).filter(pk=pk, token=token)
                unchanged.update(**{field.name: Value(renew(token), output_field=models.TextField())})
        rotated, last = rotated + len(batch), batch[-1][0]
    return rotated


def triggers_of(model: type[models.Model]) -> list[str]:
    """Return the triggers of a table: another key makes no history, and history may be encrypted anew."""
    registered = [(owner._meta.label, trigger.name) for owner, trigger in pgtrigger.registered()]
    return [f"{label}:{name}" for label, name in registered if label == model._meta.label]


def _batch(model: type[models.Model], field: EncryptedTextField, last: Any) -> list[tuple[Any, str]]:
    rows = _with_token(model, field).exclude(token=None).exclude(token="").order_by("pk")
    after = rows if last is None else rows.filter(pk__gt=last)
    return list(after.values_list("pk", "token")[:ROWS_AT_ONCE])


def _with_token(model: type[models.Model], field: EncryptedTextField) -> models.QuerySet[Any]:
    """Return the rows with the token as the database holds it, beside the revealed value."""
    return model._default_manager.annotate(token=Cast(F(field.name), models.TextField()))
