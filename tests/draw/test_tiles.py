"""Maps as bytes and as pictures keep what they show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from resnet_viz.draw import tiles

MAPS = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)),
    elements=st.floats(-1e6, 1e6, width=32),
)


@given(MAPS)
def test_packed_maps_come_back_within_half_a_step(maps: np.ndarray) -> None:
    packed = tiles.pack(maps)
    pixels = packed.pixels.reshape(maps.shape)
    low, high = packed.low[:, None, None], packed.high[:, None, None]
    back = low + pixels / 255 * (high - low).astype(np.float64)
    assert (np.abs(back - maps) <= (high - low) / 255 * 0.51 + 1e-30).all()


def test_only_the_first_maps_are_packed_and_the_rest_counted() -> None:
    maps = np.arange(10 * 4, dtype=np.float32).reshape(10, 2, 2)
    packed = tiles.pack(maps, limit=3)
    assert (packed.count, packed.total, packed.height, packed.width) == (3, 10, 2, 2)
    assert packed.low.tolist() == [0, 4, 8]


def test_what_is_no_number_counts_as_zero() -> None:
    packed = tiles.pack(np.array([[[np.nan, np.inf, -np.inf, 2.0]]]))
    assert packed.pixels.tolist() == [0, 0, 0, 255]


@pytest.mark.parametrize("shape", [(2, 2), (0, 2, 2), (1, 0, 4)])
def test_shapes_that_are_no_maps_are_quoted(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=str(shape).replace("(", r"\(").replace(")", r"\)")):
        tiles.pack(np.zeros(shape))


def test_signed_maps_have_a_neutral_middle_and_opposite_ends() -> None:
    painted = tiles.paint(np.array([[-2.0, 0.0, 2.0]]), -2.0, 1.0)[0].astype(int)
    assert np.ptp(painted[1]) <= 4  # grey
    assert painted[0, 2] > painted[0, 0]
    assert painted[2, 0] > painted[2, 2]
    unsigned = tiles.paint(np.array([[0.0, 1.0, 5.0]]), 0.0, 5.0)[0]
    assert np.array_equal(unsigned[0], tiles.colours(False)[0])
    assert np.array_equal(unsigned[2], tiles.colours(False)[255])


def test_viridis_grows_lighter_all_the_way() -> None:
    light = tiles.colours(False) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(light) >= -0.5).all()
    assert light[-1] - light[0] > 150


def test_the_sheet_holds_every_map_in_its_place() -> None:
    maps = np.zeros((5, 2, 2), np.float32)
    maps[4, 1, 0] = 1.0
    sheet = np.asarray(tiles.atlas(maps, tile=8, gap=2))
    assert sheet.shape == (2 * 10 + 2, 3 * 10 + 2, 3)
    brightest = tiles.colours(False)[255]
    where = np.argwhere((sheet == brightest).all(-1))
    assert where.min(0).tolist() == [2 + 10 + 4, 2 + 10]
    assert where.max(0).tolist() == [2 + 10 + 7, 2 + 10 + 3]


def test_no_evidence_leaves_the_picture_alone() -> None:
    picture = Image.new("RGB", (32, 32), (10, 20, 30))
    same = tiles.heat_overlay(picture, np.zeros((4, 4)), side=64)
    assert np.asarray(same).reshape(-1, 3).tolist() == [[10, 20, 30]] * 64 * 64
    strong = np.asarray(tiles.heat_overlay(picture, np.ones((4, 4)), opacity=1.0, side=64))
    assert np.array_equal(strong[32, 32], tiles.colours(False)[255])
