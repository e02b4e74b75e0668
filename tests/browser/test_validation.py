"""A registration on its way: remarks on its fields, the correction, another cluster, in bulk after a dry run.

Real web, worker and scheduler processes behind Chromium; every page is looked at by axe, in light and dark.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.stack import Stack
from tests.browser.test_the_whole_path import Cast, register_a_person, register_the_organisation

DESK_WIDTH = 1280
REMARK = "Please add the website of the mill."

pytestmark = pytest.mark.browser


def test_a_registration_is_sent_back_passed_on_and_validated_in_bulk(
    browser: Browser, portal: Stack, pictures: Path
) -> None:
    cast = Cast(browser, portal, DESK_WIDTH, pictures)
    register_a_person(cast)
    register_the_organisation(cast)

    ask_for_changes(cast)
    correct(cast)
    pass_on(cast)
    validate_in_bulk(cast)

    cast.visitor.opens("/organisation/")
    cast.visitor.sees(re.compile("Validated by CLUTEX"))
    change_what_is_validated(cast)
    cast.visitor.leaves()


def ask_for_changes(cast: Cast) -> None:
    with cast.staff("ntt") as officer:
        officer.clicks(re.compile(re.escape(cast.sme)))
        officer.sees("What the portal has found out")
        officer.clicks("Ask for changes")
        officer.clicks("Send back")
        assert officer.page.locator("#error-summary").is_visible()
        officer.ticks("Website")
        officer.fills(re.compile("What has to be changed: Website"), REMARK)
        officer.clicks("Send back")
        officer.sees(re.compile("has been asked to change something"))


def correct(cast: Cast) -> None:
    member = cast.visitor
    member.opens("/organisation/")
    member.sees(re.compile(re.escape(REMARK)))
    member.clicks("Change the registration")
    member.fills(re.compile("^Website"), "https://www.filatura.example/")
    member.page.locator("main form button.btn-strong").first.click()
    member.looks()
    member.sees("Check your answers")
    member.page.locator("main button.btn-strong").last.click()
    member.looks()
    member.sees(re.compile("With NTT since .* an answer is due by"))


def change_what_is_validated(cast: Cast) -> None:
    member = cast.visitor
    member.clicks("Change the registration")
    member.sees("Nothing is changed yet")
    for part, label, answer, becomes in (
        ("What you do", "^Website", "https://www.bisenzio.example/", "The registration stays validated"),
        ("Type and size", "^Staff", "41", "CLUTEX validates the registration again"),
    ):
        member.clicks(f"Change {part}")
        member.fills(re.compile(label), answer)
        member.page.locator("main form button.btn-strong").first.click()
        member.sees(re.compile(becomes))
        member.seen.clear()
        member.looks()
    member.clicks("Send the changes")
    member.sees(re.compile("With CLUTEX since .* an answer is due by"))


def pass_on(cast: Cast) -> None:
    with cast.staff("ntt") as officer:
        officer.clicks(re.compile(re.escape(cast.sme)))
        officer.clicks("Pass on to another cluster")
        options = officer.page.get_by_label(re.compile("^Reference cluster from now on"))
        options.select_option(
            label=next(name for name in options.locator("option").all_inner_texts() if "CLUTEX" in name)
        )
        officer.fills(re.compile("^Why"), "They know spinning better than we do.")
        officer.clicks("Pass on")
        officer.sees(re.compile("now lies with CLUTEX"))
    cast.visitor.opens("/desk/")
    cast.visitor.sees(re.compile("With CLUTEX since"))


def validate_in_bulk(cast: Cast) -> None:
    with cast.staff("clutex") as officer:
        officer.opens("/organisations/?status=submitted")
        officer.clicks("Late")
        officer.clicks("Clear filters")
        officer.fills("Name, town or number", cast.sme)
        officer.clicks("Show")
        officer.page.wait_for_url(re.compile("q="))
        officer.opens("/organisations/")
        assert "q=" in officer.page.url
        officer.page.get_by_role("checkbox", name=f"Choose {cast.sme}").check()
        officer.clicks("Check the chosen ones")
        officer.sees("1 of 1 would be validated")
        officer.clicks("Validate this 1")
        officer.sees(re.compile("1 of 1 is validated"))
