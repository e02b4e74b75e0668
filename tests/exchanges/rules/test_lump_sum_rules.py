"""The lump sum: the programme's worked examples, each rule at its edges, and properties that always hold."""

import json
from datetime import date, timedelta
from decimal import Decimal
from math import degrees

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges.rules.dated import Rate, RuleSet
from exchanges.rules.distance import MEAN_EARTH_RADIUS_KM, Place
from exchanges.rules.lump_sum import Derivation, derive, full_or_half
from exchanges.rules.working_days import Stay
from tests.exchanges.rules.examples import (
    AMOUNTS,
    FAR,
    MILAN,
    MONDAY,
    NEAR,
    RATES,
    RULES,
    SETTINGS,
    VALID_FROM,
    VALID_TO,
    stay,
)


def derivation(*stays: Stay, virtual: bool = False, rules: RuleSet = RULES, holidays=None) -> Derivation:
    return derive(stays=stays, visitor=MILAN, rules=rules, holidays=holidays or {}, virtual=virtual)


def codes(found: Derivation) -> list[str]:
    return [problem.code for problem in found.problems]


def place_at(km: float) -> Place:
    return Place(f"{km} km north of Milan", MILAN.latitude + degrees(km / MEAN_EARTH_RADIUS_KM), MILAN.longitude)


@pytest.mark.parametrize(
    ("country", "days", "amount"),
    [("PT", 3, "390"), ("PT", 5, "780"), ("FR", 3, "450"), ("DK", 5, "1100"), ("CZ", 3, "305"), ("CZ", 4, "305")],
)
def test_worked_examples_of_the_programme(country, days, amount):
    assert derivation(stay(country, days)).amount == Decimal(amount)


@pytest.mark.parametrize("country", sorted(AMOUNTS))
def test_five_days_at_150_km_are_half_in_any_country(country):
    found = derivation(stay(country, 5, place=place_at(150)))

    assert found.halved
    assert found.amount * 2 == AMOUNTS[country]


@pytest.mark.parametrize(
    ("km", "shown", "halved"),
    [(199.9, "199.9", True), (199.94, "199.9", True), (199.96, "200.0", False), (200, "200.0", False)],
)
def test_the_distance_is_compared_as_it_is_shown(km, shown, halved):
    found = derivation(stay("PT", 5, place=place_at(km)))

    assert found.distance.km == Decimal(shown)
    assert found.halved is halved


@pytest.mark.parametrize(("days", "amount"), [(2, "0"), (3, "390"), (4, "390"), (5, "780")])
def test_days_decide_between_nothing_half_and_full(days, amount):
    found = derivation(stay("PT", days))

    assert found.working_days == days
    assert found.amount == Decimal(amount)
    assert codes(found) == (["too_short"] if days == 2 else [])


def test_few_days_and_a_short_way_halve_once_and_both_are_named():
    found = derivation(stay("PT", 3, place=NEAR))

    assert found.amount == Decimal(390)
    assert found.lines[-1].because.code == "few_days_and_near"
    assert found.lines[-1].because.sentence() == (
        "Working days under 5 and distance under 200 km: halved once, not twice."
    )


def test_half_a_cent_is_rounded_up():
    assert full_or_half(Decimal("610.01"), halved=True) == Decimal("305.01")


def test_a_holiday_takes_the_full_sum_and_is_named():
    found = derivation(stay("PT", 5), holidays={"PT": {MONDAY: "Example Day"}})

    assert found.amount == Decimal(390)
    assert [
        (line.step.sentence(), line.because.sentence()) for line in found.lines if line.step.code == "left_out"
    ] == [("Left out: 6 September 2021", "Public holiday in PT: Example Day.")]


def test_days_left_out_for_the_same_reason_stand_in_one_line():
    found = derivation(stay("PT", 9))

    left_out = [line.step.sentence() for line in found.lines if line.step.code == "left_out"]
    assert left_out == ["Left out: 11 September 2021, 12 September 2021"]


