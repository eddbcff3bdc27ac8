"""The areas are the plan's multiply-adds, and the mark stands at the chosen C."""

from __future__ import annotations

import pytest

from resnet_viz.draw.areas import areas, last_channel
from resnet_viz.draw.palette import PURPLE, SLATE
from resnet_viz.nets.blockcost import block_plan
from resnet_viz.text import LANGUAGES, lesson

BLOCKS = ("basic", "bottleneck")


@pytest.mark.parametrize("channels", [16, 64, 100, 256, 1024])
@pytest.mark.parametrize("language", LANGUAGES)
def test_stacks_add_up_to_the_block(channels: int, language: str) -> None:
    words = lesson("bottleneck", language).labels
    figure = areas(channels, 28, 14, words)
    end = last_channel(channels)
    for block, axis in zip(BLOCKS, ("y", "y2"), strict=True):
        stack = [trace for trace in figure.data if trace.stackgroup == block]
        convolutions = [layer for layer in block_plan(block, end, 28, 14).layers if layer.kind == "conv"]
        assert [trace.fillcolor for trace in stack] == [PURPLE if layer.kernel == 1 else SLATE for layer in convolutions]
        for trace, layer in zip(stack, convolutions, strict=True):
            assert trace.x[-1] == end
            assert trace.y[-1] == pytest.approx(layer.macs / 1e6)
            assert (trace.yaxis or "y") == axis
        middle = next(i for i, c in enumerate(stack[0].x) if c == end / 2)
        assert sum(trace.y[middle] for trace in stack) == pytest.approx(block_plan(block, end // 2, 28, 14).macs / 1e6)
        mark = next(trace for trace in figure.data if trace.stackgroup is None and (trace.yaxis or "y") == axis)
        assert set(mark.x) == {channels}
        assert max(mark.y) == pytest.approx(block_plan(block, channels, 28, 14).macs / 1e6)
        assert f"C = {channels}" in mark.text[1]


def test_the_finer_axis_is_as_fine_as_it_says() -> None:
    figure = areas(64, 56, 56, lesson("bottleneck").labels)
    upper, lower = (axis.range for axis in (figure.layout.yaxis, figure.layout.yaxis2))
    assert upper[0] == lower[0] == 0
    zoom = upper[1] / lower[1]
    assert zoom == pytest.approx(block_plan("basic", 64, 1, 1).macs / block_plan("bottleneck", 64, 1, 1).macs)
    assert any(f"{zoom:.1f}" in note.text for note in figure.layout.annotations)


@pytest.mark.parametrize("channels", range(16, 1025, 36))
def test_the_mark_is_never_at_the_left_edge(channels: int) -> None:
    assert channels <= last_channel(channels) <= 1024
    assert last_channel(channels) < 2.7 * channels
