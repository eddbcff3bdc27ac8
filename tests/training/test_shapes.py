"""Shapes: balanced, reproducible, and only the shape tells the class."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.training.data.draw_shapes import DISTANCES, draw_shapes
from resnet_viz.training.data.shapes import CLASSES, LEVELS, Shapes

KINDS = st.builds(Shapes, st.frozensets(st.sampled_from(LEVELS)))


@given(KINDS)
def test_text_and_back(kind: Shapes) -> None:
    assert Shapes.parse(str(kind)) == kind


@given(st.text(max_size=40))
def test_any_other_text_is_quoted(text: str) -> None:
    known = text.split("-")[0] == "shapes" and set(text.split("-")[1:]) <= set(LEVELS)
    if known and len(set(text.split("-"))) == len(text.split("-")):
        assert set(str(Shapes.parse(text)).split("-")) == set(text.split("-"))
    else:
        with pytest.raises(ValueError, match=r"not ['\"]"):
            Shapes.parse(text)


@given(KINDS, st.integers(10, 40), st.integers(0, 999_999))
def test_pictures_depend_on_the_seed_alone(kind: Shapes, count: int, seed: int) -> None:
    a, b = draw_shapes(kind, count, seed), draw_shapes(kind, count, seed)
    assert np.array_equal(a.images, b.images)
    assert a.images.shape == (count, 3, kind.size, kind.size)
    assert a.images.dtype == np.uint8
    assert not np.array_equal(a.images, draw_shapes(kind, count, seed + 1).images)


def test_each_class_has_its_shape() -> None:
    assert tuple(DISTANCES) == CLASSES


def test_classes_are_balanced() -> None:
    assert np.bincount(draw_shapes().labels).tolist() == [300] * 10


def test_colours_say_nothing() -> None:
    """The mean colour of a class lies no further from the others' than chance allows."""
    data = draw_shapes()
    colour = data.images.astype(np.float32).mean((2, 3)) / 255  # (N, 3)
    spread = float(colour.std(0).mean())
    for label in range(len(CLASSES)):
        own = colour[data.labels == label].mean(0)
        assert float(np.abs(own - colour.mean(0)).max()) < 4.5 * spread / 300**0.5


@pytest.mark.parametrize("name", CLASSES)
def test_distances_shrink_towards_the_inside_at_most_one_a_unit(name: str) -> None:
    """What makes soft edges one pixel wide: a signed distance changes by at most 1 a unit, and some of the picture is inside."""
    axis = np.linspace(-1, 1, 401, dtype=np.float32)
    u, v = np.broadcast_to(axis[None, None, :], (1, 401, 401)), np.broadcast_to(axis[None, :, None], (1, 401, 401))
    distance = np.asarray(DISTANCES[name](u, v))[0]
    for direction in (0, 1):
        assert np.abs(np.diff(distance, axis=direction)).max() <= 1.02 * (axis[1] - axis[0])
    assert 0.1 < (distance < 0).mean() < 0.5
