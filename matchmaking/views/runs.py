"""The runs of the matching as staff see them: progress, figures, what has changed; starting one and taking it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clusters.queries import open_wave
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import matching, permissions, run_pages
from matchmaking.models import MatchRun
from matchmaking.views.access import key_in, visible_candidature

ROWS = 25


@require_GET
def run_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the runs, the youngest first."""
    if not permissions.can_read_runs(request.user):
        raise PermissionDenied
    rows = MatchRun.objects.visible_to(request.user).select_related("wave", "asked_by").order_by("-asked_at", "-pk")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    wave = open_wave()
    context = {
        "page": page,
        "may_start": wave is not None and permissions.can_run_matching(request.user, wave),
        "is_busy": any(run.is_unfinished for run in page),
    }
    return render_page(request, "matchmaking/runs.html", context, fragment="results")


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a run; on demand, what it has changed in the list of one candidature."""
    run = _visible_run(request, pk)
    key = key_in(request.GET, "candidature")
    candidature = visible_candidature(request, key) if key is not None else None
    context = {
        "run": run,
        "figures": run_pages.figures_of(run),
        "causes": run_pages.causes_of(run),
        "parameters": run_pages.parameters_of(run),
        "may_cancel": run.is_unfinished and permissions.can_cancel_run(request.user, run),
        "candidature": candidature,
        "change": run_pages.change_of(run, candidature) if candidature else None,
        "changed": run_pages.changed_in(run, request.user),
    }
    return render_page(request, "matchmaking/run.html", context, fragment="progress")


@require_POST
def start(request: HtmxHttpRequest) -> HttpResponse:
    """Ask for a run over everybody."""
    if not permissions.can_read_runs(request.user):
        raise PermissionDenied
    wave = open_wave()
    if wave is None:
        raise Http404
    if not permissions.can_run_matching(request.user, wave):
        raise PermissionDenied
    with transaction.atomic():
        run = matching.ask(wave, by=request.user)
    messages.success(request, _("The matching is under way. You may leave this page; the run goes on."))
    return redirect("matchmaking:run", run.pk)


@require_POST
def cancel(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Take a run back."""
    run = _visible_run(request, pk)
    if not permissions.can_cancel_run(request.user, run):
        raise PermissionDenied
    if matching.queue.take_back(run, by=request.user):
        messages.success(request, _("The run is cancelled. The lists that it has made already stay."))
    else:
        messages.info(request, _("The run was over already."))
    return redirect("matchmaking:run", run.pk)


def _visible_run(request: HtmxHttpRequest, pk: int) -> MatchRun:
    rows = MatchRun.objects.visible_to(request.user).select_related("wave", "asked_by")
    return get_object_or_404(rows, pk=pk)
