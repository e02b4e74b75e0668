"""How staff narrow the list of organisations down, and everybody the list of clusters."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import queries
from clusters.enums import OrganisationStatus, OrganisationType, Vocabulary
from clusters.models import Cluster, Organisation, Partnership, Term, Wave
from clusters.words import named_countries


def _countries() -> list[tuple[str, str]]:
    return sorted(
        ((code, str(countries.name(code))) for code in queries.eligible_countries()), key=lambda pair: pair[1]
    )


def _cluster_countries() -> list[tuple[str, str]]:
    return named_countries(Cluster.objects.order_by().values_list("country", flat=True).distinct())


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


class ClusterFilter(filters.FilterSet):  # type: ignore[misc]
    """Text, country, sector, partnership and wave of a cluster."""

    q = filters.CharFilter(label=_("Name or town"), method="matching", max_length=100)
    country = filters.ChoiceFilter(label=_("Country"), choices=_cluster_countries, empty_label=_("All"))
    sector = filters.ModelChoiceFilter(
        label=_("Sector"), field_name="sectors", queryset=Term.objects.of(Vocabulary.SECTOR), empty_label=_("All")
    )
    partnership = filters.ModelChoiceFilter(
        label=_("Partnership"),
        field_name="partnership_memberships__partnership",
        queryset=Partnership.objects.order_by("acronym"),
        to_field_name="slug",
        empty_label=_("All"),
    )
    wave = filters.ModelChoiceFilter(
        label=_("Wave"),
        field_name="partnership_memberships__partnership__wave",
        queryset=Wave.objects.order_by("-starts_on"),
        empty_label=_("All"),
        distinct=True,
    )

    class Meta:
        model = Cluster
        fields: tuple[str, ...] = ()

    def matching(self, rows: QuerySet[Cluster], _name: str, value: Any) -> QuerySet[Cluster]:
        """Keep what has the text in its names, its town or its region."""
        named = Q(name__icontains=value) | Q(short_name__icontains=value)
        return rows.filter(named | Q(town__icontains=value) | Q(region__icontains=value))
