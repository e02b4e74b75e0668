"""Entering the programme's dated facts, one by one and as a table."""

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import facts, queries, rate_tables, signed
from clusters.enums import Mark, RuleName
from clusters.models import LumpSumRate, PublicHoliday, RuleSetting, User
from extratex.shared import clock

pytestmark = pytest.mark.usefixtures("programme")
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def officer(client: Client, programme_officer: User) -> Client:
    client.force_login(programme_officer)
    return client


@pytest.fixture
def signed_yesterday(monkeypatch: pytest.MonkeyPatch) -> date:
    yesterday = clock.today() - timedelta(days=1)
    monkeypatch.setattr(signed.register, "answer", lambda: yesterday)
    return yesterday


def rate_of(country: str, day: date) -> LumpSumRate:
    return LumpSumRate.objects.in_force(day).get(country=country)


def answers(**changed: Any) -> dict[str, Any]:
    given = {"country": "PT", "amount": "800.00", "valid_from": "2027-01-01", "valid_to": "", "mark": Mark.TEXT}
    return given | changed


def test_a_new_rate_ends_the_one_before_it(officer: Client) -> None:
    answer = officer.post("/programme/facts/rates/new/", answers())

    assert answer.status_code == 302
    assert rate_of("PT", NEXT_YEAR).amount == Decimal("800.00")
    assert rate_of("PT", NEXT_YEAR - timedelta(days=1)).amount == Decimal("780.00")


@pytest.mark.parametrize(
    ("changed", "telling"),
    [
        ({"country": ""}, "required"),
        ({"amount": "1100.01"}, "No lump sum is above 1,100.00 euro"),
        ({"amount": "abc"}, "Enter a number"),
        ({"valid_from": ""}, "required"),
        ({"valid_from": "2027-02-30"}, "Enter a valid date"),
        ({"valid_to": "2026-12-31"}, "The last day lies before the first one."),
        ({"valid_from": "2020-02-03"}, "another value is entered already"),
    ],
)
def test_a_wrong_rate_is_refused_at_its_field(officer: Client, changed: dict[str, str], telling: str) -> None:
    before = LumpSumRate.objects.count()

    answer = officer.post("/programme/facts/rates/new/", answers(**changed))

    assert answer.status_code == 422
    assert telling in answer.content.decode()
    assert LumpSumRate.objects.count() == before


def test_no_fact_begins_in_a_signed_past(officer: Client, signed_yesterday: date) -> None:
    answer = officer.post("/programme/facts/rates/new/", answers(valid_from=signed_yesterday.isoformat()))

    assert answer.status_code == 422
    assert "Papers were signed until" in answer.content.decode()
    assert officer.post("/programme/facts/rates/new/", answers(valid_from=clock.today())).status_code == 302


def test_no_rule_begins_in_a_signed_past(
    officer: Client, client: Client, administrator: User, signed_yesterday: date
) -> None:
    rule = {"name": RuleName.LUMP_SUM_CEILING_EUR, "value": "900", "valid_to": "", "mark": Mark.TEXT, "source": ""}
    typed = {**rule, "valid_from": signed_yesterday.isoformat()}
    refused = officer.post("/programme/facts/rules/new/", typed)
    client.force_login(administrator)
    in_the_administration = client.post(reverse("admin:clusters_rulesetting_add"), typed)

    assert refused.status_code == 422
    assert "Papers were signed until" in refused.content.decode()
    assert "Papers were signed until" in in_the_administration.content.decode()
    assert not RuleSetting.objects.filter(value=900).exists()


def test_what_was_signed_keeps_its_value_and_may_only_end(officer: Client, signed_yesterday: date) -> None:
    rate = rate_of("PT", clock.today())
    address = f"/programme/facts/rates/{rate.pk}/"
    seen = officer.get(address).context["form"]["seen"].value()
    changed = {"amount": "1.00", "valid_from": "2022-11-01", "mark": rate.mark, "seen": seen}

    early = officer.post(address, changed | {"valid_to": signed_yesterday - timedelta(days=1)})
    later = officer.post(address, changed | {"valid_to": NEXT_YEAR})

    assert early.status_code == 422
    assert "cannot end before" in early.content.decode()
    assert later.status_code == 302
    rate.refresh_from_db()
    assert (rate.amount, rate.valid_to) == (Decimal("780.00"), NEXT_YEAR)


def test_a_stale_edit_is_refused_and_keeps_what_was_typed(officer: Client) -> None:
    officer.post("/programme/facts/rates/new/", answers())
    rate = rate_of("PT", NEXT_YEAR)
    address = f"/programme/facts/rates/{rate.pk}/"
    seen = officer.get(address).context["form"]["seen"].value()
    officer.post(address, answers(amount="801.00", seen=seen))

    stale = officer.post(address, answers(amount="999.00", seen=seen))
    again = officer.post(address, answers(amount="999.00", seen=stale.context["form"]["seen"].value()))

    assert stale.status_code == 422
    assert "999.00" in stale.content.decode()
    assert "Somebody saved this meanwhile" in stale.content.decode()
    assert again.status_code == 302


