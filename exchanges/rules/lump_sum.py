"""What an exchange is paid, derived line by line, so that everybody can follow it and nobody has to believe it.

The full amount of the host country in force on the first day of the exchange; half of it, once, when the working days
or the distance stay under their threshold; nothing for a virtual exchange (PROGRAMME section 2). A derivation with
problems pays nothing until they are gone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from exchanges.rules.dated import Rate, RuleSet, RuleSettings
from exchanges.rules.distance import Distance, Place, distance_between
from exchanges.rules.working_days import (
    Holidays,
    Stay,
    Weekends,
    WorkingDays,
    check_maximum,
    check_minimum,
    count_working_days,
)
from extratex.shared.reasons import Reason, Value
from extratex.shared.reasons import marked as _

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the derivation: what was found, because of what, and the amount in euros where the step has one."""

    step: Reason
    because: Reason
    amount: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON-ready values that `from_json` reads back identically."""
        amount = None if self.amount is None else str(self.amount)
        return {"step": self.step.as_json(), "because": self.because.as_json(), "amount": amount}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a line that `as_json` wrote."""
        amount = None if stored["amount"] is None else Decimal(stored["amount"])
        return cls(Reason.from_json(stored["step"]), Reason.from_json(stored["because"]), amount)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A lump sum in euros with everything that it follows from; this is what a signature freezes.

    `country`, `rate` and `distance` are those that decided, None where they could not be found or, for a virtual
    exchange, do not matter. `problems` say what the rules ask for and do not find; with one, `amount` is 0.00.
    """

    lines: tuple[Line, ...]
    amount: Decimal
    rate: Rate | None
    working_days: int
    distance: Distance | None
    halved: bool
    virtual: bool
    country: str | None
    problems: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the derivation as JSON-ready values that `from_json` reads back identically."""
        return {
            "lines": [line.as_json() for line in self.lines],
            "amount": str(self.amount),
            "rate": self.rate.as_json() if self.rate else None,
            "working_days": self.working_days,
            "distance": self.distance.as_json() if self.distance else None,
            "halved": self.halved,
            "virtual": self.virtual,
            "country": self.country,
            "problems": [problem.as_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a derivation that `as_json` wrote, without computing anything anew."""
        return cls(
            lines=tuple(Line.from_json(line) for line in stored["lines"]),
            amount=Decimal(stored["amount"]),
            rate=Rate.from_json(stored["rate"]) if stored["rate"] else None,
            working_days=stored["working_days"],
            distance=Distance.from_json(stored["distance"]) if stored["distance"] else None,
            halved=stored["halved"],
            virtual=stored["virtual"],
            country=stored["country"],
            problems=tuple(Reason.from_json(problem) for problem in stored["problems"]),
        )


def derive(
    *,
    stays: Iterable[Stay],
    visitor: Place | None,
    rules: RuleSet,
    holidays: Holidays,
    weekends: Weekends | None = None,
    virtual: bool = False,
) -> Derivation:
    """Derive the lump sum of one exchange from its stays and the place that the visitor comes from.

    Own decisions: the rate is the one in force on the first day of the first stay; with hosts in several countries
    that of the country with most working days, on a tie the lower one; the distance is that to the host of this
    country with most working days, on a tie the nearer one. Raises nothing: what is missing is a problem.
    """
    periods = tuple(stays)
    unusable = _no_stays(periods) or check_maximum(periods, rules.settings)
    if unusable:
        return _refused(unusable, virtual=virtual)
    days = count_working_days(periods, holidays, weekends)
    too_few = check_minimum(days, rules.settings)
    if virtual:
        return _virtual(days, too_few)
    begins = min(stay.first_day for stay in periods)
    return _Physical(days, begins, visitor, rules).derivation(too_few)


def full_or_half(rate: Decimal, *, halved: bool) -> Decimal:
    """Return the full amount, or half of it rounded to the cent, half a cent up."""
    return (rate / 2 if halved else rate).quantize(CENT, ROUND_HALF_UP)


class _Physical:
    """The derivation of one physical exchange, whose stays can be counted."""

    def __init__(self, days: WorkingDays, begins: date, visitor: Place | None, rules: RuleSet) -> None:
        self.days = days
        self.begins = begins
        self.settings = rules.settings
        self.rates = {country: rules.rate(country, begins) for country in days.by_country()}
        self.leading = _leading_countries(days)
        self.country = self._deciding_country()
        self.rate = self.rates[self.country] if self.country else None
        self.distance = self._deciding_distance(visitor)
        self.too_few_days = days.total < self.settings.full_sum_working_days
        self.too_near = self.distance is not None and self.distance.is_under(self.settings.full_sum_distance_km)

    def derivation(self, too_few: tuple[Reason, ...]) -> Derivation:
        problems = (*too_few, *self._problems())
        halved = not problems and (self.too_few_days or self.too_near)
        amount = full_or_half(self.rate.amount, halved=halved) if self.rate and not problems else NOTHING
        outcome = self._sum_line(amount, halved=halved) if not problems else _refusal_line()
        return Derivation(
            lines=(*self._lines(), outcome),
            amount=amount,
            rate=self.rate,
            working_days=self.days.total,
            distance=self.distance,
            halved=halved,
            virtual=False,
            country=self.country,
            problems=problems,
        )

    def _deciding_country(self) -> str | None:
        """Pick the lower rate among the leading countries; one without a rate comes first, since it is a problem."""

        def order(country: str) -> tuple[Decimal, str]:
            rate = self.rates[country]
            return (rate.amount if rate else Decimal(-1), country)

        return min(self.leading, key=order, default=None)

    def _deciding_distance(self, visitor: Place | None) -> Distance | None:
        spent = Counter(each.stay.place for each in self.days.counted if each.stay.country == self.country)
        most = max(spent.values(), default=0)
        leading = [place for place, days in spent.items() if days == most]
        known = [place for place in leading if place is not None]
        if visitor is None or not known or len(known) < len(leading):
            return None
        distances = [distance_between(visitor, place) for place in known]
        return min(distances, key=lambda distance: (distance.km, str(distance.destination)))

    def _problems(self) -> Iterator[Reason]:
        if self.country is None:
            return
        if self.rate is None:
            yield Reason(
                "no_rate",
                _("No lump sum is laid down for {country} on {day}."),
                {"country": self.country, "day": self.begins},
            )
        elif self.rate.amount > self.settings.lump_sum_ceiling_eur:
            yield Reason(
                "rate_above_ceiling",
                _("The rate of {country}, EUR {amount}, is above the programme's ceiling of EUR {ceiling_amount}."),
                {
                    "country": self.country,
                    "amount": self.rate.amount,
                    "ceiling_amount": self.settings.lump_sum_ceiling_eur,
                },
            )
        if self.distance is None:
            yield Reason(
                "distance_unknown", _("The distance cannot be told: the place of visitor or host is not known.")
            )

    def _lines(self) -> Iterator[Line]:
        if self.country:
            yield Line(
                Reason("host_country", _("Host country: {country}"), {"country": self.country}),
                self._why_this_country(),
            )
        if self.rate:
            yield _rate_line(self.rate, self.begins)
        yield from _day_lines(self.days)
        if self.distance:
            yield _distance_line(self.distance)

    def _why_this_country(self) -> Reason:
        spent = self.days.by_country()
        if len(spent) == 1:
            return Reason("only_country", _("All working days are spent there."))
        if len(self.leading) == 1:
            values = {"days": spent[self.leading[0]], "total": self.days.total}
            return Reason("most_days", _("Most working days are spent there: {days} of {total}."), values)
        return Reason(
            "lower_rate",
            _("As many working days are spent in each of {countries}; the lower rate counts."),
            {"countries": self.leading},
        )

    def _sum_line(self, amount: Decimal, *, halved: bool) -> Line:
        step = (
            Reason("half", _("Lump sum: half of the full amount"))
            if halved
            else Reason("full", _("Lump sum: the full amount"))
        )
        return Line(step, _why_full_or_half(self.settings, self.too_few_days, self.too_near), amount)


def _why_full_or_half(settings: RuleSettings, too_few_days: bool, too_near: bool) -> Reason:  # noqa: FBT001 both are asked
    values: dict[str, Value] = {"full_days": settings.full_sum_working_days, "full_km": settings.full_sum_distance_km}
    if too_few_days and too_near:
        text = _("Working days under {full_days} and distance under {full_km} km: halved once, not twice.")
        return Reason("few_days_and_near", text, values)
    if too_few_days:
        return Reason("few_days", _("Working days under {full_days}."), values)
    if too_near:
        return Reason("near", _("Distance under {full_km} km."), values)
    return Reason("long_and_far", _("Working days at least {full_days} and distance at least {full_km} km."), values)


def _leading_countries(days: WorkingDays) -> tuple[str, ...]:
    spent = days.by_country()
    most = max(spent.values(), default=0)
    return tuple(sorted(country for country, number in spent.items() if number == most))


def _rate_line(rate: Rate, begins: date) -> Line:
    step = Reason("rate", _("Full amount for {country}"), {"country": rate.country})
    if rate.valid_to is None:
        text = _("The rate in force on {day}, the first day; valid since {valid_from}.")
        because = Reason("rate_in_force", text, {"day": begins, "valid_from": rate.valid_from})
    else:
        text = _("The rate in force on {day}, the first day; valid from {valid_from} to {valid_to}.")
        values = {"day": begins, "valid_from": rate.valid_from, "valid_to": rate.valid_to}
        because = Reason("rate_in_force", text, values)
    return Line(step, because, rate.amount.quantize(CENT, ROUND_HALF_UP))


def _day_lines(days: WorkingDays) -> Iterator[Line]:
    counted = tuple(each.day for each in days.counted)
    step = Reason("working_days", _("Working days: {days}"), {"days": days.total})
    if counted:
        yield Line(step, Reason("days_counted", _("Counted: {days}."), {"days": counted}))
    else:
        yield Line(step, Reason("no_day_counts", _("No day of the stay is a working day.")))
    alike: dict[Reason, list[date]] = {}
    for left in days.left_out:
        alike.setdefault(left.reason, []).append(left.day)
    for reason, left_out in alike.items():
        yield Line(Reason("left_out", _("Left out: {days}"), {"days": tuple(left_out)}), reason)


def _distance_line(distance: Distance) -> Line:
    return Line(
        Reason("distance", _("Distance: {km} km"), {"km": distance.km}),
        Reason(
            "great_circle",
            _("From {visitor_place} to {host_place}, by the great circle."),
            {"visitor_place": distance.origin.name, "host_place": distance.destination.name},
        ),
    )


def _no_stays(stays: tuple[Stay, ...]) -> tuple[Reason, ...]:
    return () if stays else (Reason("no_stay", _("No stay with a host has been dated yet.")),)


def _refusal_line() -> Line:
    return Line(
        Reason("nothing", _("Lump sum: nothing")),
        Reason("rules_not_met", _("Nothing is due as long as the rules are not met.")),
        NOTHING,
    )


def _virtual(days: WorkingDays, problems: tuple[Reason, ...]) -> Derivation:
    text = _("A virtual exchange earns a certificate and no money; a physical exchange stays possible later.")
    nothing = Line(Reason("nothing", _("Lump sum: nothing")), Reason("virtual", text), NOTHING)
    countries = _leading_countries(days)
    return Derivation(
        lines=(*_day_lines(days), nothing),
        amount=NOTHING,
        rate=None,
        working_days=days.total,
        distance=None,
        halved=False,
        virtual=True,
        country=countries[0] if countries else None,
        problems=problems,
    )


def _refused(problems: tuple[Reason, ...], *, virtual: bool) -> Derivation:
    return Derivation(
        lines=(_refusal_line(),),
        amount=NOTHING,
        rate=None,
        working_days=0,
        distance=None,
        halved=False,
        virtual=virtual,
        country=None,
        problems=problems,
    )
