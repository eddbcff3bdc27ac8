"""Grad-CAM against the derivation by hand: after the last stage there is only a mean and a linear layer."""

from __future__ import annotations

import pytest
import torch

from resnet_viz import build, capture, grad_cam, parse_network
from resnet_viz.refused import Refused


@pytest.mark.parametrize("target", [None, 0, 7])
def test_equals_the_linear_layers_weights_times_the_maps(target: int | None) -> None:
    """∂(logit)/∂A is w/(h·w) everywhere, so α is proportional to the last layer's weights (the CAM of Zhou et al. 2016)."""
    model = build(parse_network("basic-1.2-w8-cifar-c10")).eval().requires_grad_(False)
    x = torch.randn(1, 3, 32, 32)
    outputs = capture(model, x, ["layer2", "fc"])
    chosen = int(outputs["fc"].argmax()) if target is None else target
    by_hand = torch.einsum("k,khw->hw", model.fc.weight[chosen], outputs["layer2"][0]).relu()
    expected = by_hand / by_hand.max() if by_hand.max() > 0 else by_hand
    torch.testing.assert_close(grad_cam(model, x, target), expected)


def test_an_inner_layer_against_autograd_on_a_split_network() -> None:
    model = build(parse_network("basic-1.2-w8-cifar-c10")).eval()
    x = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        maps = model.layer1(model.relu(model.bn1(model.conv1(x))))
    maps.requires_grad_()
    logits = model.fc(model.flatten(model.avgpool(model.layer2(maps))))
    (gradient,) = torch.autograd.grad(logits[0, 3], maps)
    by_hand = (gradient.mean((2, 3), keepdim=True) * maps).sum(1)[0].detach().relu()
    torch.testing.assert_close(grad_cam(model, x, 3, layer="layer1"), by_hand / by_hand.max())
    assert all(p.grad is None for p in model.parameters())


def test_evidence_from_logits_that_are_not_numbers_is_refused() -> None:
    """Without BN, He's initialisation doubles the sum at every block: 500 blocks leave float32's range."""
    model = build(parse_network("basic-500-w4-cifar-nobn-c10"))
    with pytest.raises(Refused, match="fc puts out 10 numbers, of which 10"):
        grad_cam(model, torch.randn(1, 3, 8, 8))


def test_what_is_not_accepted() -> None:
    model = build(parse_network("basic-1-w4-cifar-c10")).eval()
    with pytest.raises(ValueError, match="one picture"):
        grad_cam(model, torch.zeros(2, 3, 8, 8))
    with pytest.raises(ValueError, match="10"):
        grad_cam(model, torch.zeros(1, 3, 8, 8), 10)
    with pytest.raises(KeyError, match="no module called 'zz'"):
        grad_cam(model, torch.zeros(1, 3, 8, 8), layer="zz")
    with pytest.raises(ValueError, match=r"'fc' puts out \(1, 10\)"):
        grad_cam(model, torch.zeros(1, 3, 8, 8), layer="fc")