def test_moving_a_later_rate_leaves_no_gap(officer: Client) -> None:
    officer.post("/programme/facts/rates/new/", answers())
    rate = rate_of("PT", NEXT_YEAR)
    address = f"/programme/facts/rates/{rate.pk}/"
    seen = officer.get(address).context["form"]["seen"].value()

    officer.post(address, answers(valid_from="2027-03-01", seen=seen))

    assert rate_of("PT", date(2027, 2, 28)).amount == Decimal("780.00")
    assert rate_of("PT", date(2027, 3, 1)).amount == Decimal("800.00")


def test_what_is_taken_back_lets_the_one_before_it_go_on(officer: Client) -> None:
    officer.post("/programme/facts/rates/new/", answers())
    rate = rate_of("PT", NEXT_YEAR)

    officer.post(f"/programme/facts/rates/{rate.pk}/take-back/")

    assert rate_of("PT", NEXT_YEAR).amount == Decimal("780.00")
    assert not LumpSumRate.objects.filter(pk=rate.pk).exists()


def test_what_was_signed_is_not_taken_back(officer: Client, signed_yesterday: date) -> None:
    rate = rate_of("PT", signed_yesterday)

    officer.post(f"/programme/facts/rates/{rate.pk}/take-back/")

    assert LumpSumRate.objects.filter(pk=rate.pk).exists()


def test_a_page_tells_who_changed_what_when(officer: Client, programme_officer: User) -> None:
    officer.post("/programme/facts/rates/new/", answers())
    rate = rate_of("PT", NEXT_YEAR)
    address = f"/programme/facts/rates/{rate.pk}/"
    seen = officer.get(address).context["form"]["seen"].value()
    officer.post(address, answers(amount="801.00", seen=seen))

    versions = officer.get(address).context["versions"]

    assert [version.by for version in versions] == [programme_officer.name, programme_officer.name]
    assert [(change.before, change.after) for change in versions[0].changes] == [("800.00", "801.00")]


def test_the_table_itself_keeps_two_facts_apart() -> None:
    rate = rate_of("PT", clock.today())

    with pytest.raises(IntegrityError, match="rate_is_one_at_a_time"), transaction.atomic():
        LumpSumRate.objects.create(country="PT", amount=1, valid_from=rate.valid_from + timedelta(days=9))


@pytest.mark.parametrize("kind", ["rates", "rules", "eligibility", "countries", "holidays", "waves"])
@pytest.mark.parametrize("show", ["", "later", "past", "all", "nonsense"])
def test_each_kind_has_its_list_and_its_form(officer: Client, kind: str, show: str) -> None:
    assert officer.get(f"/programme/facts/{kind}/", {"show": show}).status_code == 200
    assert officer.get(f"/programme/facts/{kind}/new/").status_code == 200


def test_an_unknown_kind_is_not_found(officer: Client) -> None:
    assert officer.get("/programme/facts/secrets/").status_code == 404


def test_uncertain_facts_ask_to_be_checked(officer: Client) -> None:
    assert "Check with the Terms of Reference." in officer.get("/programme/facts/rates/").content.decode()


def test_a_holiday_by_hand_is_entered_and_removed(officer: Client) -> None:
    officer.post("/programme/facts/holidays/new/", {"country": "PT", "day": "2027-06-24", "name": "São João"})
    holiday = PublicHoliday.objects.get()

    officer.post(f"/programme/facts/holidays/{holiday.pk}/take-back/")

    assert (holiday.country.code, holiday.day, holiday.name) == ("PT", date(2027, 6, 24), "São João")
    assert not PublicHoliday.objects.exists()


def test_the_words_of_a_wave_are_changed_and_stand_on_every_page(officer: Client) -> None:
    wave = queries.open_wave()
    assert wave is not None
    address = f"/programme/facts/waves/{wave.pk}/"
    form = officer.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"emblem_text": "Co-funded by the Union"}

    early = officer.post(address, {**typed, "ends_on": "2020-01-01"})
    assert early.status_code == 422
    assert list(early.context["form"].errors) == ["ends_on"]
    officer.post(address, typed)

    assert "Co-funded by the Union" in Client().get("/partners/").content.decode()
    assert officer.post(f"{address}take-back/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_facts_asks_a_fixed_number_of_times(
    officer: Client, rows: int, django_assert_num_queries: Any
) -> None:
    LumpSumRate.objects.exclude(country__in=["PT", "FR", "DK"][:rows]).delete()
    LumpSumRate.objects.exclude(mark=Mark.DEMONSTRATION).delete()

    with django_assert_num_queries(13):
        answer = officer.get("/programme/facts/rates/")

    assert answer.content.decode().count("data-fact") == rows


def table(*lines: str, heading: str = "country,amount,valid_from,valid_to") -> str:
    return "\n".join([heading, *lines])


