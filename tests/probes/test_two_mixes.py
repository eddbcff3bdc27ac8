"""Two 1×1 convolutions in a row: one matrix without a ReLU between, more with one."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_viz.probes.mixing import pixels
from resnet_viz.probes.two_mixes import WIDTH, two_mixes
from resnet_viz.samples import samples


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("channels", [1, 3, 7])
def test_without_a_relu_nothing_independent_is_added(channels: int, seed: int) -> None:
    x = np.random.default_rng(seed + 100).standard_normal((channels, 400))
    plain, bent = (two_mixes(x, relu=relu, seed=seed) for relu in (False, True))
    assert plain.rank == channels, "the product of the two matrices has the rank of the input"
    assert plain.gap < 1e-12
    assert bent.rank > channels
    assert bent.gap > 0.01


def test_the_singular_values_are_those_of_the_output() -> None:
    """By the whole matrix instead of its square."""
    x = np.random.default_rng(1).standard_normal((3, 50))
    found = two_mixes(x, relu=True)
    x = x - x.mean(axis=1, keepdims=True)
    chance = np.random.default_rng(0)
    first, second = chance.standard_normal((WIDTH, 3)) / np.sqrt(3), chance.standard_normal((WIDTH, WIDTH)) / np.sqrt(WIDTH)
    direct = np.linalg.svd(second @ np.maximum(first @ x, 0), compute_uv=False)
    np.testing.assert_allclose(found.singular, direct / direct[0], atol=1e-6)


def test_every_sample_gives_what_the_lesson_says() -> None:
    """Three colours are three independent maps; a ReLU makes more of them."""
    for sample in samples():
        x = pixels(np.asarray(sample.load().convert("RGB").resize((64, 64)))).reshape(3, -1)
        plain, bent = (two_mixes(x, relu=relu) for relu in (False, True))
        assert plain.rank <= 3, sample.code
        assert bent.rank > plain.rank, sample.code
        assert plain.gap < 1e-12
        assert bent.gap > 0.01


def test_a_black_picture_has_no_directions() -> None:
    found = two_mixes(np.zeros((3, 10)), relu=True)
    assert found.rank == 0
    assert found.gap == 0
