"""What answers a question is not read while the question is open: not on its own page, and not on another one."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.text import LANGUAGES, lesson
from tests.files import VIEWS
from tests.ui.test_pages import open_page, texts
from tests.ui.test_predictions import asked

LESSONS = {view: {key: value for key, value in link.items() if key != "further"} for view, link in VIEWS.items()}
"""Every lesson as it opens, each explanation of *Why* too."""
ASKING = [view for view in LESSONS if view != "claims"]
"""All but the last, whose questions are about the others."""
FIGURE = re.compile(r"(?<![\w.])(?:\d+[.,/][\d.,/]*\d|\d+%)")
"""A number that is looked up rather than guessed: with a point, a fraction, a share."""
TELLS = {
    "block": [("block", "branch"), ("block", "silence")],
    "activations": [("activations", "skips")],
    "degradation": [("degradation", "what")],
    "nudge": [("gradients", "nudge")],
    "size": [("gradients", "size"), ("gradients", "training")],
    "responses": [("responses", "evidence")],
    "lesion": [("ensemble", "evidence_lesion")],
    "surfaces": [("surfaces", "evidence")],
    "nested": [("nested", "limits")],
    "shortcuts_gain": [("shortcuts", "identity")],
    "shortcuts_widen": [("shortcuts", "level")],
    "mixing": [("mixing", "cannot")],
    "mixing_row": [("mixing", "bend")],
    "bottleneck": [("bottleneck", "why")],
    "bottleneck_time": [("bottleneck", "cost")],
    "build": [("build", "depth")],
    "transfer": [("transfer", "head")],
    "transfer_modes": [("transfer", "modes")],
}
"""The sections that answer a question in words: file and section."""
WORDS = {
    "size": {"en": ["They explode", "explode towards"], "zh": ["爆炸"]},
    "surfaces": {"en": ["smoother surface", "surface is smoother", "smoother loss"], "zh": ["曲面更平滑", "更平滑的曲面"]},
    "mixing": {"en": ["no pixel knows"], "zh": ["互不相知"]},
    "transfer": {"en": ["a handful of pictures", "five pictures a class"], "zh": ["几张图片就够", "五张图片就够"]},
    "degradation": {"en": ["plain network train worse"], "zh": ["反而更难训练"]},
}
"""What else has told it."""


def told(at: AppTest) -> str:
    """All that the page says, but for the questions and their options; what is folded too."""
    labels = [str(button.label) for button in at.button if not str(button.key).startswith("w_predict_")]
    html = [str(element.proto.body) for element in at.get("html") if "<style>" not in str(element.proto.body)]
    folds = [str(fold.label) for fold in at.expander]
    return _plain(" ".join([texts(at), *labels, *html, *folds]))


def _plain(text: str) -> str:
    """With one usual blank wherever there is any, also one at which no line ends."""
    return re.sub(r"\s+", " ", text)


def heading(name: str, section: str, language: str) -> str:
    """What stands over a section: where it is, the section is."""
    return _plain(next(line for line in lesson(name, language).sections[section].splitlines() if line.startswith("#")))


def figures(sentence: str) -> set[str]:
    """Those that a sentence has; all and nothing are words."""
    return {*FIGURE.findall(sentence)} - {"0%", "100%"}


class Reading(NamedTuple):
    """What somebody reads who opens a view of a page, and then asks to be shown all answers."""

    questions: tuple[str, ...]
    before: str
    """All that it says at first."""
    given: frozenset[str]
    """The figures that the questions themselves have."""
    after: str
    measured: tuple[str, ...]
    """The sentences with the measurements, one a question."""


@cache
def read(view: str, language: str) -> Reading:
    at = open_page(view.split()[0], lang=language, **LESSONS.get(view, {}))
    questions = () if view == "claims" else tuple(asked(at))
    before, given = told(at), figures(" ".join(ask_of(at, key) for key in questions))
    for key in questions:
        at.button(f"w_predict_{key}_show").click().run()
    measured = [line for line in texts(at).splitlines() if line.startswith(":blue[")] if questions else []
    return Reading(questions, before, frozenset(given), told(at), tuple(measured))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ASKING)
def test_an_open_question_is_answered_nowhere_else_on_the_page(view: str, language: str) -> None:
    name, (questions, before, given, after, measured) = view.split()[0], read(view, language)
    assert take_away(name, language) not in before
    assert (take_away(name, language) in after) == (name != "why"), "that of the four explanations comes after all of them"
    for key in questions:
        assert not said_of(key, before, language)
        for file, section in TELLS.get(key, []):
            assert heading(file, section, language) in after, section
    assert len(measured) == len(questions)
    for because in measured:
        assert not (figures(because) - given) & figures(before), because


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ASKING)
def test_no_other_page_answers_a_lessons_questions(view: str, language: str) -> None:
    """Not in words, and not with the figures that were measured: two of them in one sentence, or the only one that there is. A
    figure alone may be another's."""
    name, (questions, _, given, _, measured) = view.split()[0], read(view, language)
    for other in ("home", *LESSONS):
        if other.split()[0] == name:
            continue
        page = read(other, language).before
        assert take_away(name, language) not in page, other
        for key, because in zip(questions, measured, strict=True):
            assert not said_of(key, page, language), other
            answer = figures(because) - given
            told_there = [sentence for sentence in sentences(page) if len(answer & figures(sentence)) >= min(2, len(answer)) > 0]
            assert not told_there, (other, because)


def take_away(name: str, language: str) -> str:
    return _plain(lesson(name, language).sections["take_away"]).strip()


def said_of(key: str, page: str, language: str) -> list[str]:
    """What a page has of the sections that answer a question, and of the words that would."""
    headings = [heading(file, section, language) for file, section in TELLS.get(key, [])]
    return [tells for tells in (*headings, *WORDS.get(key, {}).get(language, [])) if tells in page]


def sentences(text: str) -> list[str]:
    """Each with what stands between it and the next: a point within a number ends none."""
    return re.split(r"(?<=[.?!]) |(?<=[。？！])", text)


def ask_of(at: AppTest, key: str) -> str:
    """What is asked on a page, in bold, and the options of this question."""
    labels = [str(button.label) for button in at.button if str(button.key).startswith(f"w_predict_{key}_")]
    bold = [str(markdown.value) for markdown in at.markdown if str(markdown.value).startswith("**")]
    return " ".join([*bold, *labels])


def test_every_question_of_the_course_has_its_sections() -> None:
    """None is forgotten here: only what no section answers is missing."""
    found = {key for view in ASKING for key in read(view, "en").questions}
    assert found - {*TELLS} == {"shortcuts"}
