"""Writing news, downloads and calls; applying to a call, and judging applications."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clusters import publishing
from clusters.models import Assessment, Call, CallApplication, Download, NewsItem, Partnership, User
from clusters.permissions import roles_of
from extratex.documents import store
from extratex.shared.editions import EditionForm

PICTURES = ".jpg,.jpeg,.png"
PAPERS = ".pdf"
EUROPE = sorted(name for name in available_timezones() if name.startswith(("Europe/", "Atlantic/", "Asia/")))


def moment_input() -> forms.DateTimeInput:
    """Return the browser's own choice of a day and a time, to the second."""
    return forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")


class WallClockField(forms.DateTimeField):
    """A day and a time as a clock on a wall shows them; in which zone that wall stands is said elsewhere."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment without a zone."""
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None


class PublishedForm(EditionForm):
    """Something that is published, with the file that belongs to it."""

    FILE: ClassVar[tuple[str, str]] = ("", "")

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        roles = roles_of(person)
        partnerships = Partnership.objects.all()
        self.fields["partnership"].queryset = (  # type: ignore[attr-defined]
            partnerships if roles.oversees_all else partnerships.filter(pk__in=roles.coordinates)
        )
        self.fields["partnership"].required = not roles.oversees_all
        if "upload" in self.fields and self.instance.pk and getattr(self.instance, self.FILE[0]):
            self.fields["upload"].required = False
            self.fields["upload"].help_text = _("There is a file already; another one takes its place.")

    def clean_upload(self) -> Any:
        """Refuse what can be no such file."""
        upload = self.cleaned_data["upload"]
        if upload:
            store.validate(upload, self.FILE[1])
        return upload

    def store(self) -> Any:
        """Store what was checked, with its file; raises ValidationError where the file cannot be kept."""
        row = self.save(commit=False)
        if hasattr(row, "slug") and not row.slug:
            row.slug = publishing.free_address(type(row), row.title)
        if self.cleaned_data.get("upload"):
            field, kind = self.FILE
            setattr(row, field, store.receive(self.cleaned_data["upload"], kind=kind, by=self.person))
        row.save()
        self.save_m2m()
        return row


class NewsForm(PublishedForm):
    """A piece of news."""

    FILE = ("picture", publishing.PICTURE)
    upload = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG or PNG, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
    )

    class Meta:
        model = NewsItem
        fields = ("partnership", "title", "summary", "text", "upload", "picture_shows", "published_at")
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "text": forms.Textarea(attrs={"rows": 12}),
            "published_at": moment_input(),
        }
        help_texts: ClassVar = {"text": _("An empty line begins a new paragraph; addresses of pages become links.")}

    def clean(self) -> dict[str, Any]:
        """Ask what a picture shows, for those who cannot see it."""
        super().clean()
        has_picture = self.cleaned_data.get("upload") or self.instance.picture_id
        if has_picture and not self.cleaned_data.get("picture_shows"):
            self.add_error("picture_shows", _("Say what the picture shows, for those who cannot see it."))
        return self.cleaned_data


class DownloadForm(PublishedForm):
    """A document for everybody."""

    FILE = ("document", publishing.DOWNLOAD)
    upload = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": f"{PAPERS},{PICTURES}"}),
    )

    class Meta:
        model = Download
        fields = ("partnership", "title", "description", "upload", "published_at")
        widgets: ClassVar = {"published_at": moment_input()}


