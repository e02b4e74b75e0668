"""Pages after the stay: the closing report, the evidence, and their check by the visitor's side."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clusters.enums import ParticipantRole
from exchanges import permissions, reporting
from exchanges.enums import EvidenceKind, ExchangeStatus
from exchanges.forms.reporting import EvidenceForm, ReportForm
from exchanges.history import told_history
from exchanges.models import Evidence, Exchange
from exchanges.transitions import exchanges as transitions
from exchanges.transitions.exchanges import EXCHANGE
from exchanges.views.access import visible_exchange
from extratex.documents.enums import State
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict, NoteMissing

CHECKS = {"validate_report": transitions.validate_report, "send_report_back": transitions.send_report_back}


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Write the closing report of one's own role; what was typed stays in the form until it is saved."""
    exchange = visible_exchange(request, pk)
    role = reporting.reporting_role(request.user, exchange)
    if role is None:
        raise PermissionDenied
    written = exchange.reports.filter(role=role).first()
    form = ReportForm(request.POST or None, instance=written, role=role)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            reporting.write_report(exchange, role, form.cleaned_data, author=request.user)
        except MoveConflict as conflict:
            form.add_error(None, str(conflict.reason))
            status = 409
        else:
            return _after_report(request, exchange, role)
    context = {
        "exchange": exchange,
        "form": form,
        "written": written,
        "is_visitor": role == ParticipantRole.VISITOR,
        "is_open": form.is_bound or reporting.is_open(exchange, role),
        "reason": reporting.sent_back_because(exchange) if role == ParticipantRole.VISITOR else "",
    }
    return render_page(request, "exchanges/report.html", context, status=status)


def _after_report(request: HtmxHttpRequest, exchange: Exchange, role: ParticipantRole) -> HttpResponse:
    if role == ParticipantRole.VISITOR:
        messages.success(request, _("Your report is saved. Now add the evidence."))
        return redirect("exchanges:evidence", exchange.pk)
    messages.success(request, _("Your report is saved. Thank you for hosting."))
    return redirect("exchanges:detail", exchange.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the evidence with the state of each file, and take more of it."""
    exchange = visible_exchange(request, pk)
    if not permissions.is_visitor(request.user, exchange):
        raise PermissionDenied
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        refused = reporting.add_evidence(
            exchange, given["uploads"], EvidenceKind(given["kind"]), given["description"], by=request.user
        )
        if not refused:
            messages.success(request, _("Received. Each file is checked now; this takes a few seconds."))
            return redirect("exchanges:evidence", exchange.pk)
        for reason in refused:
            form.add_error("uploads", reason)
    context = {"form": form, **_state_of_evidence(exchange)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "exchanges/evidence.html", context, fragment="evidence", status=status)


def _state_of_evidence(exchange: Exchange) -> dict[str, object]:
    files = list(exchange.evidence.select_related("document", "added_by"))
    submit = EXCHANGE.moves["submit_report"]
    refusal = submit.refusal(exchange)
    is_open = reporting.is_open(exchange, ParticipantRole.VISITOR)
    return {
        "exchange": exchange,
        "files": files,
        "is_open": is_open,
        "reason": reporting.sent_back_because(exchange),
        "is_checking": any(each.document.state == State.QUARANTINED for each in files),
        "moves": [submit] if is_open and refusal is None else [],
        "blocked": [(submit, refusal)] if is_open and refusal is not None else [],
        "has_report": exchange.reports.filter(role=ParticipantRole.VISITOR).exists(),
    }


@require_POST
def remove_evidence(request: HtmxHttpRequest, pk: int, evidence_pk: int) -> HttpResponse:
    """Take one file out of the evidence, as long as nothing was handed in."""
    exchange = visible_exchange(request, pk)
    row = get_object_or_404(Evidence.objects.visible_to(request.user).filter(exchange=exchange), pk=evidence_pk)
    reporting.remove_evidence(row, by=request.user)
    messages.success(request, _("The file was removed."))
    return redirect("exchanges:evidence", exchange.pk)


@require_POST
def submit_report(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Hand in the report and the evidence."""
    exchange = transitions.submit_report(visible_exchange(request, pk), actor=request.user)
    messages.success(request, _("Handed in. Your side checks report and evidence now; you are told as soon as it has."))
    return redirect("exchanges:detail", exchange.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show reports and evidence side by side; the visitor's side validates them or sends them back with a reason."""
    exchange = visible_exchange(request, pk)
    if reporting.reporting_role(request.user, exchange) == ParticipantRole.HOST:
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request, exchange)
    return _checked_page(request, exchange)


def _decide(request: HtmxHttpRequest, exchange: Exchange) -> HttpResponse:
    name = request.POST.get("move", "")
    if name not in CHECKS:
        return _checked_page(request, exchange, status=422)
    try:
        CHECKS[name](exchange, actor=request.user, note=request.POST.get("note", ""))
    except NoteMissing as reason:
        messages.error(request, str(reason))
        return _checked_page(request, exchange, status=422)
    if name == "validate_report":
        messages.success(request, _("Validated. The visitor can claim the lump sum now."))
    else:
        messages.success(request, _("Sent back to the visitor with your reason."))
    return redirect("desk")


def _checked_page(request: HtmxHttpRequest, exchange: Exchange, *, status: int = 200) -> HttpResponse:
    reports = {each.role: each for each in exchange.reports.select_related("author")}
    may_check = permissions.can_validate_report(request.user, exchange)
    is_waiting = exchange.status == ExchangeStatus.REPORT_SUBMITTED
    context = {
        "exchange": exchange,
        "visitor_report": reports.get(ParticipantRole.VISITOR),
        "host_report": reports.get(ParticipantRole.HOST),
        "files": exchange.evidence.select_related("document"),
        "stays": exchange.stays.select_related("host"),
        "agenda": exchange.agenda.all(),
        "moves": [EXCHANGE.moves[name] for name in CHECKS] if may_check and is_waiting else [],
        "is_waiting": is_waiting,
        "events": told_history(exchange),
    }
    return render_page(request, "exchanges/report_check.html", context, status=status)
