"""A real server and a real browser. Without Chromium these tests skip, saying how to get it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.servers import ROOT, answers, app
from tests.waiting import until

REQUIRED = bool(os.environ.get("RESNET_VIZ_REQUIRE_BROWSER"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def missing(reason: str) -> None:
    """Skip, or fail where everything is expected to be there."""
    (pytest.fail if REQUIRED else pytest.skip)(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not path:
        missing("no Chromium: 'apt-get install chromium', or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        chromium = playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as a user starts it, before anybody has come."""
    with app(tmp_path_factory.mktemp("server"), "--server.address", "127.0.0.1", "--server.headless", "true") as started:
        yield started.url


@pytest.fixture(scope="session")
def server(fresh_server: str) -> str:
    """The same server once torch is warm."""
    until(lambda: answers(f"{fresh_server}/readyz") == 200, 180)
    return fresh_server


class Visitor:
    """A browser page that remembers what should not happen."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", self._request)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:")):
            self.complaints.append(f"left this machine: {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        """The last run has ended and everything it sent is drawn."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=90_000)
        self.page.wait_for_selector("h1", timeout=30_000)

    def check(self) -> None:
        # a deep link makes Streamlit ask for its health below the page's own path first: two 404s of its own
        real = [c for c in self.complaints if "status of 404" not in c]
        assert not real, real
        assert self.page.get_by_test_id("stException").count() == 0


def serious_findings(page: Page) -> str:
    """What axe-core finds serious or critical on this page, as text; empty when nothing."""
    if not AXE.is_file():
        missing("no axe-core: 'npm ci'")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (v["id"], [n["target"] for n in v["nodes"]][:4], v["nodes"][0]["failureSummary"])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    return json.dumps(serious, indent=1) if serious else ""


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; each is asked at the end whether anything went wrong."""
    made: list[tuple[BrowserContext, Visitor]] = []

    def new(width: int = 1280, height: int = 720, **options: object) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "en-US", **options})  # type: ignore[arg-type]
        made.append((context, Visitor(context, server)))
        return made[-1][1]

    yield new
    for context, visitor in made:
        visitor.check()
        context.close()
