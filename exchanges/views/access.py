"""The only door to an exchange: what a person may not see is not found."""

from django.shortcuts import get_object_or_404

from exchanges.models import Exchange
from extratex.shared.htmx import HtmxHttpRequest


def visible_exchange(request: HtmxHttpRequest, pk: int) -> Exchange:
    """Return an exchange that the person may see, with all that its page shows; raises Http404."""
    rows = Exchange.objects.visible_to(request.user).for_list().with_signatures().select_related("wave", "proposal")
    return get_object_or_404(rows, pk=pk)
