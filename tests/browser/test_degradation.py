"""Training, live: press Run, see points arrive, take the skips away, run again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from resnet_viz.studies.race import network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.bundle import script
from tests.browser.conftest import Visitor, serious_findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("degradation").labels
SHORT = Experiment(network(8), steps=40)


def test_the_recorded_race_is_there_at_once(visit: Visit) -> None:
    page = visit().open("/degradation?recorded=shapes")
    expect(page.locator(".curves canvas")).to_be_visible()
    expect(page.get_by_text(WORDS["not_overfitting"])).to_be_visible()
    page.locator(".curves canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".curves .read")).to_contain_text("plain-56")


def test_run_then_without_skips_then_again(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open(f"/degradation?experiment={SHORT}")
    page.get_by_role("button", name=WORDS["run"], exact=True).click()
    done = page.get_by_text(re.compile(r"residual-8.*done: training error"))
    expect(done).to_be_visible(timeout=90_000)
    visitor.settled()
    page.get_by_role("radio", name=WORDS["skips_none"]).or_(page.get_by_text(WORDS["skips_none"], exact=True)).first.click()
    expect(page).to_have_url(re.compile("experiment=.*plain"))
    visitor.settled()
    page.get_by_role("button", name=WORDS["run"], exact=True).click()
    expect(page.get_by_text(re.compile(r"plain-8.*done: training error"))).to_be_visible(timeout=60_000)
    expect(done).to_be_visible()
    expect(page.get_by_text("After 40 steps the plain 8-layer network's training error is")).to_be_visible()


def train(page: Page) -> None:
    """A link asks before it trains; where the run is here already there is nothing to press."""
    button = page.get_by_role("button", name=WORDS["train_it"], exact=True)
    expect(button.or_(page.get_by_text(re.compile("residual-8.*done"))).first).to_be_visible(timeout=30_000)
    if button.is_visible():
        button.click()


def test_a_link_trains_nothing_before_somebody_presses(visit: Visit) -> None:
    e = Experiment(network(8), steps=30, seed=9)
    first, second = visit().open(f"/degradation?runs={e}"), visit().open(f"/degradation?runs={e}")
    for page in (first, second):
        expect(page.get_by_text(WORDS["status_none"])).to_be_visible()
    first.get_by_role("button", name=WORDS["train_it"], exact=True).click()
    expect(first.get_by_text(re.compile(r"residual-8 #9.*done"))).to_be_visible(timeout=90_000)
    expect(second.get_by_text(WORDS["status_none"])).to_be_visible()  # it has not looked since
    second.reload()
    expect(second.get_by_text(re.compile(r"residual-8 #9.*done"))).to_be_visible(timeout=30_000)


def test_only_who_started_a_run_has_its_buttons(visit: Visit) -> None:
    e = Experiment(network(56), steps=2000, seed=9)
    first = visit().open(f"/degradation?exp={e}")
    first.get_by_role("button", name=WORDS["run"], exact=True).click()
    stop = first.get_by_role("button", name=WORDS["stop"], exact=True)
    expect(stop.first).to_be_visible(timeout=60_000)
    second = visit().open(f"/degradation?runs={e}")
    expect(second.get_by_text(re.compile("started by somebody else"))).to_be_visible(timeout=60_000)
    expect(second.get_by_role("button", name=WORDS["stop"], exact=True)).to_have_count(0)
    stop.first.click()
    expect(first.get_by_text(re.compile(r"residual-56 #9.*stop(ping|ped) at step"))).to_be_visible()
    expect(second.get_by_text(re.compile(r"residual-56 #9.*stopped at step"))).to_be_visible(timeout=60_000)


def test_somebody_else_sees_the_finished_run_at_once(visit: Visit) -> None:
    first = visit().open(f"/degradation?runs={SHORT}")
    train(first)
    expect(first.get_by_text(re.compile(r"residual-8.*done"))).to_be_visible(timeout=90_000)
    second = visit().open(f"/degradation?runs={SHORT}&lang=zh")
    expect(second.get_by_text(re.compile(r"残差-8.*完成"))).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_with_a_run_on_the_board(visit: Visit, width: int) -> None:
    page = visit(width, 844).open(f"/degradation?runs={SHORT}")
    train(page)
    expect(page.get_by_text(re.compile(r"residual-8.*done"))).to_be_visible(timeout=90_000)
    seen = page.get_by_role("region", name=WORDS["glimpse_table"])
    expect(seen).to_be_visible()
    assert not serious_findings(page)
    if width < 640:
        seen.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("e => e.scrollLeft > 0", arg=seen.element_handle())
    else:
        assert seen.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_longer_ghost_ends_with_the_axis(browser: Browser) -> None:
    """Drawn as if it had come only as far as the longest run on the board."""
    page = browser.new_page()
    page.set_content("<div id='it' style='width: 900px'><div class='curves'></div></div>")
    draw = """([code, ghost]) => import("data:text/javascript," + encodeURIComponent(code)).then(({ default: curves }) => {
      const values = count => Array.from({ length: count }, (_, i) => 0.9 - 0.004 * i)
      const line = (name, count, ghost) => ({ name, plain: false, ghost, dash: 0, count })
      const lines = [line("ghost", ghost, true), line("own", 40, false)]
      const view = name => ({ name, percent: name === "error", chance: 0.9 })
      const words = { curves_chance: "chance", curves_axis_step: "step" }
      const about = { lines, views: [view("error"), view("loss")], marks: [], steps: 40, axis: "step", words }
      const all = Float32Array.from(lines.flatMap(l => [...values(l.count), ...values(l.count)]))
      const parentElement = document.querySelector("#it")
      curves({ data: { about, values: { getChildAt: () => ({ toArray: () => all }) } }, parentElement })
      return parentElement.querySelector("canvas").toDataURL()
    })"""
    code = script("curves/curves.js")
    drawn = {ghost: page.evaluate(draw, [code, ghost]) for ghost in (20, 40, 80)}
    page.close()
    assert drawn[80] == drawn[40]
    assert drawn[40] != drawn[20], "the ghost is seen"


def test_points_arrive_while_it_trains(visit: Visit) -> None:
    long = Experiment(network(20), steps=150, seed=3)
    page = visit().open(f"/degradation?experiment={long}")
    page.get_by_role("button", name=WORDS["run"], exact=True).click()
    expect(page.get_by_text(re.compile(r"step \d+ of 150"))).to_be_visible(timeout=90_000)
    before = page.evaluate("performance.getEntriesByName('curves-paint').length")
    expect(page.get_by_text(re.compile(r"residual-20 #3.*done"))).to_be_visible(timeout=90_000)
    assert page.evaluate("performance.getEntriesByName('curves-paint').length") > before + 5
