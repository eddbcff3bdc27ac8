"""Arithmetic against measurement: every number of a plan is found again on the real network."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights

from resnet_viz import ResNetSpec, build, parse_network, plan, preset, presets, receptive_field
from resnet_viz.draw.svg import details
from resnet_viz.nets.plan import INPUT, KEPT, MAX_INPUT
from resnet_viz.nets.presets import TORCHVISION
from resnet_viz.nets.receptive_fields import receptive_fields
from resnet_viz.nets.resnet import ResNet
from tests.conftest import specs


def meta(spec: ResNetSpec) -> ResNet:
    with torch.device("meta"):
        return ResNet(spec)


def check_on_a_real_network(spec: ResNetSpec, size: int, model: ResNet, x: torch.Tensor) -> None:
    """Names, order, shapes, inputs, parameters and multiply-adds."""
    p = plan(spec, size)
    shapes: dict[str, Any] = {}
    outputs: dict[int, str] = {id(x): INPUT}
    keep = [x]

    def look(name: str) -> Any:
        def hook(_module: Any, inputs: Any, output: torch.Tensor) -> None:
            if output is inputs[0]:  # an identity hands on the same object
                output = output.view_as(output)
            keep.append(output)
            shapes[name] = (tuple(outputs[id(i)] for i in inputs), tuple(inputs[0].shape[1:]), tuple(output.shape[1:]))
            outputs[id(output)] = name
            return output

        return hook

    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(look(name))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(x)
    assert set(shapes) == {layer.name for layer in p.layers}
    for layer in p.layers:
        inputs, in_shape, out_shape = shapes[layer.name]
        assert inputs == layer.inputs, layer.name
        flat = layer.kind in ("flatten", "linear")
        assert in_shape == (layer.in_shape[:1] if layer.kind == "linear" else layer.in_shape), layer.name
        assert out_shape == (layer.out_shape[:1] if flat else layer.out_shape), layer.name
        assert layer.params == sum(w.numel() for w in model.get_submodule(layer.name).parameters()), layer.name
    assert p.params == sum(w.numel() for w in model.parameters())
    assert p.macs == counter.get_total_flops() // 2
    assert p.params == sum(part.params for part in p.parts)
    assert p.macs == sum(part.macs for part in p.parts)


PRESETS = [pytest.param(name, marks=[pytest.mark.endurance] if "1202" in name else []) for name in presets()]
"""With a thousand layers it takes seconds."""


@pytest.mark.parametrize("name", PRESETS)
def test_presets_on_the_meta_device(name: str) -> None:
    size = 32 if name.startswith("cifar") else 224
    spec = preset(name)
    check_on_a_real_network(spec, size, meta(spec).eval(), torch.zeros(1, 3, size, size, device="meta"))


@given(specs())
@settings(max_examples=60)
def test_any_network_on_the_meta_device(spec: ResNetSpec) -> None:
    size = 33
    check_on_a_real_network(spec, size, meta(spec).eval(), torch.zeros(1, spec.in_channels, size, size, device="meta"))


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_own_figures(name: str) -> None:
    weights = next(iter(get_model_weights(name)))
    p = plan(preset(name), 224)
    assert p.params == weights.meta["num_params"]
    assert round(p.macs / 1e9, 3) == weights.meta["_ops"]


def saved_bytes(model: ResNet, x: torch.Tensor) -> int:
    """Bytes that autograd keeps besides parameters and running statistics, each storage once."""
    own = {t.untyped_storage()._cdata for t in [*model.parameters(), *model.buffers()]}
    kept: dict[int, torch.Tensor] = {}

    def pack(t: torch.Tensor) -> torch.Tensor:
        if t.untyped_storage()._cdata not in own:
            kept[t.untyped_storage()._cdata] = t
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        out = model.train()(x)
    assert out.requires_grad
    return sum(t.untyped_storage().nbytes() for t in kept.values())


@pytest.mark.parametrize("name", PRESETS)
def test_activation_memory_of_presets(name: str) -> None:
    size = 32 if name.startswith("cifar") else 224
    x = torch.zeros(1, 3, size, size, device="meta")
    assert plan(preset(name), size).activation_bytes == saved_bytes(meta(preset(name)), x)


@given(specs(largest_stage=2))
@settings(max_examples=40)
def test_activation_memory_of_any_network(spec: ResNetSpec) -> None:
    size = 40  # the last stage keeps more than one position, which BN needs to train
    x = torch.randn(1, spec.in_channels, size, size)
    assert plan(spec, size).activation_bytes == saved_bytes(build(spec), x)


def test_a_plan_is_found_by_name_and_by_part() -> None:
    p = plan(preset("resnet50"))
    assert p.by_name["layer1.0.downsample.0"].out_shape == (256, 56, 56)
    assert p.block("layer3.0").stride == 2
    assert [part.name for part in p.parts] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    with pytest.raises(KeyError, match="layer9"):
        p.block("layer9.9")


@pytest.mark.parametrize("size", [0, -1, MAX_INPUT + 1, (224, 0), "224", (3, 224, 224), ("224", 224), 224.5, None])
def test_sizes_that_are_not_accepted(size: Any) -> None:
    with pytest.raises(ValueError, match="input size") as caught:
        plan(preset("resnet18"), size)
    assert repr(size) in str(caught.value)


def test_oblong_pictures() -> None:
    spec = parse_network("basic-1.1-w4-cifar-c3")
    with torch.no_grad():
        out = build(spec).eval().layer2(torch.zeros(1, 4, 20, 30))
    assert plan(spec, (20, 30)).stages[1].out_shape == tuple(out.shape[1:])


@given(specs(largest_stage=2, widths=(2,)), st.data())
@settings(max_examples=60)
def test_receptive_field_is_where_the_gradient_reaches(spec: ResNetSpec, data: st.DataObject) -> None:
    """With positive weights nothing cancels: a pixel has a gradient exactly if the position can see it."""
    spec, size = replace(spec, norm="none", zero_gamma=False), 96
    layer = data.draw(st.sampled_from([name for name in receptive_fields(spec) if name != INPUT]))
    model = build(spec).double()
    if spec.stem == "imagenet":
        model.maxpool = nn.AvgPool2d(3, 2, 1)  # the same window, but every pixel of it has a gradient
    with torch.no_grad():
        for weight in model.parameters():
            weight.fill_(1)
    x = torch.ones(1, spec.in_channels, size, size, dtype=torch.double, requires_grad=True)
    kept: list[torch.Tensor] = []
    model.get_submodule(layer).register_forward_hook(lambda _m, _i, out: kept.append(out))
    model(x)
    _, _, height, width = kept[0].shape
    field = receptive_field(spec, layer)
    assert field.stride == -(-size // height), "input pixels from one position to the next"
    for row, column in {(height // 2, width // 3), (0, width - 1)}:
        (gradient,) = torch.autograd.grad(kept[0][0, :, row, column].sum(), x, retain_graph=True)
        ys, xs = torch.nonzero(gradient[0].sum(0), as_tuple=True)
        left, top, right, bottom = field.box(row, column)
        for start, end, reached in ((left, right, xs), (top, bottom, ys)):
            first, last = int(reached.min()), int(reached.max()) + 1
            assert first == start if start >= 0 else first >= 0
            assert last == end if end <= size else last <= size


def test_no_receptive_field_after_the_global_pool() -> None:
    with pytest.raises(KeyError, match="fc"):
        receptive_field(preset("resnet18"), "fc")


def test_the_plans_of_any_links_are_not_all_kept() -> None:
    """Nor what is made of them: the tooltips' words and the receptive fields."""
    spec = parse_network("basic-500.500-w1-cifar")
    p = plan(spec, 32)
    details(p, "layer1.0")
    assert plan(spec, (32, 32)) is p
    assert receptive_fields(spec) is receptive_fields(spec)
    gone = [weakref.ref(made) for made in (p, plan(spec, 224))]
    layers = len(p.layers)
    del p
    for side in range(1, 2 + KEPT // layers):
        plan(spec, side)
    assert [ref() for ref in gone] == [None, None]


@pytest.mark.parametrize("size", [0, MAX_INPUT + 1, 32.0, (32,), "32"])
def test_an_input_size_is_refused_though_one_like_it_is_kept(size: Any) -> None:
    plan(preset("cifar_resnet20"), 32)
    with pytest.raises(ValueError, match="input size must be one side"):
        plan(preset("cifar_resnet20"), size)
