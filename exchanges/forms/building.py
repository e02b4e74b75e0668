"""Forms in which visitor and host write the file of their exchange, one part at a time."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from exchanges.enums import HalfDay, Mode
from exchanges.models import AgendaItem, Exchange
from exchanges.transitions.building import AgendaRow, Dates
from extratex.shared import clock

LONGEST = timedelta(days=366)
MOST_ROWS = 150
SPARE_ROWS = 2


class SeenForm(forms.Form):
    """A form that carries the mark of what the person saw when opening it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def show_anew(self, mark: str) -> None:
        """Take up the mark of what stands now, so that the next save is a decision and no accident."""
        shown = {name: self.data.get(name) for name in self.data}
        self.data = shown | {self.add_prefix("seen"): mark}


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **more)


class DatesForm(SeenForm):
    """When the exchange takes place, and which of its days are spent travelling."""

    mode = forms.ChoiceField(
        label=_("How it takes place"),
        choices=Mode.choices,
        widget=forms.RadioSelect,
        help_text=_("A virtual exchange earns a certificate and no money; a physical one stays possible later."),
    )
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), help_text=_("This day still belongs to the stay."))
    travels_first = forms.BooleanField(label=_("The first day is a travel day"), required=False)
    travels_last = forms.BooleanField(label=_("The last day is a travel day"), required=False)
    travel_day = DayField(
        label=_("Another travel day"),
        required=False,
        help_text=_(
            "Travel days do not count as working days; nor do weekends and public holidays of the host country."
        ),
    )
    second_travel_day = DayField(label=_("One more travel day"), required=False)

    def clean_first_day(self) -> date:
        """Refuse a stay that begins before everybody could have signed."""
        first_day: date = self.cleaned_data["first_day"]
        if first_day <= clock.today():
            raise ValidationError(_("The stay has to begin after today: everything is signed before it begins."))
        return first_day

    def clean(self) -> dict[str, Any]:
        """Hold the days together."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first_day, last_day = given.get("first_day"), given.get("last_day")
        if first_day is None or last_day is None:
            return given
        if last_day < first_day:
            self.add_error("last_day", _("The last day cannot lie before the first day."))
        elif last_day - first_day > LONGEST:
            self.add_error("last_day", _("This is more than a year; please look at the year again."))
        for name in ("travel_day", "second_travel_day"):
            if given.get(name) and not first_day <= given[name] <= last_day:
                self.add_error(name, _("This day lies outside the stay."))
        return given

    @property
    def dates(self) -> Dates:
        """Return what was entered."""
        given = self.cleaned_data
        travel = [
            given["first_day"] if given["travels_first"] else None,
            given["last_day"] if given["travels_last"] else None,
            given["travel_day"],
            given["second_travel_day"],
        ]
        days = tuple(sorted({day for day in travel if day}))
        return Dates(given["mode"], given["first_day"], given["last_day"], days)


def initial_dates(exchange: Exchange) -> dict[str, Any]:
    """Return the dates as they stand, for the form."""
    stay = exchange.stays.first()
    if stay is None:
        return {"mode": exchange.mode}
    between = [day for day in stay.travel_days if day not in {stay.first_day, stay.last_day}]
    return {
        "mode": exchange.mode,
        "first_day": stay.first_day,
        "last_day": stay.last_day,
        "travels_first": stay.first_day in stay.travel_days,
        "travels_last": stay.last_day in stay.travel_days,
        **dict(zip(("travel_day", "second_travel_day"), between, strict=False)),
    }


class ObjectivesForm(SeenForm):
    """What the exchange is for."""

    objectives = forms.CharField(
        label=_("Goals and objectives"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What the two of you want to learn, try or begin together. It becomes part of the Commitment to Quality."
        ),
    )
    expected_outcomes = forms.CharField(
        label=_("Expected outcomes"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What shall be there afterwards: a trial, an offer, a joint project."),
    )


class AgendaRowForm(forms.Form):
    """Half a day; a row without a text is left out."""

    day = forms.TypedChoiceField(label=_("Day"), coerce=date.fromisoformat, empty_value=None)
    half = forms.ChoiceField(label=_("Half-day"), choices=HalfDay.choices, initial=HalfDay.MORNING)
    what = forms.CharField(label=_("What"), max_length=200, required=False)
    place = forms.CharField(label=_("Where"), max_length=120, required=False)

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.fields["day"]
        day.choices = [(each.isoformat(), date_format(each, "D j F")) for each in days]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name in {"day", "half"} else "form-control"

    def clean(self) -> dict[str, Any]:
        """Ask for a text where there is a place."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("place") and not given.get("what"):
            self.add_error("what", _("Say what takes place there."))
        return given


class AgendaFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The agenda of the stay: what stands, then an empty row for each half of a working day that has none."""

    @property
    def rows(self) -> list[AgendaRow]:
        """Return the rows that have a text, in the order of the calendar."""
        given = [form.cleaned_data for form in self.forms if form.cleaned_data.get("what")]
        rows = [AgendaRow(each["day"], each["half"], each["what"], each["place"]) for each in given]
        return sorted(rows, key=lambda row: (row.day, row.half))


AGENDA: type[AgendaFormSet] = forms.formset_factory(  # type: ignore[assignment]
    AgendaRowForm, formset=AgendaFormSet, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


def initial_agenda(
    items: Iterable[AgendaItem], working_days: Iterable[date], days: Sequence[date]
) -> list[dict[str, Any]]:
    """Return the agenda as it stands with empty rows to fill: each half of a working day, and some to spare."""
    written = [
        {"day": item.day.isoformat(), "half": item.half, "what": item.what, "place": item.place}
        for item in items
        if item.day in days
    ]
    taken = {(row["day"], row["half"]) for row in written}
    proposed = [
        {"day": day.isoformat(), "half": half}
        for day, half in product(working_days, (HalfDay.MORNING, HalfDay.AFTERNOON))
        if (day.isoformat(), half) not in taken
    ]
    rows = sorted([*written, *proposed], key=lambda row: (row["day"], row["half"]))
    spare = [{"day": days[0].isoformat(), "half": HalfDay.EVENING} for _row in range(SPARE_ROWS)]
    return [*rows, *spare][:MOST_ROWS]
