"""What a stranger asks: may we take part, and what would a stay earn? Both forms travel in the address."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_stubs_ext import StrOrPromise

from clusters import places, queries
from clusters.enums import OrganisationType, ParticipantRole
from clusters.places import Town
from clusters.rules.eligibility import Role
from clusters.rules.enquiry import Enquiry, Membership
from clusters.words import named_countries
from exchanges.forms.building import DayField
from exchanges.rules.distance import Place
from exchanges.rules.working_days import Stay
from extratex.shared import clock

LONGEST = timedelta(days=92)
YEARS_AROUND = 30
MOST_WORKING_DAYS = 23
MOST_LETTERS = 120

NAME_A_TOWN = _("The distance counts: name the town, or a larger one nearby.")
MEMBERSHIPS: dict[str, StrOrPromise] = {
    Membership.UNKNOWN: _("I do not know yet"),
    Membership.ECCP_CLUSTER: _("Yes, of a cluster with a profile on the European Cluster Collaboration Platform"),
    Membership.CLUSTER: _("Yes, of a cluster without such a profile"),
    Membership.NONE: _("No, or only of a business network"),
}


class CountryChoice(forms.ChoiceField):
    """One of the countries that take part today."""

    def __init__(self, empty: StrOrPromise, **more: Any) -> None:
        super().__init__(choices=lambda: [("", empty), *named_countries(queries.eligible_countries())], **more)


class EnquiryForm(forms.Form):
    """Who asks, in which role, and with whom."""

    type = forms.ChoiceField(label=_("We are"), choices=OrganisationType.choices, initial=OrganisationType.SME)
    country = CountryChoice(_("Choose a country"), label=_("Based in"))
    role = forms.ChoiceField(
        label=_("We would like to"),
        choices=[(ParticipantRole.VISITOR, _("visit somebody")), (ParticipantRole.HOST, _("receive a visitor"))],
        initial=ParticipantRole.VISITOR,
    )
    other_country = CountryChoice(_("Any country"), label=_("In this country, or from it"), required=False)
    days = forms.IntegerField(
        label=_("For working days"), required=False, min_value=1, max_value=MOST_WORKING_DAYS, initial=3
    )
    membership = forms.ChoiceField(
        label=_("Are you a member of a cluster?"),
        choices=list(MEMBERSHIPS.items()),
        initial=Membership.UNKNOWN,
    )
    has_visited = forms.BooleanField(label=_("We have visited somebody in this programme before"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields)

    @property
    def enquiry(self) -> Enquiry:
        """Return what was asked, as the rules read it."""
        given = self.cleaned_data
        return Enquiry(
            organisation_type=given["type"],
            country=given["country"],
            role=Role(given["role"]),
            membership=Membership(given["membership"]),
            has_visited=given["has_visited"],
            other_country=given["other_country"],
        )

    @property
    def days_of_a_visit(self) -> int | None:
        """Return the working days whose lump sum was asked for; None where it was not, or hosts ask."""
        given = self.cleaned_data
        is_visit = given["role"] == ParticipantRole.VISITOR and given["other_country"]
        return given["days"] if is_visit else None


class LumpSumForm(forms.Form):
    """One stay with one host: where, when, and from where."""

    host_country = CountryChoice(_("Choose a country"), label=_("Host country"))
    host_town = forms.CharField(label=_("Host town"), max_length=MOST_LETTERS, error_messages={"required": NAME_A_TOWN})
    country = CountryChoice(_("Choose a country"), label=_("Your country"))
    town = forms.CharField(label=_("Your town"), max_length=MOST_LETTERS, error_messages={"required": NAME_A_TOWN})
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), help_text=_("This day still belongs to the stay."))
    travels_first = forms.BooleanField(label=_("The first day is a travel day"), required=False)
    travels_last = forms.BooleanField(label=_("The last day is a travel day"), required=False)
    virtual = forms.BooleanField(label=_("We would meet online only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.towns: dict[str, Town] = {}
        if self.is_bound and self.data.get("virtual"):
            for name in ("host_town", "country", "town"):
                self.fields[name].required = False
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(_("The host"), "host_country", "host_town"),
            Fieldset(_("You"), "country", "town"),
            Fieldset(_("The stay"), "first_day", "last_day", "travels_first", "travels_last", "virtual"),
        )

    def clean_first_day(self) -> date:
        """Refuse a year in which nobody travels in this programme."""
        return _near_today(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date:
        """Refuse a year in which nobody travels in this programme."""
        return _near_today(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        """Hold days and places together."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first_day, last_day = given.get("first_day"), given.get("last_day")
        if first_day and last_day and last_day < first_day:
            self.add_error("last_day", _("The last day cannot lie before the first day."))
        elif first_day and last_day and last_day - first_day > LONGEST:
            self.add_error("last_day", _("This is more than three months; please look at the dates again."))
        if not given.get("virtual"):
            self._find("host_town", "host_country")
            self._find("town", "country")
        return given

    @property
    def stay(self) -> Stay:
        """Return the stay that was asked about."""
        given = self.cleaned_data
        travel = {given["first_day"]: given["travels_first"], given["last_day"]: given["travels_last"]}
        return Stay(
            country=given["host_country"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            travel_days=frozenset(day for day, is_spent_travelling in travel.items() if is_spent_travelling),
            place=self._place("host_town"),
        )

    @property
    def home(self) -> Place | None:
        """Return where the visitor comes from."""
        return self._place("town")

    def _find(self, name: str, country_name: str) -> None:
        town, country = self.cleaned_data.get(name), self.cleaned_data.get(country_name)
        if not town or not country:
            return
        found = places.find_town(town, country)
        if found is None:
            self.add_error(name, _unknown_town(town, country))
        else:
            self.towns[name] = found

    def _place(self, name: str) -> Place | None:
        town = self.towns.get(name)
        return Place(f"{town.name}, {countries.name(town.country)}", town.latitude, town.longitude) if town else None


def _near_today(day: date) -> date:
    if abs(day.year - clock.today().year) > YEARS_AROUND:
        raise ValidationError(_("Please look at the year again."))
    return day


def _unknown_town(name: str, country: str) -> str:
    values = {
        "town": name,
        "country": countries.name(country),
        "similar": ", ".join(places.similar_towns(name, country)),
    }
    if values["similar"]:
        return str(_("We know no town “%(town)s” in %(country)s. Do you mean %(similar)s?")) % values
    return str(_("We know no town “%(town)s” in %(country)s. Give the nearest larger one.")) % values
