"""A stranger's two questions: may our company go, and what would it get?"""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from clusters.models import LumpSumRate, PublicHoliday, RuleSetting, Wave
from exchanges.rules.distance import Place
from exchanges.rules.lump_sum import derive
from exchanges.rules.outlook import look_ahead
from exchanges.rules.working_days import Stay
from tests.exchanges.rules.examples import AMOUNTS, RULES

pytestmark = pytest.mark.usefixtures("programme")

ASKED = {
    "type": "sme",
    "country": "IT",
    "role": "visitor",
    "other_country": "PT",
    "days": "3",
    "membership": "unknown",
}
STAY = {
    "host_country": "PT",
    "host_town": "Guimarães",
    "country": "IT",
    "town": "Prato",
    "first_day": "2026-11-24",
    "last_day": "2026-11-26",
}


def read(client: Client, path: str, query: dict[str, str]) -> str:
    answer = client.get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("changed", "telling"),
    [
        ({}, "Yes, as a member of a cluster; and you would get €390."),
        ({"membership": "eccp_cluster"}, "Yes, and you would get €390."),
        ({"membership": "none"}, "The organisation must be a member of a cluster with an ECCP profile"),
        ({"days": "5"}, "With a host nearer than that it would be €390."),
        ({"days": "2"}, "At least 3 are needed"),
        ({"has_visited": "on"}, "it may do so once in the whole scheme"),
        ({"other_country": "IT"}, "an exchange joins two different countries"),
        ({"type": "cluster"}, "A cluster organisation may visit."),
        ({"type": "large"}, "may not be a Visitor"),
        ({"role": "host", "membership": "none"}, "Only with the agency’s prior approval."),
        ({"role": "host", "type": "scaling_up", "membership": "cluster"}, "Register as a host"),
    ],
)
def test_the_answer_names_the_rule_that_decides(client: Client, changed: dict[str, str], telling: str) -> None:
    page = read(client, "/eligibility/", ASKED | changed)

    assert telling.lower() in page.lower()
    assert "The rule that decides" in page


def test_a_rule_that_is_not_stated_anywhere_says_so(client: Client) -> None:
    assert "check with the Terms of Reference" in read(client, "/eligibility/", ASKED | {"type": "large"})
    assert "Stated in the programme's published pages" in read(client, "/eligibility/", ASKED)


def test_without_an_open_wave_the_rules_of_the_last_one_answer(client: Client) -> None:
    LumpSumRate.objects.all().delete()
    Wave.objects.update(accepts_until=date(2021, 1, 1))

    assert "No wave accepts candidatures at present." in read(client, "/eligibility/", ASKED)


def test_without_any_rule_nothing_breaks(client: Client) -> None:
    RuleSetting.objects.all().delete()

    assert "as a member of a cluster" in read(client, "/eligibility/", ASKED)
    assert "No rules of the programme are known" in read(client, "/lump-sums/", STAY)


def test_the_sum_is_derived_line_by_line(client: Client) -> None:
    page = read(client, "/lump-sums/", STAY)

    for telling in ("€390", "Working days: 3", "From Prato, Italy to Guimarães, Portugal", "Working days under 5."):
        assert telling in page
    assert "Demonstration only" in page


@pytest.mark.parametrize(
    ("changed", "telling"),
    [
        ({"last_day": "2026-11-30"}, "€780"),
        ({"last_day": "2026-12-01"}, "Public holiday in Portugal"),
        ({"travels_first": "on"}, "At least 3 are needed"),
        ({"virtual": "on", "town": "", "country": "", "host_town": ""}, "A certificate, and no money."),
        ({"host_country": "IT", "host_town": "Milano"}, "in the same country"),
        ({"town": "Nowhereville"}, "We know no town"),
        ({"town": ""}, "The distance counts"),
        ({"country": ""}, "This field is required."),
        ({"last_day": "2026-11-20"}, "The last day cannot lie before the first day."),
        ({"last_day": "2027-11-20"}, "more than three months"),
        ({"last_day": "2027-01-20"}, "may last until"),
        ({"first_day": "0001-01-01", "last_day": "9999-12-31"}, "Please look at the year again."),
        ({"first_day": "2000-01-03", "last_day": "2000-01-05"}, "No rules of the programme are known"),
    ],
)
def test_every_question_is_answered_in_words(client: Client, changed: dict[str, str], telling: str) -> None:
    assert telling in read(client, "/lump-sums/", STAY | changed)


