"""Keeping the public profiles: clusters by their staff, partnerships by their coordinators."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clusters import permissions, published
from clusters.forms.profiles import ClusterForm, LabelForm, PartnershipForm, ProfileForm
from clusters.models import Cluster, Partnership
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.versions import versions_of

UNFIT, CONFLICT = 422, 409


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_cluster(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Change the page of a cluster."""
    cluster = Cluster.objects.select_for_update().get(pk=_own_cluster(request, slug).pk)
    form = ClusterForm(request.POST or None, instance=cluster)
    context = {"title": cluster.name, "versions": versions_of(cluster)}
    return saved_or_shown(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_label(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Add a label that a cluster was awarded."""
    cluster = _own_cluster(request, slug)
    form = LabelForm(request.POST or None, cluster=cluster)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The label stands on your page now."))
        return redirect(cluster.get_absolute_url())
    context = {"form": form, "title": _("Add a label"), "back": cluster.get_absolute_url()}
    return render_page(request, "programme/edit.html", context, status=UNFIT if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_partnership(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Change the page of a partnership."""
    partnership = get_object_or_404(Partnership.objects.select_for_update(), slug=slug)
    if not permissions.can_edit_partnership(request.user, partnership):
        raise PermissionDenied
    form = PartnershipForm(request.POST or None, instance=partnership)
    context = {"title": partnership.acronym, "versions": versions_of(partnership)}
    return saved_or_shown(request, form, context)


def saved_or_shown(request: HtmxHttpRequest, form: ProfileForm, context: Mapping[str, object]) -> HttpResponse:
    """Save a profile and show its page; or show the form again, also where somebody else was faster."""
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Everybody sees it from now on."))
        return redirect(form.instance.get_absolute_url())
    status = CONFLICT if form.is_stale else UNFIT if form.errors else 200
    return render_page(request, "programme/edit.html", {"form": form, "back": _back(form), **context}, status=status)


def _back(form: ProfileForm) -> str:
    instance = form.instance
    shown = instance if instance.pk else getattr(instance, "partnership", None)
    return "" if shown is None else str(shown.get_absolute_url())


def _own_cluster(request: HtmxHttpRequest, slug: str) -> Cluster:
    cluster = get_object_or_404(published.profile_of_cluster(slug))
    if not permissions.can_edit_cluster(request.user, cluster):
        raise PermissionDenied
    return cluster
