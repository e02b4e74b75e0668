"""What a stay of so many working days would earn, before anybody knows its dates and places.

Nothing is computed here: the lump sum of two stays is derived, one with a host far away and one with a host next door.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from exchanges.rules.dated import Rate, RuleSet
from exchanges.rules.distance import Place
from exchanges.rules.lump_sum import Derivation, derive
from exchanges.rules.working_days import USUAL_WEEKEND, Stay
from extratex.shared.reasons import Reason

HERE = Place("", 0, 0)
FAR_AWAY = Place("", 0, 180)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The sums in euros that such a stay earns, with a host far away and with one nearby."""

    far: Derivation
    near: Derivation

    @property
    def depends_on_distance(self) -> bool:
        """Tell whether it matters how far the host is."""
        return self.far.amount != self.near.amount

    @property
    def amount(self) -> Decimal:
        """Return what the stay earns with a host far away."""
        return self.far.amount

    @property
    def rate(self) -> Rate | None:
        """Return the rate of the host country, None where there is none."""
        return self.far.rate

    @property
    def because(self) -> Reason:
        """Return why the sum is full or half."""
        return self.far.lines[-1].because

    @property
    def problems(self) -> tuple[Reason, ...]:
        """Return what the rules ask for and do not find."""
        return self.far.problems


def look_ahead(*, country: str, working_days: int, begins: date, rules: RuleSet) -> Outlook:
    """Derive what that many working days in a country earn, counted from the first weekday on or after `begins`.

    Public holidays are left out of account, since the dates are not known yet; raises ValueError below one day.
    """
    if working_days < 1:
        message = f"a stay has at least one working day, not {working_days}"
        raise ValueError(message)
    weekdays = _weekdays_from(begins)
    days = [next(weekdays) for _number in range(working_days)]

    def with_host_at(place: Place) -> Derivation:
        stay = Stay(country, days[0], days[-1], place=place)
        return derive(stays=[stay], visitor=HERE, rules=rules, holidays={}, weekends={country: USUAL_WEEKEND})

    return Outlook(far=with_host_at(FAR_AWAY), near=with_host_at(HERE))


def _weekdays_from(day: date) -> Iterator[date]:
    while True:
        if day.weekday() not in USUAL_WEEKEND:
            yield day
        day += timedelta(days=1)
