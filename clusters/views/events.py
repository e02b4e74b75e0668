"""Missions and events: what is to come, what has been, and a page for each."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from clusters import permissions, published
from clusters.enums import EventKind
from clusters.forms.profiles import EventForm
from clusters.models import Partnership, ProgrammeEvent
from clusters.models.querysets import ProgrammeEventQuerySet
from clusters.views.profiles import saved_or_shown
from extratex.publishing.pages import public_page
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.versions import versions_of

ROWS = 20


@public_page()
def missions(request: HtmxHttpRequest) -> HttpResponse:
    """List the missions: visits that a partnership has organised for many."""
    rows = published.events_for_list().filter(kind=EventKind.MISSION)
    lead = _("A partnership organises everything: agenda, hosts and places. You join with a file of your own.")
    return _list(request, rows, _("Missions"), lead)


@public_page()
def events(request: HtmxHttpRequest) -> HttpResponse:
    """List the learning events and the matchmaking events."""
    rows = published.events_for_list().exclude(kind=EventKind.MISSION)
    lead = _("Learn from others in your field, and meet them: on site or online.")
    return _list(request, rows, _("Events"), lead)


@public_page()
def event(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a mission or an event."""
    found = get_object_or_404(published.events_for_list().select_related("partnership__wave"), pk=pk)
    may_edit = permissions.can_edit_partnership(request.user, found.partnership)
    context = {"event": found, "may_edit": may_edit, **published.statements_of(found.partnership)}
    return render_page(request, "programme/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Publish a mission or an event of a partnership."""
    partnership = get_object_or_404(Partnership, slug=slug)
    _refuse_others(request, partnership)
    form = EventForm(request.POST or None, partnership=partnership)
    context = {"title": _("Publish a mission or an event"), "partnership": partnership}
    return saved_or_shown(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change a mission or an event."""
    found = get_object_or_404(ProgrammeEvent.objects.select_for_update(), pk=pk)
    _refuse_others(request, found.partnership)
    form = EventForm(request.POST or None, instance=found, partnership=found.partnership)
    return saved_or_shown(request, form, {"title": found.title, "versions": versions_of(found)})


def _refuse_others(request: HtmxHttpRequest, partnership: Partnership) -> None:
    if not permissions.can_edit_partnership(request.user, partnership):
        raise PermissionDenied


def _list(
    request: HtmxHttpRequest, rows: ProgrammeEventQuerySet, title: StrOrPromise, lead: StrOrPromise
) -> HttpResponse:
    today = clock.today()
    context = {
        "title": title,
        "lead": lead,
        "to_come": rows.to_come(today),
        "past": Paginator(rows.over(today), ROWS).get_page(request.GET.get("page")),
    }
    return render_page(request, "programme/events.html", context)
