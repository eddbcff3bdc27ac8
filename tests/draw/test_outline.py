"""An outline holds its points, grows with them, and is closed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.draw.outline import CELLS, REACH, Floats, Loop, field, loops, outline

CELL = 2 * REACH / CELLS
PLACES = st.lists(st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)), min_size=1, max_size=30)
_AXIS = np.linspace(-REACH, REACH, 83)
GRID = np.stack(np.meshgrid(_AXIS, _AXIS), -1).reshape(-1, 2) + 1e-4


def inside(found: list[Loop], points: Floats) -> np.ndarray:
    """By the even-odd rule, as SVG fills: an odd number of edges crosses the ray to the right."""
    odd = np.zeros(len(points), bool)
    for loop in found:
        corners = np.array(loop)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, 0), strict=True):
            between = (points[:, 1] > y0) != (points[:, 1] > y1)
            with np.errstate(divide="ignore", invalid="ignore"):
                odd ^= between & (points[:, 0] < x0 + (points[:, 1] - y0) * (x1 - x0) / (y1 - y0))
    return odd


@given(PLACES)
def test_it_holds_its_points(places: list[tuple[float, float]]) -> None:
    points = np.array(places)
    assert inside(outline(points), points).all()


@given(PLACES, PLACES)
def test_that_of_a_larger_set_holds_that_of_a_smaller(places: list[tuple[float, float]], more: list[tuple[float, float]]) -> None:
    small, large = np.array(places), np.array(places + more)
    assert (field(small) <= field(large)).all()
    assert not (inside(outline(small), GRID) & ~inside(outline(large), GRID)).any()


@given(PLACES)
def test_loops_are_closed(places: list[tuple[float, float]]) -> None:
    for loop in outline(np.array(places)):
        corners = np.array(loop)
        steps = np.abs(corners - np.roll(corners, 1, 0)).max(1)
        assert len(corners) >= 4
        assert steps.max() <= CELL + 1e-9, "from each corner to the next, and from the last to the first"


def test_a_ring_of_points_has_a_hole() -> None:
    angles = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    found = outline(ring)
    assert len(found) == 2
    assert inside(found, ring).all()
    assert not inside(found, np.zeros((1, 2))).any()


def test_at_the_rim_it_still_closes_and_beyond_it_is_nothing() -> None:
    corner = np.array([[REACH - 0.01, REACH - 0.01]])
    assert len(outline(corner)) == 1
    assert np.abs(outline(corner)[0]).max() <= REACH + CELL
    assert (np.array(outline(corner)[0]) > 0).all(), "nothing appears at the other rim"
    assert outline(np.array([[5.0, 0.0], [0.0, -REACH - 0.1]])) == []


@pytest.mark.parametrize("radius", [0.3, 1.1])
def test_a_cone_is_cut_in_a_circle(radius: float) -> None:
    middle = (np.arange(CELLS) + 0.5) * CELL - REACH
    cone = 0.5 + radius - np.hypot(*np.meshgrid(middle, middle))
    (loop,) = loops(cone)
    assert np.hypot(*np.array(loop).T) == pytest.approx(radius, abs=CELL / 20 / radius)


def test_two_corners_across_are_two_loops() -> None:
    values = np.zeros((CELLS, CELLS))
    values[10, 10] = values[11, 11] = 1
    assert len(loops(values)) == 2
    values[10, 11] = 1
    assert len(loops(values)) == 1
