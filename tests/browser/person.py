"""A person in front of the portal: one browser of her own, and axe on every page that she sees."""

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PATIENCE_MS = 30_000
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


class Person:
    """Somebody who uses the portal; her method names are what she does."""

    def __init__(self, browser: Browser, address: str, width: int, name: str, pictures: Path) -> None:
        self.address = address
        self.name = name
        self.pictures = pictures
        self.complaints: list[str] = []
        self.seen: set[str] = set()
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900}, accept_downloads=True, locale="en-GB"
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def opens(self, path: str) -> None:
        """Go to a page of the portal and look at it."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.address}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.looks()

    def looks(self) -> None:
        """Look at the page as it is now: axe in light and dark, nothing wider than the screen."""
        self.page.wait_for_load_state("load")
        kind = re.sub(r"\d+|[0-9a-f]{8}-[0-9a-f-]+|[A-Za-z0-9:_-]{30,}", "N", self.page.url.removeprefix(self.address))
        title = self.page.title()
        if (seen := f"{kind.split('?')[0]} {title}") in self.seen:
            return
        self.seen.add(seen)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.complaints.append(f"{kind}: {wide} px wider than the screen")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            results = Axe().run(self.page, options=RULES)
            for found in results.response["violations"]:
                targets = [node["target"] for node in found["nodes"]][:3]
                self.complaints.append(f"{kind} ({scheme}): {found['id']}: {targets}")
            file = re.sub(r"[^A-Za-z0-9]+", "-", f"{len(self.seen):02d}-{kind.split('?')[0]}").strip("-")
            self.page.screenshot(path=self.pictures / f"{self.name}-{file}-{scheme}.png", full_page=True)
        self.page.emulate_media(color_scheme="light")

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until a text stands on the page."""
        found = self.page.get_by_text(text).filter(visible=True).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def fills(self, label: str | re.Pattern[str], value: str) -> None:
        """Type into the field of that label."""
        self.page.get_by_label(label).first.fill(value)

    def chooses(self, label: str | re.Pattern[str], option: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(label).first.select_option(label=option)

    def ticks(self, label: str | re.Pattern[str]) -> None:
        """Tick a box or a radio button."""
        self.page.get_by_label(label, exact=isinstance(label, str)).first.check()

    def clicks(self, name: str | re.Pattern[str]) -> None:
        """Press a button or follow a link, and look at what comes."""
        button = self.page.get_by_role("button", name=name).filter(visible=True)
        link = self.page.get_by_role("link", name=name).filter(visible=True)
        button.or_(link).first.click()
        self.looks()

    def waits_for(self, text: str | re.Pattern[str], *, tries: int = 30) -> None:
        """Reload the page until a worker has done what it promised."""
        for _attempt in range(tries):
            if self.page.get_by_text(text).filter(visible=True).count():
                break
            self.page.wait_for_timeout(1000)
            self.page.reload()
        self.sees(text)
        self.looks()

    def signs_in(self, email: str, password: str) -> None:
        """Sign in by address and password."""
        self.opens("/accounts/login/")
        self.fills(re.compile("e-?mail", re.IGNORECASE), email)
        self.fills(re.compile("password", re.IGNORECASE), password)
        self.page.locator("main form").get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
        self.page.wait_for_url(re.compile("/desk/"))
        self.looks()

    def leaves(self) -> None:
        """Close the browser; whatever was wrong on the way fails the test now."""
        self.context.close()
        assert self.complaints == [], "\n".join(self.complaints)
