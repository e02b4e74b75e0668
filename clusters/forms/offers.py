"""What the pages of a registration let one choose from, read once for many forms, and the fields that look it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django_countries import countries

from clusters import queries
from clusters.enums import Vocabulary
from clusters.models import Cluster, Term
from clusters.regions import regions_of


@dataclass(frozen=True)
class Offer[M: models.Model]:
    """Rows that can be chosen; they are read when the first answer is looked up among them."""

    rows: QuerySet[M]

    @cached_property
    def by_key(self) -> Mapping[str, M]:
        """Return the rows by their keys as forms write them."""
        return {str(row.pk): row for row in self.rows}


class Offers:
    """Countries, regions, terms and clusters as they are now, each read only when a page asks for it."""

    def __init__(self) -> None:
        self._terms: dict[Vocabulary, Offer[Term]] = {}
        self._regions: dict[str, list[tuple[str, str]]] = {}

    @cached_property
    def countries(self) -> list[tuple[str, str]]:
        """Return the countries that take part, as code and name, by their names."""
        named = ((code, str(countries.name(code))) for code in queries.eligible_countries())
        return sorted(named, key=lambda pair: pair[1])

    @cached_property
    def clusters(self) -> Offer[Cluster]:
        """Return the clusters that can be a reference cluster."""
        return Offer(queries.clusters_to_choose())

    def terms(self, vocabulary: Vocabulary) -> Offer[Term]:
        """Return the words of a vocabulary."""
        if vocabulary not in self._terms:
            self._terms[vocabulary] = Offer(Term.objects.of(vocabulary))
        return self._terms[vocabulary]

    def regions(self, country: str) -> list[tuple[str, str]]:
        """Return the regions of a country as code and name; none of an unknown country."""
        if country not in self._regions:
            regions = regions_of(queries.nuts_prefix_of(country))
            self._regions[country] = [(region.code, region.name) for region in regions]
        return self._regions[country]


class OneOffered(forms.ModelChoiceField):  # type: ignore[type-arg]  # no parameters at run time
    """A choice of one row out of an offer."""

    offer: Offer[Any]

    def let_choose(self, offer: Offer[Any]) -> None:
        """Offer these rows."""
        self.offer, self.queryset = offer, offer.rows

    def to_python(self, value: Any) -> Any:
        """Return the row that was chosen."""
        if value in self.empty_values:
            return None
        found = self.offer.by_key.get(str(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return found


class SeveralOffered(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no parameters at run time
    """A choice of several rows out of an offer."""

    offer: Offer[Any]

    def let_choose(self, offer: Offer[Any]) -> None:
        """Offer these rows."""
        self.offer, self.queryset = offer, offer.rows

    def clean(self, value: Any) -> list[Any]:  # type: ignore[override]  # the rows themselves, no question for them
        """Return the rows that were chosen, in the order of the offer."""
        given = list(map(str, value or ()))
        if self.required and not given:
            raise ValidationError(self.error_messages["required"], code="required")
        known = self.offer.by_key if given else {}
        unknown = next((each for each in given if each not in known), None)
        if unknown is not None:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": unknown}
            )
        self.run_validators(value)
        return [row for key, row in known.items() if key in given]
