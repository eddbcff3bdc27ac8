"""What others publish as weights loads, or is refused in one sentence that quotes what differs: files of torchvision's models."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from torch import Tensor, nn
from torchvision.models import get_model

from resnet_viz import ResNetSpec, build, preset
from resnet_viz.nets.checkpoint import COUNTER, differences, load, shapes_of, unwrap
from resnet_viz.refused import Refused
from resnet_viz.text import LANGUAGES
from tests.conftest import specs

State = dict[str, Tensor]


@pytest.fixture(scope="module")
def theirs() -> nn.Module:
    """torchvision's ResNet-18 with weights and statistics that are not the initial ones."""
    model: nn.Module = get_model("resnet18")
    with torch.no_grad():
        for value in model.state_dict().values():
            if value.is_floating_point():
                value.uniform_(0.01, 0.1, generator=torch.Generator().manual_seed(0))
    return model.eval()


def through_a_file(saved: object) -> object:
    """Written and read again, as a file of weights is."""
    file = io.BytesIO()
    torch.save(saved, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def first_release(state: State) -> State:
    """As torchvision published it in 2017: without BN's counters."""
    return {name: value for name, value in state.items() if not name.endswith(COUNTER)}


WRAPPED: dict[str, tuple[Callable[[State], Any], tuple[str, ...]]] = {
    "bare": (lambda s: s, ()),
    "first release": (first_release, ()),
    "a training's checkpoint": (lambda s: {"epoch": 3, "state_dict": s, "optimizer": {"state": {}}}, ("state_dict",)),
    "model": (lambda s: {"model": s, "lr_scheduler": {}, "epoch": 89}, ("model",)),
    "DataParallel": (lambda s: {f"module.{name}": value for name, value in s.items()}, ("module.",)),
    "all of them": (
        lambda s: {"model": {"state_dict": {f"module._orig_mod.{name}": v for name, v in first_release(s).items()}}},
        ("model", "state_dict", "module.", "_orig_mod."),
    ),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_weights_as_they_are_published_compute_what_their_own_network_does(name: str, theirs: nn.Module) -> None:
    wrap, wrappers = WRAPPED[name]
    found = unwrap(through_a_file(wrap(theirs.state_dict())))
    assert found.wrappers == wrappers
    assert len(found.state) == (102 if name in ("first release", "all of them") else 122)
    ours = load(build(preset("resnet18")), found.state).eval()
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))
    assert all(int(value) == 0 for key, value in ours.state_dict().items() if key.endswith(COUNTER))


@pytest.mark.parametrize("name", ["resnet50", "resnext50_32x4d", "wide_resnet50_2"])
def test_torchvisions_networks_have_the_shapes_that_are_expected(name: str) -> None:
    with torch.device("meta"):
        theirs = get_model(name).state_dict()
    assert shapes_of(preset(name)) == {key: tuple(value.shape) for key, value in theirs.items()}


@given(specs(largest_stage=2, widths=(4,)))
def test_shapes_are_those_of_the_network_that_is_built(spec: ResNetSpec) -> None:
    assert shapes_of(spec) == {key: tuple(value.shape) for key, value in build(spec).state_dict().items()}


def test_another_network_is_refused_with_the_first_differences() -> None:
    """ResNet-18's weights for ResNet-34: what is missing is what 34 has more. For ResNet-50: shapes too."""
    state = get_model("resnet18").state_dict()
    deeper, wider = (build(preset(name)) for name in ("resnet34", "resnet50"))
    before = copy.deepcopy(deeper.state_dict())
    with pytest.raises(Refused) as caught:
        load(deeper, state)
    counters = sum(name.endswith(COUNTER) for name in shapes_of(preset("resnet34"))) - 20
    missing = len(deeper.state_dict()) - len(state) - counters
    assert caught.value.values["missing"] == f"{missing} (layer1.2.conv1.weight, layer1.2.bn1.weight, layer1.2.bn1.bias, …)"
    assert caught.value.values["unexpected"] == caught.value.values["shapes"] == "0"
    assert all(torch.equal(value, before[name]) for name, value in deeper.state_dict().items()), "nothing was put in"
    with pytest.raises(Refused) as caught:
        load(wider, state)
    assert "layer1.0.conv1.weight (64, 64, 3, 3) ≠ (64, 64, 1, 1)" in caught.value.values["shapes"]  # type: ignore[operator]
    for language in LANGUAGES:
        assert "(64, 64, 3, 3) ≠ (64, 64, 1, 1)" in caught.value.said(language)
    with pytest.raises(Refused, match=r"not part of the network 4 \(a, b, c, …\)"):
        load(build(preset("resnet18")), {**state, **dict.fromkeys("abcd", torch.zeros(1))})


def test_only_the_projections_of_removed_skips_are_left_over() -> None:
    spec = ResNetSpec(stages=(1, 1), width=8, stem="cifar", classes=10)
    state = build(spec, 1).state_dict()
    cut = load(build(spec.plain()), state)
    assert torch.equal(cut.get_parameter("layer2.0.conv1.weight"), state["layer2.0.conv1.weight"])
    assert not any(differences(spec.with_skip("layer2.0", False), state))
    found = differences(replace(spec, shortcut="A"), state)
    assert found.unexpected
    assert all(name.startswith("layer2.0.downsample.") for name in found.unexpected), "that block has a shortcut: another one"


@pytest.mark.parametrize("saved", [None, [], {}, torch.zeros(3), {"epoch": 3}, {"state_dict": {"a": "b"}}, {3: torch.zeros(1)}])
def test_what_is_no_dictionary_of_tensors_is_refused(saved: object) -> None:
    with pytest.raises(Refused, match="dictionary of names and tensors, not ") as caught:
        unwrap(saved)
    assert caught.value.code == "no_weights"
