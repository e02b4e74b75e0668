"""Every public page, and some that are not, is valid HTML: by the validator of the W3C where the machine has Java."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import html5lib
import pytest
from django.test import Client

from clusters.models import ClusterLabel, ProgrammeEvent
from extratex.publishing import search
from extratex.publishing.models import SearchEntry
from extratex.shared import clock
from tests import factories

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
    "/accounts/login/",
    "/accounts/signup/",
    "/nowhere/",
)


@pytest.fixture
def pages(programme: None) -> dict[str, str]:
    """Every address of the sitemap, and what the questions of strangers are answered with."""
    ClusterLabel.objects.create(cluster=factories.cluster("NTT"), level="gold", awarded_on=clock.today())
    ProgrammeEvent.objects.create(partnership=factories.partnership(), kind="mission", title='R&D <in> "cloth"')
    search.refresh()
    client = Client()
    addresses = [*SearchEntry.objects.values_list("url", flat=True), "/search/", *QUESTIONS]
    drawn = {address: client.get(address).content.decode() for address in addresses}
    client.force_login(factories.make_staff("coordinator", factories.partnership()))
    for address in ("/partnerships/extratex/edit/", "/clusters/ntt/edit/", "/clusters/ntt/labels/"):
        drawn[address] = client.get(address).content.decode()
    return drawn


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


def test_every_page_can_be_parsed_without_a_complaint(pages):
    assert len(pages) > 40
    assert complaints_of_the_parser(pages) == []


@pytest.mark.skipif(not (shutil.which("java") and VALIDATOR.exists()), reason="no Java on this machine")
def test_every_page_is_valid_by_the_validator_of_the_w3c(pages, tmp_path):
    assert complaints_of_the_validator(pages, tmp_path) == []


def test_the_parser_would_complain():
    assert complaints_of_the_parser({"/x/": '<!doctype html><title>x</title><p id="a"><b id="a">x</p>'}) != []
