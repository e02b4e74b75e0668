"""The dated numbers: nothing hidden, nothing below zero, frozen and read back."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from exchanges.rules.dated import RuleSet, RuleSettings
from tests.exchanges.rules.examples import RULES, SETTINGS

VALUES = {
    "minimum_working_days": Decimal("3.00"),
    "full_sum_working_days": 5,
    "full_sum_distance_km": "200",
    "maximum_months": 1,
    "lump_sum_ceiling_eur": Decimal("1100.00"),
    "open_proposals": 5,
}


def test_settings_come_from_named_values():
    assert RuleSettings.from_values(VALUES) == SETTINGS


@pytest.mark.parametrize("name", sorted(set(VALUES) - {"open_proposals"}))
@pytest.mark.parametrize("wrong", [None, "many", "NaN", "Infinity", "-1", "0"])
def test_a_missing_or_wrong_setting_is_named(name, wrong):
    values = {key: value for key, value in VALUES.items() if key != name} | ({name: wrong} if wrong else {})

    with pytest.raises(ValueError, match=name):
        RuleSettings.from_values(values)


def test_days_are_whole():
    with pytest.raises(ValueError, match="minimum_working_days must be a whole number"):
        RuleSettings.from_values(VALUES | {"minimum_working_days": "2.5"})


def test_a_rule_set_is_read_back_identically():
    assert RuleSet.from_json(json.loads(json.dumps(RULES.as_json()))) == RULES


def test_a_rate_without_end_is_read_back_identically():
    rates = tuple(replace(rate, valid_to=None, mark="demonstration") for rate in RULES.rates)
    endless = RuleSet(SETTINGS, rates)

    assert RuleSet.from_json(json.loads(json.dumps(endless.as_json()))) == endless
    assert endless.rate("PT", date(2030, 1, 1)) is not None


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2020, 2, 2), False), (date(2020, 2, 3), True), (date(2022, 10, 31), True), (date(2022, 11, 1), False)],
)
def test_a_rate_is_in_force_on_its_first_and_last_day(day, found):
    assert (RULES.rate("PT", day) is not None) is found
