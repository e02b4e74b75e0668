"""The plans of a partnership in the cockpit: asking for one, following it, reading it, comparing two."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusters import europe
from clusters.models import Partnership
from clusters.permissions import roles_of
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.paging import KeyedPage
from matchmaking import permissions
from matchmaking.forms.plans import PlanForm, WishForm
from matchmaking.models import PairWish, Plan
from matchmaking.planning import asking, comparing, sending, wishes, words
from matchmaking.views.access import key_in

ROWS = 25
UNFIT = 422
LONGEST_SEARCH = 100


@require_GET
def plan_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the plans that one may see, the youngest first."""
    if not permissions.can_read_plans(request.user):
        raise PermissionDenied
    rows = Plan.objects.visible_to(request.user).for_list()
    page = KeyedPage(rows, request.GET, ROWS)
    context = {
        "page": page,
        "partnerships": _led(request),
        "is_busy": any(plan.is_unfinished or plan.is_being_sent for plan in page),
    }
    return render_page(request, "matchmaking/plans.html", context, fragment="results")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest) -> HttpResponse:
    """Ask for a plan, with the targets of the partnership or the limits of an earlier plan to begin with."""
    partnership, parent = _asked_for(request)
    form = PlanForm(request.POST or None, partnership=partnership, parent=parent)
    if request.method == "POST" and form.is_valid():
        plan = asking.ask(form.save(commit=False), weights=form.weights(), by=request.user)
        messages.success(request, _("The plan is being computed. You may leave this page; it goes on without you."))
        return redirect("matchmaking:plan", plan.pk)
    context = {"form": form, "partnership": partnership, "parent": parent}
    return render_page(request, "matchmaking/plan_new.html", context, status=UNFIT if form.errors else 200)


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a plan: how far it is, or its pairs, sums and prices."""
    plan = visible_plan(request, pk)
    return plan_page(request, plan, WishForm(plan=plan))


@require_POST
def again(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Compute a plan once more, with the wishes of now."""
    plan = asking.ask_again(led_plan(request, pk), by=request.user)
    messages.success(request, _("The plan is computed again, with the wishes of now."))
    return redirect("matchmaking:plan", plan.pk)


@require_POST
def cancel(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Take a plan back that is not there yet."""
    plan = led_plan(request, pk)
    if asking.queue.take_back(plan, by=request.user):
        messages.success(request, _("The search is called off."))
    else:
        messages.info(request, _("The search was over already."))
    return redirect("matchmaking:plan", pk)


@require_GET
def compare(request: HtmxHttpRequest) -> HttpResponse:
    """Show in what two plans differ, and their pairs by where they stand."""
    first, second = (_done(request, key_in(request.GET, name)) for name in ("first", "second"))
    shown = request.GET.get("show", "")
    shown = shown if shown in comparing.PLACES else comparing.ONLY_SECOND
    rows = comparing.pairs_of(first, second, shown)
    counts = {place: comparing.pairs_of(first, second, place).count() for place in comparing.PLACES}
    here = f"{reverse('matchmaking:compare_plans')}?first={first.pk}&second={second.pk}"
    context = {
        "first": first,
        "second": second,
        "differences": comparing.differences(first, second),
        "page": KeyedPage(rows.with_names().order_by("-score", "pk"), request.GET, ROWS),
        "pills": [
            {"label": label, "url": f"{here}&show={place}", "current": place == shown, "count": counts[place]}
            for place, label in comparing.labels(first, second).items()
        ],
        "countries": comparing.countries(first, second),
        "asked": comparing.asked(first, second),
    }
    return render_page(request, "matchmaking/plan_compare.html", context, fragment="results")


def plan_page(request: HtmxHttpRequest, plan: Plan, form: WishForm, status: int = 200) -> HttpResponse:
    """Draw the page of a plan around a form for one more wish."""
    may_plan = permissions.can_plan(request.user, plan)
    standing = list(PairWish.objects.standing_for(plan))
    context: dict[str, Any] = {
        "plan": plan,
        "may_plan": may_plan,
        "limits": words.limits_of(plan),
        "wishes": standing,
        "changed_wishes": wishes.changed_since(plan, standing),
        "wish_form": form,
    }
    if plan.figures:
        context |= _result(request, plan, standing)
    return render_page(request, "matchmaking/plan.html", context, fragment="progress", status=status)


def _result(request: HtmxHttpRequest, plan: Plan, standing: list[PairWish]) -> dict[str, Any]:
    searched = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    rows = plan.pairs.named(searched) if searched else plan.pairs.all()
    page = KeyedPage(rows.with_profiles().order_by("-score", "pk"), request.GET, ROWS)
    wished = words.wish_by_pair(standing)
    countries = words.countries_of(plan)
    others = Plan.objects.visible_to(request.user).done().filter(partnership=plan.partnership_id).exclude(pk=plan.pk)
    return {
        "quality": words.quality_of(plan),
        "goals": words.goals_of(plan),
        "shortage": words.shortage_of(plan),
        "prices": words.prices_of(plan),
        "free_limits": words.free_limits_of(plan),
        "totals": words.totals_of(plan),
        "choice": words.choice_of(plan),
        "refused_locks": words.refused_locks(plan),
        "countries": countries,
        "map": europe.draw({row.code: row.pairs for row in countries}, ()),
        "page": page,
        "searched": searched,
        "rows": [
            (pair, whys, wished.get((pair.visitor_id, pair.host_id))) for pair, whys in words.with_whys(plan, page)
        ],
        "outcomes": sending.outcomes_of(plan) if plan.confirmed_at else {},
        "others": others.order_by("-asked_at")[:ROWS],
    }


def visible_plan(request: HtmxHttpRequest, pk: int) -> Plan:
    """Return the plan if the person may see it; 404 otherwise."""
    rows = Plan.objects.visible_to(request.user).select_related(
        "partnership__wave", "asked_by", "parent", "confirmed_by"
    )
    return get_object_or_404(rows, pk=pk)


def led_plan(request: HtmxHttpRequest, pk: int) -> Plan:
    """Return the plan if the person coordinates its partnership; who only reads it may not do more."""
    plan = visible_plan(request, pk)
    if not permissions.can_plan(request.user, plan):
        raise PermissionDenied
    return plan


def _led(request: HtmxHttpRequest) -> list[Partnership]:
    return list(Partnership.objects.filter(pk__in=roles_of(request.user).coordinates).order_by("acronym"))


def _asked_for(request: HtmxHttpRequest) -> tuple[Partnership, Plan | None]:
    """Return for whom to plan, and the plan to begin with where the address names one."""
    led = _led(request)
    if not led:
        raise PermissionDenied
    key = key_in(request.GET, "from")
    if key is not None:
        parent = led_plan(request, key)
        return parent.partnership, parent
    slug = request.GET.get("partnership")
    found = next((each for each in led if slug in {None, each.slug}), None)
    if found is None:
        raise Http404
    return found, None


def _done(request: HtmxHttpRequest, key: int | None) -> Plan:
    rows = Plan.objects.visible_to(request.user).done().select_related("partnership")
    return get_object_or_404(rows, pk=key)
