"""What a coordinator does with the pairs of a plan: locks and forbids them, and sends their proposals."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking.forms.plans import SendForm, WishForm
from matchmaking.models import Plan
from matchmaking.planning import sending, wishes
from matchmaking.views.plans import UNFIT, led_plan, plan_page

ROWS = 25


@require_POST
def wish(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Lock or forbid a pair, or take such a wish back."""
    plan = led_plan(request, pk)
    form = WishForm(request.POST, plan=plan)
    if not form.is_valid():
        return plan_page(request, plan, form, status=UNFIT)
    visitor, host, kind = (form.cleaned_data[name] for name in ("visitor", "host", "kind"))
    names = {"visitor": visitor.organisation, "host": host.organisation}
    if kind == WishForm.LIFT:
        wishes.lift(plan, visitor, host)
        messages.success(request, _("%(visitor)s and %(host)s are free again.") % names)
    else:
        wishes.make(plan, visitor, host, kind, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Noted for %(visitor)s and %(host)s: it holds from the next plan on.") % names)
    return redirect("matchmaking:plan", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what would be sent, and send it once it is confirmed."""
    plan = led_plan(request, pk)
    if not plan.is_done or plan.confirmed_at is not None:
        messages.info(
            request,
            _("The proposals of this plan were sent before.") if plan.confirmed_at else _("The plan is not there yet."),
        )
        return redirect("matchmaking:plan", pk)
    form = SendForm(request.POST or None, initial={"message": _message(plan)})
    if request.method == "POST" and form.is_valid():
        sending.confirm(plan, by=request.user, message=form.cleaned_data["message"])
        messages.success(request, _("The proposals are being sent. You may leave this page; it goes on without you."))
        return redirect("matchmaking:plan", pk)
    found = sending.look_through(plan, by=request.user)
    context = {
        "plan": plan,
        "form": form,
        "passing": len(found.passing),
        "first": found.passing[:ROWS],
        "more": max(len(found.passing) - ROWS, 0),
        "total": len(found.passing) + len(found.stopped),
        "page": Paginator(found.stopped, ROWS).get_page(request.GET.get("page")),
    }
    return render_page(request, "matchmaking/plan_send.html", context, status=UNFIT if form.errors else 200)


def _message(plan: Plan) -> str:
    return _(
        "We have looked for the exchanges that bring all of us most, and propose this one. On this page you both find "
        "what the other one seeks and offers. Please answer soon, so that dates and agenda can be agreed.\n\n"
        "%(partnership)s"
    ) % {"partnership": plan.partnership}
