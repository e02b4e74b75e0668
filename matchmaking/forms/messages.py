"""Writing to each other about a proposal."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from extratex.documents import store
from matchmaking.models.messages import ATTACHMENT, LONGEST_MESSAGE

MOST_FILES = 5


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """No file, or some; what a name or a size rules out is said at once."""

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the uploaded files."""
        uploads = value if isinstance(value, list | tuple) else [value]
        given = [super(FilesField, self).clean(upload, initial) for upload in uploads if upload]
        if len(given) > MOST_FILES:
            raise ValidationError(_("At most %(number)s files at once."), params={"number": MOST_FILES})
        for upload in given:
            store.validate(upload, ATTACHMENT)
        return given


class MessageForm(forms.Form):
    """A message, perhaps with files."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_MESSAGE}),
    )
    uploads = FilesField(
        label=_("Files"),
        required=False,
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF, JPEG or PNG, at most 10 MB each, five at once. Each is checked before anybody can open it."),
    )