class CallForm(PublishedForm):
    """A call for experts; its window is written in its own time zone."""

    FILE = ("terms_document", publishing.TERMS)
    upload = forms.FileField(
        label=_("Terms of reference as a file"),
        required=False,
        help_text=_("PDF, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": PAPERS}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone of the window"),
        choices=[(name, name) for name in EUROPE],
        initial=Call._meta.get_field("time_zone").default,
    )
    opens = WallClockField(label=_("Opens"), widget=moment_input())
    closes = WallClockField(
        label=_("Closes"), widget=moment_input(), help_text=_("The last second at which an application counts.")
    )
    committee_addresses = forms.CharField(
        label=_("Committee"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The e-mail addresses of its members, one a line. They read the applications after the close."),
    )

    class Meta:
        model = Call
        fields = (
            "partnership",
            "reference",
            "title",
            "summary",
            "terms",
            "upload",
            "time_zone",
            "opens",
            "closes",
            "committee_addresses",
            "published_at",
        )
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "terms": forms.Textarea(attrs={"rows": 12}),
            "published_at": moment_input(),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial = {
                **self.initial,
                "opens": self.instance.opens_there.replace(tzinfo=None),
                "closes": self.instance.closes_there.replace(tzinfo=None),
                "committee_addresses": "\n".join(sorted(self.instance.committee.values_list("email", flat=True))),
            }

    def clean_committee_addresses(self) -> list[User]:
        """Find the members, who need an account each; applicants of the call cannot be among them."""
        wanted = {address.strip().lower() for address in self.cleaned_data["committee_addresses"].splitlines()} - {""}
        found = {person.email: person for person in User.objects.filter(email__in=wanted, is_active=True)}
        if unknown := sorted(wanted - set(found)):
            raise ValidationError(_("Without an account here: %(who)s."), params={"who": ", ".join(unknown)})
        applied = CallApplication.objects.filter(call=self.instance.pk, applicant__in=found.values()).select_related(
            "applicant"
        )
        if names := sorted(application.applicant.email for application in applied):
            raise ValidationError(_("Has applied to this very call: %(who)s."), params={"who": ", ".join(names)})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        """Read the window in its time zone, and keep it in order."""
        super().clean()
        zone = self.cleaned_data.get("time_zone")
        for name in ("opens", "closes"):
            typed = self.cleaned_data.get(name)
            if zone and typed is not None:
                self._place(name, typed, ZoneInfo(zone))
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        if opens and closes and closes <= opens and not self.errors:
            self.add_error("closes", _("The call has to close after it opens."))
        return self.cleaned_data

    def _place(self, name: str, typed: datetime, zone: ZoneInfo) -> None:
        """Put a moment as typed into its zone; a time that the change to summer time leaves out is none."""
        moment = typed.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != typed:
            self.add_error(name, _("There is no such time on that day: the clocks are put forward."))
        self.cleaned_data[name] = moment

    def store(self) -> Call:
        """Store the call with its window and its committee."""
        self.instance.opens_at, self.instance.closes_at = self.cleaned_data["opens"], self.cleaned_data["closes"]
        call: Call = super().store()
        call.committee.set(self.cleaned_data["committee_addresses"])
        return call


class ApplicationForm(EditionForm):
    """An application to a call; everything may still be missing in a draft."""

    upload = forms.FileField(
        label=_("CV"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": f"{PAPERS},{PICTURES}"}),
    )

    class Meta:
        model = CallApplication
        fields = ("employer", "motivation", "experience", "upload")
        widgets: ClassVar = {
            "motivation": forms.Textarea(attrs={"rows": 8}),
            "experience": forms.Textarea(attrs={"rows": 8}),
        }

    def __init__(self, *args: Any, is_final: bool, is_new: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_final = is_final
        self.is_stale = self.is_stale and not is_new
        self._ask_for_everything(True)
        if self.instance.cv_id:
            self.fields["upload"].help_text = _("There is a file already; another one takes its place.")

    def full_clean(self) -> None:
        """Show what is needed in the end as needed, and yet take a draft without it."""
        self._ask_for_everything(False)
        super().full_clean()
        self._ask_for_everything(True)

    def _ask_for_everything(self, needed: bool) -> None:  # noqa: FBT001 - a switch
        for name in ("motivation", "experience", "upload"):
            self.fields[name].required = needed and not (name == "upload" and self.instance.cv_id)

    def clean_upload(self) -> Any:
        """Refuse what can be no such file."""
        upload = self.cleaned_data["upload"]
        if upload:
            store.validate(upload)
        return upload

    def clean(self) -> dict[str, Any]:
        """Ask for everything where the application is handed in."""
        super().clean()
        if not self.is_final:
            return self.cleaned_data
        for name, words in (
            ("motivation", _("Say why you apply and how you would do it.")),
            ("experience", _("Say which experience you have.")),
        ):
            if not self.cleaned_data.get(name) and not self.has_error(name):
                self.add_error(name, words)
        if not self.cleaned_data.get("upload") and not self.instance.cv_id and not self.has_error("upload"):
            self.add_error("upload", _("The CV is missing: choose a file."))
        return self.cleaned_data


class AssessmentForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """What a member of the committee thinks of an application."""

    class Meta:
        model = Assessment
        fields = ("points", "reason")
        widgets: ClassVar = {
            "points": forms.NumberInput(attrs={"min": 0, "max": 10}),
            "reason": forms.Textarea(attrs={"rows": 5}),
        }