def test_a_stay_of_one_month_is_paid_and_one_day_more_is_not():
    month = derivation(Stay("PT", MONDAY, date(2021, 10, 6), place=FAR))
    longer = derivation(Stay("PT", MONDAY, date(2021, 10, 7), place=FAR))

    assert month.amount == Decimal(780)
    assert longer.amount == 0
    assert [problem.sentence() for problem in longer.problems] == [
        "An exchange that begins on 6 September 2021 may last until 6 October 2021; this one ends on 7 October 2021."
    ]


def test_an_endless_stay_is_refused_without_counting_it():
    assert codes(derivation(Stay("PT", date.min, date.max, place=FAR))) == ["too_long"]


def test_a_virtual_exchange_earns_nothing_and_says_why():
    found = derivation(stay("PT", 3, place=None), virtual=True)

    assert (found.amount, found.problems, found.virtual) == (Decimal(0), (), True)
    assert found.lines[-1].because.sentence().startswith("A virtual exchange earns a certificate and no money")


def test_a_virtual_exchange_keeps_the_duration_rule():
    assert codes(derivation(stay("PT", 2), virtual=True)) == ["too_short"]


@pytest.mark.parametrize("first_day", [VALID_FROM - timedelta(days=7), VALID_TO])
def test_the_rate_is_the_one_in_force_on_the_first_day(first_day):
    found = derivation(stay("PT", 9, first_day))

    assert codes(found) == ([] if first_day == VALID_TO else ["no_rate"])


def test_a_missing_rate_names_country_and_date():
    found = derivation(stay("GB", 5))

    assert [problem.sentence() for problem in found.problems] == [
        "No lump sum is laid down for GB on 6 September 2021."
    ]
    assert found.amount == 0


def test_of_two_rates_in_force_the_younger_counts():
    younger = Rate("PT", Decimal(800), date(2021, 1, 1))

    assert derivation(stay("PT", 5), rules=RuleSet(SETTINGS, (younger, *RATES))).rate == younger


def test_a_rate_above_the_ceiling_is_refused():
    too_high = RuleSet(SETTINGS, (Rate("PT", Decimal("1100.01"), VALID_FROM),))

    found = derivation(stay("PT", 5), rules=too_high)

    assert codes(found) == ["rate_above_ceiling"]
    assert found.problems[0].sentence() == (
        "The rate of PT, EUR 1,100.01, is above the programme's ceiling of EUR 1,100."
    )


def test_an_unknown_place_is_a_problem_and_not_a_guess():
    assert codes(derivation(stay("PT", 5, place=None))) == ["distance_unknown"]
    assert codes(derive(stays=[stay("PT", 5)], visitor=None, rules=RULES, holidays={})) == ["distance_unknown"]


def test_no_stay_is_a_problem():
    assert codes(derivation()) == ["no_stay"]


def test_a_weekend_alone_has_no_country_and_no_sum():
    found = derivation(stay("PT", 2, MONDAY - timedelta(days=2)))

    assert (found.country, found.working_days, codes(found)) == (None, 0, ["too_short"])


def test_the_country_with_most_working_days_gives_the_rate():
    found = derivation(stay("DK", 2), stay("CZ", 3, MONDAY + timedelta(days=2)))

    assert (found.country, found.amount) == ("CZ", Decimal(610))
    assert found.lines[0].because.sentence() == "Most working days are spent there: 3 of 5."


def test_on_a_tie_the_lower_rate_counts():
    found = derivation(stay("DK", 3), stay("CZ", 5, MONDAY + timedelta(days=3)))

    assert (found.country, found.amount) == ("CZ", Decimal(610))
    assert found.lines[0].because.sentence() == (
        "As many working days are spent in each of CZ, DK; the lower rate counts."
    )


def test_the_distance_is_that_of_the_host_with_most_days_in_the_deciding_country():
    found = derivation(stay("CZ", 2, place=NEAR), stay("CZ", 3, MONDAY + timedelta(days=2), place=FAR))

    assert found.distance.destination == FAR
    assert not found.halved


def test_two_stays_with_the_same_host_count_together():
    found = derivation(
        stay("CZ", 2, place=FAR),
        stay("CZ", 3, MONDAY + timedelta(days=2), place=NEAR),
        stay("CZ", 2, MONDAY + timedelta(days=7), place=FAR),
    )

    assert found.distance.destination == FAR


