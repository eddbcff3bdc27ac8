"""Home in a browser: a click on an arc changes the guess there and then; the tour is driven by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from playwright.sync_api import Page, expect

from resnet_viz.nets.weights import card, trained
from resnet_viz.recorder.figures.hero import NAME, input_of
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.text.tour import tour
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.navigation import PAGES
from tests.browser.conftest import Visitor, serious_findings

BLOCKS = card(NAME).spec.blocks
PATIENCE = 40_000
"""Milliseconds: the first page that needs torch waits for it."""
WORDS, TOUR = lesson("home").labels, lesson("tour").labels
SAID = ".hero .said"


def guess(sample: str, *gone: str) -> str:
    """What the network says, as the page writes it."""
    spec = replace(card(NAME).spec, skips=frozenset(set(BLOCKS) - {f"layer{name}" for name in gone}))
    with torch.inference_mode():
        chances = torch.softmax(trained(NAME, spec)(input_of(NAME, sample)[1])[0], 0)
    best = int(chances.argmax())
    return f"{lesson('activations').labels[f'class_{card(NAME).classes[best]}']} {chances[best]:.0%}"


def press(page: Page, label: str) -> str:
    """Click a button of the experiment and read its sentence in the same task, before anybody could have answered."""
    return str(
        page.evaluate(
            """label => {
                const root = [...document.querySelectorAll("*")].map(e => e.shadowRoot).find(r => r?.querySelector(".hero"))
                root.querySelector(`[aria-label="${label}"]`).click()
                return root.querySelector(".said").textContent
            }""",
            label,
        )
    )


def remove(block: str) -> str:
    return WORDS["hero_remove"].format(block=block)


def test_a_removed_skip_changes_the_guess_without_the_server(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    sent: list[object] = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page = visitor.open("/?lang=en")
    said = page.locator(SAID)
    expect(said).to_contain_text(guess("cat"), timeout=PATIENCE)
    before = len(sent)
    assert f"without the skip of block 1.0: {guess('cat', '1.0')}." in press(page, remove("1.0")).lower()
    assert guess("cat", "1.0", "2.1") in press(page, remove("2.1"))
    assert guess("cat", "2.1") in press(page, remove("1.0")), "put back"
    expect(page.get_by_role("button", name=remove("2.1"))).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=lesson("activations").labels["sample_truck"]).click()
    expect(said).to_contain_text(guess("truck", "2.1"))
    page.get_by_role("button", name=WORDS["hero_restore"]).click()
    expect(said).not_to_contain_text("Without")
    assert len(sent) == before


def test_the_tour_begins_with_the_whole_network_and_keeps_what_its_steps_ask_for(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.open("/?lang=en")
    said = page.locator(SAID)
    expect(said).to_contain_text(guess("cat"), timeout=PATIENCE)
    press(page, remove("2.1"))
    expect(said).to_contain_text("Without")
    page.get_by_role("button", name=TOUR["tour_start"]).click()
    expect(page).to_have_url(re.compile("tour=1"))
    visitor.settled()  # both networks stand there until the run that changes them has ended
    expect(said).not_to_contain_text("Without")
    press(page, remove("1.0"))
    page.get_by_role("button", name=TOUR["tour_next"]).click()
    expect(page).to_have_url(re.compile("tour=2"))
    visitor.settled()
    expect(said).to_contain_text(guess("cat", "1.0"))


def test_an_arc_under_the_hand_or_the_focus_stands_out_and_says_what_a_press_does(visit: Callable[..., Visitor]) -> None:
    page = visit().open("/?lang=en")
    button = page.get_by_role("button", name=remove("1.1"))
    arc, other = (page.locator(f".hero .block:nth-child({n}) .skip") for n in (2, 3))
    wide = other.evaluate("e => parseFloat(getComputedStyle(e).strokeWidth)")
    for reach in (button.hover, lambda: (page.mouse.move(0, 0), button.focus(), page.keyboard.press("Shift"))):
        reach()
        for gone, label in (("false", "hero_remove"), ("true", "hero_put_back")):
            expect(button).to_have_attribute("aria-pressed", gone)
            expect(button).to_have_attribute("title", WORDS[label].format(block="1.1"))
            assert arc.evaluate("e => parseFloat(getComputedStyle(e).strokeWidth)") > wide
            assert other.evaluate("e => parseFloat(getComputedStyle(e).strokeWidth)") == wide
            button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "false")


def test_keys_go_from_arc_to_arc(visit: Callable[..., Visitor]) -> None:
    page = visit().open("/?lang=en")
    first, second = (page.get_by_role("button", name=remove(block)) for block in ("1.0", "1.1"))
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.locator(SAID)).to_contain_text(guess("cat", "1.1"))
    page.keyboard.press("End")
    last = page.get_by_role("button", name=remove(BLOCKS[-1].removeprefix("layer")))
    expect(last).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(last).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=WORDS["hero_restore"])).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(last).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("toolbar", name=WORDS["hero_pictures"]).get_by_role("button").first).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_experiment_is_on_one_screen(visit: Callable[..., Visitor], language: str) -> None:
    page = visit().open(f"/?lang={language}")
    expect(page.locator(SAID)).to_contain_text("90%", timeout=PATIENCE)
    for width, height in ((1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".hero").bounding_box()
        assert box
        assert box["y"] <= 200
        assert box["y"] + box["height"] <= min(height, 720)
        sizes = page.locator(".hero button").evaluate_all(
            "all => all.map(b => b.getBoundingClientRect()).map(r => [r.width, r.height])"
        )
        assert all(w >= 40 and h >= 40 for w, h in sizes)
        assert not serious_findings(page)


def place(page: Page, at: int) -> None:
    expect(page.locator(".tour .place")).to_have_text(TOUR["tour_place"].format(at=at, count=len(tour())), timeout=PATIENCE)


def outline(page: Page, key: str) -> str:
    return str(page.locator(f".st-key-{key}").evaluate("e => getComputedStyle(e).outlineStyle"))


def test_the_tour_is_driven_by_keys_and_leaves_the_page_as_it_is(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.open("/?lang=en")
    page.get_by_role("button", name=TOUR["tour_start"]).click()
    place(page, 1)
    assert outline(page, "figure_home") == "solid"
    page.keyboard.press("ArrowRight")
    place(page, 2)
    page.locator(".tour p").evaluate("line => { line.wasHere = true }")
    page.locator(".tour .next").press("Enter")
    place(page, 3)
    expect(page.locator("h1")).to_contain_text(lesson(tour()[2].page).title, timeout=PATIENCE)
    expect(page.locator(".tour .next"), "the focus stays while the page changes").to_be_focused()
    assert page.locator(".tour p").evaluate("line => line.wasHere"), "only words that change in a line are read aloud"
    page.keyboard.press("PageUp")
    place(page, 2)
    expect(page.locator("h1")).to_contain_text(lesson("home").title, timeout=PATIENCE)
    page.get_by_role("button", name=remove("1.0")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=remove("1.1"))).to_be_focused()
    place(page, 2)
    assert not serious_findings(page)
    page.get_by_role("button", name=TOUR["tour_leave"]).click()
    expect(page.locator(".tour")).to_have_count(0, timeout=PATIENCE)
    assert outline(page, "figure_home") == "none"
    expect(page.locator("h1")).to_contain_text(lesson("home").title, timeout=PATIENCE)
    assert "tour" not in page.url
    page.keyboard.press("ArrowRight")
    visitor.settled()
    expect(page.locator("h1")).to_contain_text(lesson("home").title, timeout=PATIENCE)


@pytest.mark.endurance
def test_whoever_has_seen_every_lesson_still_sees_all_of_them_in_the_navigation(visit: Callable[..., Visitor]) -> None:
    visitor = visit(1280, 720)
    page = visitor.open("/block?lang=en")
    for name in LESSONS[1:]:
        page.locator(".st-key-foot").get_by_test_id("stPageLink-NavLink").click()
        expect(page.locator("h1")).to_contain_text(lesson(name).title)
        visitor.settled()
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_count(len(PAGES))
    for once_more in (False, True):
        if once_more:
            page.reload()
            visitor.settled()
        expect(links.filter(has_text="✓")).to_have_count(len(LESSONS) - 1)
        expect(page.locator("[data-testid=stTopNavLink][aria-current=page]")).to_contain_text(lesson("claims").labels["nav"])
