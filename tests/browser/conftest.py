"""A real server and a real browser. Without Chromium these tests skip, saying how to get it."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from resnet_viz.text import lesson
from resnet_viz.ui.kit.course import LESSONS, place_of
from tests.servers import ROOT, answers, app
from tests.thinned import quickly
from tests.waiting import until

collect_ignore = ["figures"]
"""An app: to import it is to run it."""
REQUIRED = bool(os.environ.get("RESNET_VIZ_REQUIRE_BROWSER"))
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first one draws the same with no window: that is a third less work."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--process-per-site",  # a new page of the app finds its scripts compiled while another is open
    "--font-render-hinting=none",  # words are as wide without windows as with them
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NOTE_QUESTIONS = """(() => {
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (...given) {
    window.askedAt = performance.now()
    return send.apply(this, given)
  }
  const state = { subtree: true, attributeFilter: ["data-test-script-state"] }
  new MutationObserver(() => { window.beganAt = performance.now() }).observe(document, state)
})()"""
"""When a page has asked its server for something last, and when a run has begun or ended last."""
CALM = """() => {
  const isAwaited = window.askedAt > (window.beganAt ?? 0) && performance.now() - window.askedAt < 1000;
  const isRunning = !document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
  const isDrawing = document.querySelector("[data-testid=stSkeleton]")
    || [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].some(e => !e.shadowRoot?.childElementCount);
  const height = document.querySelector("[data-testid=stMain]")?.scrollHeight;
  window.calmFrames = isAwaited || isRunning || isDrawing || height !== window.calmHeight ? 0 : window.calmFrames + 1;
  window.calmHeight = height;
  return window.calmFrames > 8;
}"""
"""Whether for some frames in a row the script has not run nor been asked to, all has been drawn and nothing has grown, looked at
once a frame. What a page asks for need not be a run: that is waited for a second."""


def missing(reason: str) -> None:
    """Skip, or fail where everything is expected to be there."""
    (pytest.fail if REQUIRED else pytest.skip)(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not path:
        missing("no Chromium: 'apt-get install chromium-headless-shell', or set CHROMIUM to the path of one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
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


PAGES = {"home": "/"} | {name: f"/{name}" for name in LESSONS}
QUICK = ("home", "block", "degradation")
every_page = pytest.mark.parametrize("name", quickly(PAGES, *QUICK))
"""For what holds of every page: some of them are quickly asked, all by `.ci/run`."""


class Visitor:
    """A browser page that remembers what should not happen."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.page.add_init_script(NOTE_QUESTIONS)
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
        """The last run has ended, what it sent is drawn, and no component has asked for another run while it drew itself."""
        self.page.wait_for_selector("[data-testid=stApp] h1", timeout=90_000)
        self.page.wait_for_function("() => { window.calmFrames = 0; return true }")  # which outlives a change of page
        self.page.wait_for_function(CALM, timeout=90_000)

    def check(self) -> None:
        # a deep link makes Streamlit ask for its health below the page's own path first: two 404s of its own
        real = [c for c in self.complaints if "status of 404" not in c]
        assert not real, real
        assert self.page.get_by_test_id("stException").count() == 0


def settled_colours(page: Page) -> None:
    """Nothing fades any more."""
    page.wait_for_function(
        "() => document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)"
    )


def serious_findings_in_both_schemes(page: Page) -> str:
    """What axe-core finds on a page that was opened light; then what it finds about its colours in the dark. It is left light."""
    found = serious_findings(page)
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(15, 20, 27)")
    found += serious_findings(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    return found


def serious_findings(page: Page, *rules: str) -> str:
    """What axe-core finds serious or critical on this page, by these rules or by all, as text; empty when nothing."""
    if not AXE.is_file():
        missing("no axe-core: 'npm ci'")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=90_000)
    expect(page.locator("[data-stale=true]")).to_have_count(0)  # what waits for its run is pale
    settled_colours(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"], **only})
    serious = [
        (v["id"], [n["target"] for n in v["nodes"]][:4], v["nodes"][0]["failureSummary"])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    return json.dumps(serious, indent=1) if serious else ""


class Contexts:
    """Browsers in the sense of a site: each has cookies and storage of its own. One that comes back is emptied of them and lent
    again with Streamlit's scripts in its cache, and compiled in a process that one empty page keeps: more than half of the work
    of opening a page."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: defaultdict[str, list[BrowserContext]] = defaultdict(list)

    def lend(self, options: dict[str, object]) -> BrowserContext:
        free = self._free[repr(sorted(options.items()))]
        return free.pop() if free else self._browser.new_context(**options)  # type: ignore[arg-type]

    def take_back(self, context: BrowserContext, options: dict[str, object], url: str) -> None:
        keeper = next((page for page in context.pages if page.url == f"{url}/readyz"), None)
        if keeper is None:
            keeper = context.new_page()
            keeper.goto(f"{url}/readyz")
        wanted = {"origin": url, "storageTypes": "cookies,local_storage,indexeddb,cache_storage"}
        session = context.new_cdp_session(keeper)
        session.send("Storage.clearDataForOrigin", wanted)
        session.detach()
        for page in context.pages:
            if page != keeper:
                page.close()
        context.clear_cookies()
        self._free[repr(sorted(options.items()))].append(context)


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture
def visit(contexts: Contexts, server: str) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser of its own and asked at the end whether anything went wrong."""
    made: list[tuple[BrowserContext, dict[str, object], Visitor]] = []

    def new(width: int = 1280, height: int = 720, **given: object) -> Visitor:
        options = {"locale": "en-US", **given}
        context = contexts.lend(options)
        visitor = Visitor(context, server)
        made.append((context, options, visitor))
        visitor.page.set_viewport_size({"width": width, "height": height})
        return visitor

    yield new
    for _, _, visitor in made:
        visitor.check()
    for context, options, _ in made:  # those of a failed test are left alone
        contexts.take_back(context, options, server)


def heading(name: str, language: str = "en") -> str:
    """What a page's h1 says: a lesson's number and its title, a page's title where it is no lesson."""
    place, title = place_of(name), lesson(name, language).title
    return f"{place.number}\u2002{title}" if place else title
