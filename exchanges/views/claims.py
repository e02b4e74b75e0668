"""Pages of the claims: making one, the list, and the decision of a second person."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clusters.permissions import roles_of
from exchanges import permissions
from exchanges.duties import why_not_approve
from exchanges.enums import ClaimStatus
from exchanges.forms.claims import ClaimFilter
from exchanges.models import Claim, Exchange
from exchanges.money_trail import trail_of_claim
from exchanges.queries import derivation_of
from exchanges.transitions import claims as transitions
from exchanges.transitions.claims import CLAIM
from exchanges.transitions.exchanges import EXCHANGE
from exchanges.views.access import visible_exchange
from exchanges.words import sum_in_words
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import NoteMissing

CLAIMS_A_PAGE = 25
DECISIONS = {"approve": transitions.approve, "send_back": transitions.send_back}


@require_http_methods(["GET", "HEAD", "POST"])
def make_claim(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what will be claimed and to which account it goes; one click claims exactly the frozen sum."""
    exchange = visible_exchange(request, pk)
    if not permissions.is_visitor(request.user, exchange):
        raise PermissionDenied
    if request.method == "POST":
        claim = transitions.submit(exchange, actor=request.user)
        messages.success(request, _("Claimed. The coordinator of your partnership approves it next."))
        return redirect("exchanges:claim_detail", claim.pk)
    made = Claim.objects.filter(exchange=exchange).first()
    if made is not None and made.status != ClaimStatus.SENT_BACK:
        return redirect("exchanges:claim_detail", made.pk)
    context = {
        "exchange": exchange,
        "account": getattr(exchange, "account", None),
        "sum": sum_in_words(derivation_of(exchange)),
        "refusal": EXCHANGE.moves["claim"].refusal(exchange),
        "sent_back": made.events.filter(move="send_back").last() if made else None,
    }
    return render_page(request, "exchanges/claim_make.html", context)


@require_safe
def claim_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the claims of one's organisation, or of the partnerships that one serves."""
    rows = Claim.objects.visible_to(request.user).select_related("exchange__visitor", "exchange__host")
    found = ClaimFilter(request.GET, rows.order_by("due_on", "pk"))
    page = Paginator(found.qs, CLAIMS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "pills": _pills(request), "search": request.GET.get("search", "")}
    return render_page(request, "exchanges/claims.html", context, fragment="claims")


def _pills(request: HtmxHttpRequest) -> list[dict[str, object]]:
    chosen = request.GET.get("status", "")
    address = reverse("exchanges:claims")
    pills = [{"label": _("All"), "url": address, "current": chosen not in ClaimStatus.values}]
    return pills + [
        {"label": status.label, "url": f"{address}?status={status.value}", "current": chosen == status.value}
        for status in ClaimStatus
    ]


@require_safe
def claim(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a claim with everything that its approval rests on."""
    return _claim_page(request, _visible_claim(request, pk))


@require_POST
def decide(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Approve a claim or send it back with a reason."""
    row = _visible_claim(request, pk)
    name = request.POST.get("move", "")
    if name not in DECISIONS:
        return _claim_page(request, row, status=422)
    try:
        DECISIONS[name](row, actor=request.user, note=request.POST.get("note", ""))
    except NoteMissing as reason:
        messages.error(request, str(reason))
        return _claim_page(request, row, status=422)
    if name == "approve":
        messages.success(request, _("Approved. The finance officer pays it with the next payment file."))
    else:
        messages.success(request, _("Sent back to the visitor with your reason."))
    return redirect("exchanges:claim_detail", row.pk)


def _claim_page(request: HtmxHttpRequest, row: Claim, *, status: int = 200) -> HttpResponse:
    exchange = row.exchange
    is_open = row.status == ClaimStatus.SUBMITTED and permissions.can_approve_claim(request.user, row)
    context = {
        "claim": row,
        "exchange": exchange,
        "account": _account_for(request, exchange),
        "sum": sum_in_words(derivation_of(exchange)),
        "files": exchange.evidence.select_related("document"),
        "validated": exchange.events.filter(move="validate_report").select_related("actor").last(),
        "moves": [CLAIM.moves[name] for name in DECISIONS] if is_open else [],
        "why_not": why_not_approve(request.user, row),
        "may_claim_again": row.status == ClaimStatus.SENT_BACK and permissions.is_visitor(request.user, exchange),
        "pays": exchange.partnership_id in roles_of(request.user).pays_for,
        "events": trail_of_claim(row),
    }
    return render_page(request, "exchanges/claim.html", context, status=status)


def _account_for(request: HtmxHttpRequest, exchange: Exchange) -> object:
    return getattr(exchange, "account", None) if permissions.can_see_account(request.user, exchange) else None


def _visible_claim(request: HtmxHttpRequest, pk: int) -> Claim:
    rows = Claim.objects.visible_to(request.user).select_related(
        "exchange__visitor", "exchange__host", "exchange__partnership", "claimed_by", "approved_by", "payment_file"
    )
    return get_object_or_404(rows, pk=pk)
