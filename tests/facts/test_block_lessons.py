"""What the lessons on the block claim, measured."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from resnet_viz import ResNetSpec, build, capture, plan, preset, trained
from resnet_viz.nets.published_results import TOP1_ERROR_34
from resnet_viz.nets.resnet import ResNet
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


def test_bn_has_the_epsilon_that_the_text_names() -> None:
    assert build(CIFAR).get_submodule("bn1").eps == 0.00001
    for language in LANGUAGES:
        assert "0.00001" in lesson("block", language).sections["norm"]


def test_a_skip_has_no_weights_and_costs_no_multiply_adds() -> None:
    p, q = plan(CIFAR, 32), plan(CIFAR.plain(), 32)
    assert (p.params, p.macs) == (q.params, q.macs)


def test_the_cited_errors_are_the_ones_in_the_text() -> None:
    for language in LANGUAGES:
        found = {float(n) for n in re.findall(r"\d\d\.\d\d", lesson("shortcuts", language).sections["ways"])}
        assert {cited.value for cited in TOP1_ERROR_34.values()} <= found
        assert f"{TOP1_ERROR_34['A'].value:.2f}" in lesson("shortcuts", language).labels["predict_ask"]
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
