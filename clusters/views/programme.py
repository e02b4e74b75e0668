"""The public pages of the programme: who takes part, and by which rules."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from clusters import europe, permissions, published, queries
from clusters.enums import Mark
from clusters.filters import ClusterFilter
from clusters.guide import GUIDES, guide_for
from clusters.models import Cluster, Partnership
from extratex.publishing.pages import public_page
from extratex.shared.htmx import HtmxHttpRequest, render_page

ROWS = 25


@public_page()
def partners(request: HtmxHttpRequest) -> HttpResponse:
    """List the clusters, narrowed down, with the map of where they are."""
    narrowed = ClusterFilter(request.GET, published.clusters_for_list())
    chosen = Cluster.objects.filter(pk__in=narrowed.qs.order_by().values("pk"))
    countries = published.by_country(chosen)
    context = {
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
        "page": Paginator(narrowed.qs, ROWS).get_page(request.GET.get("page")),
        "countries": countries,
        "map": europe.draw({row.code: row.clusters for row in countries}, published.places_of(chosen)),
    }
    return render_page(request, "clusters/partners.html", context, fragment="results")


@public_page()
def cluster(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show the profile of a cluster."""
    found = get_object_or_404(published.profile_of_cluster(slug))
    context = {"cluster": found, "may_edit": permissions.can_edit_cluster(request.user, found)}
    return render_page(request, "clusters/cluster.html", context)


@public_page()
def partnership_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the partnerships of each wave."""
    context = {"partnerships": published.partnerships_by_wave()}
    return render_page(request, "clusters/partnerships.html", context)


@public_page()
def partnership(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show a partnership: what it is for, its clusters, its targets, what it publishes."""
    rows = Partnership.objects.select_related("wave").prefetch_related("emerging_industries", "sectors", "goals")
    found = get_object_or_404(rows, slug=slug)
    members = list(queries.members_of_partnership(found))
    context = {
        "partnership": found,
        **published.statements_of(found),
        "members": members,
        "firms": sum(member.cluster.members or 0 for member in members),
        "small_firms": sum(member.cluster.small_members or 0 for member in members),
        "events": published.events_for_list().filter(partnership=found),
        "may_edit": permissions.can_edit_partnership(request.user, found),
    }
    return render_page(request, "clusters/partnership.html", context)


@public_page()
def programme(request: HtmxHttpRequest) -> HttpResponse:
    """Say how the programme works: the rules, numbers and lump sums in force today."""
    settings = list(queries.settings_in_force())
    context = {
        "wave": queries.open_wave(),
        "tables": queries.eligibility_by_wave(),
        "numbers": [setting for setting in settings if setting.mark != Mark.OWN],
        "own_numbers": [setting for setting in settings if setting.mark == Mark.OWN],
        "rates": queries.rates_in_force(),
        "guides": GUIDES.values(),
    }
    return render_page(request, "clusters/programme.html", context)


@public_page()
def how_it_works(request: HtmxHttpRequest, role: str) -> HttpResponse:
    """Say how the programme works for visitors, for hosts or for scaling-up organisations."""
    if role not in GUIDES:
        raise Http404(_("There is no such page."))
    return render_page(request, "programme/how_it_works.html", {"guide": guide_for(role), "guides": GUIDES.values()})
