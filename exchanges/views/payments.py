"""Pages of the payments: what can be paid, making a file for the bank, and what became of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clusters.models import Budget
from clusters.permissions import Roles, roles_of
from exchanges import payments, permissions
from exchanges.enums import PaymentFileStatus
from exchanges.forms.payments import PaymentFileForm
from exchanges.models import PaymentFile
from exchanges.money_trail import trail_of_file
from exchanges.payments import Payable
from exchanges.transitions import payment_files as transitions
from exchanges.transitions.payment_files import PAYMENT_FILE
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import NoteMissing

FILES_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def payment_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what can be paid out of a budget, make a file of what is chosen, and list the files made so far."""
    budgets = _budgets(roles_of(request.user))
    budget = _chosen_budget(request, budgets)
    if budget is None:
        if request.method == "POST":
            raise PermissionDenied
        return render_page(request, "exchanges/payments.html", {"budget": None})
    may_pay = budget.partnership_id in roles_of(request.user).pays_for
    rows = payments.payables(budget)
    choosable = [each for each in rows if may_pay and each.why_not(request.user) is None]
    form = PaymentFileForm(request.POST or None, choosable=choosable)
    if request.method == "POST":
        if not may_pay:
            raise PermissionDenied
        if form.is_valid():
            return _create(request, budget, form)
    context = {
        "budget": budget,
        "pills": _pills(budgets, budget),
        "form": form,
        "may_pay": may_pay,
        "rows": [(each, each.why_not(request.user)) for each in rows],
        "total": payments.total_of(each.claim for each in rows),
        "is_choosable": bool(choosable),
        **_choice(request, choosable),
        "page": _files(request, budget),
    }
    return render_page(
        request, "exchanges/payments.html", context, fragment="chosen", status=422 if form.is_bound else 200
    )


def _create(request: HtmxHttpRequest, budget: Budget, form: PaymentFileForm) -> HttpResponse:
    payment_file = transitions.create(
        form.cleaned_data["chosen"], budget=budget, execute_on=form.cleaned_data["execute_on"], actor=request.user
    )
    messages.success(request, _("The file is ready: download it and hand it to the bank."))
    return redirect("exchanges:payment_file", payment_file.pk)


def _choice(request: HtmxHttpRequest, choosable: list[Payable]) -> dict[str, object]:
    """Return what is ticked and what it sums up to; at first, everything that can be chosen."""
    sent = request.POST if request.method == "POST" else request.GET
    is_answered = "chosen" in sent or bool(request.htmx) or request.method == "POST"
    ticked = set(sent.getlist("chosen")) if is_answered else {str(each.claim.pk) for each in choosable}
    chosen = [each.claim for each in choosable if str(each.claim.pk) in ticked]
    return {"chosen": {claim.pk for claim in chosen}, "chosen_total": payments.total_of(chosen)}


@require_safe
def payment_file(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a payment file, what is in it, and what can be done with it."""
    return _file_page(request, _visible_file(request, pk))


@require_POST
def move_payment_file(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Mark a payment file as paid, or discard it with a reason."""
    row = _visible_file(request, pk)
    name, note = request.POST.get("move", ""), request.POST.get("note", "")
    try:
        if name == "mark_paid":
            transitions.mark_paid(row, actor=request.user)
            messages.success(request, _("Paid. Everybody concerned is told."))
        elif name == "discard":
            transitions.discard(row, actor=request.user, note=note)
            messages.success(request, _("Discarded. Its claims wait for the next file."))
        else:
            return _file_page(request, row, status=422)
    except NoteMissing as reason:
        messages.error(request, str(reason))
        return _file_page(request, row, status=422)
    return redirect("exchanges:payment_file", row.pk)


def _file_page(request: HtmxHttpRequest, row: PaymentFile, *, status: int = 200) -> HttpResponse:
    context = {
        "file": row,
        "claims": row.claims.select_related("exchange__visitor", "exchange__host", "exchange__account").order_by(
            "exchange"
        ),
        "discarded": _discarded_numbers(row),
        "may_read": permissions.can_pay(request.user, row),
        "moves": PAYMENT_FILE.open_to(request.user, row),
        "events": trail_of_file(row),
    }
    return render_page(request, "exchanges/payment_file.html", context, status=status)


def _discarded_numbers(row: PaymentFile) -> list[str]:
    if row.status != PaymentFileStatus.DISCARDED:
        return []
    event = row.events.filter(move="discard").last()
    numbers: list[str] = event.facts.get("claims", []) if event else []
    return numbers


def _visible_file(request: HtmxHttpRequest, pk: int) -> PaymentFile:
    rows = PaymentFile.objects.visible_to(request.user).select_related("budget__partnership", "document", "created_by")
    return get_object_or_404(rows, pk=pk)


def _files(request: HtmxHttpRequest, budget: Budget) -> object:
    files = PaymentFile.objects.visible_to(request.user).filter(budget=budget).select_related("created_by")
    return Paginator(files, FILES_A_PAGE).get_page(request.GET.get("page"))


def _budgets(roles: Roles) -> list[Budget]:
    """Return the budgets whose payments one may see, the partnerships that one pays for first."""
    budgets = Budget.objects.select_related("partnership").order_by("partnership__acronym")
    if not roles.oversees_all:
        mine = roles.pays_for | roles.coordinates
        if not mine:
            raise PermissionDenied
        budgets = budgets.filter(partnership__in=mine)
    return sorted(budgets, key=lambda budget: budget.partnership_id not in roles.pays_for)


def _chosen_budget(request: HtmxHttpRequest, budgets: list[Budget]) -> Budget | None:
    slug = request.GET.get("partnership")
    if slug is None:
        return budgets[0] if budgets else None
    for budget in budgets:
        if budget.partnership.slug == slug:
            return budget
    raise Http404


def _pills(budgets: list[Budget], chosen: Budget) -> list[dict[str, object]]:
    address = reverse("exchanges:payments")
    return [
        {
            "label": budget.partnership.acronym,
            "url": f"{address}?partnership={budget.partnership.slug}",
            "current": budget == chosen,
        }
        for budget in budgets
    ]
