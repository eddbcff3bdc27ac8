"""The weight figure shows the matrix it was given."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_viz.draw.matrices import weight_figure
from resnet_viz.probes.learned_matrix import random_singular_values, similarity_order, singular_values
from resnet_viz.text import LANGUAGES, lesson


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("upright", [False, True])
def test_every_weight_stands_at_its_own_channels(language: str, upright: bool) -> None:
    weight = np.random.default_rng(0).standard_normal((6, 9)).astype(np.float32)
    rows, columns = similarity_order(weight), similarity_order(weight.T)
    singular = singular_values(weight)
    chance = random_singular_values((6, 9), float(np.linalg.norm(weight)))
    figure = weight_figure(weight, rows, columns, singular, chance, lesson("mixing", language).labels, upright=upright)
    heat, learned, random = figure.data
    for y, out in enumerate(heat.y):
        for x, into in enumerate(heat.x):
            assert heat.z[y][x] == weight[int(out), int(into)]
    assert heat.zmin == -heat.zmax, "0 is the neutral colour"
    assert heat.zmax == np.abs(weight).max()
    np.testing.assert_array_equal(learned.y, singular)
    np.testing.assert_array_equal(random.y, chance)


def test_a_matrix_of_zeros_can_be_drawn() -> None:
    some = np.arange(2)
    figure = weight_figure(np.zeros((2, 2)), some, some, np.zeros(2), np.zeros(2), lesson("mixing").labels)
    assert figure.data[0].zmax == 1
