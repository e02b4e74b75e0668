"""Bringing members in: the lists of a cluster, uploading one, following its work, and deciding on its rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import permissions
from clusters.enums import ImportStatus, RowChoice
from clusters.forms.imports import UploadForm
from clusters.importing import choosing, inviting, report, workbooks
from clusters.importing.files import MEMBER_LIST
from clusters.models import ImportedRow, MemberImport
from clusters.transitions import member_imports
from extratex.documents import store
from extratex.documents.models import Document
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

ROWS = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOVES: dict[str, Callable[..., MemberImport]] = {
    "apply": member_imports.apply,
    "stop": member_imports.stop,
    "stop_inviting": member_imports.stop_inviting,
    "undo": member_imports.undo,
    "discard": member_imports.discard,
}


@require_GET
def import_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the imports of the clusters that one works for or looks after."""
    if not permissions.can_list_imports(request.user):
        raise PermissionDenied
    rows = MemberImport.objects.visible_to(request.user).for_list()
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "may_import": permissions.can_import(request.user)}
    return render_page(request, "clusters/imports/list.html", context, fragment="results")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest) -> HttpResponse:
    """Upload a list; one that is given as the correction of another takes its place."""
    if not permissions.can_import(request.user):
        raise PermissionDenied
    corrects = _corrected(request)
    initial = {"cluster": corrects.cluster_id} if corrects else None
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        member_import = _uploaded(form, request.user, corrects)
        if member_import is not None:
            messages.success(request, _("Received. Every row is checked now; nothing is changed before you say so."))
            return redirect("clusters:import", member_import.pk)
    context = {"form": form, "corrects": corrects}
    return render_page(request, "clusters/imports/new.html", context, status=422 if form.errors else 200)


