"""One exchange from an SME's registration to a paid claim and a line in the coordinator's export, as people do it.

Real web, worker and scheduler processes behind Chromium; every page is looked at by axe, in light and dark.
"""

import csv
import io
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import holidays
import openpyxl
import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

SME = "Filatura Bisenzio {mark} S.r.l."
HOST = "Ještěd Technické Tkaniny s.r.o."
DAYS_AHEAD = 21

pytestmark = pytest.mark.browser


class Cast:
    """The people of the path, each with a browser of her own."""

    def __init__(self, browser: Browser, portal: Stack, width: int, pictures: Path) -> None:
        self.width = width
        self.enter: Callable[[str], Person] = lambda name: Person(
            browser, portal.address, width, f"{width}-{name}", pictures
        )
        mark = secrets.token_hex(3)
        self.sme = SME.format(mark=mark)
        self.email = f"chiara-{mark}@filatura.example"
        self.visitor = self.enter("visitor")

    @contextmanager
    def staff(self, name: str) -> Iterator[Person]:
        """Let somebody with an account of the demonstration work for a while."""
        person = self.enter(name)
        person.signs_in(f"{name}@demo.example", PASSWORD)
        yield person
        person.leaves()


@pytest.mark.parametrize("width", [375, pytest.param(1280, marks=pytest.mark.slow)])
def test_an_exchange_from_registration_to_paid_claim(
    browser: Browser, portal: Stack, pictures: Path, tmp_path: Path, width: int
) -> None:
    cast = Cast(browser, portal, width, pictures)

    begin_today(cast)
    register_a_person(cast)
    register_the_organisation(cast)
    validate_the_organisation(cast)
    write_a_candidature(cast)
    validate_the_candidature(cast)
    propose_from_a_suggestion(cast)
    accept_the_proposal(cast)
    first_day = build_the_file(cast)
    sign_the_commitment(cast)
    approve_by_both_sides(cast)
    agree_on_the_money(cast)
    let_the_stay_pass(cast, first_day)
    report_and_hand_in(cast, tmp_path)
    validate_the_report(cast)
    claim_the_sum(cast)
    approve_the_claim(cast)
    pay(cast)
    steer_and_export(cast)

    cast.visitor.opens("/exchanges/")
    cast.visitor.clicks(re.compile(cast.sme))
    cast.visitor.sees("The lump sum is paid")
    cast.visitor.opens("/notices/")
    cast.visitor.sees(re.compile("Your lump sum is paid"))
    cast.visitor.leaves()


def begin_today(cast: Cast) -> None:
    """Set the clock back that an earlier walk has moved ahead."""
    cast.visitor.opens("/demonstration/clock/")
    back = cast.visitor.page.get_by_role("button", name="Back to today")
    if back.count():
        back.click()


