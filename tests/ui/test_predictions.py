"""An answer is a code: the language of the page is another matter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import resnet_viz
from resnet_viz.text import LANGUAGES, lesson
from tests.files import VIEWS
from tests.thinned import quickly
from tests.ui.test_pages import open_page


def asked(at: AppTest) -> list[str]:
    """The questions that are asked and not answered yet."""
    return [key.removeprefix("w_predict_").removesuffix("_show") for key in keys(at) if key.endswith("_show")]


def answered(at: AppTest) -> list[str]:
    """The questions that have been answered."""
    return [key.removeprefix("w_predict_").removesuffix("_again") for key in keys(at) if key.endswith("_again")]


def keys(at: AppTest) -> list[str]:
    return [str(button.key) for button in at.button if str(button.key).startswith("w_predict_")]


def verdicts(at: AppTest, language: str) -> list[str]:
    """What the page says of answers, with what has been measured."""
    words = lesson("common", language).labels
    said = [str(markdown.value) for markdown in at.markdown]
    return [text for text in said if f"**{words['right']}**" in text or f"**{words['wrong']}**" in text]


@pytest.mark.parametrize("view", quickly([view for view in VIEWS if view != "claims"], "build", "mixing", "gradients"))
def test_a_prediction_survives_a_change_of_language_and_back(view: str) -> None:
    at = open_page(view.split()[0], lang="en", **VIEWS[view])
    questions = asked(at)
    assert questions
    assert not verdicts(at, "en")
    for key in questions:
        at.button(f"w_predict_{key}_1").click().run()
    assert {*questions} <= {*answered(at)}
    found = verdicts(at, "en")
    assert len(found) >= len(questions)
    for language in reversed(LANGUAGES):
        at.segmented_control("w_lang").set_value(language).run()
        assert {*questions} <= {*answered(at)}
        assert len(verdicts(at, language)) == len(found)
        assert (verdicts(at, "en") == found) == (language == "en"), "the same answers, in the language of the page"


def test_who_only_wants_to_see_is_told_neither_right_nor_wrong() -> None:
    at = open_page("build")
    (key,) = asked(at)
    at.button(f"w_predict_{key}_show").click().run()
    assert answered(at) == [key]
    assert not verdicts(at, "en")
    at.button(f"w_predict_{key}_again").click().run()
    assert asked(at) == [key]


def test_no_widget_has_words_as_its_values() -> None:
    """What a choice lists comes from the code; its words come through `format_func`."""
    choices = {"pills", "segmented_control", "radio", "selectbox", "select_slider", "multiselect"}
    for path in Path(resnet_viz.__file__).parent.joinpath("ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in choices:
                options = ast.unparse(node.args[1]) if len(node.args) > 1 else ""
                assert not any(word in options for word in ("say", "labels", "words", "text")), f"{path.name}:{node.lineno}"
