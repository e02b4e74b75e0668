"""Colleagues, as they find each other: an invitation on a phone that somebody new accepts, and a request to join.

Real web, worker and scheduler processes behind Chromium; every page is looked at by axe, in light and dark.
"""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack

PHONE = 375
NEW_PASSWORD = "loom-and-spindle-42"
MILL = "Tessitura Valbisenzio"

pytestmark = pytest.mark.browser


def test_colleagues_come_by_invitation_and_by_request(browser: Browser, portal: Stack, pictures: Path) -> None:
    mark = secrets.token_hex(3)
    owner, new, asker = (
        Person(browser, portal.address, PHONE, f"{PHONE}-colleagues-{name}", pictures)
        for name in ("owner", "new", "asker")
    )
    address = f"marta-{mark}@mill.example"

    owner.signs_in("visitor@demo.example", PASSWORD)
    link = invite(owner, address)
    register_and_accept(new, link, address)
    owner.opens(owner.page.url)
    owner.sees("Marta Nuova")

    a_second_use_is_refused(asker, link)
    ask(asker, owner, f"Dario Tintore {mark}", f"dario-{mark}@mill.example")

    for person in (owner, new, asker):
        person.leaves()


def invite(owner: Person, address: str) -> str:
    """Invite an editor, and return the link of the mail as the demonstration's mailbox shows it."""
    owner.opens("/organisation/")
    owner.clicks("People and invitations")
    people = owner.page.url
    owner.clicks("Invite somebody")
    owner.fills(re.compile("E-mail addresses"), "nobody")
    owner.clicks("Send the invitation")
    owner.sees(re.compile("is no e-mail address"))
    owner.fills(re.compile("E-mail addresses"), address)
    owner.clicks("Send the invitation")
    owner.sees(re.compile("The invitation is on its way"))
    link = mail_link(owner, address, "/invitations/")
    owner.opens(people)
    owner.sees(address)
    return link


def mail_link(person: Person, address: str, part: str) -> str:
    """Wait for the mail with a link, and return its path."""
    person.page.goto(f"{person.address}/demonstration/mailbox/?address={address}")
    found = person.page.locator(f"main a[href*='{part}']")
    for _attempt in range(30):
        if found.count():
            break
        person.page.wait_for_timeout(500)
        person.page.reload()
    return str(found.first.get_attribute("href"))


def sign_up(person: Person, name: str) -> None:
    """Fill in the form of somebody new; the address stands in it where it came by an invitation."""
    person.fills("First and last name", name)
    person.fills(re.compile("^password", re.IGNORECASE), NEW_PASSWORD)
    person.ticks(re.compile("privacy notice"))
    person.page.locator("main form button").first.click()
    person.looks()


def confirm(person: Person, address: str) -> None:
    """Follow the link that confirms the address."""
    person.opens(mail_link(person, address, "confirm-email"))
    person.page.locator("main form button").first.click()
    person.page.wait_for_url(re.compile("/desk/|/my-invitations/"))
    person.looks()


def register_and_accept(new: Person, link: str, address: str) -> None:
    """Somebody new follows the link, registers with the invited address, comes back and accepts."""
    new.opens(link)
    new.sees(re.compile(f"invites you to work for {MILL}"))
    new.page.locator("main").get_by_role("link", name="Register").click()
    new.looks()
    assert new.page.get_by_label(re.compile("^e-?mail", re.IGNORECASE)).first.input_value() == address
    sign_up(new, "Marta Nuova")
    confirm(new, address)
    new.sees(re.compile(f"Invitation to {MILL}"))
    new.clicks("Accept")
    new.sees(re.compile(f"you now work for {MILL}"))
    new.clicks("People and invitations")
    row = new.page.locator("[data-member]", has_text="Marta Nuova")
    assert "Editor" in row.inner_text()
    assert new.page.get_by_role("link", name="Invite somebody").count() == 0


def a_second_use_is_refused(person: Person, link: str) -> None:
    """Whoever opens the link again reads that it has been used."""
    answer = person.page.goto(link)
    assert answer is not None
    assert answer.status == 410
    person.sees("This invitation has been used")
    person.looks()


def ask(asker: Person, owner: Person, name: str, address: str) -> None:
    """Somebody asks to join; the owner finds it on the desk and says yes."""
    organisation = owner.page.url.split("/organisation/")[1].split("/")[0]
    asker.opens("/accounts/signup/")
    asker.fills(re.compile("^e-?mail", re.IGNORECASE), address)
    sign_up(asker, name)
    confirm(asker, address)
    asker.opens(f"/organisation/join/{organisation}/")
    asker.fills(re.compile("Your message"), "I run the dye house since May.")
    asker.clicks("Ask to join")
    asker.sees("Your request is sent")

    owner.opens("/desk/")
    owner.clicks(name)
    owner.sees("I run the dye house since May.")
    owner.clicks("Let this person in")
    owner.sees(re.compile(f"{name} now works for {MILL}"))

    asker.opens("/organisation/")
    asker.sees(re.compile(MILL))
