"""What capture returns is what was computed, on our networks and on ones that write in place."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from resnet_viz import build, capture, parse_network

SPEC = parse_network("basic-2.1-w8-cifar-c10")


def hooks_left(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in model.modules())


def test_equal_to_running_the_layers_by_hand() -> None:
    model = build(SPEC).eval()
    x = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        stem = model.relu(model.bn1(model.conv1(x)))
        first = model.layer1[0](stem)
    found = capture(model, x, ["layer1.0", "relu"])
    assert list(found) == ["layer1.0", "relu"], "in the order asked for"
    assert torch.equal(found["relu"], stem)
    assert torch.equal(found["layer1.0"], first)
    assert hooks_left(model) == 0


def test_one_pass_and_nothing_copied() -> None:
    model = build(SPEC).eval()
    runs = []
    model.conv1.register_forward_hook(lambda *_: runs.append(1))
    found = capture(model, torch.randn(1, 3, 16, 16), ["layer1.0.downsample", "relu", "layer1.0.downsample"])
    assert runs == [1]
    assert found["layer1.0.downsample"].data_ptr() == found["relu"].data_ptr()  # the stem's output itself


def test_a_network_that_writes_in_place_is_seen_as_it_was() -> None:
    theirs = resnet18().eval()
    ours = build(parse_network("resnet18")).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 3, 64, 64)
    names = ["bn1", "layer1.0.bn2", "layer2.0.downsample", "layer4.1"]
    for name, value in capture(theirs, x, names).items():
        assert torch.equal(value, capture(ours, x, [name])[name]), name


def test_an_unknown_name_is_quoted_and_a_failing_pass_leaves_no_hook() -> None:
    model = build(SPEC).eval()
    with pytest.raises(KeyError, match="layer7"):
        capture(model, torch.randn(1, 3, 16, 16), ["layer7"])
    with pytest.raises(TypeError, match=r"such as \['layer1.0'\], got 'layer1.0'"):
        capture(model, torch.randn(1, 3, 16, 16), "layer1.0")
    with pytest.raises(RuntimeError):
        capture(model, torch.randn(1, 4, 16, 16), ["conv1"])
    assert hooks_left(model) == 0
