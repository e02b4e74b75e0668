"""Writing the file of an exchange, one part at a time; each part is refused when it has become another one meanwhile.

Whoever writes shows the mark of the part that he or she has seen (`mark_of_…`), so that nobody overwrites unseen what
the other side has just saved.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.models import User
from exchanges.models import AgendaItem, Exchange, Stay
from exchanges.transitions.exchanges import make
from extratex.shared.clock import ONE_DAY
from extratex.shared.moves import MoveConflict

REFUSED_BY_THE_DATABASE: dict[str, StrOrPromise] = {
    "stays_of_a_visitor_do_not_overlap": _("The visitor has another stay on some of these days; stays cannot overlap."),
    "visitor_travels_once_in_the_scheme": _(
        "The visitor has another physical exchange; each organisation travels once in the whole scheme."
    ),
}


class StaleEdit(MoveConflict):
    """This part of the file was saved by somebody else since the page was opened."""


class StayNotPossible(MoveConflict):
    """The stay stands against another one of the visitor."""


@dataclass(frozen=True)
class Dates:
    """When and how the exchange takes place; both days included."""

    mode: str
    first_day: date
    last_day: date
    travel_days: tuple[date, ...] = ()


@dataclass(frozen=True)
class AgendaRow:
    """Half a day of the agenda as it is written."""

    day: date
    half: str
    what: str
    place: str = ""


def mark_of_dates(exchange: Exchange) -> str:
    """Return the mark of the dates as they stand."""
    stays = [f"{stay.first_day} {stay.last_day} {sorted(stay.travel_days)}" for stay in exchange.stays.all()]
    return _mark(exchange.mode, *stays)


def mark_of_objectives(exchange: Exchange) -> str:
    """Return the mark of the objectives as they stand."""
    return _mark(exchange.objectives, exchange.expected_outcomes)


def mark_of_agenda(exchange: Exchange) -> str:
    """Return the mark of the agenda as it stands."""
    return _mark(*(f"{item.day} {item.half} {item.what!r} {item.place!r}" for item in exchange.agenda.all()))


def write_dates(exchange: Exchange, dates: Dates, *, actor: User, seen: str) -> Exchange:
    """Save mode and stay; raises StaleEdit, or StayNotPossible where the visitor is elsewhere on one of the days."""

    def write(fresh: Exchange) -> None:
        _refuse_stale(fresh, mark_of_dates, seen)
        fresh.mode = dates.mode
        fresh.save(update_fields=["mode"])
        fresh.stays.all().delete()
        Stay.objects.create(
            exchange=fresh,
            visitor=fresh.visitor,
            host=fresh.host,
            period=DateRange(dates.first_day, dates.last_day + ONE_DAY),
            travel_days=sorted(set(dates.travel_days)),
        )

    try:
        return make("write_dates", exchange, actor=actor, effect=write)
    except IntegrityError as fault:
        raise StayNotPossible(_reason(fault), exchange) from fault


def write_objectives(
    exchange: Exchange, *, objectives: str, expected_outcomes: str, actor: User, seen: str
) -> Exchange:
    """Save goals and expected outcomes; raises StaleEdit."""

    def write(fresh: Exchange) -> None:
        _refuse_stale(fresh, mark_of_objectives, seen)
        fresh.objectives = objectives
        fresh.expected_outcomes = expected_outcomes
        fresh.save(update_fields=["objectives", "expected_outcomes"])

    return make("write_objectives", exchange, actor=actor, effect=write)


def write_agenda(exchange: Exchange, rows: Iterable[AgendaRow], *, actor: User, seen: str) -> Exchange:
    """Save the agenda in place of the old one; raises StaleEdit."""

    def write(fresh: Exchange) -> None:
        _refuse_stale(fresh, mark_of_agenda, seen)
        fresh.agenda.all().delete()
        AgendaItem.objects.bulk_create(
            AgendaItem(exchange=fresh, day=row.day, half=row.half, what=row.what, place=row.place) for row in rows
        )

    return make("write_agenda", exchange, actor=actor, effect=write)


def _refuse_stale(fresh: Exchange, mark_of: Callable[[Exchange], str], seen: str) -> None:
    if mark_of(fresh) != seen:
        raise StaleEdit(
            _("Somebody else has saved this part since you opened the page. Nothing is lost: what you wrote is below."),
            fresh,
        )


def _mark(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _reason(fault: IntegrityError) -> StrOrPromise:
    for constraint, reason in REFUSED_BY_THE_DATABASE.items():
        if constraint in str(fault):
            return reason
    raise fault
