"""A real browser, started once and gone before other tests: it runs an event loop, in which Prefect would wait. Where
there is none the tests say so, and on CI they fail."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser():
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        running.close()


class Watched:
    """A page with everything it did that a page of ours must never do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def open(self, file: Path, fragment: str = "") -> Page:
        """Open a file and wait until its script is done, if it has one."""
        self.page.goto(file.as_uri() + fragment)
        if self.page.locator("script#first").count():
            self.page.wait_for_selector("html[data-ready]")
        return self.page

    @property
    def went_out(self) -> list[str]:
        """Requests for anything but the file itself and what is written inside it."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


@pytest.fixture
def watched(browser):
    page = browser.new_page()
    yield Watched(page)
    page.close()
