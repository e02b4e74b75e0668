"""What staff do with registrations: the queue of those who validate, and the page on which they decide."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clusters import checks, comparison, pages, permissions, queries, queue, saved_views
from clusters.enums import OrganisationStatus
from clusters.filters import LATE, OrganisationFilter
from clusters.forms.validation import ReassignForm, RemarksForm
from clusters.merging import deed
from clusters.models import Organisation
from clusters.transitions import organisations as transitions
from clusters.views.access import visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import Move, MoveConflict
from extratex.shared.paging import KeyedPage

ROWS = 25
LIST = "clusters:organisations"
ON_A_PAGE_OF_THEIR_OWN = {"send_back", "reassign"}


@require_safe
def organisation_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the organisations that staff look after, by the filters that they used last."""
    if not permissions.can_list_organisations(request.user):
        raise PermissionDenied
    if "clear" in request.GET:
        saved_views.remember(request.user, LIST, "")
        return redirect(LIST)
    if not request.GET and (last := saved_views.last_used(request.user, LIST)):
        return redirect(f"{reverse(LIST)}?{last}")
    rows = OrganisationFilter(request.GET, Organisation.objects.visible_to(request.user).for_list(), user=request.user)
    query = saved_views.narrowed_by(request.GET, rows.filters)
    if request.GET:
        saved_views.remember(request.user, LIST, query)
    found = rows.qs.order_by("status_since", "pk") if _is_queue(rows) else rows.qs
    page = KeyedPage(found, request.GET, ROWS)
    context = {
        "filter": rows,
        "page": page,
        "rows": queue.rows_of(page, request.user),
        "query": query,
        "views": saved_views.named_views(request.user, LIST, query),
        "pills": _pills(query),
        "may_validate": permissions.can_validate_some(request.user),
        "may_list_imports": permissions.can_list_imports(request.user),
    }
    return render_page(request, "clusters/organisations.html", context, fragment="results")


def page(request: HtmxHttpRequest, organisation: Organisation) -> HttpResponse:
    """Show staff a registration with all that they need in order to decide."""
    moves = transitions.ORGANISATION.open_to(request.user, organisation)
    duplicates = checks.duplicates_of(organisation, request.user)
    found = checks.Inspector().checks_of(organisation, duplicates)
    stops = any(check.finding is checks.Finding.STOPS for check in found)
    keys = [each.organisation.pk for each in duplicates]
    visible = Organisation.objects.visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True)
    first_sent = queries.first_submissions([organisation.pk]).get(organisation.pk)
    context = pages.answers_of(organisation) | {
        "organisation": organisation,
        "phases": pages.phases_of(organisation),
        "whereabouts": pages.whereabouts(organisation, first_sent=first_sent),
        "moves": _buttons(moves, stops=stops),
        "refusals": [move for move in moves if move.style == "stop"],
        "may": {move.name for move in moves},
        "checks": found,
        "stops": stops,
        "comparison": comparison.compare(organisation, duplicates, set(visible) if keys else set()),
        "mergeable": _mergeable(request.user, organisation, [each.organisation for each in duplicates]),
        "may_merge": deed.may_merge(request.user, organisation),
        "merges": queries.merges_into(organisation),
        "history": queries.history_of(organisation),
        "people": queries.members_of(organisation),
    }
    return render_page(request, "clusters/validation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Ask for changes, field by field."""
    organisation = _to_decide(request, pk, "send_back")
    form = RemarksForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        transitions.send_back(organisation, actor=request.user, note=form.cleaned_data["note"], remarks=form.remarks())
        messages.success(request, _("%(organisation)s has been asked to change something.") % _named(organisation))
        return redirect("clusters:organisation", pk)
    context = {"form": form, "organisation": organisation}
    return render_page(request, "clusters/send_back.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Pass a registration on to another cluster."""
    organisation = _to_decide(request, pk, "reassign")
    form = ReassignForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        _refuse_stale(organisation, form.cleaned_data["lies_with"])
        to, note = form.cleaned_data["cluster"], form.cleaned_data["note"]
        transitions.reassign(organisation, to=to, actor=request.user, note=note)
        text = _("%(organisation)s now lies with %(cluster)s; both clusters and its people have been told.")
        messages.success(request, text % (_named(organisation) | {"cluster": to.short_name}))
        return redirect(LIST)
    context = {"form": form, "organisation": organisation}
    return render_page(request, "clusters/reassign.html", context, status=422 if form.errors else 200)


def _to_decide(request: HtmxHttpRequest, pk: int, name: str) -> Organisation:
    """Return a registration on which the person can make a move now; 403 or 409 otherwise."""
    organisation = visible_organisation(request, pk)
    move = transitions.ORGANISATION.moves[name]
    if not move.allowed(request.user, organisation):
        raise PermissionDenied
    if (reason := move.refusal(organisation)) is not None:
        raise MoveConflict(reason, organisation)
    return organisation


def _mergeable(user: Any, organisation: Organisation, others: list[Organisation]) -> list[int]:
    """Return the keys of those with which the person may merge an organisation."""
    if not deed.may_merge(user, organisation):
        return []
    return [other.pk for other in others if deed.may_merge(user, other)]


def _refuse_stale(organisation: Organisation, lay_with: Any) -> None:
    if lay_with.pk != organisation.reference_cluster_id:
        lies_with = organisation.reference_cluster.short_name
        raise MoveConflict(_("The registration lies with %(cluster)s already.") % {"cluster": lies_with}, organisation)


def _buttons(moves: list[Move[Organisation]], *, stops: bool) -> list[Move[Organisation]]:
    """Return the moves in its favour made on the page itself; the first is strong unless something is against it."""
    buttons = [move for move in moves if move.name not in ON_A_PAGE_OF_THEIR_OWN and move.style != "stop"]
    return [replace(move, style="plain") if stops and move.style == "strong" else move for move in buttons]


def _named(organisation: Organisation) -> dict[str, str]:
    return {"organisation": organisation.legal_name}


def _is_queue(rows: OrganisationFilter) -> bool:
    """Tell whether only what waits is listed: then what has waited longest comes first."""
    return rows.data.get("status") == OrganisationStatus.SUBMITTED or bool(rows.data.get("waiting"))


def _pills(query: str) -> list[dict[str, object]]:
    """Return the views that everybody has."""
    address = reverse(LIST)
    views = (
        (_("All"), "", f"{address}?clear"),
        (_("Waiting for validation"), f"status={OrganisationStatus.SUBMITTED}", ""),
        (_("Late"), f"waiting={LATE}", ""),
    )
    return [{"label": label, "url": url or f"{address}?{text}", "current": query == text} for label, text, url in views]
