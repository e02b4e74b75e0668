"""Rows and facts that the tests of the rules share."""

from datetime import date, timedelta
from decimal import Decimal

from exchanges.rules.dated import Rate, RuleSet, RuleSettings
from exchanges.rules.distance import Place
from exchanges.rules.working_days import Stay

SETTINGS = RuleSettings(
    minimum_working_days=3,
    full_sum_working_days=5,
    full_sum_distance_km=Decimal(200),
    maximum_months=1,
    lump_sum_ceiling_eur=Decimal(1100),
)
AMOUNTS = {"CZ": 610, "DE": 830, "DK": 1100, "ES": 830, "FR": 900, "IT": 900, "PT": 780, "SK": 610, "TR": 750}
VALID_FROM = date(2020, 2, 3)
VALID_TO = date(2022, 10, 31)
RATES = tuple(Rate(country, Decimal(amount), VALID_FROM, VALID_TO) for country, amount in AMOUNTS.items())
RULES = RuleSet(SETTINGS, RATES)

MONDAY = date(2021, 9, 6)
MILAN = Place("Milan", 45.4642, 9.19)
FAR = Place("Far", 52.0, 9.19)
NEAR = Place("Near", 46.0, 9.19)


def stay(country: str, days: int, first_day: date = MONDAY, place: Place | None = FAR) -> Stay:
    """Return a stay of that many calendar days."""
    return Stay(country, first_day, first_day + timedelta(days=days - 1), place=place)
