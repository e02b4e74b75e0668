"""A stranger on a phone: may our company go to Portugal for three days, what would it get, and whom do we ask?"""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Response

from clusters.seeding import PASSWORD
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


def one_address_of_each_page(person: Person) -> list[str]:
    """Every kind of public page once, by the sitemap."""
    sitemap = person.page.request.get(f"{person.address}/sitemap.xml").text()
    paths = [urlsplit(address).path for address in re.findall("<loc>(.*?)</loc>", sitemap)]
    return list({resolve(path).view_name: path for path in paths}.values())


def test_a_stranger_looks_at_every_kind_of_page(stranger):
    pages = one_address_of_each_page(stranger)
    assert len(pages) > 15
    for path in (*pages, "/partners/?country=CZ", "/contact/?country=CZ&sector=", "/partners/?q=nothing-is-called-so"):
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


OF_A_COORDINATOR = """
    /cockpit/ /supply/ /matching/ /staff/ /organisations/ /partnerships/extratex/edit/ /partnerships/extratex/publish/
    /clusters/ntt/edit/ /clusters/ntt/labels/ /publishing/ /publishing/news/ /publishing/news/new/
    /publishing/calls/new/ /publishing/downloads/new/
"""
OF_A_PROGRAMME_OFFICER = """
    /programme/facts/ /programme/facts/rates/ /programme/facts/rates/new/ /programme/facts/rates/import/
    /programme/facts/rules/ /programme/facts/eligibility/ /programme/facts/holidays/new/ /programme/facts/waves/
    /programme/facts/waves/new/
"""


@pytest.mark.parametrize(
    ("account", "pages"), [("coordinator", OF_A_COORDINATOR), ("programme", OF_A_PROGRAMME_OFFICER)]
)
def test_the_pages_of_those_who_keep_the_programme(browser, portal, pictures, account, pages):
    person = Person(browser, portal.address, PHONE, account, pictures)
    person.signs_in(f"{account}@demo.example", PASSWORD)
    for path in pages.split():
        person.opens(path)
    person.leaves()


def test_the_pages_on_which_a_cluster_joins_two_records(browser, portal, pictures):
    officer = Person(browser, portal.address, PHONE, "ntt", pictures)
    officer.signs_in("ntt@demo.example", PASSWORD)
    officer.opens("/imports/new/")
    officer.opens("/organisations/?status=validated")
    record, other = [
        re.sub(r"\D", "", str(link.get_attribute("href")))
        for link in officer.page.locator('main a[href^="/organisation/"]').all()[:2]
    ]
    officer.opens(f"/organisation/{record}/merge/")
    officer.opens(f"/organisation/{record}/merge/{other}/")
    officer.leaves()
