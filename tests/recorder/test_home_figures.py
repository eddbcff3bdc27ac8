"""What Home shows is what the shipped network says, with every choice of its skips."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from resnet_viz.nets.weights import card, trained
from resnet_viz.recorder.command import main
from resnet_viz.recorder.figures import hero, thumbnails
from resnet_viz.recorder.figures.hero import NAME, SAMPLES, input_of
from resnet_viz.recorder.files import read_json
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.lessons.home.recording import Recorded, experiment

BLOCKS = card(NAME).spec.blocks
CHOICES = 2 ** len(BLOCKS)
SINGLE = [0, CHOICES - 1, *(1 << block for block in range(len(BLOCKS)))]
DRAWN = random.Random(0).sample(range(CHOICES), 6)


def recorded(sample: str) -> Recorded:
    return next(picture for picture in experiment().pictures if picture.sample == sample)


def check(found: Recorded, choice: int, probabilities: torch.Tensor) -> None:
    """The three first guesses of a choice, and what the network says (classes,)."""
    said = probabilities.numpy()
    codes, chances = zip(*list(found.guesses())[choice], strict=True)
    np.testing.assert_allclose(said[list(codes)], chances, atol=2e-3)
    np.testing.assert_allclose(sorted(said)[:-4:-1], chances, atol=2e-3)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_choice_of_skips_is_the_network_without_the_others(sample: str) -> None:
    x, found = input_of(NAME, sample)[1], recorded(sample)
    for choice in [*SINGLE, *DRAWN]:
        kept = frozenset(block for n, block in enumerate(BLOCKS) if not choice >> n & 1)
        with torch.inference_mode():
            logits = trained(NAME, replace(card(NAME).spec, skips=kept))(x)
        check(found, choice, torch.softmax(logits[0], 0))


def test_all_choices_of_one_picture() -> None:
    """One after the other, each from the picture on."""
    x, found = input_of(NAME, "cat")[1], recorded("cat")
    whole, plain = trained(NAME), trained(NAME, replace(card(NAME).spec, skips="none"))
    parts = [name for name, _ in whole.named_children()]
    first = next(n for n, name in enumerate(parts) if name.startswith("layer"))
    behind = parts[first:][sum(name.startswith("layer") for name in parts) :]
    with torch.inference_mode():
        for name in parts[:first]:
            x = whole.get_submodule(name)(x)
        for choice in range(CHOICES):
            y = x
            for n, block in enumerate(BLOCKS):
                y = (plain if choice >> n & 1 else whole).get_submodule(block)(y)
            for name in behind:
                y = whole.get_submodule(name)(y)
            check(found, choice, torch.softmax(y[0], 0))


def test_with_all_skips_the_network_is_right() -> None:
    for picture in experiment().pictures:
        assert experiment().classes[next(picture.guesses())[0][0]] == picture.sample


def test_recorded_again_it_is_what_ships(tmp_path: Path) -> None:
    assert main(["figures", "hero", "thumbnails", "--out", str(tmp_path)]) == 0
    now, shipped = read_json(tmp_path / "hero.json"), read_json(hero.FILE)
    assert {"made", "machine", "code_version"} <= set(now)
    for one, other in zip(now["pictures"], shipped["pictures"], strict=True):
        assert all(one[key] == other[key] for key in ("sample", "png", "channels", "sides"))
    again, before = read_json(tmp_path / "thumbnails.json")["lessons"], read_json(thumbnails.FILE)["lessons"]
    assert again.keys() == before.keys()
    assert {name: len(svg) for name, svg in again.items()} == pytest.approx({n: len(s) for n, s in before.items()}, rel=0.02)


def test_maps_are_half_bytes_of_each_block_with_the_skips_up_to_it() -> None:
    for picture in experiment().pictures:
        pixels = sum(2 ** (n + 1) * side**2 for n, side in enumerate(picture.sides))
        assert len(zlib.decompress(picture.maps)) == pixels / 2
    assert sum(len(picture.maps) for picture in experiment().pictures) < 40_000


def test_each_lesson_has_a_small_picture() -> None:
    drawn = read_json(thumbnails.FILE)["lessons"]
    assert set(LESSONS) <= drawn.keys()
    for svg in drawn.values():
        assert len(ElementTree.fromstring(svg)) >= 2
        assert len(svg) < 4_000
