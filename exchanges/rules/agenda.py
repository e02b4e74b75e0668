"""Whether the file of an exchange can be signed: objectives, stays, and an agenda for each working day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchanges.rules.working_days import Stay, WorkingDays
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """What is planned on a day, in the words of the parties."""

    day: date
    text: str


def check_file(
    objectives: str, stays: tuple[Stay, ...], agenda: tuple[AgendaEntry, ...], days: WorkingDays
) -> tuple[Reason, ...]:
    """Say everything that the file still lacks before it can be signed; empty when it is complete.

    `days` are the working days of the same stays. Stays may touch, not overlap: one cannot be in two places.
    """
    return tuple(_lacking(objectives, stays, agenda, days))


def _lacking(
    objectives: str, stays: tuple[Stay, ...], agenda: tuple[AgendaEntry, ...], days: WorkingDays
) -> Iterator[Reason]:
    if not objectives.strip():
        yield Reason("objectives_missing", _("The objectives of the exchange are not written yet."))
    if not stays:
        yield Reason("stays_missing", _("No stay with a host has been dated yet."))
    yield from _overlaps(stays)
    yield from _agenda_gaps(agenda, days)
    yield from _agenda_outside(agenda, stays)


def _overlaps(stays: tuple[Stay, ...]) -> Iterator[Reason]:
    in_order = sorted(stays, key=lambda stay: (stay.first_day, stay.last_day))
    for number, stay in enumerate(in_order[1:]):
        until = max(earlier.last_day for earlier in in_order[: number + 1])
        if stay.first_day <= until:
            text = _("The stay that begins on {first_day} overlaps one that ends on {last_day}.")
            yield Reason("stays_overlap", text, {"first_day": stay.first_day, "last_day": until})


def _agenda_gaps(agenda: tuple[AgendaEntry, ...], days: WorkingDays) -> Iterator[Reason]:
    planned = {entry.day for entry in agenda if entry.text.strip()}
    gaps = tuple(counted.day for counted in days.counted if counted.day not in planned)
    if gaps:
        text = _("The agenda has nothing on these working days: {days}.")
        yield Reason("agenda_missing", text, {"days": gaps})


def _agenda_outside(agenda: tuple[AgendaEntry, ...], stays: tuple[Stay, ...]) -> Iterator[Reason]:
    outside = sorted(
        {entry.day for entry in agenda if not any(stay.first_day <= entry.day <= stay.last_day for stay in stays)}
    )
    if outside:
        text = _("The agenda has entries on days that lie in no stay: {days}.")
        yield Reason("agenda_outside", text, {"days": tuple(outside)})
