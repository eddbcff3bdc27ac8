"""Filters as pictures: the numbers can be read off again."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_viz.draw.filters import filter_colours, filter_sheet
from resnet_viz.nets.weights import trained


def test_the_weights_can_be_read_off_the_sheet() -> None:
    weights = trained("photo_resnet18").conv1.weight.detach().numpy()  # (32, 3, 7, 7)
    columns, tile, gap = 8, 98, 4
    sheet = np.asarray(filter_sheet(weights, columns, tile, gap), dtype=float)
    for k, one in enumerate(weights):
        top, left = (gap + n * (tile + gap) for n in divmod(k, columns))
        middles = np.arange(7) * tile // 7 + tile // 14
        read = sheet[top + middles][:, left + middles].transpose(2, 0, 1)  # (3, 7, 7)
        most = np.abs(one).max()
        assert np.abs((read / 127.5 - 1) * most - one).max() <= 1.01 * most / 255


def test_each_filter_has_its_own_scale_and_zero_is_grey() -> None:
    weights = np.zeros((3, 3, 2, 2))
    weights[0, 0, 0, 0], weights[1, 0, 0, 0] = 1e-4, 1e4
    first, second, nothing = filter_colours(weights)
    assert np.array_equal(first, second)
    assert (nothing == 128).all()


@pytest.mark.parametrize("shape", [(4, 1, 3, 3), (3, 7, 7)])
def test_what_has_no_three_colours_is_quoted(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="filters must be"):
        filter_colours(np.zeros(shape))