def register_a_person(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/")
    visitor.opens("/accounts/signup/")
    visitor.fills("First and last name", "Chiara Bisenzi")
    visitor.fills(re.compile("^e-?mail", re.IGNORECASE), cast.email)
    visitor.fills(re.compile("^password", re.IGNORECASE), "loom-and-spindle-42")
    visitor.ticks(re.compile("privacy notice"))
    visitor.page.locator("main form button").first.click()
    visitor.looks()
    for _attempt in range(30):
        visitor.opens(f"/demonstration/mailbox/?address={cast.email}")
        if visitor.page.get_by_role("link", name=re.compile("confirm-email")).count():
            break
        visitor.page.wait_for_timeout(1000)
    visitor.page.get_by_role("link", name=re.compile("confirm-email")).first.click()
    visitor.looks()
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url(re.compile("/desk/|/login/"))
    if "/login/" in visitor.page.url:
        visitor.signs_in(cast.email, "loom-and-spindle-42")
    visitor.sees("What waits for you")


def register_the_organisation(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/organisation/new/")
    visitor.fills("Name", cast.sme)
    visitor.clicks("Look")
    visitor.clicks(re.compile("register it", re.IGNORECASE))
    visitor.clicks("Save and go on")
    assert visitor.page.locator("#error-summary").is_visible()
    visitor.chooses(re.compile("^Country"), "Italy")
    visitor.clicks("Save and go on")
    visitor.chooses(re.compile("^Type of organisation"), "Small or medium-sized enterprise")
    visitor.fills(re.compile("^Staff"), "24")
    visitor.fills(re.compile("^Turnover"), "3100000")
    visitor.sees("Small enterprise")
    visitor.clicks("Save and go on")
    visitor.fills(re.compile("^Town"), "Prato")
    visitor.chooses(re.compile("^Region"), "Toscana")
    visitor.clicks("Save and go on")
    visitor.ticks("Textile manufacturing")
    visitor.ticks("Advanced Textile Materials")
    visitor.ticks("Italian")
    visitor.ticks("English")
    visitor.clicks("Save and go on")
    visitor.sees(re.compile("NTT was assigned: it is in your region"))
    visitor.ticks(re.compile("member of its reference cluster"))
    visitor.clicks("Save and go on")
    visitor.sees("Check your answers")
    visitor.clicks("Send to the reference cluster")
    visitor.sees(re.compile("Waiting for validation"))


def validate_the_organisation(cast: Cast) -> None:
    with cast.staff("ntt") as staff:
        staff.clicks(re.compile(re.escape(cast.sme)))
        staff.clicks(re.compile("^Validate"))
        staff.sees("Validated")


def write_a_candidature(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/candidatures/new/visitor/")
    visitor.clicks("Begin")
    visitor.ticks("Take up new technologies")
    visitor.fills(re.compile("^Motivation"), "We want to see how recycled fibres are woven for seats.")
    visitor.clicks("Save and go on")
    visitor.ticks("Advanced Textile Materials")
    visitor.fills(re.compile("^The expertise"), "Weaving with recycled polyester.")
    visitor.clicks("Save and go on")
    visitor.ticks("English")
    visitor.clicks("Save and go on")
    begins = timezone.localdate() + timedelta(days=5)
    visitor.page.locator("input[type=date]").nth(0).fill(begins.isoformat())
    visitor.page.locator("input[type=date]").nth(1).fill((begins + timedelta(days=120)).isoformat())
    visitor.fills(re.compile("^Working days"), "3")
    visitor.clicks("Save and go on")
    visitor.clicks("Save and go on")
    visitor.sees("Check your answers")
    visitor.clicks("Send to the reference cluster")
    visitor.sees(re.compile("Waiting for validation"))


def validate_the_candidature(cast: Cast) -> None:
    with cast.staff("ntt") as staff:
        staff.opens("/candidatures/?status=submitted")
        staff.clicks(re.compile(re.escape(cast.sme)))
        staff.clicks(re.compile("^Validate"))
        staff.sees("Validated")


def propose_from_a_suggestion(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/suggestions/")
    visitor.waits_for(re.compile(re.escape(HOST)))
    visitor.page.get_by_role("listitem").or_(visitor.page.get_by_role("article")).filter(
        has_text=HOST
    ).first.get_by_role("link", name=re.compile("Propose")).first.click()
    visitor.looks()
    visitor.fills(re.compile("^(Your )?message", re.IGNORECASE), "May we come in spring and weave with you?")
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    visitor.sees(re.compile("Waiting for an answer"))


def accept_the_proposal(cast: Cast) -> None:
    with cast.staff("host") as host:
        host.opens("/proposals/")
        host.clicks(re.compile(re.escape(cast.sme)))
        host.clicks(re.compile("^Accept"))
        host.opens("/exchanges/")
        host.sees(re.compile(re.escape(cast.sme)))


def build_the_file(cast: Cast) -> date:
    visitor = cast.visitor
    visitor.opens("/exchanges/")
    visitor.clicks(re.compile(re.escape(cast.sme)))
    first_day = three_working_days_from(timezone.localdate() + timedelta(days=DAYS_AHEAD))
    visitor.clicks("Enter the dates")
    visitor.fills("First day", first_day.isoformat())
    visitor.fills("Last day", (first_day + timedelta(days=2)).isoformat())
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    visitor.sees(re.compile("305.00"))
    visitor.clicks("Write the objectives")
    visitor.fills(re.compile("^Goals"), "Learn to weave recycled fibre and test two samples.")
    visitor.fills(re.compile("^Expected"), "A joint sample and a plan for the next season.")
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    visitor.clicks("Plan the agenda")
    for number, what in enumerate(["Tour of the mill", "Weaving on the loom", "Evaluation"]):
        row = visitor.page.locator("main tbody tr").nth(2 * number)
        row.get_by_label(re.compile("^What")).first.fill(what)
        row.get_by_label(re.compile("^Where")).first.fill("Liberec")
    visitor.clicks(re.compile("^Save$"))
    visitor.sees("Tour of the mill")
    visitor.clicks("Issue the Commitment")
    return first_day


def sign(person: Person, cast: Cast) -> None:
    person.opens("/exchanges/")
    person.clicks(re.compile(re.escape(cast.sme)))
    person.clicks("Read and sign")
    person.ticks(re.compile("^I have read version"))
    person.page.locator("main form button.btn-strong").filter(has_text="Sign").first.click()
    person.looks()


def sign_the_commitment(cast: Cast) -> None:
    sign(cast.visitor, cast)
    for name in ("host", "ntt", "clutex"):
        with cast.staff(name) as person:
            sign(person, cast)
    cast.visitor.opens("/exchanges/")
    cast.visitor.clicks(re.compile(re.escape(cast.sme)))
    cast.visitor.sees(re.compile("Waiting for approval"))


def approve_by_both_sides(cast: Cast) -> None:
    for name in ("ntt", "clutex"):
        with cast.staff(name) as person:
            person.opens("/exchanges/")
            person.clicks(re.compile(re.escape(cast.sme)))
            person.clicks("Check and approve")
            person.page.locator("main form button[name=side]").first.click()
            person.looks()


def agree_on_the_money(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.page.reload()
    visitor.clicks("Give the account")
    visitor.fills("Account holder", cast.sme)
    visitor.fills("IBAN", "IT00 X054 2811 1010 0000 0123 456")
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    visitor.fills("IBAN", "IT60 X054 2811 1010 0000 0123 456")
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    sign(visitor, cast)
    with cast.staff("coordinator") as coordinator:
        sign(coordinator, cast)
        coordinator.sees(re.compile("Ready to start|Everything is ready"))


def let_the_stay_pass(cast: Cast, first_day: date) -> None:
    visitor = cast.visitor
    days = (first_day + timedelta(days=4) - timezone.localdate()).days
    visitor.opens("/demonstration/clock/")
    visitor.fills(re.compile("days", re.IGNORECASE), str(days))
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    visitor.opens("/exchanges/")
    visitor.clicks(re.compile(re.escape(cast.sme)))
    visitor.waits_for("Write your closing report")


def report_and_hand_in(cast: Cast, tmp_path: Path) -> None:
    visitor = cast.visitor
    visitor.clicks("Go on")
    visitor.fills(re.compile("^What took place"), "Three days at the looms in Liberec.")
    visitor.fills(re.compile("^Outcomes"), "Two samples, and a second visit planned.")
    visitor.page.locator("main form input[type=radio]").last.check()
    visitor.page.locator("main form button.btn-strong").first.click()
    visitor.looks()
    picture = tmp_path / "attendance.png"
    Image.new("RGB", (320, 200), "#0a5c6b").save(picture)
    if "/evidence/" not in visitor.page.url:
        visitor.clicks("On to the evidence")
    visitor.chooses(re.compile("^What do these files show"), "Attendance sheet")
    visitor.page.locator("main input[type=file]").set_input_files(picture)
    visitor.page.locator("main section.wash form button.btn-strong").first.click()
    visitor.looks()
    visitor.page.get_by_role("button", name="Hand in report and evidence").wait_for(timeout=60_000)
    visitor.clicks("Hand in report and evidence")
    with cast.staff("host") as host:
        host.opens("/exchanges/")
        host.clicks(re.compile(re.escape(cast.sme)))
        host.clicks("Write the report")
        host.fills(re.compile("^What took place"), "We showed our looms to two weavers.")
        host.fills(re.compile("^Outcomes"), "A common order of yarn.")
        host.page.locator("main form input[type=radio]").last.check()
        host.page.locator("main form button.btn-strong").first.click()
        host.looks()


def validate_the_report(cast: Cast) -> None:
    with cast.staff("ntt") as staff:
        staff.opens("/desk/")
        staff.opens("/exchanges/")
        staff.clicks(re.compile(re.escape(cast.sme)))
        staff.clicks("Check")
        staff.sees("Three days at the looms in Liberec.")
        staff.clicks("Validate report and evidence")


def claim_the_sum(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/exchanges/")
    visitor.clicks(re.compile(re.escape(cast.sme)))
    visitor.clicks("Claim")
    visitor.clicks("Claim 305.00 EUR")
    visitor.sees(re.compile("Waiting for approval"))


def approve_the_claim(cast: Cast) -> None:
    with cast.staff("coordinator") as coordinator:
        coordinator.opens("/claims/")
        coordinator.clicks(re.compile(re.escape(cast.sme)))
        coordinator.clicks("Approve the claim")
        coordinator.sees("To be paid")


def pay(cast: Cast) -> None:
    with cast.staff("finance") as officer:
        officer.opens("/payments/")
        officer.page.locator("input[name=chosen]").first.check()
        officer.clicks("Create the payment file")
        with officer.page.expect_download() as download:
            officer.page.get_by_role("link", name="Download the file (XML)").click()
        content = Path(download.value.path()).read_text()
        assert "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" in content
        assert "<CtrlSum>305.00</CtrlSum>" in content
        officer.clicks("Mark as paid")
        officer.sees("Paid")


def steer_and_export(cast: Cast) -> None:
    with cast.staff("coordinator") as coordinator:
        coordinator.opens("/cockpit/")
        coordinator.sees(re.compile("59"))
        coordinator.sees(re.compile("30"))
        coordinator.sees(re.compile("17"))
        coordinator.sees(re.compile(r"50\s?%"))
        with coordinator.page.expect_download() as download:
            coordinator.page.get_by_role("link", name=re.compile("XLSX")).first.click()
        sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
        lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert [line for line in lines if cast.sme in line], lines
        with coordinator.page.expect_download() as download:
            coordinator.page.get_by_role("link", name=re.compile("CSV")).first.click()
        rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
        assert [row for row in rows if cast.sme in row], rows


def three_working_days_from(day: date) -> date:
    """Return the first Monday from a day on that begins three working days in Czechia."""
    free = holidays.country_holidays("CZ")
    monday = day + timedelta(days=-day.weekday() % 7)
    while any(monday + timedelta(days=number) in free for number in range(3)):
        monday += timedelta(weeks=1)
    return monday
