"""How a list of claims is narrowed down."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchanges.enums import ClaimStatus
from exchanges.models import Claim

LONGEST_KEY = 18


class ClaimFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Claims by where they stand and by whom they are for."""

    status = django_filters.ChoiceFilter(choices=ClaimStatus.choices)
    search = django_filters.CharFilter(method="by_name", label=_("Organisation or number"), max_length=80)

    class Meta:
        model = Claim
        fields = ("status",)

    def by_name(self, claims: QuerySet[Claim], _name: str, words: str) -> QuerySet[Claim]:
        """Keep the claims whose visitor or host has these words in its name, or whose exchange has this number."""
        found = Q(exchange__visitor__legal_name__icontains=words) | Q(exchange__host__legal_name__icontains=words)
        number = words.rpartition("-")[2]
        if number.isascii() and number.isdigit() and len(number) < LONGEST_KEY:
            found |= Q(exchange=int(number))
        return claims.filter(found)
