"""The programme's dated numbers as the rules need them: settings, lump sum rates, and both together to be frozen."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The numbers of the programme that hold for one exchange; none has a default, all come from dated rows.

    Days and months are whole numbers, `full_sum_distance_km` kilometres, `lump_sum_ceiling_eur` euros. Raises
    ValueError naming the setting that is not above zero.
    """

    minimum_working_days: int
    full_sum_working_days: int
    full_sum_distance_km: Decimal
    maximum_months: int
    lump_sum_ceiling_eur: Decimal

    def __post_init__(self) -> None:
        """Refuse a number that is not finite and above zero."""
        for each in fields(self):
            value = Decimal(getattr(self, each.name))
            if not value.is_finite() or value <= 0:
                message = f"{each.name} must be above zero, not {value}"
                raise ValueError(message)

    @classmethod
    def from_values(cls, values: Mapping[str, str | int | Decimal]) -> Self:
        """Build the settings from named values, others ignored; raises ValueError naming a missing or wrong one."""
        return cls(
            minimum_working_days=_whole(values, "minimum_working_days"),
            full_sum_working_days=_whole(values, "full_sum_working_days"),
            full_sum_distance_km=_number(values, "full_sum_distance_km"),
            maximum_months=_whole(values, "maximum_months"),
            lump_sum_ceiling_eur=_number(values, "lump_sum_ceiling_eur"),
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """The full lump sum of a host country in euros, in force from `valid_from` to `valid_to`, both included.

    `valid_to` None means until further notice; `mark` says how sure the number is ("check with the Terms of
    Reference", "demonstration").
    """

    country: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None
    mark: str = ""

    def in_force_on(self, day: date) -> bool:
        """Say whether the rate holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def as_json(self) -> dict[str, Any]:
        """Return the rate as JSON-ready values that `from_json` reads back identically."""
        return {
            "country": self.country,
            "amount": str(self.amount),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "mark": self.mark,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a rate that `as_json` wrote."""
        return cls(
            country=stored["country"],
            amount=Decimal(stored["amount"]),
            valid_from=date.fromisoformat(stored["valid_from"]),
            valid_to=date.fromisoformat(stored["valid_to"]) if stored["valid_to"] else None,
            mark=stored["mark"],
        )


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Settings and rates together: what an exchange freezes at signature, and an addendum recomputes with."""

    settings: RuleSettings
    rates: tuple[Rate, ...]

    def rate(self, country: str, on: date) -> Rate | None:
        """Return the rate of the country in force on that day, the younger one where two overlap, or None."""
        in_force = [rate for rate in self.rates if rate.country == country and rate.in_force_on(on)]
        return max(in_force, key=lambda rate: (rate.valid_from, -rate.amount), default=None)

    def as_json(self) -> dict[str, Any]:
        """Return the rule set as JSON-ready values that `from_json` reads back identically."""
        settings = {name: str(value) for name, value in asdict(self.settings).items()}
        return {"settings": settings, "rates": [rate.as_json() for rate in self.rates]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a rule set that `as_json` wrote."""
        rates = tuple(Rate.from_json(rate) for rate in stored["rates"])
        return cls(RuleSettings.from_values(stored["settings"]), rates)


def _number(values: Mapping[str, str | int | Decimal], name: str) -> Decimal:
    if name not in values:
        message = f"{name} is missing"
        raise ValueError(message)
    try:
        return Decimal(values[name])
    except InvalidOperation:
        message = f"{name} must be a number, not {values[name]!r}"
        raise ValueError(message) from None


def _whole(values: Mapping[str, str | int | Decimal], name: str) -> int:
    number = _number(values, name)
    if not number.is_finite() or number != int(number):
        message = f"{name} must be a whole number, not {number}"
        raise ValueError(message)
    return int(number)
