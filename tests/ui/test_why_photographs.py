"""The network for photographs on *Why it works*: what deleting its blocks and removing its skips does to its own pictures."""

from __future__ import annotations

import re

import pytest
import torch

from resnet_viz.nets.presets import preset
from resnet_viz.nets.weights import card, trained
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit import inference
from resnet_viz.ui.lessons.why import photo_lesions
from resnet_viz.ui.lessons.why.photo_lesions import PhotoLesions
from tests.ui.test_pages import open_page, texts

WORDS = lesson("ensemble")


@pytest.fixture(scope="module")
def counted() -> PhotoLesions:
    """Of networks that were built without each skip, and of blocks that hand on what their shortcut brings."""
    spec, facts = preset("photo_resnet18"), card("photo_resnet18")
    own = [to_square(sample.load(), facts.size) for sample in samples() if {*sample.classes} & {*facts.classes}]
    source = inference.WeightsSource("shipped", "photo_resnet18")
    x = torch.cat([inference.network_input(square, source, 3) for square in own])
    with torch.no_grad():
        first = trained("photo_resnet18").eval()(x).argmax(1)
        skip, branch = [], []
        for block in spec.blocks:
            cut = trained("photo_resnet18", spec.with_skip(block, False)).eval()
            skip.append(int((cut(x).argmax(1) != first).sum()))
            silent = trained("photo_resnet18").eval()
            silent.get_submodule(f"{block}.bn2").weight.zero_()
            silent.get_submodule(f"{block}.bn2").bias.zero_()  # F(x) = 0
            branch.append(int((silent(x).argmax(1) != first).sum()))
    return PhotoLesions(spec.blocks, tuple(branch), tuple(skip), len(own))


def test_the_network_for_photographs_on_its_own_pictures(counted: PhotoLesions) -> None:
    assert photo_lesions.measured() == counted
    assert sum(counted.skip) > sum(counted.branch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_counted_waits_for_the_prediction(language: str) -> None:
    found = photo_lesions.measured()
    words = lesson("ensemble", language)
    at = open_page("why", panel="ensemble", lang=language, further="photo")
    assert photo_lesions.sentence(found, words) not in texts(at), "it waits for the prediction"
    at.button("w_predict_lesion_show").click().run()
    assert photo_lesions.sentence(found, words) in texts(at)


def test_the_sentence_on_photographs_says_what_was_counted() -> None:
    for branch, skip, key in (((0, 1), (2, 2), "photo_skip_more"), ((3, 3), (1, 0), "photo_skip_no_more")):
        said = photo_lesions.sentence(PhotoLesions(("layer1.0", "layer2.0"), branch, skip, 4), WORDS)
        assert WORDS.labels[key] in said
        assert not re.search(r"[{}]", said)
