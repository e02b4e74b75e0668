"""Writing what is published: the list of what one may write, and one form for each kind."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_stubs_ext import StrOrPromise

from clusters import permissions
from clusters.forms.publications import CallForm, DownloadForm, NewsForm, PublishedForm
from clusters.models import Call, Download, NewsItem
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.versions import versions_of

ROWS = 25


@dataclass(frozen=True)
class Kind:
    """One kind of publication: its words and its form."""

    title: StrOrPromise
    add: StrOrPromise
    model: Any
    form: type[PublishedForm]


KINDS = {
    "news": Kind(gettext_lazy("News"), gettext_lazy("Write news"), NewsItem, NewsForm),
    "calls": Kind(gettext_lazy("Calls for experts"), gettext_lazy("Write a call"), Call, CallForm),
    "downloads": Kind(gettext_lazy("Downloads"), gettext_lazy("Add a download"), Download, DownloadForm),
}


@require_safe
def publications(request: HtmxHttpRequest, kind: str = "news") -> HttpResponse:
    """List what the person may write, of one kind."""
    chosen = _kind(request, kind)
    rows = chosen.model.objects.published_by(request.user).select_related("partnership")
    context = {
        "kind": chosen,
        "slug": kind,
        "pills": [
            {"label": each.title, "url": reverse("clusters:publications", args=[slug]), "current": slug == kind}
            for slug, each in KINDS.items()
        ],
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "now": clock.now(),
    }
    return render_page(request, "clusters/publications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HtmxHttpRequest, kind: str) -> HttpResponse:
    """Write a new publication."""
    chosen = _kind(request, kind)
    form = chosen.form(request.POST or None, request.FILES or None, person=request.user)
    if request.method == "POST" and form.is_valid() and _store(form):
        messages.success(request, _said(form.instance))
        return redirect("clusters:publications", kind)
    context = {"kind": chosen, "slug": kind, "form": form, "crumbs": _crumbs(chosen, kind, chosen.add)}
    return render_page(request, "clusters/publications/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def republish(request: HtmxHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change a publication, and show who changed what when."""
    chosen = _kind(request, kind)
    mine = chosen.model.objects.published_by(request.user)
    with transaction.atomic():
        row = get_object_or_404(mine.select_for_update(of=("self",)), pk=pk)
        form = chosen.form(request.POST or None, request.FILES or None, instance=row, person=request.user)
        if request.method == "POST" and form.is_valid() and _store(form):
            messages.success(request, _said(form.instance))
            return redirect("clusters:republish", kind, pk)
    stored = mine.get(pk=pk)
    context = {
        "kind": chosen,
        "slug": kind,
        "form": form,
        "stored": stored,
        "crumbs": _crumbs(chosen, kind, str(stored)),
        "versions": versions_of(stored),
    }
    return render_page(request, "clusters/publications/edit.html", context, status=422 if form.errors else 200)


def _kind(request: HtmxHttpRequest, slug: str) -> Kind:
    if not permissions.can_publish(request.user):
        raise PermissionDenied
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _crumbs(kind: Kind, slug: str, last: StrOrPromise) -> list[tuple[StrOrPromise, str]]:
    return [(kind.title, reverse("clusters:publications", args=[slug])), (last, "")]


def _store(form: PublishedForm) -> bool:
    """Store, or say at the field why the file could not be kept."""
    try:
        with transaction.atomic():
            form.store()
    except ValidationError as fault:
        form.add_error("upload", fault)
        return False
    return True


def _said(row: Any) -> str:
    if row.published_at is None:
        return _("Saved as a draft: nobody else sees it.")
    if row.is_public:
        return _("Saved, and everybody can read it.")
    return _("Saved. It is published at the moment that you chose.")
