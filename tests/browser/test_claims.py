"""Claims, measured, in a browser: a number on the screen, the quiz by keyboard alone, two visitors, any screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.draw import palette
from resnet_viz.nets.blockcost import block_plan
from resnet_viz.studies.claims import CLAIMS
from resnet_viz.studies.quiz import QUESTIONS, answer
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.claims.quiz_answers import ask_text, option_texts
from tests.browser.conftest import Visitor, heading, serious_findings_in_both_schemes
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS, QUIZ = lesson("claims"), lesson("quiz")
BELOW_THE_HEADER = """() => {
  const box = each => document.querySelector(each).getBoundingClientRect()
  const [sentence, head] = [box(".st-key-claim_sentence"), box("[data-testid=stHeader]")]
  return sentence.top >= head.bottom && sentence.bottom <= window.innerHeight
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guess_puts_numbers_on_the_screen(visit: Visit, language: str) -> None:
    page = visit().open(f"/claims?lang={language}&claim=cost")
    words = lesson("claims", language).labels
    page.get_by_role("button", name=words["guess_not"]).click()
    card = page.locator(".st-key-picture_claims")
    expect(card).to_contain_text(words["verdict_corrected"], timeout=60_000)
    for block in ("basic", "bottleneck"):
        expect(card).to_contain_text(f"{block_plan(block, 64, 56, 56).macs:,}")
    expect(card.locator(".rv-bars")).to_be_visible()
    expect(page).to_have_url(re.compile("claims=cost"))
    widths = card.locator(".rv-bars .bar").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
    assert widths[1] == pytest.approx(widths[0] / 3, rel=0.02), "what is claimed"
    assert widths[3] == pytest.approx(widths[0] * 17 / 288, rel=0.02), "what is measured"


def test_a_drawing_has_the_colours_of_its_ground_also_when_that_changes(visit: Visit) -> None:
    visitor = visit(color_scheme="dark")
    page = visitor.open("/claims?lang=en&claim=degradation")
    page.get_by_role("button", name=lesson("common").labels["show_me"]).first.click()
    drawing = page.locator(".st-key-picture_claims svg.rv").first
    for scheme, colour in (("dark", palette.BLUE_ON_DARK), ("light", palette.BLUE)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(drawing).to_have_css("--blue", colour.lower(), timeout=60_000)
    visitor.check()


@pytest.mark.parametrize("width", quickly([390, 1280], 390))
def test_the_sentence_of_a_claim_that_is_chosen_comes_into_view(visit: Visit, width: int) -> None:
    visitor = visit(width, 720)
    page = visitor.open("/claims?claim=cost")
    page.locator(".st-key-w_predict_claim_cost_1 button").click()
    expect(page.locator(".st-key-answered_claim_cost")).to_be_visible(timeout=30_000)
    visitor.settled()
    sentence = page.locator(".st-key-claim_sentence h3")
    for choose, number in (
        (page.locator(".st-key-w_claim_next button"), CLAIMS.index("cost") + 2),
        (page.locator(".st-key-w_claim [role=radiogroup] label").last, len(CLAIMS)),
    ):
        choose.scroll_into_view_if_needed()
        choose.click()
        expect(sentence).to_have_text(re.compile(rf"^{number}\."), timeout=30_000)
        page.wait_for_function(BELOW_THE_HEADER)


def test_a_claim_leads_to_its_lesson(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/claims?claims=cost")
    link = WORDS.say("lesson", title=lesson("bottleneck").title)
    page.locator(".st-key-picture_claims").get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("bottleneck"), timeout=30_000)


def test_the_quiz_by_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    number = QUESTIONS.index("mixing_pixel") + 1
    page = visitor.open(f"/claims?quiz={number}")
    found = answer("mixing_pixel")
    options = option_texts("mixing_pixel", found, QUIZ)
    _tab_to(page, f"{'ABCD'[found.right]}. {options[found.right]}")
    page.keyboard.press("Enter")
    card = page.locator(".st-key-quiz_card")
    expect(card).to_contain_text(QUIZ.labels["right"], timeout=30_000)
    expect(page.locator(".st-key-quiz_verdict"), "which is read aloud").to_be_focused()
    visitor.settled()
    _tab_to(page, QUIZ.labels["next"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"quiz={number + 1}"), timeout=30_000)
    following = QUESTIONS[number]
    expect(card).to_contain_text(ask_text(following, answer(following), QUIZ))
    visitor.settled()
    expect(page.get_by_role("button", name=QUIZ.labels["next"])).to_be_focused()


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until the button that says so has the focus."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if words in str(page.evaluate("document.activeElement.matches('button') && document.activeElement.innerText")):
            return
    pytest.fail(f"no Tab leads to {words!r}")


@pytest.mark.endurance
def test_axe_finds_nothing_serious_and_all_fits(visit: Visit) -> None:
    visitor = visit(1280, 844)
    number = QUESTIONS.index("build_params") + 1
    page = visitor.open(f"/claims?claims={'.'.join(CLAIMS)}&claim=ensemble&further=all&quiz={number}")
    expect(page.locator(".st-key-picture_claims .rv-bars")).to_be_visible(timeout=90_000)
    page.locator(".st-key-quiz_card").get_by_role("button", name=re.compile(r"^B\. ")).click()
    expect(page.locator(".st-key-quiz_card .rv-bars").first).to_be_visible(timeout=30_000)
    visitor.settled()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
        assert not serious_findings_in_both_schemes(page)


@pytest.mark.parametrize("question", ["activations_size", "gradients_ratio", "why_paths"])
def test_an_answered_question_is_whole_on_one_screen(visit: Visit, question: str) -> None:
    visitor = visit(1280, 720)
    page = visitor.open(f"/claims?quiz={QUESTIONS.index(question) + 1}")
    card = page.locator(".st-key-quiz_card")
    card.get_by_role("button", name=re.compile(r"^A\. ")).click()
    expect(card).to_contain_text(QUIZ.labels["no_names"], timeout=60_000)
    visitor.settled()
    box = card.bounding_box()
    assert box
    assert box["height"] <= 720
