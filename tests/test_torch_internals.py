"""What is relied on without a promise is still there; where it is not, the failing test says in a sentence what breaks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch.optim import SGD
from torchvision.models import ResNet18_Weights

from resnet_viz.missing import Missing
from resnet_viz.torch_internals import imagenet_accuracy, stepped_along


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_what_a_step_moved_along_times_the_rate_is_how_far_it_moved(momentum: float) -> None:
    weight = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    optimiser = SGD([weight], lr=0.1, momentum=momentum)
    for _ in range(3):
        before = weight.detach().clone()
        weight.grad = 2 * before
        optimiser.step()
        torch.testing.assert_close(before - weight.detach(), 0.1 * stepped_along(optimiser, weight))


def test_momentum_that_is_kept_elsewhere_is_said() -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    with pytest.raises(Missing, match=r"seen in torch \d.*is gone: how far a step moves"):
        stepped_along(SGD([weight], lr=0.1, momentum=0.9), weight)  # as if the step had kept nothing


def test_torchvision_still_says_how_right_its_weights_are() -> None:
    assert imagenet_accuracy(ResNet18_Weights.IMAGENET1K_V1) == pytest.approx(0.698, abs=5e-4)
    for meta in ({}, {"_metrics": {}}, {"_metrics": None}):
        with pytest.raises(Missing, match=r"seen in torchvision \d.*is gone: cards"):
            imagenet_accuracy(SimpleNamespace(meta=meta))
