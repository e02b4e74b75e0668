"""A programme officer imports next year's lump sums, and corrects what was wrong with the table."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


def test_a_programme_officer_imports_next_years_rates(browser: Browser, portal: Stack, pictures: Path) -> None:
    officer = Person(browser, portal.address, 1280, "facts", pictures)
    officer.signs_in("programme@demo.example", PASSWORD)
    officer.opens("/programme/facts/")
    officer.clicks("Lump sums")
    officer.clicks("Import a table")
    officer.clicks("Start from the present lump sums")
    table = officer.page.get_by_label("The table")
    text = table.input_value()

    table.fill(text.replace("IS,900.00", 'IS,"901,50"').replace("SE,", "XX,"))
    officer.clicks("Check the table")
    officer.sees("2 cells have to be corrected")
    officer.sees("No country that takes part")

    table.fill(text.replace("IS,900.00", "IS,901.50"))
    officer.clicks("Check again")
    officer.sees("38 lump sums, ready to be stored")
    officer.clicks("Store these lump sums")
    officer.sees("38 lump sums entered.")
    expect(officer.page.get_by_role("row", name="Iceland 901.50")).to_be_visible()

    officer.clicks("Iceland")
    officer.sees("Who changed what when")
    officer.leaves()
