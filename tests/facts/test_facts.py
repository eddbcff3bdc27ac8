"""What the literature says of these networks, asserted of ours. The prose of the lessons rests on this."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from resnet_viz import ResNetSpec, plan, preset
from resnet_viz.nets.plan import Plan
from resnet_viz.text import LANGUAGES, lesson

# torchvision's metadata, 224×224×3, 1000 classes
NETWORKS = {
    "resnet18": ("basic", (2, 2, 2, 2), 11_689_512, 1_814_073_344),
    "resnet34": ("basic", (3, 4, 6, 3), 21_797_672, 3_663_761_408),
    "resnet50": ("bottleneck", (3, 4, 6, 3), 25_557_032, 4_089_184_256),
    "resnet101": ("bottleneck", (3, 4, 23, 3), 44_549_160, 7_801_405_440),
    "resnet152": ("bottleneck", (3, 8, 36, 3), 60_192_808, 11_513_626_624),
    "wide_resnet50_2": ("bottleneck", (3, 4, 6, 3), 68_883_240, 11_398_021_120),
    "wide_resnet101_2": ("bottleneck", (3, 4, 23, 3), 126_886_696, 22_753_050_624),
    "resnext50_32x4d": ("bottleneck", (3, 4, 6, 3), 25_028_904, 4_230_479_872),
    "resnext101_64x4d": ("bottleneck", (3, 4, 23, 3), 83_455_272, 15_460_270_080),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_whole_networks(name: str) -> None:
    block, stages, params, macs = NETWORKS[name]
    spec = preset(name)
    p = plan(spec, 224)
    assert (spec.block, spec.stages, p.params, p.macs) == (block, stages, params, macs)


@pytest.mark.parametrize(
    ("name", "billions"), [("resnet18", 1.8), ("resnet34", 3.6), ("resnet50", 3.8), ("resnet101", 7.6), ("resnet152", 11.3)]
)
def test_the_papers_own_multiply_adds(name: str, billions: float) -> None:
    """He et al. 2015, Table 1: with the stride on the 1×1 ("v1"); given to one digit, cut or rounded."""
    spec = preset(name)
    if spec.block == "bottleneck":
        spec = replace(spec, stride_on="1x1")
    assert abs(plan(spec, 224).macs / 1e9 - billions) < 0.1


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_depth_is_the_number_in_the_name(depth: int) -> None:
    assert preset(f"resnet{depth}").depth == depth


@pytest.mark.parametrize(
    ("depth", "n", "millions", "digits"),
    [(20, 3, 0.27, 2), (32, 5, 0.46, 2), (44, 7, 0.66, 2), (56, 9, 0.85, 2), (110, 18, 1.7, 1), (1202, 200, 19.4, 1)],
)
def test_the_cifar_family(depth: int, n: int, millions: float, digits: int) -> None:
    """He et al. 2015, §4.2 and Table 6."""
    spec = preset(f"cifar_resnet{depth}")
    p = plan(spec, 32)
    assert spec.depth == 6 * n + 2 == depth
    assert spec.stages == (n, n, n)
    assert [stage.out_shape for stage in p.stages] == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]
    assert round(p.params / 1e6, digits) == millions


def block_macs(block: str, channels: int, side: int) -> int:
    """Multiply-adds of a block with `channels` in and out, no shortcut work."""
    expansion = 4 if block == "bottleneck" else 1
    spec = ResNetSpec(block=block, stages=(2,), width=channels // expansion, stem="cifar")
    return plan(spec, side).blocks[1].macs


def test_the_cost_of_one_block() -> None:
    """18 C²HW against 17/16 C²HW: a seventeenth at equal C, and about equal at 64 against 256 channels (Fig. 5)."""
    c, side = 256, 14
    unit = c * c * side * side
    assert block_macs("basic", c, side) == 18 * unit
    assert block_macs("bottleneck", c, side) * 16 == 17 * unit
    assert block_macs("bottleneck", c, side) * 288 == block_macs("basic", c, side) * 17
    assert block_macs("basic", 64, side) == 73_728 * side * side
    assert block_macs("bottleneck", 256, side) == 69_632 * side * side


def first_blocks(p: Plan) -> list[tuple[int, str]]:
    return [(stage.blocks[0].stride, stage.blocks[0].shortcut) for stage in p.stages]


def test_where_networks_downsample_and_project() -> None:
    """Stage 1 never strides; with bottlenecks it projects all the same, from 64 to 256 channels."""
    rest = [(2, "projection")] * 3
    assert first_blocks(plan(preset("resnet18"))) == [(1, "identity"), *rest]
    assert first_blocks(plan(preset("resnet50"))) == [(1, "projection"), *rest]
    assert [stage.out_shape[0] for stage in plan(preset("resnet50")).stages] == [256, 512, 1024, 2048]


# What the lessons say


def test_build_where_the_cost_sits() -> None:
    p = plan(preset("resnet18"))
    conv = p.by_name["layer1.0.conv1"]
    assert conv.in_shape == conv.out_shape == (64, 56, 56)
    assert conv.macs == 115_605_504 == 56 * 56 * 64 * 3 * 3 * 64
    later = [p.by_name[f"layer{stage}.1.conv1"] for stage in (1, 2, 3, 4)]
    assert {layer.macs for layer in later} == {conv.macs}, "level from stage to stage"
    for a, b in pairwise(later):
        assert b.params == 4 * a.params
        (c, h, w), (c2, h2, w2) = a.out_shape, b.out_shape
        assert 2 * c2 * h2 * w2 == c * h * w
    assert round(p.stages[3].params / p.params, 2) == 0.72
    assert p.stem.activation_bytes + p.stages[0].activation_bytes > p.activation_bytes / 2


def test_build_deeper_is_not_always_dearer() -> None:
    deep, shallow = plan(preset("resnet50")), plan(preset("resnet34"))
    assert deep.depth - shallow.depth == 16
    assert round(deep.macs / shallow.macs - 1, 2) == 0.12
    assert deep.stages[0].out_shape[0] == 4 * shallow.stages[0].out_shape[0]
    inside = [layer.out_shape[0] for layer in deep.block("layer1.1").layers if layer.kind == "conv"]
    assert inside == [64, 64, 256]
    v1 = plan(replace(preset("resnet50"), stride_on="1x1"))
    assert f"{v1.macs / 1e9:.2f}" < "3.90"
    assert f"{deep.macs / 1e9:.1f}" == "4.1"


def test_build_an_addition_keeps_nothing() -> None:
    adds = [layer for layer in plan(preset("resnet50")).layers if layer.kind in ("add", "identity")]
    assert adds
    assert sum(layer.activation_bytes for layer in adds) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_activations_shapes_of_the_network_for_photographs(language: str) -> None:
    p = plan(preset("photo_resnet18"), 192)
    said = re.findall(r"(\d+) (?:maps of|张) ?(\d+)\s×\s(\d+)", lesson("activations", language).sections["maps"])
    assert [tuple(map(int, shape)) for shape in said] == [p.stages[0].out_shape, p.stages[-1].out_shape]
