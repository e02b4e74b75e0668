"""How the lists of candidatures and hosts are narrowed down."""

import re
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.enums import Vocabulary
from clusters.models import Term
from clusters.queries import eligible_countries
from extratex.shared.languages import WORKING_LANGUAGES
from matchmaking.enums import CandidatureStatus, ParticipantRole
from matchmaking.models import Candidature

NUMBER = re.compile(r"(?:CAN-)?0*(\d{1,9})", re.IGNORECASE)


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, str(countries.name(code))) for code in eligible_countries()), key=lambda pair: pair[1])


def _technologies(_request: Any) -> QuerySet[Term]:
    return Term.objects.of(Vocabulary.TECHNOLOGY)


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
        """Keep what has the text in its name or town, or the number itself."""
        wanted = Q(organisation__legal_name__icontains=value) | Q(organisation__town__icontains=value)
        number = NUMBER.fullmatch(value.strip())
        return rows.filter(wanted | Q(pk=int(number[1]))) if number else rows.filter(wanted)


class HostFilter(filters.FilterSet):  # type: ignore[misc]
    """Text, country, technology and language."""

    q = filters.CharFilter(label=_("Name, town or words"), method="matching", max_length=100)
    country = filters.ChoiceFilter(
        field_name="organisation__country", label=_("Country"), choices=_countries, empty_label=_("All")
    )
    technology = filters.ModelChoiceFilter(
        field_name="technologies", label=_("Technology"), queryset=_technologies, empty_label=_("All")
    )
    language = filters.ChoiceFilter(
        label=_("Language"), choices=WORKING_LANGUAGES, method="speaking", empty_label=_("All")
    )

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ()

    def matching(self, rows: QuerySet[Candidature], _name: str, value: str) -> QuerySet[Candidature]:
        """Keep the hosts that have the text in their name, town, description or offer."""
        named = Q(organisation__legal_name__icontains=value) | Q(organisation__town__icontains=value)
        told = Q(organisation__description__icontains=value) | Q(motivation__icontains=value)
        return rows.filter(named | told)

    def speaking(self, rows: QuerySet[Candidature], _name: str, value: str) -> QuerySet[Candidature]:
        """Keep the hosts that work in the language."""
        return rows.filter(languages__contains=[value])
