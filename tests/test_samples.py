"""The pictures that come with the app: there, free, and what their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from resnet_viz import samples
from resnet_viz.nets.weights import card, trained
from resnet_viz.pictures import to_square
from resnet_viz.text import LANGUAGES, lesson

FOLDER = Path(samples.__file__).parent


def test_every_file_is_offered_and_its_source_told() -> None:
    codes = {sample.code for sample in samples.samples()}
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for file in FOLDER.glob("*.jpg"):
        assert file.stem in codes
        assert file.name in sources or file.stem in sources
    for sample in samples.samples():
        assert sample.author
        assert sample.licence
        for language in LANGUAGES:
            assert lesson("activations", language).labels[f"sample_{sample.code}"]


@pytest.mark.parametrize("sample", samples.samples(), ids=lambda sample: sample.code)
def test_every_sample_is_a_picture_with_something_on_it(sample: samples.Sample) -> None:
    image = sample.load()
    assert image.mode == "RGB"
    assert min(image.size) >= 224
    assert np.asarray(to_square(image, 32)).std() > 5


def test_drawings_are_what_they_are_called() -> None:
    drawn = {s.code: np.asarray(to_square(s.load(), 32)).astype(float) for s in samples.samples()}
    vertical = drawn["stripes-vertical"].mean(-1)
    assert vertical.std(0).max() < 1
    assert vertical.std(1).min() > 50
    dot = drawn["red-dot"]
    red = (dot[..., 0] > 150) & (dot[..., 1] < 100)
    assert 1 <= red.sum() < 40
    edge = drawn["edge"].mean(-1)
    assert np.abs(np.diff(edge.mean(0))).argmax() in (14, 15, 16)


def own_samples(network: str) -> list[samples.Sample]:
    """The samples that show one of the classes that this network was trained on."""
    return [sample for sample in samples.samples() if {*sample.classes} & {*card(network).classes}]


def test_both_kinds_of_networks_have_pictures_of_their_own() -> None:
    assert len({*own_samples("cifar_resnet20")}) >= 4
    photo = own_samples("photo_resnet18")
    classes = set(card("photo_resnet18").classes)
    assert {name for sample in photo for name in sample.classes if name in classes} == classes


@pytest.mark.parametrize("sample", own_samples("photo_resnet18"), ids=lambda sample: sample.code)
def test_the_network_for_photographs_knows_its_own_samples(sample: samples.Sample) -> None:
    facts = card("photo_resnet18")
    pixels = np.asarray(to_square(sample.load(), facts.size), dtype=np.float64) / 255
    x = torch.from_numpy((pixels - facts.mean) / facts.std).permute(2, 0, 1)[None].float()  # (1, 3, S, S)
    with torch.no_grad():
        chances = torch.softmax(trained("photo_resnet18").eval()(x)[0], 0)
    assert facts.classes[int(chances.argmax())] in sample.classes
    assert float(chances.max()) > 0.5


def test_what_is_drawn_is_called_drawn() -> None:
    for sample in samples.samples():
        named = {language: lesson("activations", language).labels[f"sample_{sample.code}"] for language in LANGUAGES}
        is_thing = bool(sample.classes) and not sample.is_photograph
        assert ("drawn" in named["en"], "绘图" in named["zh"]) == (is_thing, is_thing), sample.code
