"""What people write in the catalogue for themselves."""

from typing import Any

from django import forms

from matchmaking.models import Favourite


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """A note to oneself."""

    class Meta:
        model = Favourite
        fields = ("note",)
        widgets = {"note": forms.Textarea(attrs={"rows": 2, "class": "form-control"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"note-{self.instance.candidature_id}-%s"
