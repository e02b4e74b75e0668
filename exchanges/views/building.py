"""Pages on which visitor and host write the file, one part a page; each saves at once and leads back to the file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from clusters.words import days_in_words, period_in_words
from exchanges import permissions
from exchanges.enums import ExchangeStatus
from exchanges.forms.building import (
    AGENDA,
    AgendaFormSet,
    DatesForm,
    ObjectivesForm,
    SeenForm,
    initial_agenda,
    initial_dates,
)
from exchanges.models import Exchange
from exchanges.queries import days_of, working_days_of
from exchanges.transitions import building
from exchanges.views.access import visible_exchange
from exchanges.views.files import crumbs
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

page_of_building = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT, UNFIT = 409, 422


@dataclass(frozen=True)
class Part:
    """One part of the file: its name, the mark of what stands, and what stands, in words."""

    title: StrOrPromise
    mark_of: Callable[[Exchange], str]
    standing: Callable[[Exchange], list[tuple[StrOrPromise, str]]]


@page_of_building
def dates(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Enter mode, first and last day, and the days of travel."""
    exchange = _open_file(request, pk)
    form = DatesForm(
        request.POST or None, initial={**initial_dates(exchange), "seen": building.mark_of_dates(exchange)}
    )

    def save() -> None:
        try:
            building.write_dates(exchange, form.dates, actor=request.user, seen=form.cleaned_data["seen"])
        except building.StayNotPossible as conflict:
            form.add_error("first_day", str(conflict.reason))

    return _one_part(request, exchange, form, save, DATES)


@page_of_building
def objectives(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Write goals and expected outcomes."""
    exchange = _open_file(request, pk)
    initial = {
        "objectives": exchange.objectives,
        "expected_outcomes": exchange.expected_outcomes,
        "seen": building.mark_of_objectives(exchange),
    }
    form = ObjectivesForm(request.POST or None, initial=initial)

    def save() -> None:
        building.write_objectives(
            exchange,
            objectives=form.cleaned_data["objectives"],
            expected_outcomes=form.cleaned_data["expected_outcomes"],
            actor=request.user,
            seen=form.cleaned_data["seen"],
        )

    return _one_part(request, exchange, form, save, OBJECTIVES)


@page_of_building
def agenda(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Plan the half-days; a second button saves and offers more rows."""
    exchange = _open_file(request, pk)
    days = days_of(exchange)
    if not days:
        messages.warning(request, _("Enter the dates first; the agenda has a row for each half of a working day."))
        return redirect("exchanges:dates", exchange.pk)
    if request.method != "POST":
        return _agenda_page(request, exchange, _agenda_rows(exchange, days), building.mark_of_agenda(exchange))
    rows = AGENDA(request.POST, prefix="rows", form_kwargs={"days": days})
    if not rows.is_valid():
        return _agenda_page(request, exchange, rows, request.POST.get("seen", ""), status=UNFIT)
    try:
        building.write_agenda(exchange, rows.rows, actor=request.user, seen=request.POST.get("seen", ""))
    except building.StaleEdit as conflict:
        now = building.mark_of_agenda(exchange)
        return _agenda_page(request, exchange, rows, now, conflict=conflict, status=CONFLICT)
    messages.success(request, _("The agenda is saved."))
    return redirect("exchanges:agenda" if request.POST.get("more") else "exchanges:detail", exchange.pk)


def _agenda_rows(exchange: Exchange, days: list[date]) -> AgendaFormSet:
    initial = initial_agenda(exchange.agenda.all(), working_days_of(exchange), days)
    return AGENDA(initial=initial, prefix="rows", form_kwargs={"days": days})


def _agenda_page(
    request: HtmxHttpRequest,
    exchange: Exchange,
    rows: AgendaFormSet,
    seen: str,
    *,
    conflict: MoveConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange, _("Agenda")),
        "rows": rows,
        "wrong": _wrong(rows),
        "seen": seen,
        "conflict": conflict,
        "agenda": exchange.agenda.all(),
    }
    return render_page(request, "exchanges/agenda.html", context, status=status)


def _wrong(rows: AgendaFormSet) -> list[tuple[str, str]]:
    """Return what is wrong with the rows, each with the id of its field, for the summary on top."""
    if not rows.is_bound:
        return []
    whole = [(str(error), "") for error in rows.non_form_errors()]
    return whole + [
        (_("Row %(number)s, %(error)s") % {"number": number, "error": error}, field.id_for_label)
        for number, row in enumerate(rows.forms, start=1)
        for field in row
        for error in field.errors
    ]


def _open_file(request: HtmxHttpRequest, pk: int) -> Exchange:
    """Return a file that is being built by this person; raises PermissionDenied, or MoveConflict once it is issued."""
    exchange = visible_exchange(request, pk)
    if not permissions.can_build(request.user, exchange):
        raise PermissionDenied
    if exchange.status != ExchangeStatus.BUILDING:
        raise MoveConflict(
            _("The file cannot be changed now: the Commitment to Quality is issued. Open the file again first."),
            exchange,
        )
    return exchange


def _one_part(
    request: HtmxHttpRequest, exchange: Exchange, form: SeenForm, save: Callable[[], None], part: Part
) -> HttpResponse:
    status, conflict = UNFIT if form.is_bound else 200, None
    if form.is_bound and form.is_valid():
        try:
            save()
        except building.StaleEdit as fault:
            status, conflict = CONFLICT, fault
            form.show_anew(part.mark_of(exchange))
        if conflict is None and form.is_valid():
            messages.success(request, _("Saved."))
            return redirect("exchanges:detail", exchange.pk)
    context = {
        "exchange": exchange,
        "crumbs": crumbs(exchange, part.title),
        "form": form,
        "title": part.title,
        "conflict": conflict,
        "standing": part.standing(exchange),
    }
    return render_page(request, "exchanges/part.html", context, status=status)


def _standing_dates(exchange: Exchange) -> list[tuple[StrOrPromise, str]]:
    stays = [(_("Stay"), period_in_words(stay.first_day, stay.last_day)) for stay in exchange.stays.all()]
    travel = days_in_words(day for stay in exchange.stays.all() for day in stay.travel_days)
    return [(_("How it takes place"), str(exchange.get_mode_display())), *stays, (_("Travel days"), travel)]


def _standing_objectives(exchange: Exchange) -> list[tuple[StrOrPromise, str]]:
    return [
        (_("Goals and objectives"), exchange.objectives),
        (_("Expected outcomes"), exchange.expected_outcomes),
    ]


DATES = Part(_("Dates"), building.mark_of_dates, _standing_dates)
OBJECTIVES = Part(_("Objectives"), building.mark_of_objectives, _standing_objectives)
