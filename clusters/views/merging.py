"""Merging two records of one organisation: finding the other, choosing, looking ahead, confirming, looking back."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clusters import checks, pages, permissions, queries
from clusters.filters import OrganisationFilter
from clusters.forms.merging import WhyForm
from clusters.merging import deed
from clusters.merging import record as told
from clusters.merging.parts import Pair
from clusters.models import Organisation
from clusters.views.access import moved_to, visible_organisation
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

CONFLICT, UNFIT = 409, 422
SHOWN = 20
PREFIX = "keep_"


@require_GET
def choose(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Find the other record of an organisation: what is likely the same, or what one looks for."""
    organisation = _mergeable(request, pk)
    looked_for = request.GET.get("q", "").strip()
    rows = Organisation.objects.visible_to(request.user).for_list().exclude(pk=pk)
    found = OrganisationFilter({"q": looked_for}, rows, user=request.user)
    if looked_for:
        others = list(found.qs[:SHOWN])
    else:
        others = [each.organisation for each in checks.duplicates_of(organisation, request.user)]
    context = {
        "organisation": organisation,
        "field": found.form["q"],
        "looked_for": looked_for,
        "others": [each for each in others if deed.may_merge(request.user, each)],
        "is_cut": len(others) == SHOWN,
    }
    return render_page(request, "clusters/merge_find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HtmxHttpRequest, pk: int, other: int) -> HttpResponse:
    """Choose what the record that stays will say, look at what happens, and merge once that is confirmed."""
    for old, kept in ((other, pk), (pk, other)):
        if moved_to(request.user, old) == kept:
            return redirect("clusters:organisation", kept)
    both = Pair(_mergeable(request, pk), _mergeable(request, other))
    given = {name.removeprefix(PREFIX): request.POST[name] for name in request.POST if name.startswith(PREFIX)}
    step = request.POST.get("step", "choose")
    if step == "merge":
        return _merged(request, both, given)
    ahead = deed.preview(both, given)
    if step == "look" and not ahead.refusals:
        return _look(request, ahead, WhyForm())
    return render_page(request, "clusters/merge_choose.html", {"ahead": ahead, "pair": both})


@require_GET
def record(request: HtmxHttpRequest, pk: int, merged: int) -> HttpResponse:
    """Show a record that has become part of an organisation: what it said, what happened to it, and what was moved."""
    organisation = visible_organisation(request, pk)
    merge = get_object_or_404(queries.merges_into(organisation), merged=merged)
    old = Organisation.with_gone.select_related("reference_cluster", "scaling_up_kind").get(pk=merged)
    context = pages.answers_of(old) | {
        "organisation": organisation,
        "merge": merge,
        "old": old,
        "history": queries.history_of(old),
        "people": queries.role_events_of(old),
        "given_up": told.given_up(merge),
        "moved": told.moved(merge),
    }
    return render_page(request, "clusters/merged_record.html", context)


def _merged(request: HtmxHttpRequest, both: Pair, given: Mapping[str, str]) -> HttpResponse:
    """Merge, or show the preview again with what is missing or has changed; nothing typed is lost."""
    form, status = WhyForm(request.POST), UNFIT
    if form.is_valid():
        note, seen = form.cleaned_data["note"], request.POST.get("seen", "")
        try:
            deed.merge(both, given=given, actor=request.user, note=note, seen=seen)
        except MoveConflict as fault:
            form.add_error(None, str(fault.reason))
            status = CONFLICT
        else:
            text = _("%(merged)s is merged into %(kept)s; the people of both have been told.")
            messages.success(request, text % both.names)
            return redirect("clusters:organisation", both.kept.pk)
    return _look(request, deed.preview(both, given), form, status)


def _look(request: HtmxHttpRequest, ahead: deed.Preview, form: WhyForm, status: int = 200) -> HttpResponse:
    answers = [(f"{PREFIX}{value.name}", value.chosen) for value in ahead.values]
    context = {"ahead": ahead, "pair": ahead.pair, "form": form, "answers": answers}
    return render_page(request, "clusters/merge_look.html", context, status=status)


def _mergeable(request: HtmxHttpRequest, pk: int) -> Organisation:
    """Return an organisation that the person may merge; 404 for what one may not see, 403 for what is not one's own."""
    organisation = visible_organisation(request, pk)
    if not permissions.can_merge(request.user, organisation):
        raise PermissionDenied
    return organisation
