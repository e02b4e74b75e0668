"""How the list of candidatures and the catalogue are narrowed down."""

import re
from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.enums import OrganisationType, Vocabulary
from clusters.models import Organisation, Term
from clusters.queries import eligible_countries
from extratex.publishing.search import words_of
from extratex.shared.languages import WORKING_LANGUAGES
from extratex.shared.widgets import PlainSelect
from matchmaking import catalogue
from matchmaking.enums import CandidatureStatus, ParticipantRole
from matchmaking.models import Candidature
from matchmaking.models.querysets import CandidatureQuerySet

NUMBER = re.compile(r"(?:CAN-)?0*(\d{1,9})", re.IGNORECASE)
OF_THE_UNNAMED = {"country", "sector"}
PLACES = [(str(number), str(number)) for number in (1, 2, 3, 5, 10)]


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, str(countries.name(code))) for code in eligible_countries()), key=lambda pair: pair[1])


def _technologies(_request: Any) -> QuerySet[Term]:
    return Term.objects.of(Vocabulary.TECHNOLOGY)


def _sectors(_request: Any) -> QuerySet[Term]:
    return Term.objects.of(Vocabulary.SECTOR)


def _purposes(_request: Any) -> QuerySet[Term]:
    return Term.objects.of(Vocabulary.PURPOSE)


def _select() -> PlainSelect:
    return PlainSelect(attrs={"class": "form-select"})


def _search() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "type": "search"})


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})


class CandidatureFilter(filters.FilterSet):  # type: ignore[misc]
    """Text (a name, a town or a number), role, status and country."""

    q = filters.CharFilter(label=_("Name, town or number"), method="matching", max_length=100)
    role = filters.ChoiceFilter(label=_("Role"), choices=ParticipantRole.choices, empty_label=_("All"))
    status = filters.ChoiceFilter(label=_("Status"), choices=CandidatureStatus.choices, empty_label=_("All"))
    country = filters.ChoiceFilter(
        field_name="organisation__country", label=_("Country"), choices=_countries, empty_label=_("All")
    )

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ()

    def matching(self, rows: QuerySet[Candidature], _name: str, value: str) -> QuerySet[Candidature]:
        """Keep what has the words in its organisation's name or town, or the number itself."""
        wanted = Q(organisation__in=Organisation.objects.matching(value))
        number = NUMBER.fullmatch(value.strip())
        return rows.filter(wanted | Q(pk=int(number[1]))) if number else rows.filter(wanted)


class CatalogueForm(forms.Form):
    """The filters of the catalogue, of which two belong together."""

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        super().clean()
        first_day, last_day = self.cleaned_data.get("free_from"), self.cleaned_data.get("free_until")
        if first_day and last_day and last_day < first_day:
            self.add_error("free_until", _("The last day lies before the first one."))
            del self.cleaned_data["free_from"]
        return self.cleaned_data


class CatalogueFilter(filters.FilterSet):  # type: ignore[misc]
    """Words, and what a candidature and its organisation are; places left only of hosts."""

    q = filters.CharFilter(label=_("Name, town, technology or other words"), method="matching", widget=_search())
    technology = filters.ModelChoiceFilter(
        field_name="technologies",
        label=_("Technology"),
        queryset=_technologies,
        empty_label=_("All"),
        widget=_select(),
    )
    sector = filters.ModelChoiceFilter(
        method="in_sector",
        label=_("Sector"),
        queryset=_sectors,
        empty_label=_("All"),
        widget=_select(),
    )
    country = filters.ChoiceFilter(
        field_name="entry__country", label=_("Country"), choices=_countries, empty_label=_("All"), widget=_select()
    )
    language = filters.ChoiceFilter(
        label=_("Language"), choices=WORKING_LANGUAGES, method="speaking", empty_label=_("All"), widget=_select()
    )
    purpose = filters.ModelChoiceFilter(
        field_name="purposes", label=_("Purpose"), queryset=_purposes, empty_label=_("All"), widget=_select()
    )
    kind = filters.ChoiceFilter(
        field_name="organisation__type",
        label=_("Kind of organisation"),
        choices=OrganisationType.choices,
        empty_label=_("All"),
        widget=_select(),
    )
    free_from = filters.DateFilter(label=_("Free on or after"), method="unchanged", widget=_day())
    free_until = filters.DateFilter(label=_("Free on or before"), method="unchanged", widget=_day())
    places = filters.ChoiceFilter(
        label=_("Places left, at least"), choices=PLACES, method="with_places", empty_label=_("Any"), widget=_select()
    )

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ()
        form = CatalogueForm

    def __init__(self, *args: Any, role: ParticipantRole, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role != ParticipantRole.HOST:
            del self.filters["places"]

    @property
    def more_in_use(self) -> int:
        """Return how many filters besides the words are in use."""
        return sum(bool(self.data.get(name)) for name in self.filters if name != "q")

    def matching(self, rows: CandidatureQuerySet, _name: str, value: str) -> CandidatureQuerySet:
        """Keep what holds every word, or words that begin so; what has no letter or digit is found nowhere."""
        words = words_of(value)
        if not words:
            return rows.none()
        query = SearchQuery(" & ".join(f"'{word}':*" for word in words), search_type="raw", config="simple")
        return rows.filter(entry__words=query)

    def in_sector(self, rows: CandidatureQuerySet, _name: str, value: Term) -> CandidatureQuerySet:
        """Keep who seeks or offers the sector."""
        return catalogue.in_sector(rows, value)

    def speaking(self, rows: CandidatureQuerySet, _name: str, value: str) -> CandidatureQuerySet:
        """Keep who works in the language."""
        return rows.filter(languages__contains=[value])

    def with_places(self, rows: CandidatureQuerySet, _name: str, value: str) -> CandidatureQuerySet:
        """Keep the hosts that can accept so many more visitors."""
        return catalogue.with_places(rows, int(value))

    def unchanged(self, rows: CandidatureQuerySet, _name: str, _value: date) -> CandidatureQuerySet:
        """Leave the rows to `filter_queryset`, which knows both ends of the period."""
        return rows

    def filter_queryset(self, queryset: CandidatureQuerySet) -> CandidatureQuerySet:
        """Keep what all filters keep, and of that who is free in the period.

        Who is not named is found by nothing that others may not read of it.
        """
        rows: CandidatureQuerySet = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        if any(value for name, value in chosen.items() if name not in OF_THE_UNNAMED):
            rows = rows.filter(is_named=True)
        return catalogue.free_between(rows, chosen.get("free_from"), chosen.get("free_until"))
