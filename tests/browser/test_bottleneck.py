"""Basic or bottleneck in a browser: to scale, by keyboard, on a phone, measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.nets.blockcost import Term, block_plan, terms
from resnet_viz.text import lesson
from tests.browser.conftest import Visitor, serious_findings_in_both_schemes
from tests.waiting import until

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("bottleneck").labels


def answer(visitor: Visitor, page: Page) -> None:
    """What is hidden is shown."""
    page.locator(".st-key-w_predict_bottleneck_show button").click()
    visitor.settled()


def answer_all(visitor: Visitor, page: Page) -> None:
    """What both questions hide is shown, so that nothing waits in a fold."""
    answer(visitor, page)
    page.locator(".st-key-w_predict_bottleneck_time_show button").click()
    expect(page.locator(".st-key-answered_bottleneck_time")).to_be_visible(timeout=60_000)
    visitor.settled()


def areas(page: Page) -> list[float]:
    """What the five convolutions cover on the screen, once nothing moves."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].flatMap(e => [...e.shadowRoot?.querySelectorAll('.shape') ?? []])"
        ".every(s => s.getAnimations().length === 0)"
    )
    boxes = page.locator(".block-areas .shape rect").evaluate_all("shapes => shapes.map(s => s.getBoundingClientRect())")
    return [box["width"] * box["height"] for box in boxes]


def areas_of(channels: int, page: Page) -> list[float]:
    """The same once both blocks are drawn at this width: an area may be asked for before it has begun to grow."""
    macs = [term.macs for block in ("basic", "bottleneck") for term in terms(block, channels, 1, 1)]
    shares = pytest.approx([n / macs[0] for n in macs], rel=0.03)
    until(lambda: [area / areas(page)[0] for area in areas(page)] == shares, 20)
    return areas(page)


def written(term: Term, around: int) -> str:
    """A convolution as it is written beside its area: its share is of C², of the channels in and out of its own block."""
    kernel, share = f"{term.kernel}×{term.kernel}", Fraction(term.macs, around**2)
    return f"{kernel}, {term.in_channels} → {term.out_channels} {term.macs:,} = {share}·C²"


def resize(page: Page, width: int) -> None:
    """To this width, into which the areas are drawn again."""
    page.set_viewport_size({"width": width, "height": 844})
    until(lambda: page.locator(".block-areas").evaluate("e => e.getBoundingClientRect().right") <= width, 20)
    areas(page)


@pytest.mark.parametrize("fair", ["width", "cost"])
def test_areas_are_multiply_adds_on_any_screen(visit: Visit, fair: str) -> None:
    visitor = visit(1280, 844)
    page = visitor.open(f"/bottleneck?channels=128&fair={fair}")
    answer(visitor, page)
    wide = 512 if fair == "cost" else 128
    blocks = {"basic": 128, "bottleneck": wide}
    convolutions = [(term, around) for block, around in blocks.items() for term in terms(block, around, 1, 1)]
    macs = [term.macs for term, _ in convolutions]
    lines, said = page.locator(".block-areas .lines div"), [written(*each) for each in convolutions]
    until(lambda: [" ".join(line.split()) for line in lines.all_inner_texts()] == said, 20)
    for width in (1280, 390):
        resize(page, width)
        found = areas(page)
        assert [area / found[0] for area in found] == pytest.approx([n / macs[0] for n in macs], rel=0.03)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_slider_draws_here_and_the_link_follows(visit: Visit) -> None:
    """The answer to where it was before does not pull it from under the finger."""
    visitor = visit()
    page = visitor.open("/bottleneck")
    answer(visitor, page)
    before = areas_of(64, page)
    slider = page.get_by_role("slider", name=WORDS["area_channels"])
    slider.evaluate(
        """slider => {
          const tell = kind => slider.dispatchEvent(new Event(kind))
          slider.stepUp(), tell("input"), tell("change")
          slider.stepUp(), tell("input")
        }"""
    )
    expect(page).to_have_url(re.compile("channels=96"), timeout=20_000)
    visitor.settled()
    expect(slider).to_have_attribute("aria-valuetext", "128")
    slider.evaluate("e => e.dispatchEvent(new Event('change'))")
    expect(page).to_have_url(re.compile("channels=128"), timeout=20_000)
    visitor.settled()
    expect(page.get_by_text(f"{block_plan('basic', 128, 1, 1).macs:,}").first).to_be_visible()
    assert [after / was for after, was in zip(areas_of(128, page), before, strict=True)] == pytest.approx([4] * 5, rel=0.05)


def test_one_press_turns_same_width_into_same_cost(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/bottleneck")
    button = page.locator(".block-areas").get_by_role("button", name=WORDS["area_cost"], exact=True)
    expect(button).to_be_disabled()
    answer(visitor, page)
    button.click()
    expect(page).to_have_url(re.compile("fair=cost"))
    expect(page.locator(".block-areas")).to_contain_text("69,632 = 17/16·C²")
    expect(page.get_by_role("slider", name=WORDS["area_channels_cost"], exact=True)).to_be_visible()


@pytest.mark.endurance
def test_measuring_once_serves_the_next_visitor(visit: Visit) -> None:
    first, second = visit(), visit()
    link = "/bottleneck?channels=16&height=4&width=4&further=times"
    tables = []
    for visitor in (first, second):
        page = visitor.open(link)
        answer_all(visitor, page)
        page.get_by_role("button", name=WORDS["measure"]).click()
        expect(page.locator(".st-key-times table")).to_have_count(3, timeout=60_000)
        visitor.settled()
        expect(page.locator(".st-key-times").get_by_text(WORDS["said_why"].split("{")[0])).to_be_visible()
        tables.append(page.locator(".st-key-times").inner_text())
    assert tables[0] == tables[1]
    assert WORDS["resnet50"] in tables[0]


@pytest.mark.endurance
def test_axe_finds_nothing_serious(visit: Visit) -> None:
    visitor = visit(1280, 844)
    page = visitor.open("/bottleneck?channels=16&height=4&width=4&further=times.channels")
    answer_all(visitor, page)
    page.get_by_role("button", name=WORDS["measure"]).click()
    expect(page.locator(".st-key-times").get_by_text(WORDS["said_why"].split("{")[0])).to_be_visible(timeout=60_000)
    resize(page, 390)
    assert not serious_findings_in_both_schemes(page)
