"""The forms of the closing report and of the evidence."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from exchanges.enums import EvidenceKind
from exchanges.models import ClosingReport

MOST_FILES = 10
SATISFACTION = [
    (5, _("5: more than I hoped for")),
    (4, _("4: good")),
    (3, _("3: as expected")),
    (2, _("2: less than expected")),
    (1, _("1: not worth it")),
]
HINTS = {
    ParticipantRole.VISITOR: {
        "summary": _("Where you were, whom you met, what you saw and did on each day."),
        "outcomes": _("What you learnt, what you will try at home, and what visitor and host will do together next."),
    },
    ParticipantRole.HOST: {
        "summary": _("Whom you received, what you showed them, and how it went."),
        "outcomes": _("What you take from the visit, and what you will do together next."),
    },
}


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The closing report of visitor or host."""

    class Meta:
        model = ClosingReport
        fields: ClassVar = ["summary", "outcomes", "satisfaction"]
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 7}),
            "outcomes": forms.Textarea(attrs={"rows": 7}),
        }

    def __init__(self, *args: Any, role: ParticipantRole, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, hint in HINTS[role].items():
            self.fields[name].help_text = hint
        self.fields["satisfaction"] = forms.TypedChoiceField(
            label=_("How satisfied are you with the exchange?"),
            choices=SATISFACTION,
            coerce=int,
            widget=forms.RadioSelect,
        )


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploaded files; how each is checked is the matter of extratex.documents."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", ManyFilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}))
        super().__init__(**options)

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the uploaded files; at least one, and not too many at once."""
        uploads: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
        given = [upload for upload in uploads if upload]
        if not given:
            super().clean(None, initial)
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(number)s files at once."), params={"number": MOST_FILES})
        return given


class EvidenceForm(forms.Form):
    """Files that show that the exchange took place."""

    kind = forms.ChoiceField(label=_("What do these files show?"), choices=EvidenceKind.choices)
    description = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        required=False,
        help_text=_("For example: return flight Florence to Prague, 20 and 24 September."),
    )
    uploads = ManyFilesField(
        label=_("Files"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB each. Choose several at once if they show the same."),
        error_messages={"required": _("Choose at least one file.")},
    )
