"""The first page: what the programme is, what has been reached, and what comes next."""

from functools import lru_cache

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpResponse

from clusters.guide import GUIDES
from clusters.models import LumpSumRate, NewsItem, Partnership, ProgrammeEvent
from clusters.views.publications import newest
from exchanges.cockpit import STAGE_LABELS, Target, targets_of
from exchanges.forms.calculator import EnquiryForm
from extratex.publishing.pages import public_page
from extratex.publishing.revisions import present_mark
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page

EVENTS_SHOWN = 4
NEWS_SHOWN = 3


@lru_cache(maxsize=2)
def _partnership_at(_mark: str) -> Partnership | None:
    """Read the partnership that the portal is named after once for each mark of what is published."""
    return named_partnership()


def named_partnership() -> Partnership | None:
    """Return the partnership that the portal is named after: the first one that has set itself targets."""
    return Partnership.objects.filter(planned_exchanges__isnull=False).order_by("pk").first()


def reached(mark: str | None) -> tuple[Partnership | None, list[Target]]:
    """Return that partnership, and how far it is with its targets at this moment (one query)."""
    partnership = _partnership_at(mark) if mark else named_partnership()
    return partnership, targets_of(partnership) if partnership else []


@public_page(varies=lambda mark: (reached(mark), newest(mark)))
def home(request: HtmxHttpRequest) -> HttpResponse:
    """Show what the programme is and for whom, what has been reached, and what comes next."""
    partnership, targets = reached(present_mark())
    context = {
        "partnership": partnership,
        "targets": targets,
        "stages": STAGE_LABELS.values(),
        "events": next_events(),
        "news": NewsItem.objects.public().select_related("partnership", "picture")[:NEWS_SHOWN],
        "highest_rate": _highest_rate(),
        "form": EnquiryForm(),
        "guides": GUIDES.values(),
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
