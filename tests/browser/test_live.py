"""A run is watched without a word to the server: points, words and ends come over the live channel, also after a break."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, WebSocket, expect

from resnet_viz.jobs.run_state import key_of
from resnet_viz.studies.race import network
from resnet_viz.text import lesson, unbroken
from resnet_viz.training.experiment import Experiment
from tests.browser.conftest import Visitor, serious_findings
from tests.browser.test_degradation import SHORT, answer, open_shown

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("degradation").labels
LONG = Experiment(network(20), steps=2_000, seed=21)
TOPIC = f"run:{key_of(LONG)}"
COUNT = f"() => window.resnetLive?.topics.get('{TOPIC}')?.columns.error.length ?? 0"
"""How many points the tab has."""


class Frames:
    """What a page says to the server over Streamlit's socket."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)

    def _sent(self, _frame: object) -> None:
        self.count += 1


def wait_for_points(page: Page, most: int, more: int) -> None:
    """Until there are `more` points than `most`."""
    page.wait_for_function(f"([most, more]) => ({COUNT})() >= most + more", arg=[most, more], timeout=90_000)


def go_offline(page: Page) -> None:
    """No new connection works, and the channel's has broken: another one takes its place, which ends at once."""
    page.evaluate("() => fetch(window.resnetLive.path).then(answer => answer.body.cancel())")
    page.context.set_offline(True)
    page.wait_for_function("() => window.resnetLive.source.readyState === EventSource.CONNECTING")


@pytest.mark.endurance
def test_a_run_is_watched_by_listening_only(visit: Visit) -> None:
    """The curve grows and the words count while the browser sends nothing; after a break nothing is missing; who comes late has
    all of it; and who stops it stops it for all."""
    visitor = visit()
    frames = Frames(visitor.page)
    page = open_shown(visitor, f"/degradation?experiment={LONG}&train=all")
    page.get_by_role("button", name="Train it, 2,000 steps").click()
    line = page.locator(f".st-key-run_{key_of(LONG)} .run-line")
    expect(line).to_contain_text(re.compile(r"step \d+ of 2000, [\d,]+ pictures a second"), timeout=120_000)
    expect(page.get_by_role("button", name=WORDS["pause"], exact=True)).to_be_visible()
    visitor.settled()

    before, points, said = frames.count, page.evaluate(COUNT), line.inner_text()
    wait_for_points(page, points, 40)
    expect(line).not_to_have_text(said)
    page.locator(".st-key-picture_degradation .curves canvas").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    expect(page.locator(".st-key-picture_degradation .curves .read")).to_contain_text("residual-20 ")
    assert frames.count == before, "a point costs no message to the server"

    go_offline(page)
    points = page.evaluate(COUNT)
    late = visit()
    other = late.open(f"/degradation?runs={LONG}")
    answer(late)
    wait_for_points(other, points, 40)
    assert page.evaluate(COUNT) == points
    page.context.set_offline(False)
    wait_for_points(page, points, 40)
    visitor.complaints = [each for each in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in each]
    both = [each.evaluate(f"() => window.resnetLive.topics.get('{TOPIC}').columns.error") for each in (page, other)]
    common = min(map(len, both))
    assert common > points
    assert both[0][:common] == both[1][:common], "neither a gap nor a double"

    expect(other.locator(".run-line")).to_contain_text("started by somebody else")
    page.get_by_role("button", name=WORDS["stop"], exact=True).click()
    for each in (page, other):
        expect(each.get_by_text(re.compile(r"residual-20.*stopped at step \d+ of 2000")).first).to_be_visible(timeout=60_000)
        expect(each.get_by_text(re.compile(unbroken(r"After \d+ steps residual-20 gets")))).to_be_visible(timeout=60_000)


IN_THE_HEADER = """() => {
  const box = e => e.getBoundingClientRect()
  const [line, head] = ['.st-key-left_running', '[data-testid=stHeader]'].map(each => box(document.querySelector(each)))
  const links = [...document.querySelectorAll('[data-testid=stTopNavLink], [data-testid=stExpandSidebarButton]')]
  const menu = box(document.querySelector('[data-testid=stMainMenu]'))
  const at = document.elementFromPoint(line.left + 4, line.top + line.height / 2)
  return line.top >= head.top && line.bottom <= head.bottom && line.right <= menu.left && at?.closest('a')
    && links.every(e => box(e).right <= line.left || !e.checkVisibility({ visibilityProperty: true }))
}"""


@pytest.mark.endurance
def test_who_leaves_while_something_trains_is_told_how_far_it_is(visit: Visit) -> None:
    """The next page counts on without a word to the server, says when all is done, and leads back to where that is seen; then
    nothing is said any more."""
    visitor = visit(390, 844, has_touch=True)
    frames = Frames(visitor.page)
    run = replace(SHORT, steps=1000, seed=23)
    page = visitor.open(f"/degradation?experiment={run}")
    page.locator(".st-key-w_race_train button").tap()
    expect(page.locator(".run-line")).to_have_count(2, timeout=120_000)
    line, on = page.locator(".st-key-left_running .left"), page.locator(".st-key-foot").get_by_test_id("stPageLink-NavLink")
    expect(line).to_have_count(0)
    visitor.settled()  # what comes above the foot moves it, and a finger would miss
    on.tap()
    expect(page.locator("h1")).to_contain_text(lesson("gradients").title, timeout=60_000)
    visitor.settled()
    goes_on = re.compile(r"Your training in lesson 3 goes on: \d+%")
    expect(line).to_have_text(goes_on)
    before, said = frames.count, line.inner_text()
    expect(line).not_to_have_text(said, timeout=120_000)
    expect(line).to_have_text("Your training in lesson 3 is done", timeout=120_000)
    assert frames.count == before, "how far it is costs no message to the server"
    assert not serious_findings(page)
    for width in (390, 768, 1024, 1280):  # it covers nothing of the navigation and is a link from end to end
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(IN_THE_HEADER)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".st-key-left_running").get_by_test_id("stPageLink-NavLink").tap()
    expect(page.locator("h1")).to_contain_text(lesson("degradation").title)
    visitor.settled()
    expect(line).to_have_count(0)
    on.tap()
    expect(page.locator("h1")).to_contain_text(lesson("gradients").title)
    visitor.settled()
    expect(line).to_have_count(0)
