"""The cockpit and the export say what a count by hand says, and only to who leads the partnership."""

import csv
import io
import random
from collections import Counter
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from clusters.enums import OrganisationType
from exchanges import cockpit
from exchanges.enums import ExchangeStatus as Status
from exchanges.enums import Mode
from exchanges.models import Exchange
from exchanges.reports import COLUMNS
from tests import factories
from tests.exchanges.money.counting import counted
from tests.exchanges.money.factories import make_budget, make_exchange

pytestmark = pytest.mark.usefixtures("programme")

PLANNED = {Status.BUILDING, Status.SIGNING, Status.SIGNED, Status.APPROVED}
COMMITTED = {Status.READY, Status.ONGOING, Status.REPORT_DUE, Status.REPORT_SUBMITTED}
DONE = {Status.VALIDATED, Status.CLAIMED, Status.PAYABLE, Status.IN_PAYMENT_FILE}
ROUTES = [("IT", "NTT"), ("ES", "AEI TÈXTILS"), ("SK", "SPK"), ("DE", "NTT")]


def stage_by_hand(exchange):
    for stage, statuses in [("planned", PLANNED), ("committed", COMMITTED), ("done", DONE), ("paid", {Status.PAID})]:
        if exchange.status in statuses:
            return stage
    return None


@pytest.fixture
def many_exchanges(programme):
    """Every status twice or more, over kinds of organisations, countries and sectors, by a fixed chance."""
    chance = random.Random(874137)
    for status in [*Status.values, *Status.values, *Status.values]:
        visitor = factories.make_organisation(
            type=chance.choice([OrganisationType.SME, OrganisationType.SCALING_UP, OrganisationType.CLUSTER]),
            country=chance.choice(["IT", "ES", "SK", "DE"]),
            is_cluster_member=chance.random() < 0.6,
        )
        host = factories.make_organisation(country=chance.choice(["CZ", "PT", "FR"]), reference_cluster="CLUTEX")
        make_exchange(
            status,
            visitor=visitor,
            host=host,
            cross_sector=chance.random() < 0.5,
            mode=Mode.VIRTUAL if status == Status.VALIDATED and chance.random() < 0.5 else Mode.PHYSICAL,
            lump_sum=Decimal(chance.choice(["305.00", "390.00", "550.00"])),
        )
    return list(Exchange.objects.select_related("visitor", "host"))


MEASURES = {
    "all": lambda exchange: True,
    "sme": lambda exchange: exchange.visitor.type == "sme",
    "non_member": lambda exchange: not exchange.visitor.is_cluster_member,
    "cross_sector": lambda exchange: exchange.cross_sector,
}


def test_every_status_stands_in_exactly_one_stage():
    assert PLANNED | COMMITTED | DONE | {Status.PAID, Status.CANCELLED} == set(Status)


@pytest.mark.parametrize("measure", MEASURES)
def test_figures_are_those_of_a_count_by_hand(measure, many_exchanges):
    by_hand = Counter(stage_by_hand(each) for each in many_exchanges if MEASURES[measure](each))

    counted = cockpit.tallies(factories.partnership())[measure]

    assert counted.stages == {stage: by_hand[stage] for stage in cockpit.STAGES}


def test_matrix_is_that_of_a_count_by_hand(many_exchanges):
    by_hand = Counter(
        (each.visitor.country.code, each.host.country.code)
        for each in many_exchanges
        if each.status != Status.CANCELLED
    )

    matrix = cockpit.matrix_of(factories.partnership())

    for origin, cells, total in matrix.rows:
        assert cells == [by_hand[origin, host] for host in matrix.hosts]
        assert total == sum(cells)
    assert matrix.total == sum(by_hand.values()) == sum(matrix.totals)


def test_money_is_that_of_the_exchanges(many_exchanges):
    budget = cockpit.money_of(factories.partnership())

    money = [each for each in many_exchanges if each.mode == Mode.PHYSICAL]
    assert budget.committed == sum(
        each.lump_sum for each in money if stage_by_hand(each) in {"committed", "done", "paid"}
    )
    assert budget.paid == sum(each.lump_sum for each in money if each.status == Status.PAID)
    assert budget.left == budget.total - budget.committed


@pytest.mark.parametrize(
    ("supported", "cross", "goal", "text"),
    [
        (0, 0, 0, "none supported yet; at least 50 %"),
        (1, 0, 1, "0 % of the supported, at least 50 %"),
        (3, 2, 2, "66 % of the supported, at least 50 %"),
        (4, 2, 2, "50 % of the supported, at least 50 %"),
    ],
)
def test_cross_sector_share_is_rounded_against_oneself(supported, cross, goal, text):
    for number in range(supported):
        make_exchange(Status.READY, cross_sector=number < cross)
    make_exchange(Status.BUILDING, cross_sector=True)

    target = cockpit.targets_of(factories.partnership())[-1]

    assert (target.total, target.text, target.tally.supported) == (goal, text, cross)


