"""Which days of a stay count as working days of the host country, and why the others do not."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum

from exchanges.rules.dated import RuleSettings
from exchanges.rules.distance import Place
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _

type Holidays = Mapping[str, Mapping[date, str]]
"""Public holidays: country → day → name."""

type Weekends = Mapping[str, frozenset[int]]
"""Days of the weekend where they are not the usual ones: country → weekdays, Monday being 0."""

USUAL_WEEKEND = frozenset({5, 6})
"""Saturday and Sunday, which every country of the programme keeps; pass `weekends` for one that does not."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A period with one host, both days included; raises ValueError when it ends before it begins.

    `travel_days` are the days spent on getting there and back; `place` is where the host is, for the distance.
    """

    country: str
    first_day: date
    last_day: date
    travel_days: frozenset[date] = frozenset()
    place: Place | None = None

    def __post_init__(self) -> None:
        """Refuse a stay that ends before it begins."""
        if self.last_day < self.first_day:
            message = f"a stay cannot end on {self.last_day}, before its first day {self.first_day}"
            raise ValueError(message)

    def days(self) -> Iterator[date]:
        """Yield each day of the stay."""
        for number in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + timedelta(days=number)


class LeftOut(StrEnum):
    """Why a day is not a working day."""

    WEEKEND = "weekend"
    HOLIDAY = "public_holiday"
    TRAVEL = "travel_day"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A working day, and the stay that it counts for."""

    day: date
    stay: Stay


@dataclass(frozen=True, slots=True)
class LeftOutDay:
    """A day of a stay that does not count, with the kind and the reason."""

    day: date
    country: str
    kind: LeftOut
    reason: Reason


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of a set of stays and the days left out, each in the order of the calendar."""

    counted: tuple[CountedDay, ...]
    left_out: tuple[LeftOutDay, ...]

    @property
    def total(self) -> int:
        """How many working days there are."""
        return len(self.counted)

    def by_country(self) -> dict[str, int]:
        """Count the working days spent in each host country; a country with none is absent."""
        return dict(Counter(each.stay.country for each in self.counted))


def count_working_days(stays: Iterable[Stay], holidays: Holidays, weekends: Weekends | None = None) -> WorkingDays:
    """Count each calendar day of the stays once, in whatever order they come.

    A day that several stays cover counts when it is a working day in one of them, for the one that began first (own
    decision; the database refuses overlapping stays). A day with several reasons against it is named once: weekend
    before public holiday before travel day.
    """
    counted: dict[date, CountedDay] = {}
    left_out: dict[date, LeftOutDay] = {}
    for stay in sorted(stays, key=_order):
        for day in stay.days():
            if day in counted:
                continue
            against = _against(day, stay, holidays, weekends or {})
            if against is None:
                counted[day] = CountedDay(day, stay)
            else:
                left_out.setdefault(day, against)
    return WorkingDays(
        counted=tuple(counted[day] for day in sorted(counted)),
        left_out=tuple(left_out[day] for day in sorted(left_out.keys() - counted.keys())),
    )


def last_day_allowed(first_day: date, months: int) -> date:
    """Return the day with the same number `months` later, or the last of that month where it has no such day.

    Own decision on "1 month": 1 September → 1 October, 31 January → 28 February (29 in a leap year), counted over
    the whole exchange, from the first day of the first stay to the last of the last, travel days included.
    """
    years, month = divmod(first_day.month - 1 + months, 12)
    year = first_day.year + years
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(first_day.day, monthrange(year, month + 1)[1]))


def check_maximum(stays: Iterable[Stay], settings: RuleSettings) -> tuple[Reason, ...]:
    """Say why the stays together last too long; empty when they do not, or when there are none."""
    periods = list(stays)
    if not periods:
        return ()
    first_day = min(stay.first_day for stay in periods)
    last_day = max(stay.last_day for stay in periods)
    allowed = last_day_allowed(first_day, settings.maximum_months)
    if last_day <= allowed:
        return ()
    return (
        Reason(
            "too_long",
            _("An exchange that begins on {first_day} may last until {allowed}; this one ends on {last_day}."),
            {"first_day": first_day, "allowed": allowed, "last_day": last_day, "months": settings.maximum_months},
        ),
    )


def check_minimum(days: WorkingDays, settings: RuleSettings) -> tuple[Reason, ...]:
    """Say why the working days are too few; empty when they are not."""
    if days.total >= settings.minimum_working_days:
        return ()
    return (
        Reason(
            "too_short",
            _("Working days counted: {days}. At least {minimum} are needed, travel days left out."),
            {"days": days.total, "minimum": settings.minimum_working_days},
        ),
    )


def _order(stay: Stay) -> tuple[date, date, str, list[date], str]:
    place = f"{stay.place}" if stay.place else ""
    return (stay.first_day, stay.last_day, stay.country, sorted(stay.travel_days), place)


def _against(day: date, stay: Stay, holidays: Holidays, weekends: Weekends) -> LeftOutDay | None:
    country = stay.country
    if day.weekday() in weekends.get(country, USUAL_WEEKEND):
        reason = Reason(LeftOut.WEEKEND.value, _("The weekend in {country}."), {"country": country})
        return LeftOutDay(day, country, LeftOut.WEEKEND, reason)
    if day in holidays.get(country, {}):
        text = _("Public holiday in {country}: {holiday}.")
        reason = Reason(LeftOut.HOLIDAY.value, text, {"country": country, "holiday": holidays[country][day]})
        return LeftOutDay(day, country, LeftOut.HOLIDAY, reason)
    if day in stay.travel_days:
        return LeftOutDay(day, country, LeftOut.TRAVEL, Reason(LeftOut.TRAVEL.value, _("Travel day.")))
    return None
