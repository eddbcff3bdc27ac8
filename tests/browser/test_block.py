"""The stepper in a real browser: keys, mouse, numbers, speed."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from resnet_viz import preset, trained
from resnet_viz.nets.weights import card
from resnet_viz.pictures import to_square
from resnet_viz.probes.steps import block_steps, by_hand
from resnet_viz.samples import samples
from resnet_viz.text import lesson
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
WORDS = lesson("block").labels
Visit = Callable[..., Visitor]


def shown(visitor: Visitor, path: str) -> Page:
    """The page once the prediction beside it has been answered."""
    page = visitor.open(path)
    page.get_by_role("button", name=lesson("common").labels["show_me"]).click()
    visitor.settled()
    return page


def line_now(page: Page) -> str:
    return page.locator(".stepper .code .now").inner_text()


def test_keys_walk_through_the_block(visit: Visit) -> None:
    page = shown(visit(), "/block?net=cifar_resnet20")
    now = page.locator(".stepper .code .now")
    expect(now).to_have_text("identity = x")
    stage = page.locator(".stepper .stage")
    stage.focus()
    for expected in ("out = self.conv1(x)", "out = self.bn1(out)", "out = self.relu1(out)"):
        page.keyboard.press("ArrowRight")
        expect(now).to_have_text(expected)
    page.keyboard.press("End")
    expect(now).to_have_text("out = self.relu2(out)")
    page.keyboard.press("ArrowLeft")
    expect(now).to_have_text("out = out + identity")
    expect(page.locator(".stepper .formula .term.now")).to_have_text(["y", "+"])
    expect(page).to_have_url(re.compile("step=6"))
    page.keyboard.press("Home")
    expect(now).to_have_text("identity = x")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement.className") == "stage"
    # no server in between: a step is painted when the key's handler returns
    before = page.evaluate("performance.getEntriesByName('step-paint').length")
    page.keyboard.press("ArrowRight")
    assert line_now(page) == "out = self.conv1(x)"
    assert page.evaluate("performance.getEntriesByName('step-paint').length") > before
    buttons_are_one_stop_and_its_lines_another(page)


def buttons_are_one_stop_and_its_lines_another(page: Page) -> None:
    bar = page.locator(".stepper .bar")
    bar.get_by_role("button", name=WORDS["step_first"]).focus()
    page.keyboard.press("End")
    expect(bar.get_by_role("button", name=WORDS["step_play"])).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(bar.get_by_role("button", name=WORDS["step_last"])).to_be_focused()
    page.keyboard.press("Enter")
    assert line_now(page) == "out = self.relu2(out)"
    page.keyboard.press("Tab")
    expect(bar.get_by_role("slider")).to_be_focused()
    page.keyboard.press("Tab")  # past *Play*, which stands behind the slider and is one of the buttons
    expect(page.locator(".stepper .code .now")).to_be_focused()
    lines = page.locator(".stepper .code button")
    lines.last.focus()
    page.keyboard.press("ArrowUp")
    expect(lines.nth(-2)).to_be_focused()
    page.keyboard.press("Enter")
    assert line_now(page) == "out = out + identity"


def test_playing_ends_at_the_last_step_and_the_link_has_it(visit: Visit) -> None:
    page = shown(visit(), "/block?net=cifar_resnet20&step=5")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".stepper .code .now")).to_have_text("out = self.relu2(out)", timeout=30_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page).to_have_url(re.compile("step=7"))


def test_the_followed_number_is_the_networks(visit: Visit) -> None:
    page = shown(visit(), "/block?net=cifar_resnet20&follow=2.3.5&step=6")
    facts, model = card("cifar_resnet20"), trained("cifar_resnet20")
    square = to_square(to_square(next(s for s in samples() if s.code == "cat").load(), 512), 32)
    pixels = torch.from_numpy(np.asarray(square, dtype=np.float32)).permute(2, 0, 1) / 255
    x = (pixels - torch.tensor(facts.mean)[:, None, None]) / torch.tensor(facts.std)[:, None, None]
    block = next(s.name for s in preset("cifar_resnet20").geometry())
    hands = by_hand(model, block_steps(model, x[None], block), (2, 3, 5))
    written_out = page.locator(".stepper .sum")

    def written(value: float) -> str:
        return f"{value:.3f}".replace("-", "−")

    expect(written_out).to_have_text(re.compile(re.escape(written(hands[6].result)) + "$"))
    assert written(hands[6].parts[0]) in written_out.inner_text()
    page.locator(".stepper .stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile(r"follow=2\.3\.6"))
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"follow=3\.3\.6"))


def test_bars_have_the_colours_of_the_tiles(visit: Visit) -> None:
    """Below 0 and above it, the histogram's bars have colours of the scale's own two sides."""
    page = shown(visit(), "/block?net=cifar_resnet20&step=2")
    page.wait_for_selector(".stepper .left canvas")
    scale, bars = page.locator(".stepper .scale canvas"), page.locator(".stepper .left canvas")
    read = """(canvas, [from, to]) => {
      const { width, height } = canvas
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height)
      const found = new Set()
      for (let y = 0; y < height; y++)
        for (let x = Math.floor(from * width); x < to * width; x++) {
          const i = 4 * (y * width + x)
          if (data[i + 3] === 255) found.add(data.slice(i, i + 3).join())
        }
      return [...found]
    }"""
    below, above = (set(scale.evaluate(read, half)) for half in ([0, 0.5], [0.5, 1]))
    left, right = (set(bars.evaluate(read, edge)) for edge in ([0, 0.02], [0.98, 1]))
    assert left
    assert left <= below - above
    assert right
    assert right <= above - below


def test_a_click_on_a_tile_follows_that_pixel_and_leaves_the_step(visit: Visit) -> None:
    """Wherever the page was opened, and also after the answer has come."""
    visitor = visit()
    page = shown(visitor, "/block?net=cifar_resnet20")
    page.get_by_role("button", name="out = out + identity").click()
    expect(page).to_have_url(re.compile("step=6"))
    visitor.settled()
    canvas = page.locator(".stepper figure canvas").last
    reading = page.locator(".stepper .read")
    for place, at in ((1, r"follow=0\.0\.0"), (20, r"follow=0\.(?!0\.0)")):
        canvas.click(position={"x": place, "y": place})
        expect(page).to_have_url(re.compile(at))
        visitor.settled()
        assert line_now(page) == "out = out + identity"
        row, column = re.findall(r"follow=0\.(\d+)\.(\d+)", page.url)[0]
        expect(reading).to_contain_text(f"Channel 0, row {row}, column {column}")
    expect(page).to_have_url(re.compile("step=6"))


def test_back_goes_to_the_step_before(visit: Visit) -> None:
    """The step that the component has reported itself is not given to it again; one that comes with Back is."""
    visitor = visit()
    page = shown(visitor, "/block?net=cifar_resnet20&step=2")
    now = page.locator(".stepper .code .now")
    expect(now).to_have_text("out = self.bn1(out)")
    page.get_by_role("button", name="out = out + identity").click()
    expect(page).to_have_url(re.compile("step=6"))
    visitor.settled()
    page.go_back()
    expect(now).to_have_text("out = self.bn1(out)")


def number_at(page: Page, step: int) -> str:
    """What the wire says behind a step."""
    return page.locator(f".stepper .block .wide .stop[data-step='{step}'] .number").first.text_content() or ""


def test_the_number_runs_along_the_wire(visit: Visit) -> None:
    """Behind each step stands its number, those to come are not shown, and the plus adds the two that reach it."""
    page = shown(visit(), "/block?net=cifar_resnet20&follow=2.3.5")
    later = page.locator(".stepper .block .wide .stop.later")
    expect(later).to_have_count(7)
    page.get_by_role("button", name="out = out + identity").click()
    expect(page.locator(".stepper .block .wide .stop.now")).to_have_count(1)
    expect(later).to_have_count(1)
    f, x, y = (float(number_at(page, step).replace("−", "-")) for step in (5, 0, 6))
    assert abs(f + x - y) < 0.0016
    assert number_at(page, 6) in page.locator(".stepper .sum").inner_text()
    page.locator(".stepper .stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert number_at(page, 6) in page.locator(".stepper .sum").inner_text()


def test_the_code_the_drawing_and_buttons_are_ways_to_a_step(visit: Visit) -> None:
    """All on the first screen."""
    page = shown(visit(1280, 720), "/block?net=cifar_resnet20")
    labels = lesson("block").labels
    box = page.locator(".stepper").bounding_box()
    assert box
    assert box["y"] < 200
    assert box["y"] + box["height"] <= 720
    page.get_by_role("button", name="out = self.bn2(out)").click()
    assert line_now(page) == "out = self.bn2(out)"
    page.locator(".stepper .block .wide [data-name='layer1.0.conv2']").click()
    assert line_now(page) == "out = self.conv2(out)"
    page.locator(".stepper .stage").press("Home")
    page.get_by_role("button", name=labels["step_next"]).click()
    assert line_now(page) == "out = self.conv1(x)"
    page.get_by_role("button", name=labels["step_last"]).click()
    assert line_now(page) == "out = self.relu2(out)"
    expect(page.locator(".stepper .why b")).to_have_text("ReLU")
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".stepper .block > svg:not(.dark)")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    fold = page.locator(".stepper details.left")
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").press("Space")
    expect(fold, "the key is the fold's own, and nothing plays").to_have_attribute("open", "")
    expect(page.get_by_role("button", name=labels["step_play"])).to_be_visible()


def test_the_branch_is_silenced_by_one_press_beside_the_picture(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/block?net=cifar_resnet20")
    labels = lesson("block").labels
    page.get_by_role("button", name=labels["predict_1"]).click()
    visitor.settled()
    page.get_by_role("button", name=labels["try_zero"]).click()
    visitor.settled()
    expect(page.locator(".stepper .code .now")).to_have_text("out = self.relu2(out)")
    assert number_at(page, 5) == "0.000"
    assert number_at(page, 0) == number_at(page, 6) == number_at(page, 7)
