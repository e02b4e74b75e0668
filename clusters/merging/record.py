"""What a merge has done, told afterwards: the values that were given up, and what was moved."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.models import Cluster, Organisation, OrganisationMerge, Term

KINDS = {
    "people": _("People"),
    "requests": _("Requests to join"),
    "invitations": _("Invitations"),
    "enterprises": _("Partner and linked enterprises"),
    "candidatures": _("Candidatures"),
    "exchanges": _("Exchanges"),
}


def given_up(merge: OrganisationMerge) -> list[tuple[str, str]]:
    """Return what the record that stayed had said before, by field, where the other one's value took its place."""
    return [
        (Organisation.label_of(name), _in_words(name, value))
        for name, value in merge.replaced.items()
        if name != "vat_of_merged"
    ]


def moved(merge: OrganisationMerge) -> list[tuple[str, str]]:
    """Return how many things of each kind were moved."""
    return [(str(KINDS.get(kind, kind)), str(len(keys))) for kind, keys in merge.moved.items() if keys]


def _in_words(name: str, value: Any) -> str:
    field = Organisation._meta.get_field(name)
    if field.related_model is Term:
        keys = value if isinstance(value, list) else [value]
        return ", ".join(Term.objects.filter(pk__in=[key for key in keys if key]).values_list("name", flat=True))
    if field.related_model is Cluster:
        return str(Cluster.objects.filter(pk=value).first() or "")
    if name == "country":
        return str(countries.name(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
