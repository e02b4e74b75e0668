"""The page of a candidature that asks when: how long, for how many, and in which periods."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from clusters.enums import RuleName
from clusters.forms.pages import PageForm
from clusters.queries import rule_value
from extratex.shared import clock
from matchmaking.engine.windows import weekdays
from matchmaking.models import Availability, Candidature
from matchmaking.words import window_in_words

FEWEST, MOST = 3, 12
"""So many periods are asked about, at first and at most; as one fills them in, an empty one more is always there."""
FARTHEST = timedelta(days=3 * 366)
MOST_PLACES = 200
ANCHOR = "periods"


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **more)


def question(part: str, number: int) -> forms.Field:
    """Return one of the questions about a period; only the first period is required."""
    if part == "places":
        label = _("Period %(number)s: visitors")
        return forms.IntegerField(label=label % {"number": number}, required=False, min_value=1, max_value=MOST_PLACES)
    label = _("Period %(number)s: from") if part == "from" else _("Period %(number)s: until")
    return DayField(label=label % {"number": number}, required=number == 1)


class DatesPage(PageForm):
    """What both roles are asked: some periods, each whole or empty."""

    slug = "dates"
    periods_title: ClassVar[StrOrPromise]
    parts: ClassVar[tuple[str, ...]] = ("from", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = range(1, self._shown() + 1)
        for number in self.numbers:
            self.fields |= {f"{part}_{number}": question(part, number) for part in self.parts}
        self.helper = FormHelper()
        title = Fieldset(self.periods_title, *self._rows(), css_id=ANCHOR)
        self.helper.layout = Layout(*self._meta.fields or (), title)

    @classmethod
    def asks(cls, name: str) -> bool:
        """Take every period that there may be."""
        return super().asks(name) or name in {f"{part}_{number}" for part in cls.parts for number in range(1, MOST + 1)}

    def needed(self) -> int:
        """Return how many weekdays at least one period must hold."""
        return int(rule_value(RuleName.MINIMUM_WORKING_DAYS))

    def clean(self) -> dict[str, Any]:
        """Check the periods, which only together make sense."""
        super().clean()
        for number in self.numbers:
            self._clean_period(number)
        if not any(self.has_error(f"{part}_{number}") for part in self.parts for number in self.numbers):
            self._clean_periods()
        return self.cleaned_data

    def periods(self) -> list[Availability]:
        """Return the periods that were given, in their order, not stored yet."""
        return sorted(self._given(), key=lambda period: period.first_day)

    def facts(self) -> list[tuple[str, str]]:
        """Return the answers in words, each period in one line."""
        if any(self.has_error(f"{part}_{number}") for part in self.parts for number in self.numbers):
            return super().facts()
        own = [(str(self.fields[name].label), self._said(name)) for name in self._meta.fields or ()]
        return [*own, *((_now("Period"), _in_words(period)) for period in self.periods())]

    def save_related(self) -> None:
        """Store the periods in place of the old ones."""
        super().save_related()
        periods = self.periods()
        self.instance.availabilities.all().delete()
        for period in periods:
            period.candidature = self.instance
        Availability.objects.bulk_create(periods)

    def _rows(self) -> Iterator[Div]:
        width = "col-sm-4" if len(self.parts) > 2 else "col-sm-6"  # noqa: PLR2004 twelve columns shared out
        for number in self.numbers:
            yield Div(
                *(Field(f"{part}_{number}", wrapper_class=width) for part in self.parts),
                css_class="row align-items-end",
            )
        if len(self.numbers) < MOST:
            yield HTML(
                f'<button class="btn btn-plain" name="row" value="add">{escape(_now("Another period"))}</button>'
            )

    def _shown(self) -> int:
        """Return how many periods are asked about: those that were given and an empty one."""
        if self.is_bound:
            filled = (name.rpartition("_")[2] for name, values in self.raw.items() if any(values))
            given = max((int(number) for number in filled if number.isdecimal()), default=0)
        else:
            given = self._fill_periods()
        return min(max(given + 1, FEWEST), MOST)

    def _fill_periods(self) -> int:
        """Begin with the periods that are stored, and return their number."""
        stored = self.instance.availabilities.all()[:MOST] if self.instance.pk else []
        for number, window in enumerate(stored, start=1):
            self.initial[f"from_{number}"] = window.first_day
            self.initial[f"until_{number}"] = window.last_day
            self.initial[f"places_{number}"] = window.capacity
        return len(stored)

    def _given(self) -> Iterator[Availability]:
        for number in self.numbers:
            first_day, last_day = self.cleaned_data.get(f"from_{number}"), self.cleaned_data.get(f"until_{number}")
            if first_day and last_day:
                places = self.cleaned_data.get(f"places_{number}")
                yield Availability(first_day=first_day, last_day=last_day, capacity=places)

    def _clean_period(self, number: int) -> None:
        first_day, last_day = self.cleaned_data.get(f"from_{number}"), self.cleaned_data.get(f"until_{number}")
        if (fault := _fault_of(first_day, last_day)) is None:
            return
        name = f"from_{number}" if last_day and not first_day else f"until_{number}"
        if not self.has_error(f"from_{number}") and not self.has_error(f"until_{number}"):
            self.add_error(name, fault)

    def _clean_periods(self) -> None:
        periods, needed = self.periods(), self.needed()
        if any(following.first_day <= before.last_day for before, following in pairwise(periods)):
            self.add_error("from_2", _("Two of the periods overlap."))
        if max(weekdays((each.first_day, each.last_day)) for each in periods) < needed:
            told = _("None of the periods has the %(days)s weekdays that a visit needs.")
            self.add_error("until_1", told % {"days": needed})


class VisitorDates(DatesPage):
    """How long a visitor wants to stay, with whom, and when."""

    title = _("When, how long, and with whom")
    periods_title = _("When you could travel")

    class Meta:
        model = Candidature
        fields = ("days", "travellers")
        labels: ClassVar = {"days": _("Working days"), "travellers": _("People who travel")}
        help_texts: ClassVar = {
            "days": _("Without the days of travel. An SME usually stays 3, a support organisation 5.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].widget.attrs["min"] = super().needed()

    def needed(self) -> int:
        """Return the days that the visitor asks for."""
        return int(self.cleaned_data.get("days") or super().needed())

    def clean_days(self) -> int:
        """Refuse a stay that the programme does not support."""
        days: int = self.cleaned_data["days"]
        fewest = super().needed()
        if days < fewest:
            told = _("The programme supports visits of at least %(days)s working days.")
            raise forms.ValidationError(told % {"days": fewest})
        return days


class HostDates(DatesPage):
    """How many visitors a host can receive, in all and in each period."""

    title = _("How many, and when")
    periods_title = _("When you could receive visitors")
    parts = ("from", "until", "places")

    class Meta:
        model = Candidature
        fields = ("capacity",)
        labels: ClassVar = {"capacity": _("Visiting organisations that you can receive in all")}
        help_texts: ClassVar = {
            "capacity": _(
                "In the whole wave; a host may receive several, also at the same time. If you can receive fewer in one "
                "of the periods, say so there; left empty, it is as many as in all."
            )
        }

    def clean(self) -> dict[str, Any]:
        """Refuse more places in a period than there are in all, and places of a period that is not given."""
        super().clean()
        most = self.cleaned_data.get("capacity")
        for number in self.numbers:
            places = self.cleaned_data.get(f"places_{number}")
            if places and most and places > most:
                told = _("You can receive %(number)s in all.")
                self.add_error(f"places_{number}", told % {"number": most})
            if places and f"from_{number}" in self.cleaned_data and not self.cleaned_data[f"from_{number}"]:
                self.add_error(f"places_{number}", _("Say when this period is, or leave this empty."))
        return self.cleaned_data


def _in_words(period: Availability) -> str:
    if period.capacity is None:
        return window_in_words(period)
    told = ngettext("%(period)s: %(number)s visitor", "%(period)s: %(number)s visitors", period.capacity)
    return told % {"period": window_in_words(period), "number": period.capacity}


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