def test_targets_are_those_of_the_published_profile():
    assert [target.total for target in cockpit.targets_of(factories.partnership())][:3] == [59, 30, 17]


def test_another_partnership_counts_its_own_only(many_exchanges):
    exxtra = factories.partnership("EXXTRA")
    make_exchange(Status.BUILDING, of=exxtra)

    assert cockpit.tallies(exxtra)["all"].stages["planned"] == 1
    assert cockpit.matrix_of(exxtra).total == 1


@pytest.mark.parametrize("per_status", [1, 3])
def test_cockpit_takes_as_many_queries_for_any_number(per_status, client, coordinator):
    for status in Status.values * per_status:
        make_exchange(status)
    client.force_login(coordinator)

    response, queries = counted(client, reverse("exchanges:cockpit"))

    page = response.content.decode()
    assert queries == 9
    assert 'id="targets"' in page
    assert page.count('<svg class="bar"') == 4


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("coordinator", 200),
        ("finance_officer", 200),
        ("programme_officer", 200),
        ("administrator", 200),
        ("ntt_officer", 403),
        ("visitor_person", 403),
        ("stranger", 403),
        ("other_coordinator", 404),
    ],
)
@pytest.mark.parametrize("name", ["cockpit", "export_xlsx", "export_csv"])
def test_who_sees_a_partnerships_figures(name, person, expected, client, request):
    client.force_login(request.getfixturevalue(person))

    assert client.get(reverse(f"exchanges:{name}"), {"partnership": "extratex"}).status_code == expected


def test_partnership_without_targets_says_so(client, programme_officer):
    client.force_login(programme_officer)

    page = client.get(reverse("exchanges:cockpit"), {"partnership": "biginn"}).content.decode()

    assert "No targets entered" in page
    assert "No budget has been entered" in page


def test_anonymous_is_sent_to_sign_in(client):
    for name in ("cockpit", "export_xlsx", "export_csv", "claims", "payments"):
        assert client.get(reverse(f"exchanges:{name}"))["Location"].startswith("/accounts/login/")


# The export ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_exchanges(programme):
    visitor = factories.make_organisation(
        legal_name='=HYPERLINK("http://evil.example")', sectors=("Textile manufacturing", "Plastics"), headcount=7
    )
    make_exchange(Status.PAID, visitor=visitor, first_day=date(2026, 9, 7), cross_sector=True)
    make_exchange(Status.BUILDING)
    make_exchange(Status.BUILDING, of=factories.partnership("EXXTRA"))


def test_spreadsheet_is_read_back_as_it_was_meant(client, coordinator, two_exchanges):
    client.force_login(coordinator)

    response = client.get(reverse("exchanges:export_xlsx"))

    assert response["Content-Disposition"].startswith('attachment; filename="extratex-exchanges-')
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    heading, paid, building = list(sheet.iter_rows(values_only=True))
    assert list(heading) == [str(column.label) for column in COLUMNS]
    row = dict(zip(heading, paid, strict=True))
    assert row["Visitor"] == '=HYPERLINK("http://evil.example")'
    assert row["Sectors of visitor"] == "Plastics, Textile manufacturing"
    assert (row["First day"].date(), row["Last day"].date()) == (date(2026, 9, 7), date(2026, 9, 9))
    assert (row["Lump sum (EUR)"], row["Working days"], row["Staff of visitor"]) == (305, 3, 7)
    assert (row["Cross-sector"], row["Cluster member"], row["Status"]) == ("yes", "yes", "Paid")
    assert row["Committed on"] is not None
    assert row["Paid on"] is not None
    assert dict(zip(heading, building, strict=True))["Lump sum (EUR)"] is None
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_csv_holds_the_same_rows_and_no_formula(client, coordinator, two_exchanges):
    client.force_login(coordinator)

    text = b"".join(client.get(reverse("exchanges:export_csv")).streaming_content).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    assert rows[0]["Visitor"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[0]["Partnership"] == "EXTRATEX"


@pytest.mark.parametrize("rows", [1, 3])
def test_export_takes_as_many_queries_for_any_number(rows, client, coordinator):
    for _ in range(rows):
        make_exchange(Status.READY)
    client.force_login(coordinator)

    response, queries = counted(client, reverse("exchanges:export_xlsx"))

    assert queries == 6
    assert openpyxl.load_workbook(io.BytesIO(response.content)).active.max_row == rows + 1


def test_budget_of_another_partnership_is_not_shown(client, other_coordinator):
    make_budget(total=12_345)
    client.force_login(other_coordinator)

    assert "12,345" not in client.get(reverse("exchanges:cockpit")).content.decode()
