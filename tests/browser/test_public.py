"""A stranger on a phone: may our company go to Portugal for three days, what would it get, and whom do we ask?"""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response

from tests.browser.person import Person
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

PHONE, DESK = 375, 1280
MOST_REQUESTS, MOST_KILOBYTES = 12, 150
TEXT = re.compile("text|javascript|json|svg|xml")


def weight_of(answers: list[Response]) -> int:
    """What the answers weigh in kilobytes as production sends them: texts compressed, everything else as it is."""
    total = 0
    for answer in answers:
        body = answer.body()
        total += len(gzip.compress(body)) if TEXT.search(answer.headers.get("content-type", "")) else len(body)
    return total // 1024


@pytest.fixture
def stranger(browser: Browser, portal: Stack, pictures: Path) -> Person:
    return Person(browser, portal.address, PHONE, "stranger", pictures)


def test_a_stranger_finds_out_what_three_days_in_portugal_earn(stranger):
    answers: list[Response] = []

    def hear(answer: Response) -> None:
        answers.append(answer)

    stranger.page.on("response", hear)
    stranger.page.goto(f"{stranger.address}/", wait_until="networkidle")
    assert len(answers) <= MOST_REQUESTS, [answer.url for answer in answers]
    assert weight_of(answers) <= MOST_KILOBYTES
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(stranger.address).netloc}
    assert stranger.context.cookies() == []
    stranger.looks()

    stranger.chooses("based in", "Italy")
    stranger.chooses("visiting", "Portugal")
    stranger.clicks("Answer me")
    stranger.sees("Yes, as a member of a cluster; and you would get €390.")
    stranger.sees(re.compile("An SME may visit if it is a member of a cluster"))

    stranger.clicks(re.compile("every step of the sum"))
    stranger.fills("Host town", "Guimarães")
    stranger.fills("Your town", "Prato")
    stranger.fills("First day", "2026-12-09")
    stranger.fills("Last day", "2026-12-11")
    stranger.clicks("Derive the sum")
    stranger.sees("€390")
    stranger.sees(re.compile("From Prato, Italy to Guimarães, Portugal"))
    assert stranger.context.cookies() == []
    stranger.leaves()


def test_a_stranger_looks_around(stranger):
    for path in (
        "/how-it-works/visitors/",
        "/how-it-works/hosts/",
        "/partners/?country=CZ",
        "/clusters/clutex/",
        "/partnerships/",
        "/partnerships/extratex/",
        "/visits/",
        "/events/",
        "/contact/?country=CZ&sector=",
        "/cookies/",
    ):
        stranger.opens(path)
    stranger.opens("/search/?q=plastik")
    stranger.page.locator("[data-hit] a").first.click()
    stranger.sees("Slovenský plastikársky klaster")
    stranger.leaves()


def test_the_map_narrows_down_as_one_chooses(browser, portal, pictures):
    person = Person(browser, portal.address, DESK, "reader", pictures)
    person.opens("/partners/")
    person.chooses("Country", "Czechia")
    person.page.wait_for_url(re.compile("country=CZ"))
    person.page.wait_for_function("document.querySelectorAll('[data-cluster]').length === 1")
    assert person.page.locator(".europe .shade-1").count() == 1
    person.leaves()
