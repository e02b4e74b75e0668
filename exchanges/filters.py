"""How the list of exchanges is narrowed."""

import re

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.queries import eligible_countries
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange

NUMBER = re.compile(r"(?:XT-\d{4}-)?0*(\d{1,9})", re.IGNORECASE)


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, str(countries.name(code))) for code in eligible_countries()), key=lambda pair: pair[1])


class ExchangeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Text (a name or a number), status, and a country of either side."""

    text = django_filters.CharFilter(label=_("Name or number"), method="by_text", max_length=100)
    status = django_filters.ChoiceFilter(label=_("Status"), choices=ExchangeStatus.choices, empty_label=_("all"))
    country = django_filters.ChoiceFilter(
        label=_("Country"), choices=_countries, method="by_country", empty_label=_("all")
    )

    class Meta:
        model = Exchange
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Exchange], _name: str, value: str) -> QuerySet[Exchange]:
        """Find what carries the text in a name, or the number itself."""
        named = Q(visitor__legal_name__icontains=value) | Q(host__legal_name__icontains=value)
        number = NUMBER.fullmatch(value)
        return rows.filter(named | Q(pk=int(number[1]))) if number else rows.filter(named)

    def by_country(self, rows: QuerySet[Exchange], _name: str, value: str) -> QuerySet[Exchange]:
        """Find what joins the country with another one."""
        return rows.filter(Q(visitor__country=value) | Q(host__country=value))
