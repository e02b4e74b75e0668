"""No edit is lost to another one: a form knows which edition of its row it was drawn from.

A view loads the row with `select_for_update` in the transaction in which the form is checked and saved. Where the row
has changed since the form was drawn, the form is refused with what has changed; what was typed stays, and saving again
keeps it.
"""

import hashlib
from typing import Any

from django import forms
from django.db import models
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

SEEN = "seen"


class EditionForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """A form of one row that refuses to overwrite what somebody else has saved meanwhile."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        edition = edition_of(self.instance, [name for name in self.fields if name != SEEN])
        self.fields[SEEN].initial = edition
        self.is_stale = self.is_bound and self.instance.pk is not None and self._seen() != edition
        if self.is_stale:
            answers: Any = self.data
            answers = answers.copy()
            answers[self.add_prefix(SEEN)] = edition
            self.data = answers

    def clean(self) -> dict[str, Any]:
        """Refuse a save over somebody else's."""
        super().clean()
        if self.is_stale:
            self.add_error(None, self._meanwhile())
        return self.cleaned_data

    def _seen(self) -> str:
        return str(self.data.get(self.add_prefix(SEEN), ""))

    def _meanwhile(self) -> str:
        stored = model_to_dict(self.instance.__class__._base_manager.get(pk=self.instance.pk))
        changed = [
            str(field.label)
            for name, field in self.fields.items()
            if name in stored and name in self.cleaned_data and _plain(stored[name]) != _plain(self.cleaned_data[name])
        ]
        if not changed:
            return _("Somebody saved this meanwhile, with the same answers. Nothing is lost: save again to confirm.")
        return _(
            "Somebody saved this meanwhile, and the answers differ here: %(fields)s. Yours are still in the form: save "
            "again to keep them, or open the page anew to see the others."
        ) % {"fields": ", ".join(changed)}


def edition_of(row: models.Model, fields: list[str]) -> str:
    """Return a short text that changes with any of the fields of a stored row; empty for a new one."""
    if row.pk is None:
        return ""
    values = model_to_dict(row, fields=fields)
    written = "\x1f".join(f"{name}={_plain(values[name])}" for name in sorted(values))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple | set | models.QuerySet):
        return ",".join(sorted(_plain(each) for each in value))
    if isinstance(value, models.Model):
        return str(value.pk)
    return "" if value is None else str(getattr(value, "code", value))
