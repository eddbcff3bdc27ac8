"""A damaged shipped file costs the section that needs it one sentence with its name; all other sections go on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_viz.nets import weights
from resnet_viz.studies import loss_surface
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.course import LESSONS
from tests.thinned import quickly
from tests.ui.test_pages import open_page, open_shown, texts

NAME = "cifar_resnet20"
VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in ("home", *LESSONS) if name != "why"},
    "activations": ("activations", {"net": NAME}),
    "block": ("block", {"net": NAME}),
    "shortcuts": ("shortcuts", {"net": NAME, "further": "picture"}),
    "degradation": ("degradation", {"further": "paper"}),
    "gradients": ("gradients", {"past": "cifar-20"}),
    "responses": ("why", {"panel": "small"}),
    "ensemble": ("why", {"panel": "ensemble", "pair": "cifar-20"}),
    "surfaces": ("why", {"panel": "surface", "lp": "cifar-20"}),
    "claims": ("claims", {"claims": "degradation.cost", "claim": "cost"}),
    "quiz": ("claims", {"quiz": "5"}),
}
"""Pages and panels as they need the most of this network's files."""
RUNS = {"activations", "block", "shortcuts", "responses"}
"""Run the network."""
TELLS_OF_TRAINING = {"degradation", "gradients", "claims", "quiz"}
NEEDS = {
    ".safetensors": RUNS,
    ".history.json": TELLS_OF_TRAINING,
    ".json": RUNS | TELLS_OF_TRAINING | {"ensemble"},
}


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    """These caches know nothing of the folder."""

    def clear() -> None:
        loss_surface._pieces.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()

    clear()
    yield
    clear()


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another disk
        shutil.copy2(source, target)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = tmp_path / "trained"
    shutil.copytree(Path(weights.__file__).parent / "trained", copied, copy_function=link_or_copy)
    monkeypatch.setattr(weights, "_folder", lambda: copied)
    return copied


def seen(at: AppTest) -> str:
    """All that is read on the page, as a reader sees it: without Markdown's signs."""
    return "\n".join([texts(at), *(error.value for error in at.error)]).replace("\\", "").replace("`", "")


def damage(folder: Path, kind: str) -> str:
    """Cut one of the network's files short; its name."""
    path = folder / f"{NAME}{kind}"
    start = path.read_bytes()[:100]
    path.unlink()  # the folder's own: the shipped one goes by the same inode
    path.write_bytes(start)
    return path.name


def told_in(view: str) -> str:
    page, link = VIEWS[view]
    at = open_shown(page, page, **link) if view == "degradation" else open_page(page, **link)
    told = seen(at)
    assert lesson("common").labels["failure"] not in told
    return told


NEEDED = [(kind, view) for kind, views in NEEDS.items() for view in sorted(views)]
FEW = [(".safetensors", "block"), (".history.json", "degradation"), (".json", "claims"), (".json", "ensemble")]


@pytest.mark.parametrize(("kind", "view"), quickly(NEEDED, *FEW))
def test_one_sentence_where_it_is_needed(folder: Path, kind: str, view: str) -> None:
    name = damage(folder, kind)
    told = told_in(view)
    assert name in told
    if view == "claims":
        assert lesson("claims").labels["verdict_corrected"] in told, "the other claim is measured as ever"


@pytest.mark.parametrize("view", quickly(VIEWS, "home", "gradients", "quiz"))
def test_and_none_elsewhere(folder: Path, view: str) -> None:
    names = [damage(folder, kind) for kind, views in NEEDS.items() if view not in views]
    told = told_in(view)
    assert [name for name in names if name in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_untrained_network_takes_the_place_of_damaged_weights(folder: Path, language: str) -> None:
    (folder / f"{NAME}.safetensors").unlink()
    told = seen(open_page("activations", net=NAME, lang=language))
    assert lesson("weights", language).say("gone", file=f"{NAME}.safetensors") in told
    assert lesson("activations", language).say("untrained_guess", seed=0) in told


def test_weights_are_checked_without_building_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose numbers are all known needs no network, and builds none to find out that its weights are whole."""
    open_page("activations", net=NAME)
    inference.model.clear()
    made: list[str] = []
    monkeypatch.setattr("resnet_viz.nets.weights.build", lambda spec, *_: made.append(str(spec)))
    open_page("activations", net=NAME)
    assert made == []


@pytest.mark.parametrize(("page", "language"), [("activations", "en"), ("block", "zh"), ("shortcuts", "en")])
def test_numbers_that_outgrow_float32_are_told_and_not_drawn(page: str, language: str) -> None:
    """Without BN the values of an untrained network double in each block: 500 blocks are too many."""
    net = "basic-500.1-w4-cifar-nobn-c10"
    told = seen(
        open_page(page, net=net, weights="untrained", pick="layer2.0", block="layer2.0", lang=language, further="picture")
    )
    sentence = lesson("refused", language).labels["not_finite"]
    assert sentence.partition("{count}")[2] in told
    assert "nan" not in told
    assert lesson("common", language).labels["failure"] not in told
