"""The catalogue of hosts, for whoever is validated."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clusters.enums import OrganisationStatus, ParticipantRole
from clusters.permissions import roles_of
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import pages, queries
from matchmaking.filters import HostFilter
from matchmaking.models import Candidature
from matchmaking.views.access import visible_host

ROWS = 25


@require_GET
def host_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the validated hosts."""
    if not _is_entitled(request):
        return render_page(request, "matchmaking/hosts_later.html")
    hosts = Candidature.objects.in_catalogue_for(request.user).for_catalogue()
    rows = HostFilter(request.GET, hosts)
    page = Paginator(rows.qs, ROWS).get_page(request.GET.get("page"))
    context = {
        "filter": rows,
        "page": page,
        "hosts": [(host, pages.brief_of(host)) for host in page],
        "is_narrowed": any(request.GET.get(name) for name in rows.filters),
    }
    return render_page(request, "matchmaking/hosts.html", context, fragment="results")


@require_GET
def host_detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what a host offers and, for one's own visitors, whether and why it is suggested."""
    host = visible_host(request, pk)
    own = Candidature.objects.of_member(request.user).validated(ParticipantRole.VISITOR).filter(wave=host.wave)
    context = {
        "host": host,
        "profile": pages.profile_of(host),
        "facts": pages.organisation_facts(host),
        "views": [_view_of(visitor, host) for visitor in own.with_profile()],
    }
    return render_page(request, "matchmaking/host.html", context)


def _view_of(visitor: Candidature, host: Candidature) -> dict[str, object]:
    """Return what one of the person's visitors should know of this host."""
    suggestion = queries.suggestions_for(visitor).filter(host=host).first()
    return {
        "visitor": visitor,
        "suggestion": suggestion,
        "whys": pages.whys_of(visitor, [suggestion])[0] if suggestion else [],
        "against": [] if suggestion else pages.reasons_against(visitor, host),
        "proposal": queries.live_proposal(visitor, host),
    }


def _is_entitled(request: HtmxHttpRequest) -> bool:
    if roles_of(request.user).is_staff:
        return True
    if not request.user.is_authenticated:
        raise PermissionDenied
    memberships = request.user.memberships
    return bool(memberships.filter(organisation__status=OrganisationStatus.VALIDATED).exists())
