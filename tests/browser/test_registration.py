"""Registering on a phone: begun on one device, gone on with on another, sent back and corrected at the field."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

PHONE = 375
PHRASE = "loom-and-spindle-42"

pytestmark = pytest.mark.browser


def test_registering_on_two_devices_and_correcting_what_comes_back(
    browser: Browser, portal: Stack, pictures: Path
) -> None:
    mark = secrets.token_hex(3)
    name = f"Filatura Ombrone {mark} S.r.l."
    phone = Person(browser, portal.address, PHONE, "phone", pictures)
    sign_up(phone, f"lia-{mark}@filatura.example")

    look_for_the_organisation(phone, name)
    describe_it_and_stop(phone, name)
    other = go_on_elsewhere(browser, portal, pictures, f"lia-{mark}@filatura.example")
    save_on_both(phone, other)
    finish(other, name)
    send_back(browser, portal, pictures, name)
    correct(phone, name)

    phone.leaves()
    other.leaves()


def sign_up(phone: Person, email: str) -> None:
    phone.opens("/accounts/signup/")
    phone.fills("First and last name", "Lia Ombroni")
    phone.fills(re.compile("^e-?mail", re.IGNORECASE), email)
    phone.fills(re.compile("^password", re.IGNORECASE), PHRASE)
    phone.ticks(re.compile("privacy notice"))
    phone.page.locator("main form button").first.click()
    link = phone.page.get_by_role("link", name=re.compile("confirm-email"))
    for _attempt in range(30):
        phone.page.goto(f"{phone.address}/demonstration/mailbox/?address={email}")
        if link.count():
            break
        phone.page.wait_for_timeout(1000)
    link.first.click()
    phone.page.locator("main form button").first.click()
    phone.page.wait_for_url(re.compile("/desk/|/login/"))
    if "/login/" in phone.page.url:
        phone.signs_in(email, PHRASE)


def look_for_the_organisation(phone: Person, name: str) -> None:
    phone.opens("/desk/")
    phone.clicks("Register")
    phone.clicks("Look")
    assert phone.page.locator("#error-summary").is_visible()
    phone.fills("Name", "Tesitura Valbisenzio")
    phone.clicks("Look")
    phone.sees("Tessitura Valbisenzio S.r.l.")
    assert "visitor@demo.example" not in phone.page.content()
    phone.fills("Name", name)
    phone.clicks("Look")
    phone.clicks(re.compile("register it", re.IGNORECASE))


def describe_it_and_stop(phone: Person, name: str) -> None:
    assert phone.page.get_by_label("Legal name").input_value() == name
    phone.chooses(re.compile("^Country"), "Italy")
    phone.fills(re.compile("^VAT number"), "CZ25123891")
    phone.clicks("Save and go on")
    phone.sees(re.compile("a VAT number of Czechia, but the country that you chose is Italy"))
    phone.fills(re.compile("^VAT number"), "")
    phone.clicks("Save and go on")
    phone.chooses(re.compile("^Type of organisation"), "Small or medium-sized enterprise")
    phone.fills(re.compile("^Staff"), "24")
    phone.clicks("Add an enterprise")
    phone.fills("Name", "Ombrone Holding")
    phone.chooses(re.compile("^Relation"), "Partner: 25 % to 50 % are held")
    phone.fills(re.compile("^Share"), "40")
    phone.page.locator("[data-enterprise]").get_by_label(re.compile("^Staff")).fill("100")
    phone.sees("Medium-sized enterprise")
    phone.sees("Partner: 40 % of its figures count.")
    expect(phone.page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    phone.looks()


def go_on_elsewhere(browser: Browser, portal: Stack, pictures: Path, email: str) -> Person:
    """What was typed and never sent is there on the other device."""
    other = Person(browser, portal.address, PHONE, "other", pictures)
    other.signs_in(email, PHRASE)
    other.sees("Go on with your registration")
    other.opens("/organisation/new/size/")
    assert other.page.get_by_label("Name").first.input_value() == "Ombrone Holding"
    return other


def save_on_both(phone: Person, other: Person) -> None:
    """Whoever has not seen the other's change is told so, with both texts."""
    other.fills(re.compile("^Staff"), "26")
    expect(other.page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    other.clicks("Save and go on")
    phone.fills(re.compile("^Staff"), "30")
    phone.sees(re.compile("this page was changed elsewhere"))
    phone.looks()
    assert phone.page.get_by_label(re.compile("^Staff")).first.input_value() == "30"
    phone.clicks("Save and go on")
    other.opens("/organisation/new/size/")
    assert other.page.get_by_label(re.compile("^Staff")).first.input_value() == "30"
    other.clicks("Save and go on")


def type_before_the_page_is_whole(other: Person) -> None:
    """On a slow line the fields are there before the last scripts: what is typed in between is saved too."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    other.page.route(re.compile(r"/portal(\.\w+)?\.js"), hold)
    other.page.reload(wait_until="commit")
    other.fills(re.compile("^Town"), "Prato")
    other.chooses(re.compile("^Region"), "Toscana")
    assert len(held) == 1
    held.pop().continue_()
    other.page.unroute_all()


def finish(other: Person, name: str) -> None:
    type_before_the_page_is_whole(other)
    other.sees(re.compile("On the map: Prato, 43.8"))
    other.clicks("Save and go on")
    for answer in ("Textile manufacturing", "Textiles", "Advanced materials", "Italian", "English"):
        other.ticks(answer)
    other.clicks("Save and go on")
    other.sees(re.compile("NTT was assigned: it is in your region"))
    other.clicks("Save and go on")
    other.sees("Check your answers")
    other.clicks(re.compile("^Change Where you are"))
    other.fills(re.compile("^Street"), "Via del Campo 3")
    other.clicks("Save and check")
    other.sees("Via del Campo 3")
    other.clicks("Send to the reference cluster")
    other.sees(re.compile("Waiting for validation"))
    other.sees(name)


def send_back(browser: Browser, portal: Stack, pictures: Path, name: str) -> None:
    staff = Person(browser, portal.address, 1280, "ntt", pictures)
    staff.signs_in("ntt@demo.example", PASSWORD)
    staff.clicks(re.compile(re.escape(name)))
    ask_for_changes(staff)
    staff.leaves()


def ask_for_changes(staff: Person) -> None:
    staff.clicks("Ask for changes")
    staff.ticks("VAT number")
    staff.fills(re.compile("What has to be changed: VAT number"), "Please give your VAT number.")
    staff.clicks("Send back")
    staff.sees(re.compile("has been asked to change something"))


def correct(phone: Person, name: str) -> None:
    phone.opens("/organisation/")
    phone.sees(re.compile("Please give your VAT number"))
    phone.clicks("Change the registration")
    phone.sees("Please give your VAT number.")
    phone.fills(re.compile("^VAT number"), "IT00743110157")
    phone.clicks("Save and check")
    phone.sees("IT00743110157")
    phone.clicks("Send again")
    phone.sees(re.compile("Waiting for validation"))
    phone.sees(name)
