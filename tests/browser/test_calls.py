"""A coordinator publishes a call, an expert applies, and the committee reads the application after the deadline."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clusters.seeding import PASSWORD
from tests.browser.person import Person
from tests.browser.stack import Stack
from tests.documents.corpus import pdf

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)


def wall(moment: datetime) -> str:
    """Write a moment as the browser's own field wants it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def publish_call(coordinator: Person, title: str, now: datetime) -> None:
    """Let a coordinator publish a call that is open."""
    coordinator.opens("/publishing/calls/new/")
    coordinator.chooses("Partnership", "EXTRATEX")
    coordinator.fills("Title", title)
    coordinator.fills("In one or two sentences", "One day of training.")
    coordinator.page.locator("#id_terms").fill("Train the staff of the clusters.")
    coordinator.chooses("Time zone of the window", "Europe/Rome")
    coordinator.fills("Opens", wall(now - DAY))
    coordinator.fills("Closes", wall(now + 400 * DAY))
    coordinator.fills("Committee", "ntt@demo.example")
    coordinator.fills("Published", wall(now - DAY))
    coordinator.clicks("Save")
    coordinator.sees("Saved, and everybody can read it.")


def apply_to_call(expert: Person, title: str, cv: Path) -> None:
    """Let an expert apply, first without the CV."""
    expert.opens("/calls/")
    expert.clicks(title)
    expert.clicks("Apply")
    expert.page.locator("#id_motivation").fill("Because looms are my life.")
    expert.clicks("Hand in")
    expert.sees("The CV is missing: choose a file.")
    expert.page.locator("#id_experience").fill("Twenty years of training.")
    expert.page.locator("#id_upload").set_input_files(cv)
    expert.clicks("Hand in")
    expert.sees("Your application is received.")


def test_an_expert_applies_and_the_committee_reads_after_the_close(
    browser: Browser, portal: Stack, pictures: Path, tmp_path: Path
) -> None:
    title, now = f"Trainer for looms {secrets.token_hex(3)}", datetime.now(UTC)
    cv = tmp_path / "cv.pdf"
    cv.write_bytes(pdf())
    coordinator = Person(browser, portal.address, 1280, "calls-coordinator", pictures)
    coordinator.signs_in("coordinator@demo.example", PASSWORD)
    publish_call(coordinator, title, now)

    expert = Person(browser, portal.address, 375, "calls-expert", pictures)
    expert.signs_in("visitor@demo.example", PASSWORD)
    apply_to_call(expert, title, cv)
    expert.leaves()

    member = Person(browser, portal.address, 1280, "calls-member", pictures)
    member.signs_in("ntt@demo.example", PASSWORD)
    member.opens("/calls/")
    member.clicks(title)
    member.clicks("Applications")
    member.sees("One application is handed in")

    coordinator.opens("/publishing/calls/")
    coordinator.clicks(title)
    coordinator.fills("Closes", wall(now - DAY / 2))
    coordinator.clicks("Save")
    coordinator.leaves()

    member.page.reload()
    member.clicks("Giulia Bardi")
    member.sees("Because looms are my life.")
    member.fills("Points from 0 to 10", "9")
    member.page.locator("#id_reason").fill("Knows looms.")
    member.clicks("Store the assessment")
    member.sees("Your assessment is stored.")
    member.leaves()
