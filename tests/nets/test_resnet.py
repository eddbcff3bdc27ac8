"""The built network against torchvision, against its twin, and against what its hooks see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn
from torchvision.models import get_model

from resnet_viz import ResNetSpec, build, parse_network, preset
from resnet_viz.nets.presets import TORCHVISION
from resnet_viz.nets.resnet import ResNet
from tests.conftest import specs


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_weights_load_and_give_equal_outputs(name: str) -> None:
    with torch.device("meta"):
        theirs, ours = get_model(name), ResNet(preset(name))
    theirs.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):  # statistics, scales and shifts that are not 0 and 1
            module.reset_parameters()
            for value in (module.running_mean, module.bias):
                value.data.uniform_(-0.1, 0.1, generator=generator)
            for value in (module.running_var, module.weight):
                value.data.uniform_(0.8, 1.2, generator=generator)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_uniform_(module.weight, generator=generator)
    nn.init.uniform_(theirs.fc.bias, generator=generator)
    ours.load_state_dict(theirs.state_dict(), assign=True)
    x = torch.randn(2, 3, 64, 64, generator=generator)
    with torch.no_grad():
        expected = theirs.eval()(x)
        assert expected.isfinite().all()
        assert expected.std() > 0
        assert torch.equal(ours.eval()(x), expected)


@pytest.mark.parametrize("name", TORCHVISION)
def test_parameter_names_and_shapes_are_torchvisions(name: str) -> None:
    with torch.device("meta"):
        theirs = get_model(name)
        ours = ResNet(preset(name))
    assert [(k, v.shape) for k, v in ours.state_dict().items()] == [(k, v.shape) for k, v in theirs.state_dict().items()]


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    spec = parse_network("basic-1.1-w8-cifar-c10")
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, again, other = build(spec, 3), build(spec, 3), build(spec, 4)
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.conv1.weight, other.conv1.weight)


@given(specs(largest_stage=2))
@settings(max_examples=25)
def test_the_plain_twin_has_the_same_layers_and_weights(spec: ResNetSpec) -> None:
    residual, plain = build(spec.residual(), 5).state_dict(), build(spec.plain(), 5).state_dict()
    assert set(residual) - set(plain) == {name for name in residual if ".downsample." in name}
    assert all(torch.equal(residual[name], value) for name, value in plain.items())


@given(specs(largest_stage=2))
@settings(max_examples=25)
def test_hooks_see_branch_shortcut_and_sum(spec: ResNetSpec) -> None:
    model = build(spec).eval()
    seen: dict[str, tuple[Tensor, ...]] = {}

    def look(name: str) -> Any:
        return lambda _m, inputs, output: seen.__setitem__(name, (*inputs, output))

    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(look(name))
    with torch.no_grad():
        model(torch.randn(1, spec.in_channels, 24, 24))
    for name in spec.blocks:
        assert (f"{name}.add" in seen) == spec.has_skip(name)
        if spec.has_skip(name):
            residual, shortcut, total = seen[f"{name}.add"]
            assert torch.equal(residual + shortcut, total)
            assert torch.equal(seen[f"{name}.{model.get_submodule(name).branch[-1]}"][-1], residual)
    assert all(t._version == 0 for tensors in seen.values() for t in tensors), "something was written in place"


@pytest.mark.parametrize("text", ["basic-2.2-w8-cifar-zg-sA", "bottleneck-2.2-w8-cifar-zg", "basic-2.2-w8-cifar-pre-zg"])
def test_zero_gamma_makes_a_block_its_shortcut(text: str) -> None:
    model = build(parse_network(text)).eval()
    block = model.get_submodule("layer1.1")
    channels = next(iter(model.get_submodule("layer1.1").children())).weight.shape[0 if "pre" in text else 1]
    x = torch.randn(2, channels, 8, 8).relu()  # what follows a ReLU
    with torch.no_grad():
        assert torch.equal(block(x), x)


@pytest.mark.parametrize(
    ("init", "std"), [("he", (2 / (9 * 256)) ** 0.5), ("xavier", (2 / (9 * 512)) ** 0.5), ("normal-0.01", 0.01)]
)
def test_initial_weights_have_the_spread_their_rule_asks_for(init: str, std: float) -> None:
    weight = build(replace(parse_network("basic-2-w256-cifar-c10"), init=init)).get_parameter("layer1.1.conv1.weight")
    assert weight.std().item() == pytest.approx(std, rel=0.01)
    assert abs(weight.mean().item()) < 5 * std / weight.numel() ** 0.5


@pytest.mark.parametrize("init", ["he", "pytorch", "xavier", "normal-0.01"])
def test_the_last_layers_bias(init: str) -> None:
    """torch's own bound where the rule is torch's or torchvision's, zero where it is not."""
    bias = build(replace(parse_network("basic-1-w64-cifar"), init=init)).fc.bias
    reference = nn.Linear(64, 1000).bias if init in ("he", "pytorch") else torch.zeros(1000)
    assert bias.std().item() == pytest.approx(reference.std().item(), rel=0.1)
    assert bias.abs().max() <= 1 / 64**0.5


def test_pytorchs_own_rule_is_uniform_within_its_bound() -> None:
    weight = build(parse_network("basic-1-w64-cifar-pytorch-c10")).get_parameter("layer1.0.conv1.weight")
    reference = nn.Conv2d(64, 64, 3, bias=False).weight
    assert weight.abs().max() <= 1 / (9 * 64) ** 0.5
    assert weight.std().item() == pytest.approx(reference.std().item(), rel=0.03)


def test_pre_activation_leaves_the_identity_clear() -> None:
    """With all branches at zero a pre-activation network is its stem, its projections and its head."""
    model = build(parse_network("basic-3-w8-cifar-pre-zg-c10")).eval()
    x = torch.randn(1, 3, 16, 16)
    with torch.no_grad():
        stem = model.relu(model.bn1(model.conv1(x)))
        assert torch.equal(model.layer1(stem), stem)
