"""The list of exchanges and the file of each."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from django_stubs_ext import StrOrPromise

from clusters.words import sentence
from exchanges import permissions
from exchanges.enums import AgreementKind, Party
from exchanges.enums import ExchangeStatus as Status
from exchanges.filters import ExchangeFilter
from exchanges.history import told_history
from exchanges.models import Agreement, Exchange, Signature
from exchanges.next_actions import next_action, page_for
from exchanges.phases import phases_of
from exchanges.queries import agreement_in_force, derivation_of, problems_of
from exchanges.transitions import exchanges as transitions
from exchanges.views.access import visible_exchange
from exchanges.words import sum_in_words
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import NoteMissing

ROWS_A_PAGE = 25
VERBS: dict[str, Callable[..., Exchange]] = {
    "issue_commitment": transitions.issue_commitment,
    "reopen": transitions.reopen,
    "cancel": transitions.cancel,
}
SAID: dict[str, StrOrPromise] = {
    "issue_commitment": _("The Commitment to Quality is issued; all four parties are asked to sign it."),
    "reopen": _("The file is open again. Issue a new version when you are done."),
    "cancel": _("The exchange is cancelled, and everybody concerned is told."),
}


@require_GET
def exchange_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the exchanges that the person takes part in or looks after."""
    narrowed = ExchangeFilter(request.GET, Exchange.objects.visible_to(request.user).for_list())
    page = Paginator(narrowed.qs, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"filter": narrowed, "page": page, "is_narrowed": any(request.GET.get(name) for name in narrowed.filters)}
    return render_page(request, "exchanges/list.html", context, fragment="results")


@require_GET
def detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the file: where it stands, what comes next, and all that belongs to it."""
    exchange = visible_exchange(request, pk)
    is_building = exchange.status == Status.BUILDING
    moves = {move.name: move for move in transitions.EXCHANGE.open_to(request.user, exchange)}
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange),
        "phases": phases_of(exchange),
        "next": next_action(request.user, exchange),
        "derivation": sum_in_words(derivation_of(exchange)),
        "problems": [(sentence(each), page_for(each, exchange)) for each in problems_of(exchange)]
        if is_building
        else [],
        "can_build": is_building and permissions.can_build(request.user, exchange),
        "signatures": _signatures(request, exchange),
        "approvals": exchange.approvals.all(),
        "papers": _papers(request, exchange),
        "account": exchange.account if _shows_account(request, exchange) else None,
        "can_change_account": "give_account" in moves,
        "history": told_history(exchange),
        "ways_out": [moves[name] for name in ("reopen", "cancel") if name in moves],
    }
    return render_page(request, "exchanges/detail.html", context)


@require_POST
def make_move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Issue the Commitment, open the file again, or cancel the exchange."""
    exchange = visible_exchange(request, pk)
    name = request.POST.get("move", "")
    if name not in VERBS:
        raise Http404
    note = {} if name == "issue_commitment" else {"note": request.POST.get("note", "")}
    try:
        VERBS[name](exchange, actor=request.user, **note)
    except NoteMissing as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, SAID[name])
    return redirect("exchanges:detail", exchange.pk)


def crumbs(exchange: Exchange, *further: StrOrPromise) -> list[tuple[StrOrPromise, str]]:
    """Return the way back from a page of a file."""
    own = [(exchange.number, reverse("exchanges:detail", args=[exchange.pk]))]
    return [(_("Exchanges"), reverse("exchanges:list")), *own, *((label, "") for label in further)]


def signature_rows(request: HtmxHttpRequest, agreement: Agreement) -> list[tuple[StrOrPromise, Signature | None, bool]]:
    """Return each party of a paper with its signature, or whether it is this person's turn."""
    mine = permissions.parties_to_sign(request.user, agreement)
    return [(Party(party).label, agreement.signature_of(party), party in mine) for party in agreement.parties]


def _signatures(request: HtmxHttpRequest, exchange: Exchange) -> list[dict[str, object]]:
    """Return the papers in force, in the order in which they are signed, with their signatures."""
    papers = [agreement_in_force(exchange, kind) for kind in AgreementKind]
    return [
        {"agreement": agreement, "rows": signature_rows(request, agreement)}
        for agreement in papers
        if agreement is not None
    ]


def _papers(request: HtmxHttpRequest, exchange: Exchange) -> list[Agreement]:
    return [
        agreement
        for agreement in exchange.agreements.all()
        if agreement.kind == AgreementKind.COMMITMENT or permissions.can_read_money_papers(request.user, exchange)
    ]


def _shows_account(request: HtmxHttpRequest, exchange: Exchange) -> bool:
    return hasattr(exchange, "account") and permissions.can_see_account(request.user, exchange)
