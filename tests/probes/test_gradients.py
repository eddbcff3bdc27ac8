"""Gradient norms against torch.autograd.grad, the identity term against its definition, and the signal at initialisation."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import ResNetSpec, build, parse_network
from resnet_viz.probes.gradients import gradient_norms, identity_terms, signal
from resnet_viz.studies.race import network
from resnet_viz.training.trainer import pictures
from tests.conftest import specs

SMALL = "basic-2.1-w4-cifar-sA-c5"


def batch(spec: ResNetSpec, count: int = 6, side: int = 12) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(count, spec.in_channels, side, side, generator=generator)
    return x, torch.arange(count) % spec.classes


@pytest.fixture(scope="module")
def shapes() -> tuple[Tensor, Tensor]:
    train, _ = pictures("shapes", 0)
    return train.normalised(*train.mean_std())[:32], train.labels[:32]


@given(specs(largest_stage=2, widths=(4,)), st.booleans())
@settings(max_examples=15)
def test_every_weight_gradient_is_autograds(spec: ResNetSpec, training: bool) -> None:
    model = build(spec).train(training)
    x, y = batch(spec)
    found = gradient_norms(model, x, y, training=training)
    loss = F.cross_entropy(model(x), y)
    layers = {layer.name: layer for layer in found.layers if layer.weight_norm is not None}
    assert set(layers) == {n for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d | nn.Linear)}
    gradients = torch.autograd.grad(loss, [model.get_parameter(f"{name}.weight") for name in layers])
    assert found.loss == pytest.approx(loss.item(), rel=1e-5)
    for (name, layer), gradient in zip(layers.items(), gradients, strict=True):
        assert layer.weight_grad_norm == pytest.approx(float(gradient.double().norm()), rel=1e-3, abs=1e-12), name
        assert layer.weight_norm == pytest.approx(float(model.get_parameter(f"{name}.weight").detach().double().norm()), rel=1e-5)


@pytest.mark.parametrize("order", ["post", "pre"])
def test_output_gradients_by_adding_to_the_output(order: str) -> None:
    """The gradient with respect to what a module puts out is that of a zero added to it."""
    spec = replace(parse_network(SMALL), order=order)
    model = build(spec)
    x, y = batch(spec)
    for layer in gradient_norms(model, x, y).layers:
        added: list[Tensor] = []

        def add(_module: nn.Module, _inputs: object, output: Tensor, added: list[Tensor] = added) -> Tensor:
            added.append(torch.zeros_like(output, requires_grad=True))
            return output + added[0]

        handle = model.get_submodule(layer.name).register_forward_hook(add)
        (gradient,) = torch.autograd.grad(F.cross_entropy(model(x), y), added)
        handle.remove()
        assert layer.output_grad_norm == pytest.approx(float(gradient.norm()), rel=1e-3), layer.name


def test_activations_are_those_that_hooks_see() -> None:
    spec = parse_network(SMALL)
    model = build(spec)
    with torch.no_grad():
        model.get_parameter("layer1.1.bn2.bias")[1] = -100.0  # this channel of this block never gets above 0
        model.get_parameter("layer1.1.bn2.weight")[1] = 0.0
    x, y = batch(spec)
    seen: dict[str, Tensor] = {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda _m, _i, output, name=name: seen.__setitem__(name, output.detach()))
    model(x)
    for layer in gradient_norms(model, x, y).layers:
        assert layer.mean == pytest.approx(float(seen[layer.name].mean()), abs=1e-5)
        assert layer.rms == pytest.approx(float(seen[layer.name].square().mean().sqrt()), rel=1e-5)
        if layer.kind == "block":
            dead = [bool((seen[layer.name][:, c] == 0).all()) for c in range(seen[layer.name].shape[1])]
            assert layer.dead == pytest.approx(sum(dead) / len(dead))
    assert next(layer.dead for layer in gradient_norms(model, x, y).layers if layer.name == "layer1.1")


def test_layers_come_in_network_order_with_branch_and_shortcut_apart() -> None:
    spec = parse_network("basic-1.1-w4-cifar-c5")
    found = gradient_norms(build(spec), *batch(spec)).layers
    assert [(layer.name, layer.role) for layer in found] == [
        ("conv1", "stem"),
        ("bn1", "stem"),
        *((f"layer1.0.{name}", "branch") for name in ("conv1", "bn1", "conv2", "bn2")),
        ("layer1.0.downsample", "shortcut"),
        ("layer1.0", "block"),
        *((f"layer2.0.{name}", "branch") for name in ("conv1", "bn1", "conv2", "bn2")),
        *((f"layer2.0.downsample{name}", "shortcut") for name in (".0", ".1", "")),
        ("layer2.0", "block"),
        ("fc", "head"),
    ]


def test_an_identity_shortcut_and_its_branch_receive_the_same_gradient() -> None:
    spec = parse_network("basic-2-w4-cifar-c5")
    layers = {layer.name: layer for layer in gradient_norms(build(spec), *batch(spec)).layers}
    assert layers["layer1.1.downsample"].output_grad_norm == pytest.approx(layers["layer1.1.bn2"].output_grad_norm, rel=1e-6)
    assert layers["layer1.0"].output_grad_norm != pytest.approx(layers["layer1.1.downsample"].output_grad_norm, rel=1e-3)


def test_gradients_below_float32s_squares_are_measured(shapes: tuple[Tensor, Tensor]) -> None:
    found = gradient_norms(build(replace(network(56, plain=True), norm="none", init="xavier")), *shapes)
    sizes = [layer.weight_grad_norm for layer in found.weights()[:-1]]
    assert all(size and 0 < size < 1e-8 for size in sizes)


# The identity term


@pytest.mark.parametrize("skips", ["all", frozenset({"layer1.1", "layer1.2", "layer2.1"})])
def test_both_terms_add_up_to_the_gradient(skips: object) -> None:
    spec = replace(parse_network("basic-3.2-w4-cifar-c5"), order="pre", skips=skips)
    model, (x, y) = build(spec).double(), batch(spec)
    x = x.double()
    terms = {term.block: term for term in identity_terms(model, x, y)}
    assert set(terms) == ({"layer1.1", "layer1.2", "layer2.1"} | ({"layer1.0"} if skips == "all" else set()))
    inputs: dict[str, Tensor] = {}
    for name in spec.blocks:
        model.get_submodule(name).register_forward_hook(
            lambda _m, given, output, name=name: inputs.update({name: given[0], f"{name}:out": output})
        )
    loss = F.cross_entropy(model(x), y)
    for name, term in terms.items():
        last = f"{name[:6]}.{spec.stages[int(name[5]) - 1] - 1}"
        total, end = torch.autograd.grad(loss, [inputs[name], inputs[f"{last}:out"]], retain_graph=True)
        assert term.total == pytest.approx(float(total.norm()), rel=1e-9), "autograd's own gradient"
        assert term.identity == pytest.approx(float(end.norm()), rel=1e-9)
        assert term.branches == pytest.approx(float((total - end).norm()), rel=1e-9)
        parts = term.identity**2 + term.branches**2 + 2 * term.cosine * term.identity * term.branches
        assert term.total**2 == pytest.approx(parts, rel=1e-9)


def test_the_identity_term_needs_pre_activation() -> None:
    spec = parse_network(SMALL)
    with pytest.raises(ValueError, match="'post'"):
        identity_terms(build(spec), *batch(spec))


# At initialisation: the orders of magnitude of Yang et al. 2019 and of a plain network without BN


def test_with_bn_plain_gradients_explode_towards_the_input(shapes: tuple[Tensor, Tensor]) -> None:
    plain, residual = (signal(network(56, plain=p), *shapes, seeds=1) for p in (True, False))
    assert all(500 < ratio < 10_000 for ratio in plain.ratios)
    assert all(2 < ratio < 50 for ratio in residual.ratios)
    assert all(0.5 < growth < 2 for growth in plain.growth), "forwards nothing is wrong"


def test_without_bn_and_with_a_small_init_they_vanish(shapes: tuple[Tensor, Tensor]) -> None:
    plain = signal(replace(network(56, plain=True), norm="none", init="xavier"), *shapes, seeds=1)
    residual = signal(replace(network(56), norm="none"), *shapes, seeds=1)
    assert plain.ratios[0] < 1e-6
    assert plain.growth[0] < 1e-6
    assert residual.growth[0] > 100, "without BN a residual network's values grow with every block"


def test_a_signal_is_gradient_norms_seed_by_seed() -> None:
    spec = parse_network(SMALL)
    found = signal(spec, *batch(spec), seeds=3)
    assert found.names == spec.blocks
    for seed in range(3):
        blocks = gradient_norms(build(spec, seed), *batch(spec)).blocks()
        assert found.backward[seed] == tuple(block.output_grad_norm for block in blocks)
        assert found.forward[seed] == tuple(block.rms for block in blocks)
    assert found.ratios[2] == found.backward[2][0] / found.backward[2][-1]
    with pytest.raises(ValueError, match="0"):
        signal(spec, *batch(spec), seeds=0)


def test_a_gradient_of_zero_gives_no_ratio() -> None:
    """With one class nothing can be guessed wrong."""
    spec = parse_network("basic-1.1-w4-cifar-c1")
    found = signal(spec, *batch(spec), seeds=1)
    assert found.backward == ((0.0, 0.0),)
    assert math.isnan(found.ratios[0])
    assert found.growth[0] > 0


def test_values_of_zero_give_no_growth() -> None:
    spec = replace(parse_network(SMALL), norm="none")
    x, y = batch(spec)
    found = signal(spec, 0 * x, y, seeds=1)
    assert found.forward == ((0.0,) * 3,)
    assert math.isnan(found.growth[0])
