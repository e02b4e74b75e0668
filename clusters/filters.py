"""How staff narrow the list of organisations down."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import queries
from clusters.enums import OrganisationStatus, OrganisationType
from clusters.models import Organisation


def _countries() -> list[tuple[str, str]]:
    return sorted(
        ((code, str(countries.name(code))) for code in queries.eligible_countries()), key=lambda pair: pair[1]
    )


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class OrganisationFilter(filters.FilterSet):  # type: ignore[misc]
    """Text, status, country and type."""

    q = filters.CharFilter(
        label=_("Name, town or VAT number"),
        method="matching",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )
    status = filters.ChoiceFilter(
        label=_("Status"), choices=OrganisationStatus.choices, empty_label=_("All"), widget=_select()
    )
    country = filters.ChoiceFilter(label=_("Country"), choices=_countries, empty_label=_("All"), widget=_select())
    type = filters.ChoiceFilter(
        label=_("Type"), choices=OrganisationType.choices, empty_label=_("All"), widget=_select()
    )

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def matching(self, rows: QuerySet[Organisation], _name: str, value: Any) -> QuerySet[Organisation]:
        """Keep what has the text in its name, town or VAT number."""
        wanted = Q(legal_name__icontains=value) | Q(town__icontains=value) | Q(vat__icontains=value)
        return rows.filter(wanted)
