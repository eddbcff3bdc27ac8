"""Less than a page: a sheet of paper asks, or says what is right; a figure stands alone."""

from __future__ import annotations

import itertools
from html import escape

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from resnet_viz.studies.quiz import QUESTIONS
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.page import framed
from resnet_viz.ui.lessons.claims.quiz_answers import answer, ask_text, option_texts
from tests.ui.test_pages import open_page, texts

BOXES = "<ul class='rv-boxes'>"


def html(at: AppTest) -> str:
    return "".join(str(element.proto.body) for element in at.get("html"))


def prose_folds(at: AppTest) -> list[str]:
    """What is folded beside controls: the rest of a text, and further experiments."""
    labels = {lesson("common", "en").labels["read_more"], *lesson("gradients", "en").labels.values()}
    return [fold.label for fold in at.expander if fold.label in labels - {lesson("gradients", "en").labels["more"]}]


@pytest.mark.parametrize(("name", "language"), [*zip(LESSONS, itertools.cycle(LANGUAGES))])
def test_a_worksheet_asks_what_the_page_asks_and_gives_nothing_away(name: str, language: str) -> None:
    page, sheet = open_page(name, lang=language), open_page(name, lang=language, sheet="worksheet")
    assert not sheet.exception
    options = [button.label for button in page.button if str(button.key).startswith("w_predict_")]
    shown = {lesson("common", language).labels["show_me"]}
    assert options
    assert all(f"<li>{escape(option)}</li>" in html(sheet) for option in options if option not in shown)
    assert not [button for button in sheet.button if str(button.key).startswith("w_predict_")]
    quiz = len(QUESTIONS) if name == "claims" else 0
    assert html(sheet).count(BOXES) == sum(option in shown for option in options) + quiz
    assert f"%2F{name}%3Flang%3D{language}" in html(sheet)
    assert lesson(name, language).sections["take_away"] not in texts(sheet)


@pytest.mark.parametrize("name", LESSONS)
def test_a_teachers_copy_says_what_the_page_says_to_who_wants_to_see(name: str) -> None:
    page, sheet = open_page(name, lang="en"), open_page(name, lang="en", sheet="answers")
    assert not sheet.exception
    assert BOXES not in html(sheet)
    assert lesson(name, "en").sections["take_away"] in texts(sheet)
    asked = [str(button.key) for button in page.button if str(button.key).endswith("_show")]
    for key in asked:
        page.button(key).click().run()
    answers = [said for said in texts(page).splitlines() if said.startswith(":blue[")]
    assert len(answers) == len(asked)
    assert all(said in texts(sheet) for said in answers)


def test_the_quiz_is_on_paper_as_a_whole_and_right_on_the_teachers_copy() -> None:
    words = lesson("quiz", "en")
    worksheet, answers = (open_page("claims", lang="en", sheet=sheet) for sheet in ("worksheet", "answers"))
    for place, question in enumerate(QUESTIONS, 1):
        found = answer(question)
        options, because = option_texts(question, found, words), words.say(f"because_{question}", **found.numbers)
        assert f"**{place}. {ask_text(question, found, words)}**" in texts(worksheet)
        assert all(f". {escape(option)}</li>" in html(worksheet) for option in options)
        assert because not in texts(worksheet)
        assert because in texts(answers)
        assert any(f". {options[found.right]}**" in caption.value for caption in answers.caption)


def test_a_sheet_has_no_prose_and_a_page_has() -> None:
    for sheet in ("worksheet", "answers"):
        at = open_page("gradients", lang="en", sheet=sheet)
        assert not prose_folds(at)
        assert lesson("gradients", "en").sections["nudge"].split("<!--")[0].strip()[:40] not in texts(at)


def test_an_embedded_page_draws_neither_head_nor_foot_nor_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = open_page("gradients", lang="en")
    monkeypatch.setattr(ContextProxy, "is_embedded", property(lambda _self: True))
    embedded = open_page("gradients", lang="en", figure="size")
    assert whole.title
    assert not embedded.title
    assert prose_folds(whole)
    assert not prose_folds(embedded)
    told = lesson("common", "en").say("take_away", sentence=lesson("common", "en").labels["take_away_after"])
    assert told in texts(whole)
    assert told not in texts(embedded)
    assert ".st-key-stage_size" in html(embedded)


def test_the_plan_has_every_lesson_with_its_sheets() -> None:
    at = open_page("plan", lang="en")
    links = [element.proto.url for element in at.get("link_button")]
    for name in LESSONS:
        assert lesson("plan", "en").sections[name] in texts(at)
        for sheet in ("worksheet", "answers"):
            assert f"/{name}?lang=en&sheet={sheet}&embed=true&embed_options=light_theme" in links


def test_a_picture_is_offered_to_the_sites_that_may_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESNET_VIZ_FRAME_ANCESTORS", raising=False)
    assert [framed(name) for name in ("home", "block", "plan", "teach")] == ["refused", "refused", "", ""]
    monkeypatch.setenv("RESNET_VIZ_FRAME_ANCESTORS", "https://course.example.org")
    assert [framed(name) for name in ("home", "block", "plan", "teach")] == ["embed", "embed", "", ""]


@pytest.mark.parametrize(
    "link",
    [
        {"name": "gradients"},
        {"name": "gradients", "training": "cifar-20"},
        {"name": "why", "panel": "small"},
        {"name": "why", "panel": "ensemble"},
        {"name": "why", "panel": "surface"},
    ],
    ids=lambda link: " ".join(link.values()),
)
def test_axes_without_values_have_no_badge(link: dict[str, str]) -> None:
    paper, answers = (sources(open_page(**link, lang="en", sheet=sheet)) for sheet in ("worksheet", "answers"))
    assert answers
    assert not paper


def sources(at: AppTest) -> list[str]:
    """The badges that say where numbers come from."""
    common = lesson("common", "en").labels
    badges = [line for line in texts(at).splitlines() if "-badge[" in line]
    return [badge for badge in badges if any(common[kind] in badge for kind in ("measured", "recorded", "cited"))]
