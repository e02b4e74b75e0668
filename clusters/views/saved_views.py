"""Keeping the filters of a list under a name, and forgetting them."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clusters import saved_views
from clusters.forms.validation import SavedViewForm
from clusters.models import SavedView
from extratex.shared.htmx import HtmxHttpRequest


@require_POST
def keep(request: HtmxHttpRequest) -> HttpResponse:
    """Keep filters under a name, for the person herself."""
    form = SavedViewForm(request.POST)
    address = _address_of(request.POST.get("page", ""))
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 60 characters."))
        return redirect(address)
    name, query = form.cleaned_data["name"], QueryDict(form.cleaned_data["query"]).urlencode()
    if saved_views.name_view(request.user, form.cleaned_data["page"], name, query):
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    else:
        messages.error(request, _("You have kept too many views here: forget one that you no longer need."))
    return redirect(f"{address}?{query}")


@require_POST
def forget(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Forget a named view of one's own."""
    view = get_object_or_404(SavedView.objects.filter(user=request.user), pk=pk)
    address = _address_of(view.page)
    view.delete()
    messages.success(request, _("“%(name)s” is forgotten.") % {"name": view.name})
    return redirect(address)


def _address_of(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        raise Http404 from None
