"""The public pages of the programme: who takes part, and by which rules."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from clusters import queries
from clusters.models import Partnership
from extratex.shared.htmx import HtmxHttpRequest, render_page


@login_not_required
@require_GET
def partners(request: HtmxHttpRequest) -> HttpResponse:
    """List the partnerships of each wave with their clusters."""
    return render_page(request, "clusters/partners.html", {"waves": queries.waves_with_partners()})


@login_not_required
@require_GET
def partnership(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show a partnership: its clusters, its targets, what it publishes."""
    found = get_object_or_404(Partnership.objects.select_related("wave"), slug=slug)
    context = {
        "partnership": found,
        "members": queries.members_of_partnership(found),
        "events": found.programme_events.select_related("host_cluster"),
    }
    return render_page(request, "clusters/partnership.html", context)


@login_not_required
@require_GET
def programme(request: HtmxHttpRequest) -> HttpResponse:
    """Say how the programme works: the rules, numbers and lump sums in force today."""
    context = {
        "wave": queries.open_wave(),
        "eligibility": queries.eligibility_in_force(),
        "settings": queries.settings_in_force(),
        "rates": queries.rates_in_force(),
    }
    return render_page(request, "clusters/programme.html", context)
