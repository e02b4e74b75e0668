"""Who is there for me? The contact of the own reference cluster, or the finder of one."""

from django.http import HttpResponse

from clusters import operations, queries
from clusters.forms.contact import ContactForm
from clusters.models import Cluster, Organisation
from extratex.publishing.pages import never, public_page
from extratex.shared.htmx import HtmxHttpRequest, render_page


@public_page(kept=never)
def contact(request: HtmxHttpRequest) -> HttpResponse:
    """Show a member's own clusters, and to everybody the cluster for a country and a sector."""
    form = ContactForm(request.GET if "country" in request.GET else None)
    found = operations.assign_cluster(form.cleaned_data["country"], form.sectors) if form.is_valid() else None
    context = {
        "form": form,
        "found": found,
        "why": found.reason
        if found and (form.sectors or found.cluster.country != form.cleaned_data["country"])
        else "",
        "mine": _mine(request),
        "is_open": queries.open_wave() is not None,
    }
    return render_page(request, "programme/contact.html", context)


def _mine(request: HtmxHttpRequest) -> list[Cluster]:
    if not request.user.is_authenticated:
        return []
    organisations = Organisation.objects.of_member(request.user)
    return list(Cluster.objects.filter(organisations__in=organisations).distinct().order_by("name"))
