"""The only door to an organisation: what a person may not see is not found."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clusters.models import Organisation
from extratex.shared.htmx import HtmxHttpRequest

type View = Callable[..., HttpResponse]


def visible_organisation(request: HtmxHttpRequest, pk: int) -> Organisation:
    """Return the organisation if the person may see it; 404 otherwise."""
    rows = Organisation.objects.visible_to(request.user).select_related("reference_cluster", "scaling_up_kind")
    return get_object_or_404(rows, pk=pk)


def moved_to(user: Any, pk: int) -> int | None:
    """Return the key of the organisation into which this one was merged, if the person may see it."""
    kept = Organisation.with_gone.filter(pk=pk).values("merged_into")
    return Organisation.objects.visible_to(user).filter(pk__in=kept).values_list("pk", flat=True).first()


def leading_to_the_kept(view: View) -> View:
    """Let every page of an organisation that was merged into another one lead to the same page of that one.

    Only for reading, and for those who see the other one; for everybody else it is not found, as before.
    """

    @wraps(view)
    def shown(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        try:
            return view(request, pk=pk, **more)
        except Http404:
            kept = moved_to(request.user, pk) if request.method in {"GET", "HEAD"} else None
            if kept is None or request.resolver_match is None:
                raise
            answer: HttpResponse = redirect(request.resolver_match.view_name, pk=kept, **more)
            return answer

    return shown
