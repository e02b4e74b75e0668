"""The cockpit of a partnership: targets, money and countries, each picture with its table."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.models import Partnership
from clusters.permissions import roles_of
from exchanges import cockpit as figures
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking.permissions import can_read_plans


@require_safe
def cockpit(request: HtmxHttpRequest) -> HttpResponse:
    """Show what a partnership has reached of its targets and of its money."""
    partnerships = led_partnerships(request)
    partnership = chosen_partnership(request, partnerships)
    context = {
        "partnership": partnership,
        "pills": [
            {
                "label": each.acronym,
                "url": f"{reverse('exchanges:cockpit')}?partnership={each.slug}",
                "current": each == partnership,
            }
            for each in partnerships
        ],
        "targets": figures.targets_of(partnership),
        "stages": [figures.STAGE_LABELS[stage] for stage in figures.STAGES],
        "budget": figures.money_of(partnership),
        "matrix": figures.matrix_of(partnership),
        "may_read_plans": can_read_plans(request.user),
    }
    return render_page(request, "exchanges/cockpit.html", context)


def led_partnerships(request: HtmxHttpRequest) -> list[Partnership]:
    """Return the partnerships that one coordinates, pays for or oversees; nobody else has a cockpit."""
    roles = roles_of(request.user)
    partnerships = Partnership.objects.order_by("wave__starts_on", "acronym")
    if not roles.oversees_all:
        partnerships = partnerships.filter(pk__in=roles.coordinates | roles.pays_for)
    found = list(partnerships)
    if not found:
        raise PermissionDenied
    return found


def chosen_partnership(request: HtmxHttpRequest, partnerships: list[Partnership]) -> Partnership:
    """Return the partnership that the address names, or the first with targets; one that is not led is not found."""
    slug = request.GET.get("partnership")
    if slug is None:
        return next((each for each in partnerships if each.planned_exchanges), partnerships[0])
    for partnership in partnerships:
        if partnership.slug == slug:
            return partnership
    raise Http404
