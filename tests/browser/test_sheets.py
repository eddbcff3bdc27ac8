"""A sheet of paper and a figure in another site's page, as a browser draws them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PAPER = "embed=true&embed_options=light_theme&lang=en"
ROOM = (297 - 2 * 14) / 25.4 * 96
"""Pixels that A4 has between the sheet's margins."""
LOADED = "row => [...row.querySelectorAll('img')].every(image => image.complete)"
FLOW = """() => {
  const blocks = [...document.querySelectorAll("[data-testid=stVerticalBlock]")].filter(block => block.offsetHeight)
  return blocks.length > 5 && blocks.every(block => getComputedStyle(block).display === "block")
}"""


def opened(visitor: Visitor, path: str) -> Page:
    """A page without a head that `open` could wait for."""
    visitor.page.goto(visitor.url + path)
    expect(visitor.page.locator("[class*=st-key-figure_]").locator("visible=true").first).to_be_visible(timeout=90_000)
    visitor.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return visitor.page


def test_a_worksheet_prints_on_one_or_two_pages_in_black_on_white(visit: Visit) -> None:
    visitor = visit(900, 1200, color_scheme="dark")
    page = opened(visitor, f"/degradation?sheet=worksheet&{PAPER}")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    code = page.locator("img.rv-qr")
    page.wait_for_function("code => code.complete && code.naturalWidth > 0", arg=code.element_handle())
    expect(page.get_by_test_id("stButton").locator("visible=true")).to_have_count(0)
    expect(page.get_by_text(lesson("common").labels["sheet_print"])).to_be_hidden()
    question, picture = (page.locator(f".st-key-{key}").bounding_box() for key in ("ask_degradation", "figure_cifar"))
    assert question
    assert picture
    assert question["y"] >= picture["y"] + picture["height"], "it covers nothing that is to be drawn on"
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(pages) in (1, 2)
    visitor.check()


@pytest.mark.parametrize("name", ["activations", "shortcuts"])
def test_no_paper_is_turned_for_the_last_lines_alone(visit: Visit, name: str) -> None:
    visitor = visit(794, 1123)
    page = opened(visitor, f"/{name}?sheet=worksheet&embed=true&embed_options=light_theme&lang=zh")
    expect(page.locator(".st-key-foot")).to_be_visible(timeout=90_000)
    visitor.settled()
    page.emulate_media(media="print")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2


