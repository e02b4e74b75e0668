"""Reading and signing papers, approving for a side, and giving the account."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clusters.words import sentence
from exchanges import permissions
from exchanges.enums import AgreementKind, ExchangeStatus, Party
from exchanges.forms.account import AccountForm
from exchanges.forms.signing import SignForm
from exchanges.models import Exchange
from exchanges.queries import agreement_in_force, derivation_of, eligibility_of, is_reached_by_sepa
from exchanges.transitions import exchanges as transitions
from exchanges.transitions.account import give_account
from exchanges.views.access import visible_exchange
from exchanges.views.files import crumbs, signature_rows
from exchanges.words import sum_in_words
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

read_or_act = require_http_methods(["GET", "HEAD", "POST"])
UNFIT = 422


@read_or_act
def commitment(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Read the Commitment to Quality and sign it."""
    return _paper(request, visible_exchange(request, pk), AgreementKind.COMMITMENT, transitions.sign)


@read_or_act
def financial_agreement(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Read the financial agreement and sign it; visitor and payer only."""
    exchange = visible_exchange(request, pk)
    if not permissions.can_read_money_papers(request.user, exchange):
        raise PermissionDenied
    return _paper(request, exchange, AgreementKind.FINANCIAL, transitions.sign_agreement)


def _paper(
    request: HtmxHttpRequest, exchange: Exchange, kind: AgreementKind, sign: Callable[..., Exchange]
) -> HttpResponse:
    if request.method == "POST" and (answer := _signed_before(request, exchange, kind)) is not None:
        return answer
    agreement = agreement_in_force(exchange, kind)
    if agreement is None:
        raise Http404
    parties = permissions.parties_to_sign(request.user, agreement) if _is_open(exchange, kind) else []
    if request.method == "POST" and not parties:
        raise PermissionDenied
    initial = {"content_hash": agreement.content_hash, "party": parties[0] if parties else ""}
    form = SignForm(request.POST or None, initial=initial, agreement=agreement, parties=parties)
    if form.is_bound and form.is_valid():
        sign(
            exchange,
            actor=request.user,
            party=Party(form.cleaned_data["party"]),
            content_hash=form.cleaned_data["content_hash"],
            address=get_adapter().get_client_ip(request),
        )
        messages.success(request, _("Signed. Your signature is bound to exactly this document."))
        return redirect("exchanges:detail", exchange.pk)
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange, agreement.get_kind_display()),
        "agreement": agreement,
        "text": mark_safe(agreement.text),  # noqa: S308 rendered by our own template when it was issued, every value escaped
        "signatures": signature_rows(request, agreement),
        "form": form if parties else None,
        "mine": [each for each in agreement.signatures.all() if each.person_id == request.user.pk],
    }
    return render_page(request, "exchanges/paper.html", context, status=UNFIT if form.is_bound else 200)


def _is_open(exchange: Exchange, kind: AgreementKind) -> bool:
    expected = ExchangeStatus.SIGNING if kind == AgreementKind.COMMITMENT else ExchangeStatus.APPROVED
    return exchange.status == expected


def _signed_before(request: HtmxHttpRequest, exchange: Exchange, kind: AgreementKind) -> HttpResponse | None:
    """Answer a second click with the signature that the first one made; refuse a paper that was replaced."""
    agreement = agreement_in_force(exchange, kind)
    if agreement is None or agreement.content_hash != request.POST.get("content_hash", ""):
        raise MoveConflict(_("There is a newer version of this paper, or it was taken back; read it first."), exchange)
    if any(each.person_id == request.user.pk for each in agreement.signatures.all()):
        messages.info(request, _("You have signed this version already; your signature stands."))
        return redirect("exchanges:detail", exchange.pk)
    return None


@read_or_act
def approval(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the side what it approves, with the facts of eligibility, and take its approval."""
    exchange = visible_exchange(request, pk)
    if not permissions.is_side(request.user, exchange):
        raise PermissionDenied
    if request.method == "POST":
        return _approve(request, exchange)
    sides = permissions.sides_to_approve(request.user, exchange) if exchange.status == ExchangeStatus.SIGNED else []
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange, _("Approval")),
        "verdicts": [
            (label, verdict.allowed, [sentence(reason) for reason in verdict.reasons], _source(verdict.rule))
            for label, verdict in zip(
                (exchange.visitor, exchange.host, _("Both together")), eligibility_of(exchange), strict=True
            )
        ],
        "derivation": sum_in_words(derivation_of(exchange)),
        "agreement": agreement_in_force(exchange, AgreementKind.COMMITMENT),
        "approvals": list(exchange.approvals.select_related("person")),
        "sides": sides,
    }
    return render_page(request, "exchanges/approval.html", context)


def _approve(request: HtmxHttpRequest, exchange: Exchange) -> HttpResponse:
    if exchange.approvals.filter(person=request.user.pk).exists():
        messages.info(request, _("You have approved this exchange already; your approval stands."))
        return redirect("exchanges:detail", exchange.pk)
    side = request.POST.get("side", "")
    if side not in {Party.VISITOR_SIDE, Party.HOST_SIDE}:
        raise Http404
    transitions.approve(exchange, actor=request.user, side=Party(side), note=request.POST.get("note", "")[:2000])
    messages.success(request, _("Approved for: %(side)s.") % {"side": Party(side).label})
    return redirect("exchanges:detail", exchange.pk)


def _source(rule: object) -> str:
    return str(getattr(rule, "source", "") or "")


@read_or_act
def account(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say to which account the lump sum is paid; the financial agreement follows from it."""
    exchange = visible_exchange(request, pk)
    if not permissions.can_give_account(request.user, exchange):
        raise PermissionDenied
    if exchange.status != ExchangeStatus.APPROVED:
        raise MoveConflict(
            _("The account is given once both sides have approved, and before the agreement is signed."), exchange
        )
    form = AccountForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.account
        give_account(exchange, given, actor=request.user)
        if is_reached_by_sepa(given.iban[:2]):
            messages.success(request, _("The account is kept. Read and sign the financial agreement now."))
        else:
            messages.warning(
                request,
                _("The account is kept. It lies outside SEPA: the finance officer pays it by hand; it takes longer."),
            )
        return redirect("exchanges:financial_agreement", exchange.pk)
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange, _("Account")),
        "form": form,
        "given": getattr(exchange, "account", None),
        "agreement": agreement_in_force(exchange, AgreementKind.FINANCIAL),
    }
    return render_page(request, "exchanges/account.html", context, status=UNFIT if form.is_bound else 200)
