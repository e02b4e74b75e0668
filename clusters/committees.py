"""What happens when a call for experts closes: its committee may begin to read."""

from django.db import transaction

from clusters import notices
from clusters.models import Call
from extratex.shared import clock


def tell_committees() -> int:
    """Tell the committee of each call that has closed that it can begin, once; return how many calls."""
    closed = list(Call.objects.to_be_judged().values_list("pk", flat=True))
    for key in closed:
        with transaction.atomic():
            claimed = Call.objects.to_be_judged().filter(pk=key).update(committee_told_at=clock.now())
            if claimed:
                notices.tell_committee(Call.objects.get(pk=key))
    return len(closed)
