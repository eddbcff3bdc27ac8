"""The mixer in a real browser: the result follows the slider without the server, and hears of it when the finger lifts."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from resnet_viz.pictures import to_square
from resnet_viz.probes.mixing import Mix, mixed, pixels
from resnet_viz.samples import samples
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.mixing.mixer import SIDE
from tests.browser.conftest import Visitor
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("mixing").labels
LEARNED = WORDS["weights_trained"].format(name=lesson("network").labels["net_bottleneck-2.2.2-w16-cifar-c10"])


def frames(page: Page) -> int:
    count: int = page.evaluate("performance.getEntriesByName('mixer-frame').length")
    return count


def slider_draws_here_and_tells_the_server_once_it_rests(page: Page) -> None:
    slider = page.locator(".mixer").get_by_role("slider", name="R", exact=True)
    before, url = frames(page), page.url
    slider.evaluate("e => { e.value = '2'; e.dispatchEvent(new Event('input', { bubbles: true })) }")
    page.wait_for_function("n => performance.getEntriesByName('mixer-frame').length > n", arg=before)
    assert page.url == url
    slider.evaluate("e => e.dispatchEvent(new Event('change', { bubbles: true }))")
    expect(page).to_have_url(re.compile("mix="))


def dot_product_is_that_of_the_picture(page: Page) -> None:
    page.get_by_role("button", name=WORDS["mix_preset_luminance"]).click()
    square = to_square(to_square(next(s for s in samples() if s.code == "cat").load(), 512), SIDE)
    mix = Mix(rows=((0.2126, 0.7152, 0.0722, 0.0),))
    value = float(mixed(mix, pixels(np.asarray(square)))[0, SIDE // 2, SIDE // 2])
    expect(page.locator(".sum").first).to_contain_text(re.compile(rf"[=≈] {value:.2f}$"))


def matrix_grows_to_eight_rows_and_shrinks(page: Page) -> None:
    page.get_by_text(WORDS["mix_matrix"], exact=True).click()
    add = page.get_by_role("button", name=WORDS["mix_add"])
    for _ in range(7):
        add.click()
    expect(add).to_be_disabled()
    remove = [page.get_by_role("button", name=WORDS["mix_remove"].format(channel=channel)) for channel in (7, 8)]
    expect(remove[1], "what cannot be pressed keeps no focus").to_be_focused()
    expect(page.locator("tbody tr").filter(has=page.locator("td.value"))).to_have_count(8)
    remove[1].click()
    expect(add).to_be_enabled()
    expect(remove[0], "the focus does not go with the row").to_be_focused()


def pixel_is_chosen_by_a_press_and_stays_while_the_pointer_passes(page: Page) -> None:
    frame, where = page.locator(".frame").first, page.locator(".read .quiet")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    before, chosen = SIDE // 3, 2 * SIDE // 3
    first, second = [
        (box["x"] + (at + 0.5) / SIDE * box["width"], box["y"] + (at + 0.5) / SIDE * box["height"]) for at in (before, chosen)
    ]
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*second)
    page.mouse.up()
    expect(where).to_have_text(WORDS["mix_where"].format(line=chosen, column=chosen))
    drawn = frames(page)
    page.mouse.move(*first)
    frame.press("ArrowLeft")  # the frame that draws this would draw the other too
    page.wait_for_function("n => performance.getEntriesByName('mixer-frame').length > n", arg=drawn)
    assert where.inner_text() == WORDS["mix_where"].format(line=chosen, column=chosen - 1)


def pixel_is_chosen_with_the_keyboard(page: Page) -> None:
    page.locator(".frame").first.focus()
    where = page.get_by_text(WORDS["mix_where"].format(line=SIDE // 2, column=SIDE // 2 + 1))
    page.keyboard.press("ArrowRight")
    expect(where).to_be_visible()


def only_with_a_neighbour_it_sees_edges(page: Page) -> None:
    page.get_by_role("checkbox", name=WORDS["mix_neighbour"]).check()
    expect(page.get_by_text(WORDS["mix_note_neighbour"])).to_be_visible()
    page.get_by_role("checkbox", name=WORDS["mix_shuffle"]).check()
    expect(page.get_by_text(WORDS["mix_note_both"])).to_be_visible()
    for label in ("mix_shuffle", "mix_neighbour"):
        page.get_by_role("checkbox", name=WORDS[label]).uncheck()


def learned_matrix_is_drawn_once_it_is_asked_for(page: Page) -> None:
    expect(page.get_by_text(LEARNED)).to_have_count(0)
    page.get_by_text(WORDS["further_learned"]).click()
    expect(page.get_by_text(LEARNED)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("is a matrix of 32 × 128")).to_be_visible()


def what_comes_out_hides_until_it_is_predicted(page: Page) -> None:
    out = page.locator(".mixer .out canvas").first
    expect(out).to_be_hidden()
    page.locator(".st-key-w_predict_mixing_show button").click()
    expect(out).to_be_visible()


def challenge_reacts_and_says_in_the_end_that_there_is_none(page: Page) -> None:
    verdict = page.locator(".edge-challenge .verdict")
    expect(verdict).to_contain_text(WORDS["edge_goal"])
    slider = page.locator(".edge-challenge input[type=range]").first
    slider.focus()
    for _ in range(10):
        slider.press("ArrowLeft")
    expect(verdict).to_contain_text(WORDS["edge_said_vanished"])
    expect(verdict).to_contain_text(WORDS["edge_none"])
    expect(page.locator(".edge-challenge figure").last).to_contain_text("0")


def test_on_a_phone_the_three_pictures_of_the_challenge_stand_side_by_side(visit: Visit) -> None:
    page = visit(390, 844, has_touch=True, is_mobile=True).open("/mixing")
    figures = page.locator(".edge-challenge figure").all()
    boxes = [figure.locator("canvas").bounding_box() for figure in figures]
    tracks = [figure.locator(".track").first.bounding_box() for figure in figures[1:]]
    assert len(boxes) == 3
    for row in (boxes, tracks):
        assert len({round(box["y"]) for box in row if box}) == 1
    assert all(box and box["x"] + box["width"] <= 390 for box in boxes)


def test_on_a_phone_the_pictures_stay_beside_each_other_when_a_name_takes_two_lines(visit: Visit) -> None:
    page = visit(390, 844).open("/mixing?mix=-2.5_-2.25_1.75_-1.5__relu")
    names = page.locator(".mixer :is(.in, .out) > figcaption")
    expect(names.nth(1)).to_contain_text("2.5R")
    heights = [names.nth(i).evaluate("e => e.getBoundingClientRect().height") for i in (0, 1)]
    assert heights[1] > 1.5 * heights[0], "the name of y takes two lines"
    tops = page.locator(".mixer :is(.in, .out) .frame").evaluate_all("all => all.map(e => e.getBoundingClientRect().top)")
    assert tops[0] == pytest.approx(tops[1], abs=0.5)


@pytest.mark.endurance
def test_the_lesson_is_used_from_top_to_bottom_and_a_link_brings_the_mix_along(visit: Visit) -> None:
    page = visit().open("/mixing")
    what_comes_out_hides_until_it_is_predicted(page)
    slider_draws_here_and_tells_the_server_once_it_rests(page)
    dot_product_is_that_of_the_picture(page)
    matrix_grows_to_eight_rows_and_shrinks(page)
    pixel_is_chosen_with_the_keyboard(page)
    pixel_is_chosen_by_a_press_and_stays_while_the_pointer_passes(page)
    only_with_a_neighbour_it_sees_edges(page)
    challenge_reacts_and_says_in_the_end_that_there_is_none(page)
    learned_matrix_is_drawn_once_it_is_asked_for(page)
    page.get_by_role("button", name=WORDS["mix_preset_opponent"]).click()
    expect(page).to_have_url(re.compile("mix=opponent"))
    other = visit().open("/" + page.url.split("/", 3)[3])
    expect(other.get_by_role("button", name=WORDS["mix_preset_opponent"])).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("width", "height", "language"),
    quickly([(1280, 720, "zh"), (1280, 720, "en"), (1440, 900, "en"), (1000, 720, "en")], (1280, 720, "en"), (1000, 720, "en")),
)
def test_the_question_covers_no_slider(visit: Visit, width: int, height: int, language: str) -> None:
    page = visit(width, height).open(f"/mixing?lang={language}")
    question = page.locator(".st-key-ask_mixing").bounding_box()
    sliders = [row.bounding_box() for row in page.locator(".mixer .slider").all()]
    assert question
    assert len(sliders) == 4
    for slider in sliders:
        assert slider
        assert question["x"] + question["width"] < slider["x"] or question["y"] + question["height"] < slider["y"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_every_slider_can_be_reached_while_the_question_is_in_view(visit: Visit, language: str) -> None:
    page = visit(390, 844, has_touch=True, is_mobile=True).open(f"/mixing?lang={language}")
    question = page.locator(".st-key-ask_mixing")
    sliders = page.locator(".mixer .slider input")
    expect(sliders).to_have_count(4)
    for slider in sliders.all():
        slider.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        expect(question).to_be_in_viewport(ratio=1)
        slider.tap(timeout=2_000)  # which fails where anything lies over it
    assert page.locator(".mixer .frame").first.evaluate("e => e.getBoundingClientRect().bottom") < question.evaluate(
        "e => e.getBoundingClientRect().top"
    )


@pytest.mark.parametrize(("width", "height", "language"), [(1280, 720, "en"), (1440, 900, "zh")])
def test_all_switches_stand_in_a_row(visit: Visit, width: int, height: int, language: str) -> None:
    page = visit(width, height).open(f"/mixing?lang={language}")
    switches = page.locator(".mixer .switches :is(label, .distance)")
    expect(switches.first).to_be_visible()
    middles = switches.evaluate_all("all => all.map(e => e.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2)")
    assert len(middles) == 5
    assert max(middles) - min(middles) < 4


def test_the_options_of_the_question_share_a_line_on_a_laptop(visit: Visit) -> None:
    page = visit(1280, 720).open("/mixing?lang=zh")
    options = page.locator(".st-key-ask_mixing button")
    expect(options).to_have_count(4)
    assert len(set(options.evaluate_all("all => all.map(e => Math.round(e.getBoundingClientRect().top))"))) == 1
