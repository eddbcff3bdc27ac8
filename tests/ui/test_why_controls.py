"""Controls of *Why it works* before its questions are answered: each does something, or is not to be used and says why."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Widget

from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.why.explanations import EXPLANATIONS
from tests.ui.test_pages import open_page

FOLDS = {"surface": "w_surfaces_more"}
OF_THE_PAGE = {"w_panel", "w_lang"}
OTHER = {
    "twins": "cifar-20",
    "surface": "untrained",
    "look": "map",
    "height": "log",
    "reach": "0.5",
    "plane": "7",
    "points": "17",
    "pair": "cifar-20",
    "deletion": "swap",
    "target": "bell",
    "layers": "3",
    "family": "7",
    "copy": "yes",
}
"""A value of each that is not its default."""


def opened(panel: str, *, shown: bool = False, **given: str) -> AppTest:
    at = open_page("why", panel=panel, **given)
    if panel in FOLDS:
        at.session_state[FOLDS[panel]] = True
        at.run()
    if shown:
        at.button(f"w_predict_{EXPLANATIONS[panel].question}_show").click().run()
    assert not at.exception
    return at


def controls(at: AppTest) -> dict[str, Any]:
    """What is chosen with, by its parameter's name."""
    kinds = ("selectbox", "button_group", "slider", "number_input", "toggle")
    found = {str(each.key): each for kind in kinds for each in at.main.get(kind)}
    return {key.removeprefix("w_"): each for key, each in found.items() if key not in OF_THE_PAGE}


def drawn(block: Block) -> list[bytes]:
    """All that is shown, but for what one chooses with."""
    found: list[bytes] = []
    for child in block.children.values():
        if isinstance(child, Block):
            found += drawn(child)
        elif not isinstance(child, Widget):
            found.append(child.proto.SerializeToString(deterministic=True))
    return found


@pytest.mark.parametrize("panel", EXPLANATIONS)
def test_a_control_changes_what_is_shown_or_waits(panel: str) -> None:
    before = opened(panel)
    for name, control in controls(before).items():
        works = drawn(opened(panel, **{name: OTHER[name]}).main) != drawn(before.main)
        assert works != control.disabled, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", EXPLANATIONS)
def test_what_waits_says_so_until_the_question_is_answered(panel: str, language: str) -> None:
    said = lesson("common", language).labels["control_waits"]
    for control in controls(opened(panel, lang=language)).values():
        assert (control.help == said) == control.disabled
    for control in controls(opened(panel, shown=True, lang=language)).values():
        assert not control.disabled
        assert control.help != said
