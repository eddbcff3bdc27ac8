"""The gradient lesson in a browser: read a line, play a run, put a dot, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.nets.weights import history
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.gradients import comparison, norms
from tests.browser.conftest import Visitor, serious_findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("gradients").labels


def show(visitor: Visitor, page: Page, *questions: str) -> None:
    """Ask to be shown what a question hides; the page goes to it at once."""
    page.emulate_media(reduced_motion="reduce")
    for question in questions:
        button = page.locator(f".st-key-w_predict_{question}_show button")
        button.click()
        page.mouse.move(0, 0)  # where it points at no curve, whatever moves
        expect(page.locator(f".st-key-answered_{question}")).to_be_focused(timeout=20_000)
        visitor.settled()


def test_a_dot_is_put_with_the_keyboard_and_a_number_is_read(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/gradients?change=dot&dot=3.3")
    page.get_by_role("application", name=WORDS["dot_label"]).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("dot=4[.]5"))
    visitor.settled()
    expect(page.get_by_role("application", name=f"{WORDS['dot_label']} 4, 5")).to_be_visible()
    show(visitor, page, "size")
    first = page.locator(".st-key-figure_size .profiles")
    first.locator("canvas").first.focus()
    page.keyboard.press("ArrowRight")
    found = norms.norms(str(comparison.default_spec().plain()), "shapes", 0).weights()[0].weight_grad_norm
    assert found
    expect(first.locator(".read")).to_contain_text(f"conv1: plain-56 {float(f'{found:.3g}'):g} · residual-56")
    first.get_by_label(WORDS["profiles_rms"]).check()
    expect(first.locator(".read")).not_to_contain_text(f"plain-56 {float(f'{found:.3g}'):g}")
    uses = """(canvas, alt) => !canvas.dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowLeft", altKey: alt, bubbles: true, cancelable: true }))"""
    assert [first.locator("canvas").first.evaluate(uses, alt) for alt in (False, True)] == [True, False], "with Alt it is Back"


def test_what_a_finger_has_touched_stays_read(visit: Visit) -> None:
    visitor = visit(390, 844, has_touch=True, is_mobile=True)
    page = visitor.open("/gradients")
    show(visitor, page, "nudge")
    picture = page.locator(".st-key-figure_nudge .profiles")
    picture.locator("canvas").first.tap()
    expect(picture.locator(".read")).to_contain_text("plain-56")
    page.locator("h1").tap()
    expect(picture.locator(".read")).to_contain_text("plain-56")


def test_a_run_is_played_and_a_skip_is_removed_on_the_diagram(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/gradients?depth=20&further=diagram")
    show(visitor, page, "size")
    player = page.locator(".st-key-figure_size .profiles")
    steps = history(twins("shapes", 20)[0]).steps
    when = player.locator("output")
    expect(when).to_have_text(WORDS["profiles_when"].format(step=0))
    slider = player.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    expect(when).to_have_text(WORDS["profiles_when"].format(step=steps[-1]))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(when).to_have_text(WORDS["profiles_when"].format(step=steps[1]))
    player.get_by_role("button", name=WORDS["profiles_play"]).click()
    expect(when).not_to_have_text(WORDS["profiles_when"].format(step=steps[1]), timeout=10_000)
    player.get_by_role("button", name=WORDS["profiles_pause"]).click()
    expect(player.get_by_role("button", name=WORDS["profiles_play"])).to_be_visible()
    assert int(slider.input_value()) > 1, "it has gone on from where it was"
    player.get_by_label(WORDS["profiles_rms"]).check()
    expect(when).to_be_hidden()
    player.get_by_label(WORDS["profiles_weight"]).check()
    expect(when).to_be_visible()
    page.locator("[data-kind=skip]").nth(4).press("Enter")
    name = lesson("gradients").say("some", depth=20, kept=8, all=9)
    expect(page.locator(".st-key-picture_size strong", has_text=name)).to_be_visible(timeout=20_000)
    expect(page).to_have_url(re.compile("skips=cut2[.]1"))


def test_a_second_skip_is_cut_in_the_network_that_the_first_cut_has_made(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/gradients?depth=20&further=diagram")
    show(visitor, page, "size")
    arcs = page.locator(".st-key-figure_diagram [data-kind=skip]")
    chosen = page.locator(".st-key-w_flow_which [aria-checked=true]")
    for index, cut in ((4, "cut2[.]1"), (6, "cut2[.]1_3[.]0")):
        arcs.nth(index).press("Enter")
        expect(page).to_have_url(re.compile(f"skips={cut}(&|$)"), timeout=20_000)
        visitor.settled()
        kept = 9 - len(cut.split("_"))
        expect(chosen).to_have_text(lesson("gradients").say("some", depth=20, kept=kept, all=9))
    expect(page.locator(".st-key-figure_diagram .arc.off")).to_have_count(2)


@pytest.mark.endurance
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_serious_for_axe_and_it_fits_a_phone(visit: Visit, language: str) -> None:
    visitor = visit(390, 844)
    page = visitor.open(f"/gradients?lang={language}&change=dot")
    show(visitor, page, "nudge", "size")
    expect(page.locator(".profiles .names").first).to_contain_text(lesson("gradients", language).say("plain", depth=56))
    assert not serious_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
