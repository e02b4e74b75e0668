"""The only door to an organisation: what a person may not see is not found."""

from typing import Any

from django.shortcuts import get_object_or_404

from clusters.models import Organisation
from extratex.shared.htmx import HtmxHttpRequest


def visible_organisation(request: HtmxHttpRequest, pk: int) -> Organisation:
    """Return the organisation if the person may see it; 404 otherwise."""
    rows = Organisation.objects.visible_to(request.user).select_related("reference_cluster", "scaling_up_kind")
    return get_object_or_404(rows, pk=pk)


def moved_to(user: Any, pk: int) -> int | None:
    """Return the key of the organisation into which this one was merged, if the person may see it."""
    kept = Organisation.with_gone.filter(pk=pk).values("merged_into")
    return Organisation.objects.visible_to(user).filter(pk__in=kept).values_list("pk", flat=True).first()
