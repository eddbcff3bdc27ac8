"""An answer is a code: the language of the page is another matter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import resnet_viz
from resnet_viz.text import LANGUAGES
from tests.files import VIEWS
from tests.ui.test_pages import open_page


def asked(at: AppTest) -> list[str]:
    return [str(pills.key) for pills in at.pills if str(pills.key).startswith("w_predict_")]


def boxes(at: AppTest) -> list[str]:
    return [box.value for kind in (at.success, at.info) for box in kind]


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "claims"])
def test_a_prediction_survives_a_change_of_language_and_back(view: str) -> None:
    at = open_page(view.split()[0], lang="en", **VIEWS[view])
    keys = asked(at)
    assert keys
    before = {*boxes(at)}
    for key in keys:
        at.pills(key).set_value(1).run()
    answers = {*boxes(at)} - before
    assert len(answers) == len(keys)
    for language in reversed(LANGUAGES):
        at.segmented_control("w_lang").set_value(language).run()
        assert [at.pills(key).value for key in keys] == [1] * len(keys)
        assert (answers <= {*boxes(at)}) == (language == "en"), "the same answers, in the language of the page"


def test_no_widget_has_words_as_its_values() -> None:
    """What a choice lists comes from the code; its words come through `format_func`."""
    choices = {"pills", "segmented_control", "radio", "selectbox", "select_slider", "multiselect"}
    for path in Path(resnet_viz.__file__).parent.joinpath("ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in choices:
                options = ast.unparse(node.args[1]) if len(node.args) > 1 else ""
                assert not any(word in options for word in ("say", "labels", "words", "text")), f"{path.name}:{node.lineno}"
