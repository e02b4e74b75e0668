"""Reading what the public pages show: clusters as a list and on the map, partnerships, events."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from clusters.models import Cluster, ClusterLabel, Partnership, PartnershipMember, ProgrammeEvent, Wave
from clusters.models.querysets import ProgrammeEventQuerySet
from clusters.words import named_countries


@dataclass(frozen=True)
class CountryRow:
    """A country in the table beside the map."""

    code: str
    name: str
    clusters: int
    members: int


def clusters_for_list() -> QuerySet[Cluster]:
    """Return all clusters with what a list shows of them."""
    return Cluster.objects.prefetch_related("partnership_memberships__partnership", "sectors").order_by("name")


def by_country(clusters: QuerySet[Cluster]) -> list[CountryRow]:
    """Count clusters, and the members that they have published, by country (one query)."""
    counted = clusters.order_by().values("country").annotate(number=Count("pk", distinct=True), firms=Sum("members"))
    found = {row["country"]: row for row in counted}
    return [
        CountryRow(code, name, found[code]["number"], found[code]["firms"] or 0)
        for code, name in named_countries(found)
    ]


def places_of(clusters: QuerySet[Cluster]) -> Iterator[tuple[float, float]]:
    """Return where clusters are, longitude first, as far as it is known (one query)."""
    known = clusters.order_by().exclude(Q(longitude=None) | Q(latitude=None))
    for longitude, latitude in known.values_list("longitude", "latitude").distinct():
        if longitude is not None and latitude is not None:
            yield longitude, latitude


def profile_of_cluster(slug: str) -> QuerySet[Cluster]:
    """Return the cluster of an address, be it its name or its number, with all that its page shows."""
    wanted = Q(slug=slug) | Q(pk=int(slug)) if slug.isdecimal() and len(slug) < len(str(2**63)) else Q(slug=slug)
    memberships = PartnershipMember.objects.select_related("partnership__wave").order_by("-partnership__starts_on")
    return Cluster.objects.filter(wanted).prefetch_related(
        Prefetch("partnership_memberships", memberships),
        Prefetch("labels", ClusterLabel.objects.order_by("-awarded_on")),
        "sectors",
        "technologies",
        "emerging_industries",
    )


def partnerships_by_wave() -> QuerySet[Partnership]:
    """Return all partnerships, the youngest wave first, each with its number of clusters."""
    counted = Partnership.objects.select_related("wave").annotate(clusters=Count("members"))
    return counted.order_by("-wave__starts_on", "acronym")


def statements_of(partnership: Partnership | None) -> dict[str, Wave]:
    """Return what the foot of a page about one partnership says: the words of its own wave, not of the open one."""
    return {"programme": partnership.wave} if partnership else {}


def events_for_list() -> ProgrammeEventQuerySet:
    """Return what partnerships publish with a date, with the names that a list needs."""
    return ProgrammeEvent.objects.select_related("partnership", "host_cluster")
