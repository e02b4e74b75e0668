"""A coordinator asks for the best plan, changes it, compares, sends its proposals; a visitor reads what was proposed.

Real web, worker and scheduler processes behind Chromium; every page is looked at by axe, in light and dark.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


def test_a_coordinator_plans_and_sends_and_the_visitor_sees_the_proposal(
    browser: Browser, portal: Stack, pictures: Path
) -> None:
    coordinator = Person(browser, portal.address, 1280, "plan", pictures)
    coordinator.signs_in("coordinator@demo.example", PASSWORD)
    coordinator.opens("/cockpit/")
    coordinator.clicks("Plans: who should visit whom")

    ask_for_a_plan(coordinator)
    names = lock_one_and_forbid_one(coordinator)
    compute_again_and_compare(coordinator, *names)
    send(coordinator)
    coordinator.leaves()

    visitor = Person(browser, portal.address, 1280, "planned", pictures)
    visitor.signs_in("visitor@demo.example", PASSWORD)
    visitor.opens("/proposals/?tab=sent")
    visitor.page.locator("main table a.title").first.click()
    visitor.looks()
    visitor.sees(re.compile("We have looked for the exchanges that bring all of us most"))
    visitor.leaves()


def ask_for_a_plan(coordinator: Person) -> None:
    coordinator.clicks("New plan for EXTRATEX")
    coordinator.fills("Visits by SMEs at least", "-1")
    coordinator.clicks("Compute the plan")
    expect(coordinator.page.locator("#error-summary")).to_be_visible()
    coordinator.fills("Visits by SMEs at least", "500")
    coordinator.fills("Seconds to search", "5")
    coordinator.clicks("Compute the plan")
    coordinator.waits_for("What each target costs")
    coordinator.sees("Not all targets can be reached. This is the plan that comes nearest.")
    coordinator.looks()


def lock_one_and_forbid_one(coordinator: Person) -> tuple[str, str]:
    """Lock the pair of the first row and forbid that of the second; return their visitors."""
    page = coordinator.page
    rows = page.locator("tr[data-pair]")
    names = [rows.nth(number).locator("b").first.inner_text() for number in (0, 1)]
    for number, wish in ((0, "Lock"), (1, "Forbid")):
        rows.nth(number).get_by_role("button", name=re.compile(f"^{wish}")).click()
        coordinator.looks()
        coordinator.sees(re.compile("it holds from the next plan on"))
    coordinator.sees("2 wishes have changed since this plan")
    return names[0], names[1]


def compute_again_and_compare(coordinator: Person, locked: str, forbidden: str) -> None:
    page = coordinator.page
    before = page.locator("tr[data-pair]").nth(1).inner_text()
    coordinator.clicks("Compute again")
    coordinator.waits_for("Send the proposals")
    expect(page.locator("tr[data-pair]", has_text=locked)).to_contain_text("Always in the plan")
    assert before not in page.locator("tr[data-pair]").all_inner_texts()
    coordinator.clicks(re.compile("^Compare$"))
    first, second = re.findall(r"PLAN-\d+", coordinator.sees(re.compile(r"PLAN-\d+ and PLAN-\d+")).inner_text())
    coordinator.clicks(re.compile(f"Only in {first}"))
    expect(page.locator("tr[data-pair]", has_text=forbidden)).to_be_visible()
    page.get_by_role("link", name=second).first.click()
    coordinator.looks()


def send(coordinator: Person) -> None:
    coordinator.clicks("Send the proposals")
    coordinator.sees("Nothing has been sent yet.")
    coordinator.clicks(re.compile(r"^Send \d+ proposals?$"))
    coordinator.waits_for(re.compile("Sent by .* proposals"))
    coordinator.sees(re.compile("Waiting for an answer"))