@require_GET
def template(request: HtmxHttpRequest, kind: str) -> HttpResponseBase:
    """Send the empty list with its headings, two examples and the allowed values."""
    if not permissions.can_import(request.user):
        raise PermissionDenied
    response: HttpResponseBase
    if kind == "xlsx":
        response = HttpResponse(workbooks.template_workbook(), content_type=XLSX)
    else:
        response = StreamingHttpResponse(workbooks.template_text(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="members.{kind}"'
    return response


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show where an import stands: its progress, what was found in its rows, or what has come of them."""
    member_import = _visible(request, pk)
    context = {
        "import": member_import,
        "may_decide": permissions.can_decide_import(request.user, member_import),
        "moves": {move.name: move for move in member_imports.MEMBER_IMPORT.open_to(request.user, member_import)},
        "events": member_import.events.select_related("actor").order_by("-at", "-pk"),
    }
    if member_import.is_working:
        context["progress"] = {
            "label": _("Rows"),
            "parts": [{"label": _("done"), "value": member_import.done}],
        }
    elif member_import.status != ImportStatus.UNREADABLE:
        context |= _rows(request, member_import)
    return render_page(request, "clusters/imports/detail.html", context, fragment="state")


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HtmxHttpRequest, pk: int, number: int) -> HttpResponse:
    """Show one row with all its cells and what it resembles, and take the decision on it."""
    member_import = _visible(request, pk)
    found = get_object_or_404(
        member_import.rows.select_related("organisation", "existing", "invitation"), number=number
    )
    may_decide = permissions.can_decide_import(request.user, member_import)
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        return _decide(request, member_import, found)
    (line,) = report.lines_of([found], member_import, request.user)
    context = {
        "import": member_import,
        "line": line,
        "row": found,
        "cells": report.cells_of(found, member_import),
        "may_decide": may_decide and member_import.status == ImportStatus.CHECKED and not found.problems,
        "may_create": not choosing.is_known(found),
    }
    return render_page(request, "clusters/imports/row.html", context)


@require_POST
def choose(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Decide on the ticked rows, or on all that are likely known already."""
    member_import = _decidable(request, pk)
    numbers = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    everything = request.POST.get("all") == "1"
    if not (numbers or everything):
        messages.error(request, _("Tick the rows first, or choose all of them."))
    else:
        changed = choosing.choose(member_import, None if everything else numbers, _choice(request))
        _tell_of_choice(request, changed, None if everything else len(numbers))
    return redirect(f"{reverse('clusters:import', args=[pk])}?show=duplicate")


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say whom inviting the contacts of an import would reach, and start it once that is confirmed."""
    member_import = _decidable(request, pk)
    if request.method == "POST":
        member_imports.invite(member_import, actor=request.user)
        return redirect("clusters:import", pk)
    asked = member_imports.MEMBER_IMPORT.moves["invite"]
    if (reason := asked.refusal(member_import)) is not None:
        raise MoveConflict(reason, member_import)
    context = {"import": member_import, "prospect": inviting.prospect(member_import, request.user)}
    return render_page(request, "clusters/imports/invite.html", context)


@require_POST
def move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Bring an import in, stop it, take it back, or discard it."""
    member_import = _decidable(request, pk)
    name = request.POST.get("move", "")
    if name not in MOVES:
        raise Http404
    if name == "apply" and request.POST.get("vouched") != "1":
        messages.error(request, _("Tick that these organisations are your members: they are validated in your name."))
    else:
        MOVES[name](member_import, actor=request.user)
    return redirect("clusters:import", pk)


@require_GET
def annotated(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Send the list back with the portal's remarks in it."""
    member_import = _visible(request, pk)
    response = HttpResponse(workbooks.annotated(member_import), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{member_import.number}.xlsx"'
    return response


def _visible(request: HtmxHttpRequest, pk: int) -> MemberImport:
    return get_object_or_404(MemberImport.objects.visible_to(request.user).for_list(), pk=pk)


def _decidable(request: HtmxHttpRequest, pk: int) -> MemberImport:
    member_import = _visible(request, pk)
    if not permissions.can_decide_import(request.user, member_import):
        raise PermissionDenied
    return member_import


def _corrected(request: HtmxHttpRequest) -> MemberImport | None:
    """Return the import that the new list corrects, where one is named and one may decide on it."""
    named = request.GET.get("corrects", "")
    if not named.isdecimal():
        return None
    found = MemberImport.objects.visible_to(request.user).for_list().filter(pk=int(named[:18])).first()
    return found if found and permissions.can_decide_import(request.user, found) else None


def _uploaded(form: UploadForm, user: Any, corrects: MemberImport | None) -> MemberImport | None:
    try:
        document: Document = store.receive(form.cleaned_data["file"], kind=MEMBER_LIST, by=user)
    except ValidationError as reason:
        form.add_error("file", reason)
        return None
    member_import = member_imports.upload(MemberImport(cluster=form.chosen(), document=document, by=user))
    if corrects is not None and corrects.status in member_imports.MEMBER_IMPORT.moves["discard"].sources:
        note = _("Corrected by %(number)s.") % {"number": member_import.number}
        member_imports.discard(corrects, actor=user, note=note)
    return member_import


def _rows(request: HtmxHttpRequest, member_import: MemberImport) -> dict[str, object]:
    """Return what a page shows of the rows: filters with their numbers, and one page of lines."""
    filters = report.filters_of(member_import)
    figures = report.figures_of(member_import)
    shown = request.GET.get("show", report.ALL)
    shown = shown if shown in filters else report.ALL
    is_before = filters is report.BEFORE
    pills = [
        {
            "label": report.label_of(name, is_before=is_before),
            "url": f"?show={name}",
            "current": name == shown,
            "count": figures.by_filter[name],
        }
        for name in filters
        if figures.by_filter[name] or name in {report.ALL, shown}
    ]
    rows = member_import.rows.filter(filters[shown]).select_related("organisation", "existing", "invitation")
    page = Paginator(rows.order_by("number"), ROWS).get_page(request.GET.get("page"))
    return {
        "figures": figures,
        "pills": pills,
        "page": page,
        "lines": report.lines_of(page.object_list, member_import, request.user),
        "shows_duplicates": is_before and shown == "duplicate",
    }


def _choice(request: HtmxHttpRequest) -> RowChoice:
    text = request.POST.get("choice", "")
    if text not in RowChoice.values:
        raise Http404
    return RowChoice(text)


def _decide(request: HtmxHttpRequest, member_import: MemberImport, found: ImportedRow) -> HttpResponse:
    kind, _colon, key = request.POST.get("choice", "").partition(":")
    if kind not in RowChoice.values or (key and not key.isdecimal()):
        raise Http404
    existing = int(key[:18]) if key else None
    changed = choosing.choose(member_import, [found.number], RowChoice(kind), existing=existing)
    if not changed:
        messages.error(request, _("That is not possible for this row."))
        return redirect("clusters:imported_row", member_import.pk, found.number)
    messages.success(request, _("Row %(number)s is decided.") % {"number": found.number})
    return redirect(f"{reverse('clusters:import', args=[member_import.pk])}?show=duplicate")


def _tell_of_choice(request: HtmxHttpRequest, changed: int, asked: int | None) -> None:
    text = ngettext("%(number)s row is decided.", "%(number)s rows are decided.", changed) % {"number": changed}
    if asked is None or changed == asked:
        messages.success(request, text)
    else:
        messages.warning(request, f"{text} {_('For the others that is not possible: open them one by one.')}")
