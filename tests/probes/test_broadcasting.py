"""What PyTorch says to the sum of two shapes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.probes.broadcasting import try_add

SIDES = st.tuples(*[st.integers(1, 4)] * 3)


@given(SIDES, SIDES)
def test_it_says_what_real_tensors_say(a: tuple[int, int, int], b: tuple[int, int, int]) -> None:
    found = try_add(a, b)
    if found.shape is None:
        with pytest.raises(RuntimeError) as caught:
            torch.zeros(1, *a) + torch.zeros(1, *b)
        assert found.error == str(caught.value)
    else:
        assert found.shape == tuple((torch.zeros(1, *a) + torch.zeros(1, *b)).shape[1:])
        assert not found.error
        assert found.broadcast == (a != b)
    assert [a[i] == b[i] for i in range(3)] == [i not in found.differ for i in range(3)]


@pytest.mark.parametrize("shape", [(2048, 224, 224), (1, 224, 1)])
def test_the_largest_shapes_cost_no_memory(shape: tuple[int, int, int]) -> None:
    assert try_add(shape, (2048, 224, 224)).shape == (2048, 224, 224)
    assert try_add((2, 224, 224), (2048, 224, 223)).shape is None
