"""A table of lump sums, as a file or typed: it is read when the form is checked."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clusters import rate_tables

LARGEST = 200_000


class RateTableForm(forms.Form):
    """A file fills the field of text; what is wrong is corrected there, and nothing has to be chosen again."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("Columns: country, amount, valid_from, and valid_to where the rate ends. At most 200 kB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    text = forms.CharField(
        label=_("The table"),
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_("Filled from the file. You can paste or correct it here."),
    )
    keep_missing = forms.BooleanField(
        label=_("Countries without a line keep the rate that they have"),
        required=False,
    )

    table: rate_tables.Table | None = None

    def clean(self) -> dict[str, Any]:
        """Read the table; its faults stand at its cells, the form only says that there are some."""
        super().clean()
        upload = self.cleaned_data.get("file")
        if upload and not self._take(upload):
            return self.cleaned_data
        text = self.cleaned_data.get("text", "")
        if not text.strip():
            if not self.errors:
                self.add_error("file", _("Choose a file, or paste the table below."))
            return self.cleaned_data
        try:
            self.table = rate_tables.read(text)
        except rate_tables.TableUnreadable as fault:
            self.add_error("text", str(fault))
            return self.cleaned_data
        self._say_what_is_wrong(self.table)
        return self.cleaned_data

    def _take(self, upload: UploadedFile) -> bool:  # type: ignore[type-arg]
        content = upload.read(LARGEST + 1)
        if len(content) > LARGEST:
            self.add_error("file", _("The file is larger than 200 kB: is it the right one?"))
            return False
        text = _decoded(content)
        if text is None:
            self.add_error("file", _("This is no CSV file. Save the table as CSV (UTF-8) and choose it again."))
            return False
        answers: Any = self.data
        answers = answers.copy()
        answers["text"] = text
        self.data = answers
        self.cleaned_data["text"] = text
        return True

    def _say_what_is_wrong(self, table: rate_tables.Table) -> None:
        if table.faults:
            words = _("%(number)s cells have to be corrected; each says below what is wrong with it.")
            self.add_error("text", words % {"number": table.faults})
        elif table.missing and not self.cleaned_data.get("keep_missing"):
            words = _("Without a line: %(countries)s. Add them, or tick that they keep the rate that they have.")
            self.add_error("keep_missing", words % {"countries": ", ".join(table.missing)})


def _decoded(content: bytes) -> str | None:
    if b"\x00" in content:
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
