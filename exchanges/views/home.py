"""The first page: what the programme is, what has been reached, and what comes next."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from clusters.models import LumpSumRate, Partnership, ProgrammeEvent
from exchanges.cockpit import targets_of
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page

EVENTS_SHOWN = 4


@login_not_required
@require_safe
def home(request: HtmxHttpRequest) -> HttpResponse:
    """Show the programme, the targets of the partnership that the portal is named after, and the next events."""
    partnership = Partnership.objects.filter(planned_exchanges__isnull=False).order_by("pk").first()
    context = {
        "partnership": partnership,
        "targets": targets_of(partnership) if partnership else [],
        "events": next_events(),
        "highest_rate": _highest_rate(),
    }
    return render_page(request, "pages/home.html", context)


def next_events() -> QuerySet[ProgrammeEvent]:
    """Return what comes next, then what has no date yet, then what was last."""
    today = clock.today()
    turn = Case(
        When(ends_on__gte=today, then=Value(0)),
        When(starts_on__gte=today, then=Value(0)),
        When(starts_on__isnull=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    in_time = Case(When(starts_on__gte=today, then=F("starts_on")))
    ordered = ProgrammeEvent.objects.select_related("partnership", "host_cluster").annotate(turn=turn, soonest=in_time)
    return ordered.order_by("turn", F("soonest").asc(nulls_last=True), F("starts_on").desc(nulls_last=True))[
        :EVENTS_SHOWN
    ]


def _highest_rate() -> object:
    rates = LumpSumRate.objects.in_force(clock.today()).order_by("-amount")
    return rates.values_list("amount", flat=True).first()
