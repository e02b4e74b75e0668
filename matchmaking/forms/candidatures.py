"""Writing a candidature as visitor or as host."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.enums import ParticipantRole, RuleName, Vocabulary
from clusters.models import Organisation, Term
from clusters.queries import eligible_countries, rule_value
from extratex.shared import clock
from matchmaking.engine.windows import weekdays
from matchmaking.models import Availability, Candidature
from matchmaking.operations import mark_of

WINDOWS = (1, 2, 3)
FARTHEST = timedelta(days=3 * 366)


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **more)


class CandidatureForm(forms.ModelForm[Candidature]):
    """What both roles are asked: purposes, technologies, languages, periods, and why."""

    role: ClassVar[ParticipantRole]

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    from_1 = DayField(label=_("First period: from"))
    until_1 = DayField(label=_("First period: until"))
    from_2 = DayField(label=_("Second period: from"), required=False)
    until_2 = DayField(label=_("Second period: until"), required=False)
    from_3 = DayField(label=_("Third period: from"), required=False)
    until_3 = DayField(label=_("Third period: until"), required=False)

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ("purposes", "technologies", "languages", "motivation")
        widgets: ClassVar = {
            "purposes": forms.CheckboxSelectMultiple,
            "technologies": forms.CheckboxSelectMultiple,
            "motivation": forms.Textarea(attrs={"rows": 6, "maxlength": 4000}),
        }

    def __init__(self, *args: Any, organisations: QuerySet[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_organisation(organisations)
        self.fields["purposes"].queryset = Term.objects.of(Vocabulary.PURPOSE)  # type: ignore[attr-defined]
        self.fields["technologies"].queryset = Term.objects.of(Vocabulary.TECHNOLOGY)  # type: ignore[attr-defined]
        self._fill_periods()
        self.helper = FormHelper()
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        """Return the order of the fields; each role has its own."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Check the periods, which only together make sense."""
        super().clean()
        for number in WINDOWS:
            self._clean_period(number)
        if not any(self.has_error(f"{end}_{number}") for end in ("from", "until") for number in WINDOWS):
            self._clean_periods()
        return self.cleaned_data

    def periods(self) -> list[tuple[date, date]]:
        """Return the periods that were given, in their order."""
        return sorted(self._given())

    def longest_needed(self) -> int:
        """Return how many weekdays at least one period must hold."""
        return int(rule_value(RuleName.MINIMUM_WORKING_DAYS))

    def save(self, commit: bool = True) -> Candidature:  # noqa: FBT001, FBT002 Django's own signature
        """Store the answers, and the periods in place of the old ones."""
        candidature: Candidature = super().save(commit=commit)
        candidature.availabilities.all().delete()
        Availability.objects.bulk_create(
            Availability(candidature=candidature, first_day=first_day, last_day=last_day)
            for first_day, last_day in self.periods()
        )
        return candidature

    def fill_from(self, organisation: Organisation) -> None:
        """Begin with what the registration says already."""
        self.initial["organisation"] = organisation.pk
        self.initial["languages"] = organisation.languages

    def show_anew(self) -> None:
        """Take up the mark of what stands now, so that the next save is a decision and no accident."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("seen")] = mark_of(self.instance)  # type: ignore[index]

    def _choose_organisation(self, organisations: QuerySet[Organisation] | None) -> None:
        if organisations is None or self.instance.pk:
            del self.fields["organisation"]
            self.initial["seen"] = mark_of(self.instance) if self.instance.pk else ""
            return
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fill_from(organisations[0])
            self.fields["organisation"].widget = forms.HiddenInput()

    def _fill_periods(self) -> None:
        stored = self.instance.availabilities.all() if self.instance.pk else []
        for number, window in zip(WINDOWS, stored, strict=False):
            self.initial[f"from_{number}"] = window.first_day
            self.initial[f"until_{number}"] = window.last_day

    def _given(self) -> Iterator[tuple[date, date]]:
        for number in WINDOWS:
            first_day, last_day = self.cleaned_data.get(f"from_{number}"), self.cleaned_data.get(f"until_{number}")
            if first_day and last_day:
                yield first_day, last_day

    def _clean_period(self, number: int) -> None:
        first_day, last_day = self.cleaned_data.get(f"from_{number}"), self.cleaned_data.get(f"until_{number}")
        if (fault := _fault_of(first_day, last_day)) is None:
            return
        name = f"from_{number}" if last_day and not first_day else f"until_{number}"
        if not self.has_error(f"from_{number}") and not self.has_error(f"until_{number}"):
            self.add_error(name, fault)

    def _clean_periods(self) -> None:
        needed = self.longest_needed()
        if max(map(weekdays, self.periods())) < needed:
            self.add_error(
                "until_1",
                _("None of the periods has the %(days)s weekdays that a visit needs.") % {"days": needed},
            )


class VisitorForm(CandidatureForm):
    """A candidature as visitor: what one seeks, where, for how long, with how many people."""

    role = ParticipantRole.VISITOR

    countries = forms.MultipleChoiceField(
        label=_("Countries that you would prefer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all empty if any country will do. Hosts elsewhere are suggested too, but later."),
    )

    class Meta(CandidatureForm.Meta):
        fields = (*CandidatureForm.Meta.fields, "countries", "days", "travellers")
        labels: ClassVar = {
            "purposes": _("What the visit is for"),
            "technologies": _("Technologies that you seek"),
            "days": _("Working days"),
            "travellers": _("People who travel"),
            "motivation": _("Motivation: why you want to visit, and what you expect of it"),
        }
        help_texts: ClassVar = {
            "technologies": _("Those that you want to learn about. Few hosts offer a rare one, so it counts more."),
            "days": _("Without the days of travel. An SME usually stays 3, a support organisation 5."),
            "motivation": _("Your reference cluster and the hosts to whom you propose an exchange read this."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(((code, str(countries.name(code))) for code in eligible_countries()), key=lambda pair: pair[1])
        self.fields["countries"].choices = names  # type: ignore[attr-defined]
        self.fields["days"].widget.attrs["min"] = self._fewest_days()

    def layout(self) -> Layout:
        """Return the order of the fields."""
        return Layout(
            "organisation",
            "seen",
            Fieldset(_("What you seek"), "purposes", "technologies", "motivation"),
            Fieldset(_("Where, and in which languages"), "countries", "languages"),
            Fieldset(_("How long, and with whom"), "days", "travellers"),
            _periods_layout(_("When you could travel")),
        )

    def clean_days(self) -> int:
        """Refuse a stay that the programme does not support."""
        days: int = self.cleaned_data["days"]
        if days < self._fewest_days():
            raise forms.ValidationError(
                _("The programme supports visits of at least %(days)s working days.") % {"days": self._fewest_days()}
            )
        return days

    def longest_needed(self) -> int:
        """Return the days that the visitor asks for."""
        return int(self.cleaned_data.get("days") or self._fewest_days())

    def _fewest_days(self) -> int:
        return int(rule_value(RuleName.MINIMUM_WORKING_DAYS))


class HostForm(CandidatureForm):
    """A candidature as host: what one offers, when, and to how many."""

    role = ParticipantRole.HOST

    class Meta(CandidatureForm.Meta):
        fields = (*CandidatureForm.Meta.fields, "capacity")
        labels: ClassVar = {
            "purposes": _("What a visit to you is good for"),
            "technologies": _("Technologies that you offer"),
            "capacity": _("Visiting organisations that you can receive"),
            "motivation": _("Motivation: what a visitor sees and learns with you"),
        }
        help_texts: ClassVar = {
            "technologies": _("Those that you can show, explain or let people try."),
            "capacity": _("In the whole wave; a host may receive several, also at the same time."),
            "motivation": _("Shown in the catalogue of hosts, so write it for visitors."),
        }

    def layout(self) -> Layout:
        """Return the order of the fields."""
        return Layout(
            "organisation",
            "seen",
            Fieldset(_("What you offer"), "purposes", "technologies", "motivation"),
            Fieldset(_("In which languages, and to how many"), "languages", "capacity"),
            _periods_layout(_("When you could receive visitors")),
        )

    def fill_from(self, organisation: Organisation) -> None:
        """Begin with what the registration says already; a host offers what it works with."""
        super().fill_from(organisation)
        self.initial["technologies"] = [term.pk for term in organisation.technologies.all()]


FORMS: dict[str, type[CandidatureForm]] = {
    ParticipantRole.VISITOR: VisitorForm,
    ParticipantRole.HOST: HostForm,
}


def _periods_layout(title: Any) -> Fieldset:
    pairs = (
        Div(
            Field(f"from_{number}", wrapper_class="col-sm-6"),
            Field(f"until_{number}", wrapper_class="col-sm-6"),
            css_class="row",
        )
        for number in WINDOWS
    )
    return Fieldset(title, *pairs)


def _fault_of(first_day: date | None, last_day: date | None) -> Any:
    """Say what is wrong with one period, or nothing; one that is wholly empty is no fault."""
    if first_day is None and last_day is None:
        return None
    if first_day is None:
        return _("Give the first day of this period too.")
    if last_day is None:
        return _("Give the last day of this period too.")
    if last_day < first_day:
        return _("The period ends before it begins.")
    if last_day < clock.today():
        return _("This period is over already.")
    return _("This lies years ahead; please look at the year again.") if last_day > clock.today() + FARTHEST else None
