"""Where an exchange stands in the four phases of the programme, with the day of each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Exchange

BEFORE = {Status.BUILDING, Status.SIGNING, Status.SIGNED, Status.APPROVED}


@dataclass(frozen=True)
class Phase:
    """One phase: its name, what there is to say of it, and whether it is done, now, or still to come."""

    name: str
    text: str
    state: str


def phases_of(exchange: Exchange) -> tuple[Phase, ...]:
    """Return the four phases of a file."""
    return (
        Phase(_("Registration"), _("validated %(day)s") % {"day": _day(exchange.visitor.status_since)}, "done"),
        Phase(_("Matching"), _("accepted %(day)s") % {"day": _day(exchange.created_at)}, "done"),
        _building(exchange),
        _after(exchange),
    )


def _building(exchange: Exchange) -> Phase:
    name = _("Building")
    if exchange.status == Status.CANCELLED:
        return Phase(name, _("cancelled %(day)s") % {"day": _day(exchange.status_since)}, "now")
    if exchange.status in BEFORE:
        words = {"status": exchange.get_status_display(), "day": _day(exchange.status_since)}
        return Phase(name, _("%(status)s since %(day)s") % words, "now")
    signed = _("signed %(day)s") % {"day": _day(exchange.frozen_at)} if exchange.frozen_at else ""
    return Phase(name, signed, "done")


def _after(exchange: Exchange) -> Phase:
    name = _("Visit and after")
    if exchange.status == Status.PAID:
        return Phase(name, _("paid %(day)s") % {"day": _day(exchange.status_since)}, "done")
    if exchange.status in BEFORE | {Status.READY} and exchange.first_day:
        state = "now" if exchange.status == Status.READY else "todo"
        return Phase(name, _("begins %(day)s") % {"day": _day(exchange.first_day)}, state)
    if exchange.status in BEFORE | {Status.CANCELLED}:
        return Phase(name, "", "todo")
    words = {"status": exchange.get_status_display(), "day": _day(exchange.status_since)}
    return Phase(name, _("%(status)s since %(day)s") % words, "now")


def _day(moment: datetime | date) -> str:
    day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
    return date_format(day, "j F Y")
