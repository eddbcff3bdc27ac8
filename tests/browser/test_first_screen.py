"""What a student with a phone meets first: a page that does not cost much, whose picture is whole on the first screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.browser import Received
from benchmarks.course import EXTENT, PAGES
from tests.browser.conftest import CALM, QUICK
from tests.thinned import quickly

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 390, 844
MOST, MOST_WITH_PLOTLY = 1_200_000, 2_800_000
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
"""What a phone's browser says it is: the first run draws by it."""
TOP, TOP_BELOW_A_CLAIM = 210, 275
"""Where a picture begins at the latest, and where it does below the sentence that it is to prove."""
LARGEST_MESSAGE = 230_000
"""Bytes that travel at once: pictures and tensors are packed."""
DRAWN = """() => {
  const now = (EXTENT)()
  const isSame = now && now[1] - now[0] > 100 && JSON.stringify(now) === JSON.stringify(window.lastExtent)
  window.sameExtents = isSame ? window.sameExtents + 1 : 0
  window.lastExtent = now
  return window.sameExtents > 8
}"""
"""Whether the picture is there and has not changed for some frames, asked once a frame."""


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("[data-testid=stApp] h1", timeout=90_000)
    page.evaluate("() => { window.calmFrames = 0 }")
    page.wait_for_function(CALM, timeout=90_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(DRAWN.replace("EXTENT", EXTENT), timeout=90_000)


@pytest.mark.parametrize("name", quickly(PAGES, "", *QUICK[1:]))
def test_a_first_visit_is_light_and_its_picture_whole(browser: Browser, server: str, name: str) -> None:
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, user_agent=PHONE)
    try:
        page = context.new_page()
        received = Received(page)
        opened(page, f"{server}/{name}?lang=en")
        with_plotly = page.locator(".js-plotly-plot").count() > 0
        assert received.bytes < (MOST_WITH_PLOTLY if with_plotly else MOST)
        assert received.largest_message < LARGEST_MESSAGE
        top, bottom = page.evaluate(EXTENT)
        assert 0 < top < bottom <= HEIGHT
        assert top <= (TOP_BELOW_A_CLAIM if name == "claims" else TOP), "the head is short"
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= WIDTH, "nothing reaches beyond the screen"
    finally:
        context.close()


@pytest.mark.parametrize("name", ["activations", "build"])
def test_a_phone_is_drawn_for_at_once(browser: Browser, server: str, name: str) -> None:
    """No part of the page has to ask for a second run because it finds the page narrow."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, user_agent=PHONE)
    try:
        page, asked = context.new_page(), list[object]()
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: asked.append(frame)))
        opened(page, f"{server}/{name}?lang=en")
        assert len(asked) == 1
    finally:
        context.close()