def test_a_table_of_rates_is_shown_first_and_stored_when_confirmed(officer: Client) -> None:
    text = table("PT,800.00,2027-01-01,", "FR,910.50,2027-01-01,")

    shown = officer.post("/programme/facts/rates/import/", {"text": text, "keep_missing": "on"})
    nothing = LumpSumRate.objects.filter(valid_from=NEXT_YEAR).count()
    stored = officer.post("/programme/facts/rates/import/", {"text": text, "keep_missing": "on", "store": "1"})

    assert shown.status_code == 200
    assert "2 lump sums, ready to be stored" in shown.content.decode()
    assert nothing == 0
    assert stored.status_code == 302
    assert rate_of("FR", NEXT_YEAR).amount == Decimal("910.50")


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("", "Choose a file, or paste the table below."),
        ("hello", "country, amount, valid_from cannot be found"),
        ("country,amount,valid_from", "There is no line below the headings."),
        (table("PT,800,2027-01-01,", "PT,810,2027-06-01,"), "Overlaps with line 2 for the same country."),
        (table(",800,2027-01-01,"), "The country is missing."),
        (table("ZZ,800,2027-01-01,"), "No country that takes part"),
        (table('PT,"780,50",2027-01-01,'), "Written with a comma: write 780.50 if that is meant."),
        (table("PT,NaN,2027-01-01,"), "No sum in euro"),
        (table("PT,1e309,2027-01-01,"), "No sum in euro"),
        (table("PT,-3,2027-01-01,"), "No sum in euro"),
        (table("PT,1100.01,2027-01-01,"), "Above the ceiling of 1100.00 euro on that day."),
        (table("PT,800,1.1.2027,"), "No day: write it as year-month-day"),
        (table("PT,800,,"), "The first day is missing."),
        (table("PT,800,2027-01-01,2026-01-01"), "The last day lies before the first one."),
        (table("PT,800,2027-01-01,"), "Without a line: "),
    ],
)
def test_what_is_wrong_with_a_table_is_said_where_it_is(officer: Client, text: str, telling: str) -> None:
    before = LumpSumRate.objects.count()

    answer = officer.post("/programme/facts/rates/import/", {"text": text, "store": "1"})

    assert answer.status_code == 422
    assert telling in answer.content.decode().replace("&quot;", '"')
    assert LumpSumRate.objects.count() == before


def test_a_table_dated_into_a_signed_past_is_refused(officer: Client, signed_yesterday: date) -> None:
    text = table(f"PT,800,{signed_yesterday},")

    answer = officer.post("/programme/facts/rates/import/", {"text": text, "keep_missing": "on", "store": "1"})

    assert answer.status_code == 422
    assert "Papers were signed until" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("country;amount;valid_from\nPT;800.00;2027-01-01".encode("cp1252"), 200),
        ("\ufeffcountry\tamount\tvalid_from\nPT\t800\t2027-01-01".encode(), 200),
        (b"Host country,Full amount EUR,Valid from\nPortugal,800,2027-01-01", 200),
        (b"PK\x03\x04\x00\x00", 422),
        (b"x" * 200_001, 422),
    ],
)
def test_a_file_is_read_whatever_program_wrote_it(officer: Client, content: bytes, status: int) -> None:
    file = SimpleUploadedFile("rates.csv", content)

    answer = officer.post("/programme/facts/rates/import/", {"file": file, "keep_missing": "on"})

    assert answer.status_code == status


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_table(text: str) -> None:
    # Only the reading: no line of such a text can be a rate, so nothing is asked of the database.
    with contextlib.suppress(rate_tables.TableUnreadable):
        for _number, cells in rate_tables._lines("country,amount,valid_from\n" + text):
            assert set(cells) == set(rate_tables.COLUMNS)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=6))
def test_whatever_is_entered_no_day_has_two_facts(spans: list[tuple[int, int | None]]) -> None:
    start = date(2030, 1, 1)
    with transaction.atomic():
        RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).delete()
        for first, last in spans:
            fact = RuleSetting(
                name=RuleName.OPEN_PROPOSALS,
                value=5,
                valid_from=start + timedelta(days=first),
                valid_to=None if last is None else start + timedelta(days=last),
            )
            with contextlib.suppress(facts.FactRefused):
                facts.store(fact)
        rows = list(RuleSetting.objects.filter(name=RuleName.OPEN_PROPOSALS).order_by("valid_from"))
        for earlier, later in pairwise(rows):
            assert earlier.valid_to is not None
            assert earlier.valid_from <= earlier.valid_to < later.valid_from
        transaction.set_rollback(True)


def test_the_ceiling_of_its_own_first_day_counts() -> None:
    facts.store(RuleSetting(name=RuleName.LUMP_SUM_CEILING_EUR, value=700, valid_from=NEXT_YEAR, mark=Mark.OWN))

    found = rate_tables.read(table("PT,701,2027-01-01,", "FR,701,2026-12-31,"))

    assert [bool(row.faults) for row in found.rows] == [True, False]
    assert queries.rules_on(NEXT_YEAR)[RuleName.LUMP_SUM_CEILING_EUR] == 700
