"""What answers a question is not read on the page while the question is open."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.text import LANGUAGES, lesson
from tests.files import VIEWS
from tests.ui.test_pages import open_page, texts
from tests.ui.test_predictions import asked

LESSONS = {view: {key: value for key, value in link.items() if key != "further"} for view, link in VIEWS.items()}
"""Every lesson as it opens, each explanation of *Why* too."""
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", [view for view in LESSONS if view != "claims"])
def test_an_open_question_is_answered_nowhere_else_on_the_page(view: str, language: str) -> None:
    name = view.split()[0]
    at = open_page(name, lang=language, **LESSONS[view])
    questions = asked(at)
    before, given = told(at), figures(" ".join(ask_of(at, key) for key in questions))
    take_away = _plain(lesson(name, language).sections["take_away"]).strip()
    assert take_away not in before
    for key in questions:
        for word in WORDS.get(key, {}).get(language, []):
            assert word not in before, word
        for file, section in TELLS.get(key, []):
            assert heading(file, section, language) not in before, section
    for key in questions:
        at.button(f"w_predict_{key}_show").click().run()
    after = told(at)
    assert (take_away in after) == (name != "why"), "that of the four explanations comes after all of them"
    for key in questions:
        for file, section in TELLS.get(key, []):
            assert heading(file, section, language) in after, section
    measured = [line for line in texts(at).splitlines() if line.startswith(":blue[")]
    assert len(measured) == len(questions)
    for because in measured:
        assert not (figures(because) - given) & figures(before), because


def ask_of(at: AppTest, key: str) -> str:
    """What is asked on a page, in bold, and the options of this question."""
    labels = [str(button.label) for button in at.button if str(button.key).startswith(f"w_predict_{key}_")]
    bold = [str(markdown.value) for markdown in at.markdown if str(markdown.value).startswith("**")]
    return " ".join([*bold, *labels])


def test_every_question_of_the_course_has_its_sections() -> None:
    """None is forgotten here: only what no section answers is missing."""
    found = {key for view, link in LESSONS.items() if view != "claims" for key in asked(open_page(view.split()[0], **link))}
    assert found - {*TELLS} == {"shortcuts"}
