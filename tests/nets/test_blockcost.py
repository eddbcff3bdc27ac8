"""The terms of the formula against the plan, torch's own counter and real blocks; and what the lesson's prose says."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import ResNetSpec, build, plan, preset
from resnet_viz.nets import blockcost
from resnet_viz.nets.blockcost import BLOCK, COSTS, PAPER, block_plan, block_spec, bytes_moved, comparisons, shares, terms
from resnet_viz.nets.plan import Block
from resnet_viz.probes.timing import work
from resnet_viz.text import LANGUAGES, lesson

BLOCKS = ("basic", "bottleneck")


@given(st.sampled_from(BLOCKS), st.integers(1, 256).map(lambda n: 4 * n), st.integers(1, 112), st.integers(1, 112))
def test_the_formula_is_the_plan(block: str, channels: int, height: int, width: int) -> None:
    found, planned = terms(block, channels, height, width), block_plan(block, channels, height, width)
    convolutions = [layer for layer in planned.layers if layer.kind == "conv"]
    assert [f"{BLOCK}.{t.name}" for t in found] == [layer.name for layer in convolutions]
    for term, layer in zip(found, convolutions, strict=True):
        assert (term.kernel, term.in_channels, term.out_channels) == (layer.kernel, layer.in_shape[0], layer.out_shape[0])
        assert term.macs == layer.macs == term.share * channels**2 * height * width
    assert planned.in_shape == planned.out_shape == (channels, height, width)
    assert planned.shortcut == "identity"
    assert planned.macs == shares(block) * channels**2 * height * width


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("channels", "height", "width"), [(16, 7, 7), (64, 14, 9), (256, 4, 4)])
def test_torch_counts_the_same(block: str, channels: int, height: int, width: int) -> None:
    module = build(block_spec(block, channels)).get_submodule(BLOCK).eval()
    x = torch.zeros(1, channels, height, width)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        assert module(x).shape == x.shape
    assert counter.get_total_flops() == 2 * sum(term.macs for term in terms(block, channels, height, width))
    planned = block_plan(block, channels, height, width)
    assert sum(p.numel() for p in module.parameters()) == planned.params
    measured = work(module, x)
    assert measured.macs == planned.macs
    assert measured.bytes == bytes_moved(planned.layers), "hooks on real tensors against arithmetic"


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20"])
def test_bytes_of_whole_networks(name: str) -> None:
    spec = preset(name)
    measured = work(build(spec), torch.zeros(1, 3, 32, 32))
    p = plan(spec, 32)
    assert (measured.macs, measured.bytes) == (p.macs, bytes_moved(p.layers))


def test_what_cannot_be_a_block() -> None:
    with pytest.raises(ValueError, match="multiple of 4, got 30"):
        terms("bottleneck", 30, 8, 8)
    with pytest.raises(ValueError, match="'dense'"):
        block_spec("dense", 32)
    with pytest.raises(ValueError, match="got 0"):
        block_plan("basic", 0, 8, 8)


def test_csv_says_what_the_comparisons_say() -> None:
    compared = comparisons(64, 56, 56)
    rows = list(csv.DictReader(io.StringIO(blockcost.to_csv(compared))))
    assert len(rows) == len(compared) * len(COSTS)
    for row in rows:
        pair = next(c for c in compared if c.name == row["comparison"])
        assert int(row["basic"]) == getattr(pair.basic, row["cost"])
        assert float(row["ratio"]) == pytest.approx(int(row["bottleneck"]) / int(row["basic"]), rel=1e-5)


# What the lesson says in prose


def prose(language: str, key: str) -> str:
    return lesson("bottleneck", language).sections[key]


def test_seventeen_sixteenths_and_not_three_quarters() -> None:
    assert [t.share for t in terms("basic", 64, 1, 1)] == [9, 9]
    assert [t.share for t in terms("bottleneck", 64, 1, 1)] == [Fraction(1, 4), Fraction(9, 16), Fraction(1, 4)]
    assert shares("bottleneck") == Fraction(17, 16)
    assert shares("bottleneck") / shares("basic") == Fraction(17, 288)
    ones = sum(t.share for t in terms("bottleneck", 64, 1, 1) if t.kernel == 1)
    assert ones == Fraction(1, 2)
    assert (Fraction(3, 4) - ones) / Fraction(1, 16) == 4, "three quarters would leave a 3×3 four weights, not nine"
    assert Fraction(3, 4) / shares("basic") == Fraction(1, 24), "nor is three quarters a third of a basic block"


def test_the_papers_pair() -> None:
    macs = {block: block_plan(block, channels, 1, 1).macs for block, channels in PAPER.items()}
    assert macs == {"basic": 73_728, "bottleneck": 69_632}
    assert PAPER["bottleneck"] == 4 * PAPER["basic"]
    weights = {b: sum(layer.params for layer in block_plan(b, c, 1, 1).layers if layer.kind == "conv") for b, c in PAPER.items()}
    assert weights == macs, "at stride 1 every weight works once at every position"
    for language in LANGUAGES:
        assert all(f"{n:,}" in prose(language, "why") for n in macs.values())


def test_a_projection_would_nearly_double_the_bottleneck() -> None:
    spec = ResNetSpec(block="bottleneck", stages=(2,), stem="cifar", shortcut="C")
    projected = plan(spec, (1, 1)).block(BLOCK)
    own = block_plan("bottleneck", 256, 1, 1).macs
    assert projected.macs - own == 256 * 256 == 65_536
    assert 1.9 < projected.macs / own < 2
    for language in LANGUAGES:
        assert "65,536" in prose(language, "why")


def test_equal_arithmetic_three_times_the_memory() -> None:
    same, paper, networks = comparisons(64, 56, 56)
    assert same.ratio("macs") == pytest.approx(17 / 288)
    assert same.ratio("activation_bytes") == pytest.approx(3 / 4, rel=0.01)
    assert paper.ratio("activation_bytes") == pytest.approx(3, rel=0.01)
    assert networks.ratio("macs") == pytest.approx(1.12, abs=0.01)
    assert networks.ratio("activation_bytes") > 2


def test_bn_relu_and_addition_move_much_and_multiply_nothing() -> None:
    block = block_plan("bottleneck", 256, 56, 56)
    others = [layer for layer in block.layers if layer.kind != "conv"]
    assert sum(layer.macs for layer in others) == 0
    assert bytes_moved(others) > bytes_moved(block.layers) / 2

    def intensity(b: Block, name: str) -> float:
        layer = next(layer for layer in b.layers if layer.name.endswith(name))
        return layer.macs / bytes_moved([layer])

    assert intensity(block, "conv2") > 5 * intensity(block, "conv1")
    assert intensity(block, "conv1") == pytest.approx(intensity(block, "conv3"), rel=1e-9)


def test_the_same_stages_with_other_blocks() -> None:
    assert preset("resnet34").stages == preset("resnet50").stages == (3, 4, 6, 3)
    kinds = {depth: preset(f"resnet{depth}").block for depth in (18, 34, 50, 101, 152)}
    assert kinds == {18: "basic", 34: "basic", 50: "bottleneck", 101: "bottleneck", 152: "bottleneck"}
    for language in LANGUAGES:
        assert re.search(r"\b3\D{1,3}4\D{1,3}6\D{1,5}3\b", prose(language, "when"))
