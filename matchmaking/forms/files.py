"""Giving the CV of a visitor or a picture of what a host shows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from extratex.documents import store
from matchmaking.documents import CV, PICTURE

LONGEST_TEXT = 200


class CvForm(forms.Form):
    """A CV as a file; another one takes its place."""

    upload = forms.FileField(
        label=_("CV"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB. Another one takes the place of what is there."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def clean_upload(self) -> Any:
        """Refuse what can be no such file."""
        upload = self.cleaned_data["upload"]
        store.validate(upload, CV)
        return upload


class PictureForm(forms.Form):
    """A picture, with what it shows for those who cannot see it."""

    upload = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG or PNG, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )
    shows = forms.CharField(
        label=_("What the picture shows"),
        max_length=LONGEST_TEXT,
        help_text=_("One sentence, read out to those who cannot see it."),
    )

    def clean_upload(self) -> Any:
        """Take pictures only."""
        upload = self.cleaned_data["upload"]
        if upload.name.lower().endswith(".pdf"):
            raise ValidationError(_("This is no picture: choose a JPEG or PNG file."))
        store.validate(upload, PICTURE)
        return upload
