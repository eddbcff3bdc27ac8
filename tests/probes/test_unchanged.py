"""Every probe leaves a network exactly as it was, and measures the same whatever mode the network and torch are in."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import ResNetSpec, build, parse_network, probes
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.cam import grad_cam
from resnet_viz.probes.capture import capture, named
from resnet_viz.probes.consumers import consumers
from resnet_viz.probes.features import features
from resnet_viz.probes.gradients import gradient_norms, identity_terms
from resnet_viz.probes.landscape import Plane, directions, landscape
from resnet_viz.probes.lesion import bypass, delete_random, lesion, lesion_blocks, skip_lesion, swap_blocks
from resnet_viz.probes.nudge import frozen, gradient_correlation, nudge
from resnet_viz.probes.paths import Unravelled, paths
from resnet_viz.probes.responses import responses
from resnet_viz.probes.steps import block_steps, by_hand
from resnet_viz.probes.timing import time_block, work
from resnet_viz.probes.unchanged import unchanged
from tests.conftest import specs

Probe = Callable[[ResNet, Tensor, Tensor], Any]


def as_pre(model: ResNet) -> ResNet:
    """`identity_terms` is for pre-activation networks only; others are not asked."""
    return model if model.spec.order == "pre" else build(replace(model.spec, order="pre"))


def numbers_by_hand(model: ResNet, x: Tensor, _y: Tensor) -> Any:
    return by_hand(model, block_steps(model, x, model.spec.blocks[0], zero_branch=True), (0, 0, 0))


def timed(model: ResNet, x: Tensor, _y: Tensor) -> None:
    """A duration is never the same twice; what is left of the network is looked at."""
    for backward in (False, True):
        time_block(model, x, backward=backward, max_repeats=1, budget_s=1e-3)


PROBES: dict[Callable[..., Any], Probe] = {
    block_steps: lambda m, x, _: [step.value for step in block_steps(m, x, m.spec.blocks[-1]).steps],
    by_hand: numbers_by_hand,
    capture: lambda m, x, _: list(capture(m, x, ["conv1", m.spec.blocks[0], "fc"]).values()),
    delete_random: lambda m, x, y: list(delete_random(m, x, y, (1,), draws=2)),
    directions: lambda m, _x, _y: [[float(t.norm()) for t in d.values()] for d in directions(m)],
    features: lambda m, x, _: [features(m, x), features(m, x, training=True)],
    frozen: lambda m, x, _: frozen(m, x)(x).detach(),
    grad_cam: lambda m, x, _: grad_cam(m, x[:1], 0),
    gradient_correlation: lambda m, x, _: gradient_correlation(m, x[0], x[1], 3),
    gradient_norms: lambda m, x, y: gradient_norms(m, x, y),
    identity_terms: lambda m, x, y: identity_terms(as_pre(m), x, y),
    landscape: lambda m, x, y: list(landscape(m, x, y, 3)),
    lesion: lambda m, x, y: list(lesion(m, x, y)),
    lesion_blocks: lambda m, x, y: lesion_blocks(m, x, y, m.spec.blocks),
    nudge: lambda m, x, _: nudge(m, x).each,
    paths: lambda m, x, y: paths(m, x, y, samples=2),
    Plane: lambda m, x, y: Plane(m, x, y).loss(0.1, -0.2),
    consumers: lambda m, x, _: consumers(m, x),
    responses: lambda m, x, _: responses(m, x),
    skip_lesion: lambda m, x, y: list(skip_lesion(m, x, y)),
    swap_blocks: lambda m, x, y: swap_blocks(m, x, y, m.spec.blocks[0], m.spec.blocks[0]),
    time_block: timed,
    Unravelled: lambda m, x, y: Unravelled(m, x, y).together(),
    work: lambda m, x, _: work(m, x),
}
CONTEXTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "outside": nullcontext,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
}


def test_every_probe_of_a_network_is_here() -> None:
    found = set()
    for module in pkgutil.iter_modules(probes.__path__, f"{probes.__name__}."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or not callable(thing) or getattr(thing, "__module__", "") != module.name:
                continue
            if {"model", "module"} & set(list(inspect.signature(thing).parameters)[:1]):
                found.add(thing)
    assert found - {unchanged, named} == set(PROBES), "only these two run no network"
    assert "block" in inspect.signature(bypass).parameters, "takes a block, and runs it in the mode of whoever calls"


def set_mode(model: nn.Module, mode: str) -> None:
    model.train(mode == "train")
    if mode == "mixed":
        for i, module in enumerate(model.modules()):
            module.training = i % 2 == 0


def snapshot(model: nn.Module) -> list[Any]:
    """All that a network is: objects, values, versions, flags, gradients, modes and hooks."""
    found: list[Any] = []
    for name, module in model.named_modules():
        own = [*module._parameters.items(), *module._buffers.items()]
        found += [name, module.training, dict(module._forward_hooks), dict(module._forward_pre_hooks)]
        for key, tensor in own:
            if tensor is not None:
                version = None if tensor.is_inference() else tensor._version
                grad = None if tensor.grad is None else (id(tensor.grad), tensor.grad.tolist())
                found += [key, id(tensor), tensor.tolist(), version, tensor.requires_grad, grad]
    return found


def flat(found: Any) -> Iterator[Any]:
    """The numbers and words in whatever a probe returns, in order."""
    if isinstance(found, Tensor):
        yield from found.flatten().tolist()
    elif isinstance(found, dict):
        yield from flat(list(found.items()))
    elif isinstance(found, list | tuple):
        for part in found:
            yield from flat(part)
    elif hasattr(found, "__dataclass_fields__"):
        yield from flat([getattr(found, name) for name in found.__dataclass_fields__])
    else:
        yield found


def assert_same(found: list[Any], expected: list[Any], where: str = "") -> None:
    """Words equal, numbers up to rounding."""
    numbers, others = ([v for v in one if isinstance(v, float)] for one in (found, expected))
    assert numbers == pytest.approx(others, rel=1e-3, abs=1e-6, nan_ok=True), where
    rest = [[v for v in one if not isinstance(v, float)] for one in (found, expected)]
    assert rest[0] == rest[1], where


def network(spec: ResNetSpec, mode: str) -> ResNet:
    """With statistics of its own, gradients, a frozen layer and somebody's hook."""
    model = build(spec)
    with torch.no_grad():
        model(torch.randn(4, spec.in_channels, 8, 8, generator=torch.Generator().manual_seed(2)))
    set_mode(model, mode)
    if not torch.is_inference_mode_enabled():
        model.fc.weight.grad = torch.ones_like(model.fc.weight)
    model.conv1.weight.requires_grad_(False)
    model.fc.register_forward_hook(lambda *_: None)
    return model


