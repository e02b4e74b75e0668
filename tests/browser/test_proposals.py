"""A proposal from its first dates to the file that has them: other dates, messages with a file, and the agreement."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

HOST = "Ještěd Technické Tkaniny"

pytestmark = pytest.mark.browser


def work_week(weeks: int) -> tuple[str, str]:
    """Return Monday and Friday of the week in so many weeks."""
    today = timezone.localdate()
    monday: date = today + timedelta(days=7 * weeks - today.weekday())
    return monday.isoformat(), (monday + timedelta(days=4)).isoformat()


def enters(person: Person, days: tuple[str, str]) -> None:
    person.fills("First day", days[0])
    person.fills("Last day", days[1])


def test_visitor_and_host_agree_on_days_and_the_file_has_them(
    browser: Browser, portal: Stack, pictures: Path, tmp_path: Path
) -> None:
    visitor, host = (Person(browser, portal.address, 375, f"proposal-{name}", pictures) for name in ("visitor", "host"))
    begin_anew(visitor)
    propose_with_days(visitor)
    propose_other_dates_and_write(host, tmp_path)
    read_accept_and_find_the_file(visitor)
    visitor.leaves()
    host.leaves()


def begin_anew(visitor: Person) -> None:
    """Set the clock back that an earlier walk has moved ahead, and take back what a plan has proposed there."""
    visitor.opens("/demonstration/clock/")
    if (back := visitor.page.get_by_role("button", name="Back to today")).count():
        back.click()
    visitor.signs_in("visitor@demo.example", PASSWORD)
    visitor.opens("/proposals/?tab=sent")
    while (sent := visitor.page.locator("[data-proposal] a.title")).count():
        sent.first.click()
        visitor.clicks("Take the proposal back")
        visitor.opens("/proposals/?tab=sent")


def propose_with_days(visitor: Person) -> None:
    visitor.opens("/suggestions/")
    visitor.waits_for(re.compile(HOST))
    visitor.clicks(re.compile(f"^Propose an exchange.*{HOST}"))
    visitor.fills("Your message", "We would bring three of our own fabrics.")
    enters(visitor, (work_week(6)[1], work_week(6)[0]))
    visitor.clicks("Send the proposal")
    assert visitor.page.locator("#error-summary").is_visible()
    enters(visitor, work_week(6))
    visitor.clicks("Send the proposal")
    visitor.sees(re.compile("answers next"))


def propose_other_dates_and_write(host: Person, folder: Path) -> None:
    host.signs_in("host@demo.example", PASSWORD)
    host.opens("/proposals/")
    host.page.locator("[data-proposal] a.title").first.click()
    host.looks()
    host.clicks("Propose other dates")
    enters(host, work_week(7))
    host.fills("A word about it", "In that week the line is being serviced.")
    host.clicks("Send these dates")
    picture = folder / "line.png"
    Image.new("RGB", (40, 30), "#2a6f6b").save(picture)
    host.page.locator("textarea[name=text]").fill("This is our line.")
    host.page.locator("input[type=file]").set_input_files(picture)
    host.clicks("Send the message")
    host.waits_for(re.compile("PNG, "))


def read_accept_and_find_the_file(visitor: Person) -> None:
    visitor.opens("/desk/")
    visitor.sees("read the new messages")
    visitor.opens("/proposals/")
    visitor.page.locator("[data-proposal] a.title").first.click()
    visitor.looks()
    visitor.sees("This is our line.")
    visitor.clicks("Accept these dates")
    visitor.sees(re.compile("Agreed: build the exchange together"))
    visitor.opens("/exchanges/")
    visitor.page.get_by_role("link", name=re.compile(HOST)).first.click()
    visitor.looks()
    first_day = date.fromisoformat(work_week(7)[0])
    visitor.sees(re.compile(rf"\b{first_day.day}\b.*{first_day:%B}"))
