"""The network that a file of weights is of, found from names and shapes alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings

from resnet_viz.nets.find import find_network
from resnet_viz.nets.presets import TORCHVISION, preset
from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from tests.conftest import specs


def state_of(spec: ResNetSpec) -> dict[str, torch.Tensor]:
    """Names and shapes of a network's weights; no weight is made."""
    with torch.device("meta"):
        return dict(ResNet(spec).state_dict())


@pytest.mark.parametrize("name", [*TORCHVISION, "cifar_resnet20", "cifar_resnet110"])
def test_published_networks_are_found(name: str) -> None:
    state = state_of(preset(name))
    assert find_network(state).spec == preset(name)
    older = {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}
    assert find_network(older).spec == preset(name)


@given(spec=specs())
@settings(deadline=None, max_examples=60)
def test_any_network_of_ours_is_found_up_to_what_no_weight_tells(spec: ResNetSpec) -> None:
    state = state_of(spec.residual())
    found = find_network(state).spec
    assert {name: value.shape for name, value in state_of(found).items()} == {name: value.shape for name, value in state.items()}
    assert (found.stages, found.width, found.classes) == (spec.stages, spec.width, spec.classes)


def test_the_last_layer_of_common_cifar_networks_is_renamed() -> None:
    state = {name.replace("fc.", "linear."): value for name, value in state_of(preset("cifar_resnet20")).items()}
    found = find_network(state)
    assert found.spec == preset("cifar_resnet20")
    assert found.renamed == ("linear.",)


def test_what_is_no_resnet_is_said_and_what_is_nearly_one_too() -> None:
    with pytest.raises(Refused) as caught:
        find_network({"features.0.weight": torch.zeros(64, 3, 3, 3), "classifier.bias": torch.zeros(10)})
    assert caught.value.code == "no_resnet"
    state = state_of(replace(preset("cifar_resnet20"), classes=7))
    state["layer2.1.conv1.weight"] = torch.zeros(9, 9, 3, 3)
    state["extra"] = torch.zeros(1)
    with pytest.raises(Refused) as caught:
        find_network(state)
    assert caught.value.code == "misfit"
    assert "layer2.1.conv1.weight" in str(caught.value)
    assert "extra" in str(caught.value)
