"""What is offered while one types: the options of a search field, as a fragment."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clusters import choosing, permissions
from extratex.shared.htmx import HtmxHttpRequest, render_page

LONGEST_TEXT = 300


@require_GET
def organisation_options(request: HtmxHttpRequest) -> HttpResponse:
    """Offer staff the organisations that they look after."""
    if not permissions.can_list_organisations(request.user):
        raise PermissionDenied
    found = choosing.organisations_like(request.user, request.GET.get("q", "")[:LONGEST_TEXT])
    return render_page(request, "clusters/organisation_options.html", {"organisations": found})
