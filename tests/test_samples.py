"""The pictures that come with the app: there, free, and what their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_viz import samples
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
