"""Validating many registrations at once: choose, look at the dry run, confirm, see what became of each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clusters import bulk, permissions
from clusters.enums import BulkOutcome, OrganisationStatus
from clusters.filters import OrganisationFilter
from clusters.models import BulkRow, BulkValidation, Organisation
from clusters.words import sentence
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.reasons import Reason

ROWS = 50
LONGEST_KEY = 18
SHOWN = (BulkOutcome.PASSES, BulkOutcome.VALIDATED, BulkOutcome.STOPPED, BulkOutcome.REFUSED, BulkOutcome.WAITING)
TONES = {
    BulkOutcome.PASSES: "ok",
    BulkOutcome.VALIDATED: "ok",
    BulkOutcome.STOPPED: "wait",
    BulkOutcome.REFUSED: "stop",
}
REASSURANCE = gettext_lazy("Choose at least one registration that waits.")


@require_POST
def begin(request: HtmxHttpRequest) -> HttpResponse:
    """Take the rows that were chosen, or all that the filters keep, and lead to their dry run."""
    if not permissions.can_validate_some(request.user):
        raise PermissionDenied
    query = QueryDict(request.POST.get("query", ""))
    run = bulk.plan(_chosen(request, query), by=request.user)
    if run is None:
        messages.error(request, REASSURANCE)
        return redirect(f"{reverse('clusters:organisations')}?{query.urlencode()}")
    return redirect("clusters:bulk_run", run.pk)


@require_safe
def run_page(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a bulk validation: its dry run, its progress, or its results."""
    run = _own(request, pk)
    counts = dict(run.rows.order_by().values_list("outcome").annotate(Count("pk")))
    outcome = request.GET.get("outcome", "")
    rows = run.rows.select_related("organisation__reference_cluster").order_by("pk")
    if outcome in BulkOutcome.values:
        rows = rows.filter(outcome=outcome)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "is_live": run.stage in {"checking", "running"},
        "parts": _parts(counts),
        "done": run.total - counts.get(_to_do(run), 0),
        "passing": counts.get(BulkOutcome.PASSES, 0),
        "validated": counts.get(BulkOutcome.VALIDATED, 0),
        "pills": _pills(run, counts, outcome),
        "page": page,
        "rows": [(row, TONES.get(BulkOutcome(row.outcome), ""), _sentences(row)) for row in page],
        "most": bulk.MOST,
    }
    return render_page(request, "clusters/bulk.html", context, fragment="progress")


@require_POST
def confirm(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Validate what passed the dry run; a second click lands on the same run."""
    bulk.confirm(_own(request, pk))
    return redirect("clusters:bulk_run", pk)


@require_POST
def cancel(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Stop a run; what is validated stays so."""
    if bulk.cancel(_own(request, pk)):
        messages.success(request, _("Stopped. What is validated already stays so."))
    return redirect("clusters:bulk_run", pk)


def _own(request: HtmxHttpRequest, pk: int) -> BulkValidation:
    return get_object_or_404(BulkValidation.objects.visible_to(request.user), pk=pk)


def _chosen(request: HtmxHttpRequest, query: QueryDict) -> Any:
    """Return the rows that were ticked, or all that wait and fit the filters; who may see them is asked later."""
    rows = Organisation.objects.all()
    if "all" in request.POST:
        roles = permissions.roles_of(request.user)
        mine = rows.filter(
            status=OrganisationStatus.SUBMITTED, reference_cluster__in=roles.clusters | roles.led_clusters
        )
        return OrganisationFilter(query, mine, user=request.user).qs
    given = request.POST.getlist("chosen")
    return rows.filter(
        pk__in=[int(key) for key in given if key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY]
    )


def _to_do(run: BulkValidation) -> BulkOutcome:
    return BulkOutcome.WAITING if run.confirmed_at is None else BulkOutcome.PASSES


def _parts(counts: dict[str, int]) -> list[dict[str, object]]:
    """Return the parts of the bar of progress, the surest first."""
    first = counts.get(BulkOutcome.VALIDATED, 0) or counts.get(BulkOutcome.PASSES, 0)
    label = BulkOutcome.VALIDATED.label if counts.get(BulkOutcome.VALIDATED) else BulkOutcome.PASSES.label
    second = counts.get(BulkOutcome.STOPPED, 0) + counts.get(BulkOutcome.REFUSED, 0)
    return [{"label": label, "value": first}, {"label": BulkOutcome.STOPPED.label, "value": second}]


def _pills(run: BulkValidation, counts: dict[str, int], outcome: str) -> list[dict[str, object]]:
    address = reverse("clusters:bulk_run", args=[run.pk])
    pills: list[dict[str, object]] = [{"label": _("All"), "url": address, "current": not outcome, "count": run.total}]
    for each in SHOWN:
        if counts.get(each):
            url = f"{address}?outcome={each}"
            pills.append({"label": each.label, "url": url, "current": outcome == each, "count": counts[each]})
    return pills


def _sentences(row: BulkRow) -> list[str]:
    return [sentence(Reason.from_json(stored)) for stored in row.reasons]
