"""How staff narrow the list of organisations down, and everybody the list of clusters."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import queries
from clusters.enums import OrganisationStatus, OrganisationType, RuleName, Vocabulary
from clusters.models import Cluster, Organisation, Partnership, Term, Wave
from clusters.permissions import roles_of
from clusters.rules.size import LIMITS, Limits, SizeClass
from clusters.words import named_countries
from extratex.shared import clock
from extratex.shared.widgets import PlainSelect

LATE = "late"
MOST_OFFERED = 60
WAITING = [
    (LATE, _("Late")),
    ("7", _("A week or longer")),
    ("14", _("Two weeks or longer")),
    ("30", _("A month or longer")),
]
SIZES = [
    (SizeClass.MICRO, _("Micro")),
    (SizeClass.SMALL, _("Small")),
    (SizeClass.MEDIUM, _("Medium")),
    (SizeClass.LARGE, _("Large")),
]


def _countries() -> list[tuple[str, str]]:
    return sorted(
        ((code, str(countries.name(code))) for code in queries.eligible_countries()), key=lambda pair: pair[1]
    )


def _cluster_countries() -> list[tuple[str, str]]:
    return named_countries(Cluster.objects.order_by().values_list("country", flat=True).distinct())


def _select() -> forms.Select:
    return PlainSelect(attrs={"class": "form-select"})


class OrganisationFilter(filters.FilterSet):  # type: ignore[misc]
    """Text, status, waiting time, cluster, country, type and size."""

    q = filters.CharFilter(
        label=_("Name, town or number"),
        method="matching",
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "list": "organisation-options", "autocomplete": "off"}
        ),
    )
    status = filters.ChoiceFilter(
        label=_("Status"), choices=OrganisationStatus.choices, empty_label=_("All"), widget=_select()
    )
    waiting = filters.ChoiceFilter(
        label=_("Waits for validation"), choices=WAITING, empty_label=_("All"), method="waiting_for", widget=_select()
    )
    cluster = filters.ChoiceFilter(
        field_name="reference_cluster", label=_("Reference cluster"), empty_label=_("All"), widget=_select()
    )
    cluster_named = filters.CharFilter(
        label=_("Reference cluster"),
        method="of_cluster",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )
    country = filters.ChoiceFilter(label=_("Country"), choices=_countries, empty_label=_("All"), widget=_select())
    type = filters.ChoiceFilter(
        label=_("Type"), choices=OrganisationType.choices, empty_label=_("All"), widget=_select()
    )
    size = filters.ChoiceFilter(
        label=_("Size by its own figures"), choices=SIZES, empty_label=_("All"), method="of_size", widget=_select()
    )

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        """Offer the person's own clusters; none where there is no choice, a field for the name where they are many."""
        super().__init__(*args, **kwargs)
        clusters = _clusters_of(user)
        if 1 < len(clusters) <= MOST_OFFERED:
            self.filters["cluster"].extra["choices"] = clusters
        else:
            del self.filters["cluster"]
        if len(clusters) <= MOST_OFFERED:
            del self.filters["cluster_named"]

    def matching(self, rows: QuerySet[Organisation], _name: str, value: Any) -> QuerySet[Organisation]:
        """Keep what has the words in its name or town, or the text as its number, VAT number or PIC."""
        return rows.matching(value)  # type: ignore[attr-defined, no-any-return]

    def of_cluster(self, rows: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        """Keep what a cluster looks after that has the text in its name or short name."""
        named = Cluster.objects.filter(Q(name__icontains=value) | Q(short_name__icontains=value))
        return rows.filter(reference_cluster__in=list(named.values_list("pk", flat=True)))

    def waiting_for(self, rows: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        """Keep what has waited that long for its validation."""
        days = queries.days(RuleName.VALIDATION_DAYS) if value == LATE else int(value)
        return rows.filter(status=OrganisationStatus.SUBMITTED, status_since__lte=clock.now() - timedelta(days=days))

    def of_size(self, rows: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        """Keep what is of that class by its own figures; partner and linked enterprises are not counted in here."""
        steps = [When(_keeps_to(limits), then=Value(str(limits.size))) for limits in LIMITS]
        public = When(is_publicly_controlled=True, then=Value(str(SizeClass.LARGE)))
        sized = rows.filter(headcount__isnull=False)
        return sized.alias(size_by_figures=Case(public, *steps, default=Value(str(SizeClass.LARGE)))).filter(
            size_by_figures=value
        )


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


def _keeps_to(limits: Limits) -> Q:
    unknown = Q(turnover_eur=None, balance_eur=None)
    sums = Q(turnover_eur__lte=limits.turnover) | Q(balance_eur__lte=limits.balance) | unknown
    return Q(headcount__lt=limits.staff_below) & sums


def _clusters_of(user: Any) -> list[tuple[int, str]]:
    roles = roles_of(user)
    if roles.oversees_all:
        rows = queries.clusters_to_choose()
    else:
        rows = Cluster.objects.filter(pk__in=roles.clusters | queries.led_clusters(roles.coordinates | roles.pays_for))
    found = rows.order_by().values_list("pk", "short_name")[: MOST_OFFERED + 1]
    return sorted(found, key=itemgetter(1))
