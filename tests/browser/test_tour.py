"""What a step of the tour speaks of is on the screen, and no question lies over what it asks to be done."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from resnet_viz.text import lesson
from resnet_viz.text.tour import tour
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
STEPS = {name: at for at, name in enumerate(lesson("tour").sections, 1)}
IN_VIEW = """selector => {
  const box = document.querySelector(selector)?.getBoundingClientRect()
  const bar = document.querySelector(".st-key-tour_bar [data-testid=stBidiComponentIsolated]")?.shadowRoot?.querySelector(".tour")
  return box?.height > 0 && box.top >= 0 && box.bottom <= bar?.getBoundingClientRect().top
}"""
LIT_IN_VIEW = """selector => [...document.querySelectorAll(`${selector}, ${selector} *`)].some(place => {
  const { top, bottom, height } = place.getBoundingClientRect()
  const { outlineStyle, outlineWidth } = getComputedStyle(place)
  const isLit = outlineStyle === "solid" && parseFloat(outlineWidth) >= 3
  return isLit && height > 100 && top >= 0 && top < innerHeight / 4 && bottom <= innerHeight
})"""
OTHERS_ARE_OUT_OF_VIEW = """selector => {
  const head = document.querySelector("[data-testid=stHeader]").getBoundingClientRect().bottom
  return [...document.querySelectorAll("[class*='st-key-ask_']")].every(ask => {
    const { top, bottom } = ask.getBoundingClientRect()
    return ask.matches(selector) || bottom <= head || top >= innerHeight
  })
}"""
COVERED = """controls => controls.filter(control => {
  const { x, y, width, height } = control.getBoundingClientRect()
  let top = document.elementFromPoint(x + width / 2, y + height / 2)
  while (top?.shadowRoot) top = top.shadowRoot.elementFromPoint(x + width / 2, y + height / 2)
  return !top?.closest("label, button, input") || top.closest("[class*='st-key-ask_']")
}).length"""


def at_step(visitor: Visitor, name: str) -> Page:
    step = tour()[STEPS[name] - 1]
    return visitor.open(f"/{step.page}?{urlencode({**step.link, 'tour': STEPS[name]})}")


@pytest.mark.parametrize(
    ("step", "question"),
    [("ask_depth", "degradation"), ("ask_gradients", "size"), ("bottleneck", "bottleneck"), ("ask_transfer", "transfer")],
)
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_question_that_a_step_asks_is_the_one_on_the_screen(
    visit: Visit, step: str, question: str, width: int, height: int
) -> None:
    page = at_step(visit(width, height), step)
    page.wait_for_function(IN_VIEW, arg=f".st-key-ask_{question}")
    page.wait_for_function(OTHERS_ARE_OUT_OF_VIEW, arg=f".st-key-ask_{question}")


@pytest.mark.parametrize(
    ("step", "controls"),
    [("sum", ".stepper .bar button"), ("sum", ".stepper .code button"), ("mixing", ".mixer input[type=range]:enabled")],
)
def test_no_question_lies_over_what_is_to_be_done(visit: Visit, step: str, controls: str) -> None:
    visitor = visit(1280, 720)
    page = at_step(visitor, step)
    found = page.locator(f"{controls} >> visible=true")
    found.first.wait_for()
    page.wait_for_function(IN_VIEW, arg="[class*=st-key-ask_]")
    assert found.count() > 2
    assert found.evaluate_all(COVERED) == 0
    assert page.locator(f".st-key-{tour()[STEPS[step] - 1].light}").filter(has=found).count() == 1


@pytest.mark.parametrize(("step", "question"), [("depth", "degradation"), ("gradients", "size")])
def test_on_a_phone_the_answered_picture_is_lit_and_brought_into_view(visit: Visit, step: str, question: str) -> None:
    page = at_step(visit(390, 844), step)
    page.locator(f".st-key-w_predict_{question}_show button").click()
    page.locator(f".st-key-answered_{question}").wait_for()
    page.wait_for_function(LIT_IN_VIEW, arg=f".st-key-picture_{question}")
