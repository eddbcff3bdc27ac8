"""Training, live: answer, press Train both, see points arrive, go on with what is next."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from resnet_viz.studies.race import network
from resnet_viz.text import lesson, unbroken
from resnet_viz.training.experiment import Experiment
from tests.browser.conftest import Visitor, serious_findings
from tests.browser.test_first_screen import PHONE

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("degradation").labels
SHORT = Experiment(network(8), steps=40)
CHART = ".st-key-picture_degradation .curves canvas"


def answer(visitor: Visitor) -> None:
    visitor.page.locator("[class*=st-key-w_predict_][class*=_show] button").click()
    visitor.settled()


def open_shown(visitor: Visitor, path: str) -> Page:
    page = visitor.open(path)
    answer(visitor)
    return page


def done(name: str) -> re.Pattern[str]:
    return re.compile(rf"{name} test error \d+%")


def reading(page: Page) -> Locator:
    """The line that says what the curves are at a step, by the keyboard; the pointer rests where it points at nothing."""
    page.mouse.move(0, 0)
    page.locator(CHART).focus()
    page.keyboard.press("ArrowRight")
    line = page.locator(".st-key-picture_degradation .curves .read")
    expect(line).not_to_have_text(WORDS["curves_hint"])
    return line


def test_below_a_narrow_chart_a_diamond_stands_for_the_papers_figures(visit: Visit) -> None:
    visitor = visit(390, 844, has_touch=True, user_agent=PHONE)
    page = open_shown(visitor, "/degradation")
    page.get_by_role("radio", name=WORDS["curves_test"]).check()
    names = page.locator(".st-key-picture_degradation .curves .names span")
    expect(names).to_have_count(6)
    painted = """span => {
        const canvas = span.querySelector("canvas")
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
        const rows = new Set()
        for (let i = 3; i < data.length; i += 4) if (data[i] > 127) rows.add(Math.floor(i / 4 / canvas.width))
        return rows.size / canvas.height
    }"""
    for name in names.all():
        is_mark = bool(re.match(WORDS["cited_mark"].split("{")[0], name.inner_text()))
        assert (name.evaluate(painted) > 0.7) == is_mark, "as high as its place, while a line is thin"


def test_the_curves_are_hidden_until_somebody_has_predicted(visit: Visit) -> None:
    """The chart first, within 200 pixels, on a phone a quarter; the button beside it, or right below where there is no room."""
    visitor = visit()
    page = visitor.open("/degradation?recorded=shapes")
    for width, height in ((390, 844), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(CHART)).to_be_visible()
        chart, button = (page.locator(each).bounding_box() for each in (CHART, ".st-key-w_race_train button"))
        assert chart
        assert button
        assert chart["y"] <= (200 if width > 1000 else height / 4)
        assert chart["y"] + chart["height"] <= 720
        assert button["y"] + button["height"] <= height
        assert (button["x"] >= chart["x"] + chart["width"]) == (width > 1000)
        assert (button["y"] >= chart["y"] + chart["height"]) == (width < 1000)
    expect(reading(page)).not_to_contain_text("plain-56")
    answer(visitor)
    expect(page.get_by_text(WORDS["not_overfitting"]).first).to_be_visible()
    visitor.settled()  # its run has ended: no other drawing takes the chart's place
    expect(reading(page)).to_contain_text("plain-56")


@pytest.mark.endurance
def test_on_a_phone_who_presses_the_button_sees_the_curves(visit: Visit) -> None:
    visitor = visit(390, 844, has_touch=True, user_agent=PHONE)
    page = open_shown(visitor, f"/degradation?experiment={replace(SHORT, seed=5)}")
    button = page.locator(".st-key-w_race_train button")
    button.tap()
    expect(page.get_by_text(done("residual-8"))).to_be_attached(timeout=120_000)
    page.wait_for_function("""() => {
      const box = place => document.querySelector(place).getBoundingClientRect()
      const [curves, head] = [box('.st-key-figure_race'), box('[data-testid=stHeader]')]
      return curves.top >= head.bottom && curves.bottom <= innerHeight
    }""")
    verdict, below = (each.bounding_box() for each in (page.locator(".st-key-answered_degradation"), button))
    assert verdict
    assert below
    assert below["y"] < verdict["y"], "nothing stands between the curves and the button"


@pytest.mark.endurance
def test_train_both_then_what_is_next(visit: Visit) -> None:
    visitor = visit()
    page = open_shown(visitor, f"/degradation?experiment={SHORT}")
    page.get_by_role("button", name="Train both, 40 steps").click()
    for name in ("plain-8", "residual-8"):
        expect(page.get_by_text(done(name))).to_be_visible(timeout=120_000)
    expect(page.get_by_text("After 40 steps the plain 8-layer network gets")).to_be_visible()
    visitor.settled()
    expect(page.get_by_text(unbroken("Trains plain-20 + residual-20."))).to_be_visible()
    page.get_by_role("button", name=WORDS["next_press"]).click()
    for name in ("plain-20", "residual-20", "plain-8"):
        expect(page.get_by_text(done(name))).to_be_visible(timeout=120_000)
    expect(page.get_by_text("After 40 steps the plain 20-layer network gets")).to_be_visible()


def train(page: Page) -> None:
    """A link asks before it trains; where the run is here already there is nothing to press."""
    button = page.get_by_role("button", name=WORDS["train_it"], exact=True)
    expect(button.or_(page.get_by_text(done("residual-8"))).first).to_be_visible(timeout=30_000)
    if button.is_visible():
        button.click()


def test_a_link_trains_nothing_before_somebody_presses(visit: Visit) -> None:
    e = Experiment(network(8), steps=30, seed=9)
    visitors = visit(), visit()
    first, second = (open_shown(visitor, f"/degradation?runs={e}") for visitor in visitors)
    for page in (first, second):
        expect(page.get_by_text(WORDS["status_none"])).to_be_visible()
    first.get_by_role("button", name=WORDS["train_it"], exact=True).click()
    expect(first.get_by_text(done("residual-8"))).to_be_visible(timeout=90_000)
    expect(first.get_by_text(lesson("common").labels["measured"])).to_be_visible()
    expect(second.get_by_text(WORDS["status_none"])).to_be_visible()  # it has not looked since
    second.reload()
    visitors[1].settled()
    answer(visitors[1])
    expect(second.get_by_text(done("residual-8"))).to_be_visible(timeout=30_000)
    expect(second.get_by_text("trained here earlier, by somebody else")).to_be_visible()


def test_only_who_started_a_run_has_its_buttons(visit: Visit) -> None:
    e = Experiment(network(56), steps=2000, seed=9)
    first = visit().open(f"/degradation?exp={e}&train=all")
    first.get_by_role("button", name="Train it, 2,000 steps").click()
    stop = first.get_by_role("button", name=WORDS["stop"], exact=True)
    expect(stop.first).to_be_visible(timeout=60_000)
    second = visit().open(f"/degradation?runs={e}")
    expect(second.get_by_text(re.compile("started by somebody else")).first).to_be_visible(timeout=60_000)
    expect(second.get_by_role("button", name=WORDS["stop"], exact=True)).to_have_count(0)
    stop.first.click()
    expect(first.get_by_text(re.compile(r"residual-56.*stop(ping|ped) at step")).first).to_be_visible()
    expect(second.get_by_text(re.compile(r"residual-56.*stopped at step")).first).to_be_visible(timeout=60_000)


@pytest.mark.endurance
def test_axe_finds_nothing_serious_with_a_run_on_the_board(visit: Visit) -> None:
    page = open_shown(visit(1280, 844), f"/degradation?runs={SHORT}&further=glimpses")
    train(page)
    expect(page.get_by_text(done("residual-8"))).to_be_visible(timeout=90_000)
    seen = page.get_by_role("region", name=WORDS["glimpse_table"])
    expect(seen).to_be_visible()
    assert not serious_findings(page)
    assert seen.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not serious_findings(page)
    page.wait_for_function("e => e.scrollWidth <= e.clientWidth", arg=seen.element_handle())


def test_points_arrive_while_it_trains(visit: Visit) -> None:
    long = Experiment(network(20), steps=150, seed=3)
    page = open_shown(visit(), f"/degradation?experiment={long}&train=all&further=glimpses")
    page.get_by_role("button", name="Train it, 150 steps").click()
    expect(page.get_by_text(re.compile(r"step \d+ of 150")).first).to_be_visible(timeout=90_000)
    before = page.evaluate("performance.getEntriesByName('curves-paint').length")
    expect(page.locator(".rv-glimpses").get_by_text(re.compile("step 1[0-9]0"))).to_be_visible(timeout=90_000)
    expect(page.get_by_text(done("residual-20"))).to_be_visible(timeout=90_000)
    assert page.evaluate("performance.getEntriesByName('curves-paint').length") > before + 5
    expect(page.get_by_text(unbroken("After 150 steps residual-20 gets"))).to_be_visible()


def test_plain_is_broken_residual_unbroken_and_the_deep_one_stands_out(browser: object) -> None:
    from resnet_viz.ui.components.bundle import script

    page = browser.new_page()  # type: ignore[attr-defined]
    page.set_content("<div id='it' style='width: 900px; color: rgb(0, 0, 0)'><div class='curves'></div></div>")
    found = page.evaluate(
        """code => import("data:text/javascript," + encodeURIComponent(code)).then(({ default: curves }) => {
      const strokes = [], stroke = CanvasRenderingContext2D.prototype.stroke
      CanvasRenderingContext2D.prototype.stroke = function () {
        if (this.lineWidth === 3) strokes.push([this.getLineDash().length, this.strokeStyle])
        return stroke.call(this)
      }
      const line = (kind, strength) => ({ name: kind, kind, strength, count: 40 })
      const lines = [line("plain", 0), line("plain", 1), line("residual", 0), line("residual", 1)]
      const view = name => ({ name, percent: name === "error", chance: 0.9 })
      const words = { curves_chance: "chance", curves_axis_step: "step" }
      const about = { lines, views: [view("error"), view("loss")], marks: [], steps: 40, axis: "step", words }
      const all = Float32Array.from({ length: 320 }, (_, i) => 0.9 - 0.002 * (i % 40))
      const parentElement = document.querySelector("#it")
      curves({ data: { about, values: { getChildAt: () => ({ toArray: () => all }) } }, parentElement })
      return strokes
    })""",
        script("curves/curves.js"),
    )
    page.close()
    assert [bool(dashes) for dashes, _ in found] == [True, True, False, False]
    assert len({colour for _, colour in found}) == 4
    plain, deeper = (colour for _, colour in found[:2])
    assert plain == "#d55e00"
    assert deeper != plain


def test_a_number_out_of_range_is_refused_in_the_pages_language(visit: Visit) -> None:
    said = lesson("common", "zh")
    page = open_shown(visit(), "/degradation?further=sweep&lang=zh")
    seeds = page.locator(".st-key-w_sweep_seeds")
    seeds.locator("input").fill("0")
    expect(seeds.get_by_test_id("InputInstructions")).to_have_text(said.labels["input_apply"])
    seeds.locator("input").press("Enter")
    expect(seeds.get_by_role("alert")).to_have_text(said.say("input_range", low=1, high=10))
    seeds.get_by_test_id("stTooltipErrorHoverTarget").hover()
    expect(page.get_by_test_id("stTooltipErrorContent")).to_have_text(said.say("input_range", low=1, high=10))
