"""Whole numbers made small for the way to a browser; `tests/js/packed.test.js` has the browser's side."""

from __future__ import annotations

import base64
import io
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.ui.components.gallery import exactly
from resnet_viz.ui.components.packed import colour_planes, decimals, packed


def unpacked(sent: npt.NDArray[np.uint8], shape: tuple[int, int, int]) -> npt.NDArray[np.int32]:
    """As the browser does it: number by number."""
    folded = np.frombuffer(zlib.decompress(sent.tobytes()), np.uint8).reshape(4, -1).T.copy().view(np.uint32).ravel()
    far = [int(n >> 1) ^ -int(n & 1) for n in folded]
    found = np.zeros(shape, np.int64)
    for i, place in enumerate(np.ndindex(shape)):
        plane, row, column = place
        left = found[plane, row, column - 1] if column else 0
        above = found[plane, row - 1, column] if row else 0
        between = found[plane, row - 1, column - 1] if row and column else 0
        found[place] = (sorted((left, above, left + above - between))[1] + far[i] + 2**31) % 2**32 - 2**31
    return found.astype(np.int32)


@pytest.mark.parametrize("reach", [1, 1000, 10**9])
def test_no_number_is_lost(reach: int) -> None:
    grid = np.random.default_rng(0).integers(-reach, reach, (3, 5, 4), dtype=np.int32)
    assert (unpacked(packed(grid), (3, 5, 4)) == grid).all()


def test_a_photograph_travels_as_less_than_half_its_bytes() -> None:
    for sample in samples():
        picture = np.asarray(to_square(sample.load(), 360))
        planes = colour_planes(picture)
        assert (np.stack([planes[0] + planes[1], planes[0], planes[0] + planes[2]], 2) == picture).all()
        assert packed(planes).nbytes < picture.nbytes / 2


@pytest.mark.parametrize("size", [1e-30, 2e-5, 0.7, 3.0, 999.9, 4e4, 3e6, 7e8, 2e30])
def test_kept_decimals_fit_and_are_all_that_a_page_writes_or_all_that_a_float_knows(size: float) -> None:
    kept = decimals(size)
    most = size * 10.0**kept
    assert most < 2**31
    assert most >= 1000 or kept >= 3
    assert kept >= 3 or most > 2**24, "fewer decimals than a page writes, but no float32 has so many digits"
    if size < 1:
        assert most >= 100, "small numbers still differ in shade"


def test_a_picture_sent_exactly_has_the_same_pixels() -> None:
    for sample in samples()[:8]:
        square = to_square(sample.load(), 192)
        sent = base64.b64decode(exactly(square).partition(",")[2])
        assert (np.asarray(Image.open(io.BytesIO(sent)).convert("RGB")) == np.asarray(square)).all()
        assert len(sent) < square.width * square.height * 3 / 2