def test_one_figure_stands_alone_with_its_controls(visit: Visit) -> None:
    visitor = visit()
    for link, shown in (("", "nudge"), ("&figure=size", "size"), ("&figure=none", "nudge")):
        page = opened(visitor, f"/gradients?embed=true&lang=en{link}")
        for stage in ("nudge", "size"):
            expect(page.locator(f".st-key-stage_{stage}")).to_be_visible(visible=stage == shown)
        expect(page.locator(f".st-key-stage_{shown}").get_by_test_id("stSlider").first).to_be_visible()
        expect(page.locator("h1, .st-key-foot, [data-testid=stTopNavLink]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pictures_of_a_class_share_one_line_of_paper(visit: Visit, language: str) -> None:
    visitor = visit(688, 1000)  # A4 within its margins
    page = opened(visitor, f"/transfer?sheet=worksheet&embed=true&embed_options=light_theme&lang={language}")
    page.emulate_media(media="print")
    rows = page.locator(".rv-classes .images")
    expect(rows).to_have_count(3)
    for row in rows.all():
        expect(row.locator("img")).to_have_count(12)
        box = row.bounding_box()
        assert box
        page.wait_for_function(LOADED, arg=row.element_handle())
        lefts, tops, rights = row.locator("img").evaluate_all(
            "all => ['left', 'top', 'right'].map(side => all.map(image => image.getBoundingClientRect()[side]))"
        )
        assert max(tops) - min(tops) < 1
        assert lefts == sorted(lefts)
        assert max(rights) <= box["x"] + box["width"] + 0.5
        assert box["x"] + box["width"] <= 688


@pytest.mark.parametrize(
    ("language", "paths"),
    [
        ("en", ("gradients",)),
        ("zh", ("mixing",)),
        pytest.param("en", ("mixing",), marks=pytest.mark.endurance),
        pytest.param("zh", ("why", "shortcuts"), marks=pytest.mark.endurance),
    ],
)
def test_the_first_question_is_on_the_first_page(visit: Visit, language: str, paths: Sequence[str]) -> None:
    visitor = visit(688, 1000)
    for path in paths:
        page = opened(visitor, f"/{path}?sheet=worksheet&embed=true&embed_options=light_theme&lang={language}")
        page.emulate_media(media="print")
        page.wait_for_function(FLOW)
        question = page.locator("[class*=st-key-ask_]").first
        expect(question).to_be_visible()
        assert question.evaluate("e => e.getBoundingClientRect().bottom") <= ROOM, path


@pytest.mark.parametrize(
    ("sheet", "paths"),
    [
        ("worksheet", ("block", "mixing")),
        ("answers", ("activations", "gradients")),
        pytest.param("worksheet", ("degradation", "build"), marks=pytest.mark.endurance),
        pytest.param("answers", ("bottleneck", "mixing"), marks=pytest.mark.endurance),
    ],
)
def test_nothing_to_press_is_printed_but_what_it_is_set_to(visit: Visit, sheet: str, paths: Sequence[str]) -> None:
    """The lines of a block's code, which are read, are buttons too."""
    visitor = visit(688, 1000)
    for path in paths:
        page = opened(visitor, f"/{path}?sheet={sheet}&{PAPER}")
        page.emulate_media(media="print")
        expect(page.locator("input, select, button:not(.code button)").locator("visible=true")).to_have_count(0)
        expect(page.locator("[class*=st-key-hint_]").locator("visible=true")).to_have_count(0)
        if path == "gradients":
            expect(page.get_by_text("gradient of the weights", exact=True)).to_be_visible()
            expect(page.get_by_text("gradient of the output", exact=True)).to_be_hidden()
        if path == "mixing":
            values = page.locator(".mixer .slider output")
            expect(values).to_have_text(["1", "2", "−1", "0"])
            expect(values.locator("visible=true")).to_have_count(4)
            expect(page.locator(".edge-challenge .controls output").locator("visible=true")).to_have_count(4)
            pressed = page.locator(".mixer .presets, .mixer .switches, .edge-challenge button")
            expect(pressed.locator("visible=true")).to_have_count(0)
        expect(page.locator("[class*=st-key-files_], [class*=st-key-take_]").locator("visible=true")).to_have_count(0)


def test_the_words_of_a_whole_network_can_be_read_on_paper(visit: Visit) -> None:
    visitor = visit(688, 1000)
    page = opened(visitor, f"/build?sheet=worksheet&{PAPER}")
    page.emulate_media(media="print")
    words = page.locator(".st-key-diagram_build svg text")
    expect(words.first).to_be_visible()
    heights = words.evaluate_all("all => all.map(word => word.getBoundingClientRect().height).filter(height => height)")
    assert len(heights) > 20
    assert min(heights) > 9


def test_what_is_moved_to_the_next_page_lies_over_nothing(visit: Visit) -> None:
    """Blocks, not flexible boxes, are what a browser breaks between pages."""
    visitor = visit(688, 1000)
    page = opened(visitor, f"/transfer?sheet=worksheet&{PAPER}")
    page.emulate_media(media="print")
    expect(page.locator(".st-key-foot")).to_be_visible()
    page.wait_for_function(FLOW)


COLOURS = """() => [...document.querySelectorAll("[data-testid=stApp], [data-testid=stApp] *")]
  .filter(each => each.checkVisibility() && !each.closest("svg"))
  .map(each => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor].join(" on "))"""


def test_the_plan_prints_in_black_on_white_whatever_the_theme(visit: Visit) -> None:
    visitor = visit(900, 1200, color_scheme="dark")
    page = visitor.open("/plan?lang=en")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(15, 20, 27)")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    found = set(page.evaluate(COLOURS))
    assert len(page.evaluate(COLOURS)) > 100
    clear, white, black = "rgba(0, 0, 0, 0)", "rgb(255, 255, 255)", "rgb(0, 0, 0)"
    assert found <= {f"{black} on {clear}", f"{black} on {white}"}
    visitor.check()