def test_between_hosts_of_as_many_days_the_nearer_one_decides():
    found = derivation(stay("CZ", 3, place=FAR), stay("CZ", 5, MONDAY + timedelta(days=3), place=NEAR))

    assert found.distance.destination == NEAR
    assert found.halved


def test_lines_tell_the_whole_way_to_the_sum():
    found = derivation(stay("PT", 5))

    assert [(line.step.sentence(), line.amount) for line in found.lines] == [
        ("Host country: PT", None),
        ("Full amount for PT", Decimal("780.00")),
        ("Working days: 5", None),
        ("Distance: 726.7 km", None),
        ("Lump sum: the full amount", Decimal("780.00")),
    ]


def test_the_frozen_json_keeps_its_form():
    stored = derivation(stay("PT", 5)).as_json()

    assert set(stored) == {
        "lines", "amount", "rate", "working_days", "distance", "halved", "virtual", "country", "problems",
    }  # fmt: skip
    assert stored["rate"] == {
        "country": "PT", "amount": "780", "valid_from": "2020-02-03", "valid_to": "2022-10-31", "mark": "",
    }  # fmt: skip


# Properties

COUNTRIES = tuple(sorted(AMOUNTS))
days_in_wave = st.dates(VALID_FROM, VALID_TO)
places = st.builds(
    Place, st.text(st.characters(exclude_characters="{}"), max_size=5), st.floats(34, 70), st.floats(-24, 45)
)


@st.composite
def stays(draw, countries=COUNTRIES, most=4):
    first_day = draw(days_in_wave)
    found = []
    for _ in range(draw(st.integers(1, most))):
        begins = first_day + timedelta(days=draw(st.integers(0, 20)))
        ends = begins + timedelta(days=draw(st.integers(0, 11)))
        travel = frozenset(draw(st.lists(st.sampled_from([begins, ends]), max_size=2)))
        place = draw(st.one_of(st.none(), places, st.just(NEAR), st.just(FAR)))
        found.append(Stay(draw(st.sampled_from(countries)), begins, ends, travel, place))
    return found


@given(stays(), st.booleans())
def test_the_sum_is_nothing_half_or_the_whole_rate_and_never_above_the_ceiling(periods, virtual):
    found = derivation(*periods, virtual=virtual)

    if found.problems or virtual:
        assert found.amount == 0
        assert not found.halved
    else:
        rate = found.rate.amount
        assert found.amount == (rate / 2 if found.halved else rate)
        assert rate / 2 <= found.amount <= rate <= SETTINGS.lump_sum_ceiling_eur


@given(stays(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_stays_is_irrelevant(periods, virtual, random):
    shuffled = list(periods)
    random.shuffle(shuffled)

    assert derivation(*periods, virtual=virtual) == derivation(*shuffled, virtual=virtual)


@given(stays(), st.booleans())
def test_what_is_frozen_is_read_back_identically(periods, virtual):
    found = derivation(*periods, virtual=virtual)

    assert Derivation.from_json(json.loads(json.dumps(found.as_json()))) == found


@given(stays(countries=("PT",), most=1), st.integers(1, 10))
def test_staying_longer_never_earns_less(periods, more):
    (short,) = periods
    longer = Stay(short.country, short.first_day, short.last_day + timedelta(days=more), short.travel_days, short.place)

    assert derivation(short).amount <= derivation(longer).amount or codes(derivation(longer)) == ["too_long"]


@given(stays(countries=("PT",)), st.integers(0, 32))
def test_a_further_holiday_never_raises_the_sum_in_one_country(periods, offset):
    day = min(period.first_day for period in periods) + timedelta(days=offset)
    # Which host has most days, hence the distance, may change with a holiday: all are put in one place.
    in_one_place = [Stay(each.country, each.first_day, each.last_day, each.travel_days, FAR) for each in periods]

    assert derivation(*in_one_place, holidays={"PT": {day: "Holiday"}}).amount <= derivation(*in_one_place).amount


@given(stays())
def test_every_line_can_be_read_in_words(periods):
    found = derivation(*periods)

    for line in found.lines:
        assert "{" not in line.step.sentence() + line.because.sentence()
