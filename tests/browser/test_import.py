"""A cluster brings its members in: wrong cells, duplicates, contacts, a merge of two, and the rest taken back.

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
from tests.clusters.importing.lists import Row, row
from tests.documents.workbooks import workbook

DESK_WIDTH = 1280
NAMES = ("Aurora", "Brenta", "Cardellino", "Dolomiti")

pytestmark = pytest.mark.browser


def saved(rows: list[Row], folder: Path, name: str) -> Path:
    """Write a list as a workbook into a folder."""
    path = folder / name
    path.write_bytes(workbook([list(rows[0]), *(list(each.values()) for each in rows)]))
    return path


def test_members_are_brought_in_invited_merged_and_taken_back(
    browser: Browser, portal: Stack, pictures: Path, tmp_path: Path
) -> None:
    word = secrets.token_hex(3)
    rows = [row(f"{name} {word} S.r.l.", contact=f"{name.lower()}-{word}@member.example") for name in NAMES]
    wrong = [*rows[:2], rows[2] | {"Country": "Itly"}, rows[3]]
    officer = Person(browser, portal.address, DESK_WIDTH, "import-officer", pictures)
    officer.signs_in("ntt@demo.example", PASSWORD)

    bring_in(officer, saved([rows[3] | {"Staff": 31}], tmp_path, "before.xlsx"), "1 member is ready")
    upload(officer, saved(wrong, tmp_path, "members.xlsx"))
    correct(officer, saved(rows, tmp_path, "corrected.xlsx"))
    decide_on_the_duplicate(officer, rows[3]["Legal name"])
    start(officer)
    invite(officer)
    list_of_the_import = officer.page.url
    merge_the_two(officer, word)
    officer.opens(list_of_the_import)
    take_back(officer)
    officer.leaves()


def upload(officer: Person, file: Path) -> None:
    officer.opens("/imports/")
    officer.clicks("Upload a list")
    choose(officer, file)


def choose(officer: Person, file: Path) -> None:
    officer.page.locator("#id_file").set_input_files(file)
    officer.clicks("Upload and check")


def bring_in(officer: Person, file: Path, ready: str) -> None:
    upload(officer, file)
    officer.waits_for(ready)
    start(officer)


def correct(officer: Person, file: Path) -> None:
    """See which cell is wrong and what to do, and upload the list again in its place."""
    officer.waits_for("1 row has to be corrected and is left out.")
    officer.clicks("See what is wrong")
    officer.sees(re.compile("Do you mean “Italy”"))
    officer.clicks("Upload the corrected list")
    choose(officer, file)
    officer.waits_for(re.compile("members are ready"))


def decide_on_the_duplicate(officer: Person, name: str) -> None:
    officer.clicks(re.compile("^Known already"))
    officer.clicks(re.compile(re.escape(name)))
    officer.ticks("It is another organisation: create it")
    officer.clicks("Decide")
    officer.sees(re.compile("Row 5 is decided"))
    officer.clicks(re.compile("^All rows"))


def start(officer: Person) -> None:
    officer.ticks(re.compile("These organisations are what the list says"))
    officer.clicks("Bring these members in")
    officer.waits_for(re.compile("^Brought in ·"))


def invite(officer: Person) -> None:
    """Read how many mails would be sent, and have them sent."""
    officer.clicks("Invite the contacts")
    officer.sees("Invite 4 contacts?")
    officer.clicks("Invite 4 contacts")
    officer.waits_for("4 contacts are invited.")


def merge_the_two(officer: Person, word: str) -> None:
    """Find that one member is registered twice, look at what a merge does, and confirm it with a reason."""
    officer.opens(f"/organisations/?q={word}")
    officer.clicks(re.compile("^Dolomiti"))
    officer.clicks("Registered twice? Merge the two records")
    officer.clicks(re.compile("^This one"))
    kept, old = re.findall(r"\d+", officer.page.url.removeprefix(officer.address))
    officer.ticks(re.compile(r"\b31\b"))
    officer.clicks("See what happens")
    officer.sees("Nothing has been changed yet.")
    officer.clicks("Merge the two")
    assert officer.page.locator("#error-summary").is_visible()
    officer.fills(re.compile("^Why these are one"), "One mill, on the list twice.")
    officer.ticks(re.compile("I have read what moves"))
    officer.clicks("Merge the two")
    officer.sees(re.compile("is merged into"))
    officer.sees("One mill, on the list twice.")
    for page in ("", "people/"):
        officer.opens(f"/organisation/{old}/{page}")
        assert officer.page.url == f"{officer.address}/organisation/{kept}/{page}"
    officer.opens(f"/organisation/{kept}/merged/{old}/")
    officer.sees("One mill, on the list twice.")


def take_back(officer: Person) -> None:
    officer.page.get_by_text("Take the whole import back …").click()
    officer.page.get_by_role("button", name="Take the whole import back").click()
    officer.waits_for(re.compile("^Taken back ·"))
    officer.sees(re.compile("Withdrawn"))
