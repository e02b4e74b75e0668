"""What changes in this app besides a status: choosing a reference cluster, and correcting a registration."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import queries
from clusters.models import Cluster, Organisation, Term
from clusters.regions import Region, region_of
from extratex.shared.moves import MoveConflict


@dataclass(frozen=True)
class Assignment:
    """The reference cluster that was found for an organisation, and why, in a sentence."""

    cluster: Cluster
    reason: str


def assign_cluster(country: str, sectors: Collection[Term], nuts: str = "") -> Assignment | None:
    """Find the reference cluster for an organisation of that place and those sectors; None when no wave is open."""
    return best_cluster(queries.clusters_to_choose().prefetch_related("sectors"), country, sectors, nuts)


def best_cluster(
    clusters: Iterable[Cluster], country: str, sectors: Collection[Term], nuts: str = ""
) -> Assignment | None:
    """Choose by NUTS region, then country, then sectors in common, then number of members, then name."""
    wanted = {sector.pk for sector in sectors}
    region = region_of(nuts)

    def rank(cluster: Cluster) -> tuple[bool, bool, int, int, str]:
        shared = sum(sector.pk in wanted for sector in cluster.sectors.all())
        is_near = region is not None and region_of(cluster.nuts) == region
        return (not is_near, cluster.country.code != country, -shared, -(cluster.members or 0), cluster.name)

    best = min(clusters, key=rank, default=None)
    return None if best is None else Assignment(best, _why(best, country, region, wanted))


def _why(cluster: Cluster, country: str, region: Region | None, wanted: set[int]) -> str:
    shared = ", ".join(sector.name for sector in cluster.sectors.all() if sector.pk in wanted)
    if region is not None and region_of(cluster.nuts) == region:
        text = REASONS["region", bool(shared)]
    elif cluster.country.code == country:
        text = REASONS["country", bool(shared)]
    else:
        text = REASONS["abroad", bool(shared)]
    return str(text) % {
        "cluster": cluster.short_name,
        "sectors": shared,
        "country": countries.name(country),
        "region": region.name if region is not None else "",
    }


REASONS = {
    ("region", True): _(
        "%(cluster)s was assigned: it is in your region (%(region)s), and of your sector (%(sectors)s)."
    ),
    ("region", False): _("%(cluster)s was assigned: it is in your region (%(region)s); none there is of your sector."),
    ("country", True): _("%(cluster)s was assigned: it is the cluster of your sector (%(sectors)s) in %(country)s."),
    ("country", False): _("%(cluster)s was assigned: it is a cluster in %(country)s; none there is of your sector."),
    ("abroad", True): _(
        "%(cluster)s was assigned: no cluster is in %(country)s, and this one is of your sector (%(sectors)s)."
    ),
    ("abroad", False): _(
        "%(cluster)s was assigned: no cluster is in %(country)s or of your sector; this one has most members."
    ),
}


def held(organisation: Organisation) -> Organisation:
    """Return a registration as it is now, locked for its members to write; MoveConflict where it has moved on."""
    fresh = Organisation.with_gone.select_for_update().get(pk=organisation.pk)
    if not fresh.is_editable:
        raise MoveConflict(_("The registration can no longer be changed: it has been sent."), fresh)
    if fresh.status != organisation.status:
        raise MoveConflict(_("The registration has moved on since you looked."), fresh)
    return fresh
