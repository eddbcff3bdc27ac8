"""The bars carry the plan's numbers."""

from __future__ import annotations

import pytest

from resnet_viz import plan, preset
from resnet_viz.draw.charts import BLUE, VERMILION, stage_bars
from resnet_viz.text import lesson

WORDS = lesson("build").labels


def test_bars_add_up_to_the_network() -> None:
    p, q = plan(preset("resnet18").plain()), plan(preset("resnet50"))
    labels = [part.name for part in p.parts]
    figure = stage_bars([p, q], ["one", "two"], [labels, labels], WORDS)
    assert len(figure.data) == 6
    sums = [sum(bar.y) for bar in figure.data]
    for i, x in enumerate([p, q]):
        expected = [x.params / 1e6, x.macs / 1e9, x.activation_bytes / 2**20]
        assert sums[3 * i : 3 * i + 3] == pytest.approx(expected)
    assert figure.data[0].marker.color == VERMILION, "plain"
    assert stage_bars([q], ["two"], [labels], WORDS).data[0].marker.color == BLUE
