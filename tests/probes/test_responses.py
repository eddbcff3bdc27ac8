"""Responses, held against sums written out by hand and against hooks of the tests' own."""

from __future__ import annotations

import math
from statistics import fmean

import pytest
import torch
from hypothesis import given, settings

from resnet_viz import ResNetSpec, build, parse_network
from resnet_viz.nets.weights import trained
from resnet_viz.probes.responses import responses
from tests.conftest import specs


def test_a_block_by_hand() -> None:
    """y = relu(F + x) with F = BN₂(conv₂(relu(BN₁(conv₁ x)))), computed without the block's own forward."""
    model = build(parse_network("basic-2-w4-cifar-c10")).eval()
    x = torch.rand(6, 3, 8, 8)
    with torch.no_grad():
        entering = model.get_submodule("layer1.0")(torch.relu(model.bn1(model.conv1(x))))
        block = model.get_submodule("layer1.1")
        hidden = block.bn1(block.conv1(entering))
        branch = block.bn2(block.conv2(torch.relu(hidden)))
    found = responses(model, x)
    by_name = {layer.name: layer.std for layer in found.layers}
    assert by_name["layer1.1.bn1"] == pytest.approx(hidden.numpy().std(), rel=1e-5)
    assert by_name["layer1.1.bn2"] == pytest.approx(branch.numpy().std(), rel=1e-5)
    last = found.blocks[-1]
    assert last.ratio == pytest.approx(float((branch**2).sum() / (entering**2).sum()) ** 0.5, rel=1e-5)
    flat = torch.stack([branch.flatten(), entering.flatten()])
    assert last.cosine == pytest.approx(float(torch.nn.functional.cosine_similarity(*flat, dim=0)), abs=1e-5)


@settings(max_examples=25)
@given(specs(largest_stage=2, widths=(4,)))
def test_every_network_has_a_response_a_layer_and_a_ratio_a_skip(spec: ResNetSpec) -> None:
    model = build(spec).eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    found = responses(model, torch.rand(2, spec.in_channels, 16, 16))
    assert len(found.layers) == spec.depth - 1, "all but the last linear layer"
    assert [block.name for block in found.blocks] == [name for name in spec.blocks if spec.has_skip(name)]
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_branch_that_is_zero_corrects_nothing() -> None:
    found = responses(build(parse_network("basic-2-w4-cifar-zg-c10")).eval(), torch.rand(2, 3, 8, 8))
    assert [block.ratio for block in found.blocks] == [0, 0]
    assert all(math.isnan(block.cosine) for block in found.blocks)


def test_in_the_shipped_networks_the_deeper_responds_and_corrects_less() -> None:
    """He et al. 2015, §4.2, here on noise; the page says it of its own pictures."""
    x = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    shallow, deep = (responses(trained(f"cifar_resnet{depth}"), x) for depth in (20, 56))
    assert fmean(layer.std for layer in deep.layers) < fmean(layer.std for layer in shallow.layers)
    assert fmean(block.ratio for block in deep.blocks) < fmean(block.ratio for block in shallow.blocks)
