"""Arithmetic against measurement: every number of a plan is found again on the real network."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights

from resnet_viz import ResNetSpec, build, parse_network, plan, preset, presets, receptive_field
from resnet_viz.nets.plan import INPUT, MAX_INPUT
from resnet_viz.nets.presets import TORCHVISION
from resnet_viz.nets.resnet import ResNet
from tests.conftest import specs

PRESETS = [name for name in presets() if name != "cifar_resnet1202"]


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


def saved_bytes(spec: ResNetSpec, size: int) -> int:
    """Bytes that autograd keeps besides parameters and running statistics, each storage once."""
    model = build(spec).train()
    own = {t.untyped_storage().data_ptr() for t in [*model.parameters(), *model.buffers()]}
    kept: dict[int, torch.Tensor] = {}

    def pack(t: torch.Tensor) -> torch.Tensor:
        if t.untyped_storage().data_ptr() not in own:
            kept[t.untyped_storage().data_ptr()] = t
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        out = model(torch.randn(1, spec.in_channels, size, size))
    assert out.requires_grad
    return sum(t.untyped_storage().nbytes() for t in kept.values())


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d", "cifar_resnet20", "cifar_resnet110"])
def test_activation_memory_of_presets(name: str) -> None:
    assert plan(preset(name), 64).activation_bytes == saved_bytes(preset(name), 64)


@given(specs(largest_stage=2))
@settings(max_examples=40)
def test_activation_memory_of_any_network(spec: ResNetSpec) -> None:
    size = 40  # the last stage keeps more than one position, which BN needs to train
    assert plan(spec, size).activation_bytes == saved_bytes(spec, size)


def test_a_plan_is_found_by_name_and_by_part() -> None:
    p = plan(preset("resnet50"))
    assert p.by_name["layer1.0.downsample.0"].out_shape == (256, 56, 56)
    assert p.block("layer3.0").stride == 2
    assert [part.name for part in p.parts] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    with pytest.raises(KeyError, match="layer9"):
        p.block("layer9.9")


@pytest.mark.parametrize("size", [0, -1, MAX_INPUT + 1, (224, 0)])
def test_sizes_that_are_not_accepted(size: Any) -> None:
    with pytest.raises(ValueError, match="input size") as caught:
        plan(preset("resnet18"), size)
    assert repr(size) in str(caught.value)


def test_oblong_pictures() -> None:
    spec = parse_network("basic-1.1-w4-cifar-c3")
    with torch.no_grad():
        out = build(spec).eval().layer2(torch.zeros(1, 4, 20, 30))
    assert plan(spec, (20, 30)).stages[1].out_shape == tuple(out.shape[1:])


@pytest.mark.parametrize(
    ("text", "layer"),
    [("basic-2.2-w4-cifar-nobn", "layer1.1.relu2"), ("basic-2.2-w4-cifar-nobn-sA", "layer2.1.add"), ("basic-1.1-w4-nobn", "layer2.0.relu2"),
     ("bottleneck-1.2-w4-cifar2-nobn", "layer2.1.relu3"), ("basic-1-w4-cifar2-nobn-plain", "layer1.0.conv2"), ("basic-1-w4-nobn", "maxpool")],
)  # fmt: skip
def test_receptive_field_is_where_the_gradient_reaches(text: str, layer: str) -> None:
    """With positive weights nothing cancels: a pixel has a gradient exactly if the position can see it."""
    spec, size = parse_network(text), 96
    model = build(spec)
    with torch.no_grad():
        for weight in model.parameters():
            weight.abs_()
    x = torch.rand(1, 3, size, size, requires_grad=True)
    kept: list[torch.Tensor] = []
    model.get_submodule(layer).register_forward_hook(lambda _m, _i, out: kept.append(out))
    model.double()(x.double())
    maps = kept[0]
    field = receptive_field(spec, layer)
    for row, column in [(maps.shape[2] // 2, maps.shape[3] // 2), (1, 2)]:
        (gradient,) = torch.autograd.grad(maps[0, :, row, column].sum(), x, retain_graph=True)
        ys, xs = torch.nonzero(gradient[0].sum(0), as_tuple=True)
        left, top, right, bottom = (min(max(v, 0), size) for v in field.box(row, column))
        if "maxpool" in layer or spec.stem == "imagenet":  # a max-pool hands its gradient to one winner: inside, not everywhere
            assert left <= xs.min() and xs.max() < right
            assert top <= ys.min() and ys.max() < bottom
        else:
            assert (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) == (left, top, right, bottom)


def test_no_receptive_field_after_the_global_pool() -> None:
    with pytest.raises(KeyError, match="fc"):
        receptive_field(preset("resnet18"), "fc")