def test_an_answer_that_was_given_before_follows_rates_and_holidays(client: Client) -> None:
    before = read(client, "/lump-sums/", STAY)
    LumpSumRate.objects.in_force(date(2026, 11, 24)).filter(country="PT").update(amount=500)
    dearer = read(client, "/lump-sums/", STAY)
    PublicHoliday.objects.create(country="PT", day="2026-11-25", name="Feast of the mill")
    shorter = read(client, "/lump-sums/", STAY)

    assert "€390" in before
    assert "€390" not in dearer
    assert shorter != dearer
    assert "At least 3" in shorter


@pytest.mark.parametrize(("path", "query"), [("/lump-sums/", STAY), ("/eligibility/", ASKED)])
def test_the_bare_page_is_kept_and_nothing_that_a_stranger_enters(
    client: Client, path: str, query: dict[str, str], django_assert_num_queries: Any
) -> None:
    read(client, path, {})
    with django_assert_num_queries(1):
        read(client, path, {})

    read(client, path, query)
    with CaptureQueriesContext(connection) as asked:
        read(client, path, query)

    assert len(asked) > 1


def test_all_rates_stand_below_the_calculator(client: Client) -> None:
    page = read(client, "/lump-sums/", {})

    assert page.count("Demonstration only") >= 38
    assert "1,100.00" in page


def test_a_link_brings_the_countries_along(client: Client) -> None:
    page = read(client, "/lump-sums/", {"host_country": "PT", "country": "IT"})

    assert '<option value="PT" selected>' in page
    assert '<option value="IT" selected>' in page


def test_a_stranger_needs_three_pages_at_most(client: Client) -> None:
    home = client.get("/").content.decode()
    answer = read(client, "/eligibility/", ASKED)

    assert 'action="/eligibility/"' in home
    assert "€390" in answer
    assert "/lump-sums/?host_country=PT&country=IT" in answer


@pytest.mark.parametrize("path", ["/eligibility/", "/lump-sums/", "/contact/"])
def test_strange_input_breaks_nothing(client: Client, path: str) -> None:
    draw = Random(7)
    names = [*ASKED, *STAY, "membership", "has_visited", "virtual", "travels_last", "sector"]
    strange = [
        "",
        "\0",
        "😀",
        "1e309",
        "NaN",
        "-1",
        "9" * 40,
        "x" * 5000,
        "2026-02-30",
        "'; --",
        "\u202e",
        "IT",
        "PT",
        "sme",
    ]
    for _attempt in range(60):
        query = {name: draw.choice(strange) for name in names} | draw.choice([{}, ASKED, STAY])
        query[draw.choice(names)] = draw.choice(strange)
        assert client.get(f"{path}?{urlencode(query)}").status_code == 200, query


@given(country=st.sampled_from(sorted(AMOUNTS)), days=st.integers(1, 23), later=st.integers(0, 850))
def test_an_outlook_is_what_such_a_stay_derives(country: str, days: int, later: int) -> None:
    begins = date(2020, 3, 1) + timedelta(days=later)
    outlook = look_ahead(country=country, working_days=days, begins=begins, rules=RULES)

    assert outlook.far.working_days in {days, 0}
    assert (outlook.far.amount == 0) == bool(outlook.problems)
    assert outlook.near.amount <= outlook.far.amount
    if not outlook.problems:
        assert outlook.far.amount in {Decimal(AMOUNTS[country]), Decimal(AMOUNTS[country]) / 2}


def test_an_outlook_of_a_week_is_the_full_sum_and_that_of_three_days_half() -> None:
    monday = date(2021, 9, 6)
    week = look_ahead(country="PT", working_days=5, begins=monday, rules=RULES)
    short = look_ahead(country="PT", working_days=3, begins=monday, rules=RULES)
    stay = Stay("PT", monday, date(2021, 9, 10), place=Place("x", 0, 180))
    derived = derive(stays=[stay], visitor=Place("y", 0, 0), rules=RULES, holidays={})

    assert week.amount == derived.amount == Decimal(780)
    assert (short.amount, short.depends_on_distance) == (Decimal(390), False)
    assert (week.near.amount, week.depends_on_distance) == (Decimal(390), True)
    with pytest.raises(ValueError, match="at least one"):
        look_ahead(country="PT", working_days=0, begins=monday, rules=RULES)
