"""What staff do with registrations: the queue of those who validate, and the page on which they decide."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clusters import pages, permissions, queries
from clusters.filters import OrganisationFilter
from clusters.models import Organisation
from clusters.transitions import organisations as transitions
from extratex.shared.htmx import HtmxHttpRequest, render_page

ROWS = 25


@require_GET
def organisation_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the organisations that staff look after."""
    if not permissions.can_list_organisations(request.user):
        raise PermissionDenied
    rows = OrganisationFilter(request.GET, Organisation.objects.visible_to(request.user).for_list())
    page = Paginator(rows.qs, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "clusters/organisations.html", {"filter": rows, "page": page}, fragment="results")


def page(request: HtmxHttpRequest, organisation: Organisation) -> HttpResponse:
    """Show staff a registration with all that they need in order to decide."""
    context = pages.answers_of(organisation) | {
        "organisation": organisation,
        "phases": pages.phases_of(organisation),
        "whereabouts": pages.whereabouts(organisation),
        "moves": transitions.ORGANISATION.open_to(request.user, organisation),
        "history": queries.history_of(organisation),
        "people": queries.members_of(organisation),
    }
    return render_page(request, "clusters/validation.html", context)
