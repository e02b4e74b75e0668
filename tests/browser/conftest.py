"""Chromium, and a whole portal to look at with it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stack import Stack, running_portal

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests of this worker; the sandbox cannot run as root."""
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stack]:
    """One portal for all browser tests of this worker; or one that runs already, named in PORTAL."""
    if address := os.environ.get("PORTAL"):
        yield Stack(address.rstrip("/"))
        return
    number = 1 + int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 1
    with running_portal(tmp_path_factory.mktemp("portal"), redis_number=number) as stack:
        yield stack


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures of the pages go: a folder named in PICTURES, or one that pytest clears away."""
    folder = Path(os.environ["PICTURES"]) if os.environ.get("PICTURES") else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
