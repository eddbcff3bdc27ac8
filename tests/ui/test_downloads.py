"""Every file of every page, made as Streamlit makes it: on a thread that has no session."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import session_state_proxy

import resnet_viz
from tests.files import VIEWS, open_file
from tests.thinned import quickly
from tests.ui.test_pages import open_page

Make = Callable[[], "str | bytes"]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Make]:
    """What the pages offer from now on, by the file's name."""
    found: dict[str, Make] = {}

    def button(_label: str, make: Make, name: str, _mime: str, **_options: Any) -> None:
        found[name] = make

    monkeypatch.setattr("streamlit.download_button", button)
    return found


def made_elsewhere(make: Make, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The file, made on a thread without a session; what asks for one fails."""
    results: list[str | bytes | Exception] = []

    def forbidden() -> None:
        raise RuntimeError("a download asks for the session, which it has not where it is made")

    def run() -> None:
        assert get_script_run_ctx(suppress_warning=True) is None
        try:
            results.append(make())
        except Exception as error:
            results.append(error)

    with monkeypatch.context() as during:
        during.setattr(session_state_proxy, "get_session_state", forbidden)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    (result,) = results
    if isinstance(result, Exception):
        raise result
    return result.encode() if isinstance(result, str) else result


@pytest.mark.parametrize("view", quickly(VIEWS, "build", "activations", "why ensemble"))
def test_every_file_is_made_without_a_session(view: str, offered: dict[str, Make], monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page(view.split()[0], lang="en", **VIEWS[view])
    for key in [str(button.key) for button in at.button if str(button.key).endswith("_show")]:
        at.button(key).click().run()  # what a question hides has its files, too
    assert offered
    for name, make in offered.items():
        open_file(name, made_elsewhere(make, monkeypatch))


BEFORE = {
    "build": ["cifar_resnet20.csv", "head.csv"],
    "activations": ["photo_resnet18-church-probabilities.csv", "photo_resnet18-conv1.csv"],
    "block": ["cifar_resnet20-layer1.0.csv"],
    "mixing": ["singular-values.csv"],
    "gradients": ["identity.csv"],
    "transfer": ["guess.csv", "loss.csv"],
    "why": ["shortcuts-110.csv"],
    "why ensemble": ["paths-shapes-20.csv"],
}
"""The tables that a page with all its questions open has: what it shows then, and what its further experiments show."""


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "claims"])
def test_no_table_answers_a_question_before_it_is_asked(view: str, offered: dict[str, Make]) -> None:
    open_page("home")
    at_home = {*offered}  # the bench comes from there
    at = open_page(view.split()[0], lang="en", **VIEWS[view])
    assert [str(button.key) for button in at.button if str(button.key).endswith("_show")]
    assert sorted(name for name in {*offered} - at_home if name.endswith(".csv")) == BEFORE.get(view, [])


def test_no_page_offers_files_in_another_way() -> None:
    """So that the tests above see them all."""
    for path in Path(resnet_viz.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "download_button":
                assert path.name == "figures.py"
