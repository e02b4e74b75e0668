"""A visitor finds hosts in the catalogue and proposes to one; a coordinator invites a likely host."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

CARD = "[data-listed]"


def search_and_save(visitor: Person) -> None:
    """Search, narrow down, keep the filters under a name, and look at the map."""
    visitor.opens("/hosts/?clear")
    visitor.page.locator("#id_q").press_sequentially("comp mater")
    expect(visitor.page.locator(CARD).filter(has_text="Composite materials").first).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"q=comp"))
    visitor.page.get_by_text("More filters").click()
    visitor.chooses("Kind of organisation", "Small or medium-sized enterprise")
    expect(visitor.page).to_have_url(re.compile("kind=sme"))
    visitor.page.get_by_text("Keep or forget a view").click()
    visitor.looks()
    visitor.fills("Name for the filters in use", "Composites")
    visitor.clicks("Keep this view")
    visitor.sees("Saved as “Composites”.")
    visitor.clicks("Map")
    visitor.page.locator("summary", has_text="By place").click()
    visitor.page.locator("#places a").first.click()
    visitor.sees("Only the places that you chose on the map.")
    visitor.clicks("Show all places")


def keep_and_compare(visitor: Person) -> None:
    """Keep two hosts with one click each, write a note, and lay them side by side."""
    for number in range(2):
        visitor.page.locator(CARD).nth(number).get_by_role("button", name=re.compile("Keep")).click()
        expect(visitor.page.locator(CARD).nth(number).get_by_role("button", name=re.compile("Kept"))).to_be_visible()
    visitor.clicks("My favourites")
    visitor.page.get_by_label("Note to yourself").first.fill("Ask for the laboratory.")
    visitor.page.get_by_role("button", name="Store the note").first.click()
    visitor.sees("Your note is stored; nobody else reads it.")
    visitor.clicks("Compare the ticked ones")
    visitor.sees("Does it fit?")


def propose_to_one(visitor: Person) -> None:
    """Open one of the compared and propose an exchange."""
    fitting = visitor.page.locator("[data-compared] a").first
    fitting.click()
    visitor.looks()
    visitor.clicks("Propose an exchange")
    visitor.page.get_by_label(re.compile("message", re.IGNORECASE)).first.fill("May we see your line?")
    visitor.looks()


def test_a_visitor_finds_hosts_and_a_coordinator_invites_one(browser: Browser, portal: Stack, pictures: Path) -> None:
    visitor = Person(browser, portal.address, 375, "catalogue-visitor", pictures)
    visitor.signs_in("visitor@demo.example", PASSWORD)
    search_and_save(visitor)
    keep_and_compare(visitor)
    propose_to_one(visitor)
    visitor.leaves()

    coordinator = Person(browser, portal.address, 1280, "catalogue-coordinator", pictures)
    coordinator.signs_in("coordinator@demo.example", PASSWORD)
    coordinator.opens("/hosts/?view=map")
    coordinator.opens("/cockpit/")
    coordinator.clicks("Supply of hosts")
    coordinator.page.locator("[data-likely] input[type=checkbox]").first.check()
    coordinator.clicks("Look at the invitation")
    coordinator.sees("Nothing has been sent yet.")
    coordinator.clicks("Invite this 1")
    coordinator.sees("1 organisation is invited.")
    coordinator.leaves()