def batch(spec: ResNetSpec) -> tuple[Tensor, Tensor]:
    x = torch.randn(4, spec.in_channels, 8, 8, generator=torch.Generator().manual_seed(1))
    return x, torch.arange(4) % spec.classes


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
@settings(max_examples=4)
@given(spec=specs(largest_stage=1, widths=(4,)), mode=st.sampled_from(["eval", "train", "mixed"]))
def test_a_probe_changes_nothing_and_is_the_same_in_every_mode(probe: Callable[..., Any], spec: ResNetSpec, mode: str) -> None:
    run = PROBES[probe]
    spec = replace(spec, order="pre") if probe is identity_terms else spec
    expected = list(flat(run(network(spec, "eval"), *batch(spec))))
    for name, context in CONTEXTS.items():
        model, (x, y) = network(spec, mode), batch(spec)
        before, pictures = snapshot(model), x.clone()
        with context():
            found = list(flat(run(model, x, y)))
        assert_same(found, expected, name)
        assert snapshot(model) == before, name
        assert torch.equal(x, pictures)
        assert x.grad is None


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_network_and_pictures_made_in_inference_mode(probe: Callable[..., Any]) -> None:
    spec = parse_network("basic-1.2-w4-cifar-pre-c10")
    expected = list(flat(PROBES[probe](network(spec, "eval"), *batch(spec))))
    with torch.inference_mode():
        model, (x, y) = network(spec, "train"), batch(spec)
        assert_same(list(flat(PROBES[probe](model, x, y))), expected)
    before = snapshot(model)
    assert_same(list(flat(PROBES[probe](model, x, y))), expected)
    assert snapshot(model) == before


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_probe_that_fails_leaves_nothing_behind(probe: Callable[..., Any]) -> None:
    """Pictures with a channel too many fail inside of the network."""
    spec = parse_network("basic-1.2-w4-cifar-pre-c10")
    model, (x, y) = network(spec, "mixed"), batch(replace(spec, in_channels=4))
    before = snapshot(model)
    if probe is directions:
        return  # takes no pictures
    with pytest.raises(RuntimeError, match="channels"):
        PROBES[probe](model, x, y)
    assert snapshot(model) == before
    assert torch.is_grad_enabled()


def test_a_graph_that_somebody_holds_stays_valid() -> None:
    """In evaluation mode a graph refers to the running statistics: whoever writes to them, be it the same values, breaks it."""
    model = build(parse_network("basic-1.2-w4-cifar-c10")).eval()
    x, y = batch(model.spec)
    loss = F.cross_entropy(model(x), y)
    for run in PROBES.values():
        if run is not PROBES[identity_terms]:
            run(model, x, y)
    loss.backward()
    assert model.conv1.weight.grad is not None


def test_a_probe_that_stops_halfway_holds_nothing() -> None:
    """Between two results of a generator the network and torch are the caller's."""
    model, (x, y) = network(parse_network("basic-2-w4-cifar-c10"), "mixed"), batch(parse_network("basic-2-w4-cifar-c10"))
    before = snapshot(model)
    for generator in (lesion(model, x, y), landscape(model, x, y, 3), delete_random(model, x, y, (1,))):
        next(generator)
        assert snapshot(model) == before
        assert torch.is_grad_enabled()


def test_threads_that_measure_one_network_take_turns() -> None:
    """Modes and buffers belong to the module: two measurements at once would put back each other's."""
    spec = parse_network("basic-1.1-w4-cifar-c10")
    model, (x, y) = network(spec, "train"), batch(spec)
    before = snapshot(model)
    runs = [PROBES[capture], PROBES[gradient_norms]] * 2
    expected = [list(flat(run(model, x, y))) for run in runs]

    def measure(run: Probe) -> list[list[Any]]:
        return [list(flat(run(model, x, y))) for _ in range(30)]

    with ThreadPoolExecutor(len(runs)) as pool:
        for found, own in zip(pool.map(measure, runs), expected, strict=True):
            assert all(one == own for one in found)
    assert snapshot(model) == before


def test_another_network_is_measured_meanwhile_and_the_same_one_waits() -> None:
    one, other = nn.BatchNorm2d(2), nn.BatchNorm2d(2)
    begun, done = threading.Event(), threading.Event()

    def measure() -> None:
        begun.set()
        with unchanged(one, training=True):
            done.set()

    with unchanged(one):
        thread = threading.Thread(target=measure)
        thread.start()
        begun.wait()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: _mode_inside(other)).result(), "another network does not wait"
        assert not done.is_set()
        assert not one.training
    thread.join()
    assert done.is_set()


def _mode_inside(module: nn.Module) -> bool:
    with unchanged(module, training=True):
        return module.training
