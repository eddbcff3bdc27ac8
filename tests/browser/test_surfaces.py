"""Two loss surfaces in a real browser: one hand turns both, one reading reads both, and a new plane grows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.studies.loss_surface import LossSurface
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.text import lesson
from tests.browser.conftest import Visitor, serious_findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("surfaces").labels
PAIR = "/why?panel=surface"


def open_pair(visitor: Visitor, link: str = PAIR) -> Page:
    """The page once its question has been answered; the pointer rests where no surface comes to lie below it."""
    page = visitor.open(link)
    page.locator(".st-key-w_predict_surfaces_show button").click()
    page.mouse.move(0, 0)
    visitor.settled()
    return page


def pictures(page: Page) -> list[str]:
    """What both canvases show."""
    expect(page.locator(".surfaces .pair canvas").first).to_be_visible()
    return [str(text) for text in page.locator(".surfaces figure > canvas").evaluate_all("all => all.map(c => c.toDataURL())")]


def drag_turns_both(page: Page) -> None:
    before = pictures(page)
    first = page.locator(".surfaces figure > canvas").first
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 120, steps=5)
    page.mouse.up()
    expect(page.locator(".surfaces")).not_to_have_attribute("data-turned", "0.620 0.580")
    after = pictures(page)
    assert len(after) == 2
    assert all(a != b for a, b in zip(before, after, strict=True))


def arrow_keys_turn_both_and_home_turns_back(page: Page) -> None:
    before = pictures(page)
    page.locator(".surfaces .pair").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".surfaces")).to_have_attribute("data-turned", "0.707 0.667")
    assert all(a != b for a, b in zip(before, pictures(page), strict=True))
    page.keyboard.press("Home")
    expect(page.locator(".surfaces")).to_have_attribute("data-turned", "0.620 0.580")
    assert pictures(page) == before


def one_reading_reads_both(page: Page, key: str) -> None:
    page.locator(".surfaces .pair").focus()
    page.keyboard.press(key)
    plain, residual = (LossSurface(name).recorded().losses[12, 13] for name in twins("shapes", 56))
    expect(page.locator(".surfaces .read")).to_have_text(
        f"{WORDS['surfaces_at'].format(a='0.08', b='0.00')} plain-56 {plain:.3f} · residual-56 {residual:.3f}"
    )


def test_one_hand_turns_both_and_one_reading_reads_both(visit: Visit) -> None:
    page = open_pair(visit())
    expect(page.locator(".surfaces .scale:visible")).to_have_count(2)
    lows = [f"{LossSurface(name).recorded().losses.min():.2f}" for name in twins("shapes", 56)]
    for figure, low in zip(page.locator(".surfaces figure").all(), lows, strict=True):
        expect(figure.locator(".scale b")).to_contain_text(low)
        expect(figure.locator(".scale > span").first).to_contain_text(min(lows))
    expect(page.locator(".surfaces .note")).to_contain_text(WORDS["scale_own"])
    arrow_keys_turn_both_and_home_turns_back(page)
    one_reading_reads_both(page, "Shift+ArrowRight")
    drag_turns_both(page)


def test_a_map_on_one_scale(visit: Visit) -> None:
    page = open_pair(visit(), PAIR + "&look=map&height=linear")
    expect(page.locator(".surfaces .scale:visible")).to_have_count(1)
    expect(page.locator(".surfaces .note")).to_contain_text(WORDS["scale_linear"])
    one_reading_reads_both(page, "ArrowRight")


@pytest.mark.endurance
def test_another_plane_grows_coarse_to_fine(visit: Visit) -> None:
    visitor = visit()
    page = open_pair(visitor, PAIR + "&twins=shapes-20&plane=3")
    page.get_by_role("button", name=WORDS["here"]).click()
    expect(page.get_by_text(re.compile(re.escape(WORDS["measured_how"].format(seed=3))))).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name=WORDS["here_stop"])).to_have_count(0, timeout=90_000)
    expect(page.get_by_text("121 points of one plane")).to_be_visible()
    visitor.settled()


def test_nothing_serious_for_axe_and_nothing_wide_on_a_phone(visit: Visit) -> None:
    page = open_pair(visit(390, 844))
    expect(page.locator(".surfaces figure")).to_have_count(2)
    first, second = page.locator(".surfaces figure").evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())")
    assert second["top"] > first["bottom"] - 1, "below each other"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_findings(page) == ""
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".stApp")).to_have_css("color-scheme", "dark")
    assert serious_findings(page) == ""
