"""Every public page, and some that are not, is valid HTML: by the validator of the W3C where the machine has Java."""

import contextlib
import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from clusters.models import ClusterLabel, ProgrammeEvent, User
from extratex.publishing import search
from extratex.publishing.models import SearchEntry
from extratex.shared import clock
from tests import factories
from tests.security.test_access import TABLE

VALIDATOR = Path(__file__).resolve().parents[2] / "node_modules/vnu-jar/build/dist/vnu.jar"
QUESTIONS = (
    "/eligibility/?type=sme&country=IT&role=visitor&other_country=PT&days=3&membership=unknown",
    "/eligibility/?type=nonsense&country=&role=visitor",
    "/lump-sums/?host_country=PT&host_town=Porto&country=IT&town=Prato&first_day=2026-11-25&last_day=2026-12-01",
    "/lump-sums/?first_day=2026-11-25",
    "/contact/?country=CZ&sector=",
    "/partners/?country=CZ",
    "/partners/?q=nothing-is-called-so",
    "/search/?q=textile",
    "/search/?q=%22%3Cb%3E",
    "/invitations/nobody-has-sent-this/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nowhere/",
)
OF_A_COORDINATOR = (
    "/partnerships/extratex/edit/",
    "/partnerships/extratex/publish/",
    "/clusters/ntt/edit/",
    "/clusters/ntt/labels/",
    "/publishing/",
    "/publishing/news/new/",
    "/publishing/calls/new/",
    "/publishing/downloads/new/",
)
OF_A_PROGRAMME_OFFICER = (
    "/programme/facts/",
    "/programme/facts/rates/",
    "/programme/facts/rates/new/",
    "/programme/facts/rates/import/?start=present",
    "/programme/facts/rules/?show=all",
    "/programme/facts/eligibility/",
    "/programme/facts/countries/",
    "/programme/facts/holidays/",
    "/programme/facts/holidays/new/",
    "/programme/facts/waves/",
    "/programme/facts/waves/new/",
)
NO_PAGES = {"clusters:news_atom", "clusters:news_rss", "livez", "readyz", "robots", "sitemap"}


def seen_by(person: User | None, addresses: Iterable[str]) -> dict[str, str]:
    client = Client()
    if person is not None:
        client.force_login(person)
    return {address: client.get(address).content.decode() for address in addresses}


@pytest.fixture
def pages(programme: None, stranger: User, programme_officer: User) -> dict[str, str]:
    """Every address of the sitemap, what strangers are answered, and the pages of those who keep all of it."""
    coordinator = factories.make_staff("coordinator", factories.partnership())
    item, call = factories.make_news(), factories.make_call()
    judged = factories.make_call(committee=[coordinator])
    ClusterLabel.objects.create(cluster=factories.cluster("NTT"), level="gold", awarded_on=clock.today())
    ProgrammeEvent.objects.create(partnership=factories.partnership(), kind="mission", title='R&D <in> "cloth"')
    search.refresh()
    public = [*SearchEntry.objects.values_list("url", flat=True), "/search/", *QUESTIONS]
    kept = (
        f"/publishing/news/{item.pk}/",
        f"/publishing/calls/{call.pk}/",
        f"{judged.get_absolute_url()}applications/",
    )
    return {
        **seen_by(coordinator, (*OF_A_COORDINATOR, *kept)),
        **seen_by(programme_officer, OF_A_PROGRAMME_OFFICER),
        **seen_by(stranger, [f"{call.get_absolute_url()}apply/"]),
        **seen_by(None, public),
    }


def complaints_of_the_validator(pages: dict[str, str], folder: Path) -> list[str]:
    """One run for all pages: starting Java takes longer than reading them."""
    names = {}
    for number, (address, page) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(page)
        names[file.name] = address
    command = ["java", "-Xss1m", "-jar", str(VALIDATOR), "--errors-only", "--format", "json", str(folder)]
    told = json.loads(subprocess.run(command, check=False, capture_output=True, text=True, timeout=300).stderr)
    return [
        f"{names[each['url'].rpartition('/')[2]]}: {each['message']} {each.get('extract', '')}"
        for each in told["messages"]
    ]


def complaints_of_the_parser(pages: dict[str, str]) -> list[str]:
    found = []
    for address, page in pages.items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(page)
        found += [f"{address}: {place} {code}" for place, code, _values in parser.errors]
        ids = re.findall(r'\sid="([^"]*)"', page)
        found += [f"{address}: id {html.escape(each)} stands twice" for each in set(ids) if ids.count(each) > 1]
    return found


def test_no_public_page_is_left_out(pages):
    public = {name for name, answers in TABLE.items() if answers.startswith("200")}
    seen = {resolve(urlsplit(address).path).view_name for address in pages if "nowhere" not in address}

    assert public - seen - NO_PAGES == set()


@pytest.mark.django_db
def test_a_portal_without_any_content_has_its_pages_too():
    public = [name for name, answers in TABLE.items() if answers.startswith("200") and name not in NO_PAGES]
    addresses = []
    for name in public:
        with contextlib.suppress(NoReverseMatch):
            addresses.append(reverse(name))
    officer = factories.make_staff("programme_officer")

    empty = {
        **seen_by(None, [*addresses, *(address for address in QUESTIONS if "nowhere" not in address)]),
        **seen_by(officer, [*OF_A_PROGRAMME_OFFICER, "/publishing/", "/publishing/calls/", "/publishing/downloads/"]),
    }

    assert complaints_of_the_parser(empty) == []
    assert [address for address, page in empty.items() if "<h1" not in page] == []


def test_every_page_can_be_parsed_without_a_complaint(pages):
    assert len(pages) > 40
    assert complaints_of_the_parser(pages) == []


@pytest.mark.skipif(not (shutil.which("java") and VALIDATOR.exists()), reason="no Java on this machine")
def test_every_page_is_valid_by_the_validator_of_the_w3c(pages, tmp_path):
    assert complaints_of_the_validator(pages, tmp_path) == []


def test_the_parser_would_complain():
    assert complaints_of_the_parser({"/x/": '<!doctype html><title>x</title><p id="a"><b id="a">x</p>'}) != []
