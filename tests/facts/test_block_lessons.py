"""What the lessons on the block claim, measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from resnet_viz import ResNetSpec, block_steps, build, capture, plan, preset, trained
from resnet_viz.nets.blockcost import block_plan, bytes_moved
from resnet_viz.nets.published_results import SHORTCUTS_110, TOP1_ERROR_34
from resnet_viz.nets.resnet import ResNet
from resnet_viz.studies.widening import NETWORKS
from resnet_viz.text import LANGUAGES, lesson

X = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
CIFAR = preset("cifar_resnet20")


def outputs(model: ResNet) -> list[torch.Tensor]:
    return list(capture(model, X, model.spec.blocks).values())


def test_post_activation_blocks_put_out_nothing_negative_and_pre_activation_blocks_do() -> None:
    assert all((y >= 0).all() for y in outputs(trained("cifar_resnet20")))
    pre = build(replace(CIFAR, order="pre")).train()
    assert all((y < 0).any() for y in outputs(pre))


def test_without_bn_values_grow_from_block_to_block() -> None:
    sizes = [float(y.std()) for y in outputs(build(replace(CIFAR, norm="none")))]
    by_stage = [sizes[i : i + 3] for i in (0, 3, 6)]
    assert all(a < b for stage in by_stage for a, b in pairwise(stage))


def branch_sizes(norm: str) -> tuple[list[float], list[float]]:
    """‖F(x)‖ and ‖x‖ of each block but the first in the one stage of an untrained pre-activation network."""
    model = build(ResNetSpec(stages=(12,), width=8, stem="cifar", order="pre", norm=norm, classes=10)).train()
    x = torch.randn(8, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the statistics of what it sees first
    with torch.no_grad():
        model(x)
    blocks = list(plan(model.spec, 16).blocks[1:])
    adds = [next(layer for layer in block.layers if layer.kind == "add") for block in blocks]
    names = {name: None for add in adds for name in add.inputs}
    seen = capture(model, x, [name for name in names if not name.endswith("downsample")])
    carried = capture(model, x, [block.layers[0].inputs[0] for block in blocks])
    branch = [float(seen[add.inputs[0]].norm()) for add in adds]
    return branch, [float(carried[block.layers[0].inputs[0]].norm()) for block in blocks]


def test_with_bn_values_grow_by_adding_and_without_by_multiplying() -> None:
    branch, _ = branch_sizes("batch")
    assert max(branch) < 1.5 * min(branch), "with BN each F(x) has about the same size"
    branch, carried = branch_sizes("none")
    ratios = [f / x for f, x in zip(branch, carried, strict=True)]
    assert max(ratios) < 3 * min(ratios), "without BN each F(x) is about in proportion to what it reads"
    assert branch[-1] > 3 * branch[0], "so it grows with it"


def test_a_trained_network_subtracts_running_averages_whatever_the_picture() -> None:
    model = trained("cifar_resnet20")
    alone, other = (block_steps(model, x[None], "layer1.1") for x in X)
    norm = model.get_submodule("layer1.1.bn1")
    assert isinstance(norm, torch.nn.BatchNorm2d)
    for found in (alone, other):
        step = next(step for step in found.steps if step.name == "layer1.1.bn1")
        read = found.steps[step.reads[0]].value
        expected = torch.nn.functional.batch_norm(read, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
        torch.testing.assert_close(step.value, expected)


def test_an_identity_shortcut_keeps_nothing_in_memory() -> None:
    block = plan(CIFAR, 32).block("layer1.1")
    assert [layer.activation_bytes for layer in block.layers if layer.kind in ("identity", "add")] == [0, 0]


def test_bn_has_the_epsilon_that_the_text_names() -> None:
    assert build(CIFAR).get_submodule("bn1").eps == 0.00001
    for language in LANGUAGES:
        assert "0.00001" in lesson("block", language).sections["norm"]


def test_a_skip_has_no_weights_and_costs_no_multiply_adds() -> None:
    p, q = plan(CIFAR, 32), plan(CIFAR.plain(), 32)
    assert (p.params, p.macs) == (q.params, q.macs)


def test_the_cited_errors_are_the_ones_in_the_text() -> None:
    for language in LANGUAGES:
        found = {float(n) for n in re.findall(r"\d+\.\d\d", lesson("shortcuts", language).sections["identity"])}
        assert {cited.value for cited in (*TOP1_ERROR_34.values(), SHORTCUTS_110["identity"], SHORTCUTS_110["conv"])} == found
    plain, *options = (TOP1_ERROR_34[name].value for name in ("plain", "A", "B", "C"))
    assert plain - max(options) > 3 * (max(options) - min(options))  # by far more than they differ among themselves


@pytest.mark.parametrize("option", ["A", "B"])
def test_a_shortcut_of_stride_two_sees_one_position_in_four(option: str) -> None:
    spec = replace(CIFAR, shortcut=option)
    module = build(spec).eval().get_submodule("layer2.0.downsample")
    x = torch.randn(1, 16, 8, 8, generator=torch.Generator().manual_seed(1))
    seen = torch.zeros_like(x)
    seen[:, :, ::2, ::2] = 1
    assert torch.equal(module(x), module(x * seen))
    assert not module(x * (1 - seen)).any() or option == "B"
    assert float(seen.mean()) == 0.25


def test_multiply_adds_a_block_stay_level_and_volumes_halve() -> None:
    for spec, size in ((preset("resnet34"), 224), (preset("resnet50"), 224), (CIFAR, 32)):
        last = [stage.blocks[-1] for stage in plan(spec, size).stages]
        assert len({block.macs for block in last}) == 1
        volumes = [block.out_shape[0] * block.out_shape[1] * block.out_shape[2] for block in last]
        assert all(a == 2 * b for a, b in pairwise(volumes))


def test_where_the_first_stage_projects() -> None:
    assert plan(preset("resnet18"), 224).block("layer1.0").shortcut == "identity"
    wide = plan(preset("resnet50"), 224).block("layer1.0")
    assert (wide.shortcut, wide.stride, wide.in_shape[0], wide.out_shape[0]) == ("projection", 1, 64, 256)


def test_option_c_projects_in_every_block() -> None:
    blocks = plan(ResNetSpec(shortcut="C"), 64).blocks
    assert all(block.shortcut == "projection" for block in blocks)


def test_the_best_of_the_three_has_no_identity_and_a_deep_network_passes_its_shortcuts_54_times() -> None:
    """So the table is no evidence for the identity; that comes from 110 layers."""
    assert min(TOP1_ERROR_34, key=lambda name: TOP1_ERROR_34[name].value) == "C"
    assert SHORTCUTS_110["identity"].value < SHORTCUTS_110["conv"].value
    assert len(preset("cifar_resnet110").blocks) == 54
    assert all("54" in lesson("shortcuts", language).sections["identity"] for language in LANGUAGES)


@pytest.mark.parametrize("widen", [1, 2])
def test_what_a_down_sampling_leaves_of_the_numbers_and_of_the_cost(widen: int) -> None:
    """Doubled channels: half the numbers, the same cost. Constant ones: a quarter of both."""
    last = [stage.blocks[-1] for stage in plan(replace(CIFAR, widen=widen), 32).stages]
    volumes = [block.out_shape[0] * block.out_shape[1] * block.out_shape[2] for block in last]
    assert all(a == (2 if widen == 2 else 4) * b for a, b in pairwise(volumes))
    assert all(a.macs == (1 if widen == 2 else 4) * b.macs for a, b in pairwise(last))


def test_the_network_without_doubling_is_about_as_dear_where_the_text_says_so() -> None:
    doubled, constant, same = (plan(spec, 32) for spec in NETWORKS.values())
    assert same.macs / doubled.macs == pytest.approx(1, abs=0.06)
    assert constant.macs < doubled.macs / 2
    assert {spec.depth for spec in NETWORKS.values()} == {20}


def test_how_often_a_3x3_and_a_1x1_use_what_they_fetch() -> None:
    """Nine times as often between equal channels; 5.6 times at most, and less on small maps, inside a bottleneck."""

    def uses(layers: Sequence[tuple[int, int, int]]) -> float:
        """Multiply-adds for each number of the maps, without the weights, of (kernel, channels in, channels out)."""
        return sum(k * k * c * d for k, c, d in layers) / sum(c + d for _, c, d in layers)

    assert uses([(3, 64, 64)]) / uses([(1, 64, 64)]) == 9
    most = uses([(3, 64, 64)]) / uses([(1, 256, 64), (1, 64, 256)])
    by_side = []
    for side in (7, 14, 28, 56, 112):
        convolutions = [layer for layer in block_plan("bottleneck", 256, side, side).layers if layer.kind == "conv"]
        one, three = ([layer for layer in convolutions if layer.kernel == kernel] for kernel in (1, 3))
        intensity = [sum(layer.macs for layer in layers) / bytes_moved(layers) for layers in (one, three)]
        by_side.append(intensity[1] / intensity[0])
    assert by_side == sorted(by_side)
    assert by_side[-1] == pytest.approx(most, rel=0.03)
    assert by_side[-1] < most
    for language in LANGUAGES:
        assert f"{most:.1f}" in lesson("bottleneck", language).sections["cost"]
