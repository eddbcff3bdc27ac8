"""The course as a class meets it: where each page's picture is, how long and how heavy a page is, and how long one waits."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks import Amount, p95
from benchmarks._server import chromium, ours, wait_for
from benchmarks.browser import first_visit
from benchmarks.session import Session
from resnet_viz.text import lesson
from resnet_viz.ui.kit.course import LESSONS

PAGES = ("", *LESSONS)
SCREENS = ((1280, 720), (390, 844))
ROUNDS = 4
SESSIONS, RERUNS, THINK = 30, 10, 2.0
_QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"
EXTENT = """() => {
  const place = document.querySelector('[class*=st-key-picture_], [class*=st-key-figure_]')
  if (!place) return null
  const caption = place.querySelector('[class*=st-key-caption_]')
  const bottom = caption ? caption.getBoundingClientRect().top : place.getBoundingClientRect().bottom
  return [Math.round(place.getBoundingClientRect().top), Math.round(bottom)]
}"""
"""Where the first picture begins and where it ends, without its caption."""
_HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"
_REDRAWN = """async () => {
  const find = root => {
    for (const e of root.querySelectorAll('*')) {
      const found = e.matches('.network button.block') ? e : e.shadowRoot && find(e.shadowRoot)
      if (found) return found
    }
  }
  const arc = find(document)
  if (!arc) return null
  const start = performance.now()
  arc.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))
  const drawn = performance.now() - start
  await new Promise(requestAnimationFrame)
  return drawn
}"""


def _open(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/{name}?lang=en")
    page.wait_for_selector("h1")
    page.wait_for_selector(_QUIET)
    page.wait_for_load_state("networkidle")


def _shape(browser: Browser, url: str) -> Iterator[Amount]:
    """Where the pictures are, and how long the pages."""
    for width, height in SCREENS:
        page = browser.new_page(viewport={"width": width, "height": height})
        for name in PAGES:
            _open(page, url, name)
            found = page.evaluate(EXTENT)
            given = f"{found[0]} to {found[1]}" if found else "none"
            yield Amount(f"/{name}: the picture at {width}×{height}, px", given, f"begins ≤ 200, ends ≤ {height}")
        page.close()
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    for name in PAGES:
        _open(page, url, name)
        yield Amount(f"/{name}: height at 1440, folded", f"{page.evaluate(_HEIGHT):,} px", "≤ 3,000 px")
    page.close()


def _weight(browser: Browser, url: str) -> Iterator[Amount]:
    for name in PAGES:
        size, with_plotly = first_visit(browser, f"{url}/{name}")
        yield Amount(f"first visit to /{name}", f"{size / 1e6:.2f} MB", f"≤ {2.8 if with_plotly else 1.2} MB")


def _next(browser: Browser, url: str) -> Iterator[Amount]:
    """From a click on Next until something of the next page's picture stands there."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    waits = []
    for _ in range(ROUNDS + 1):  # the first time loads the components
        _open(page, url, "")
        for name in LESSONS:
            start = time.perf_counter()
            page.locator(".st-key-foot [data-testid=stPageLink-NavLink]").click()
            page.locator("h1").filter(has_text=lesson(name).title).wait_for()
            page.locator("canvas, svg[role], svg.rv, .js-plotly-plot, [class*=st-key-ask_]").first.wait_for()
            waits.append((time.perf_counter() - start) * 1e3)
            page.wait_for_selector(_QUIET)
            page.wait_for_load_state("networkidle")
    rest = waits[len(LESSONS) :]
    yield Amount(
        f"click on Next to the first picture, p95 of {len(rest)}", f"{p95(rest):.0f} ms", f"≤ 600 ms; median {median(rest):.0f}"
    )
    page.close()


def _arc(browser: Browser, url: str) -> Iterator[Amount]:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    _open(page, url, "")
    times = [found for _ in range(20) if (found := page.evaluate(_REDRAWN)) is not None]
    yield Amount("an arc of Home redrawn, p95", f"{p95(times):.1f} ms" if times else "no arc", "≤ 50 ms")
    page.close()


async def _student(url: str, seed: int, seconds: list[float], failures: list[str]) -> None:
    """Goes through the pages from one of them on, and asks again on each, for every second one in the other language."""
    chance = random.Random(seed)
    await asyncio.sleep(2 * THINK * chance.random())
    async with Session(url, PAGES[seed % len(PAGES)], cache=True).connected() as session:
        await session.run("lang=en")
        for n in range(RERUNS):
            session.turn_to(PAGES[(seed + n) % len(PAGES)])
            for language in ("en", "zh" if n % 2 else "en"):
                await asyncio.sleep(THINK * chance.uniform(0.5, 1.5))
                again = await session.run(f"lang={language}")
                seconds.append(again.seconds)
                failures += again.failures


async def warm(url: str) -> None:
    """What a class looks at is in the cache after its first students, one a language."""
    async with Session(url, "", cache=True).connected() as session:
        for name in PAGES:
            session.turn_to(name)
            for language in ("en", "zh"):
                await session.run(f"lang={language}")


async def _class(url: str, sessions: int) -> tuple[list[float], list[str]]:
    seconds: list[float] = []
    failures: list[str] = []
    await asyncio.gather(*(_student(url, seed, seconds, failures) for seed in range(sessions)))
    return seconds, failures


def rows() -> Iterator[Amount]:
    with ours() as url:
        wait_for(f"{url}/readyz")
        with chromium() as browser:
            for part in (_shape, _weight, _next, _arc):
                yield from part(browser, url)
        asyncio.run(warm(url))
        seconds, failures = asyncio.run(_class(url, SESSIONS))
        given = f"{p95(seconds) * 1e3:.0f} ms"
        yield Amount(f"{SESSIONS} sessions on all pages, rerun p95", given, f"≤ 150 ms; median {median(seconds) * 1e3:.0f}")
        yield Amount("pages that said a failure of the app's", str(len(failures)), "0")
