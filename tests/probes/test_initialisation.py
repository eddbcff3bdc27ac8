"""The size of a signal through untrained layers, against arithmetic by hand."""

from __future__ import annotations

import math

import pytest
import torch

from resnet_viz.nets.resnet import build, named_generator
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.initialisation import second_moments


def test_one_layer_by_hand() -> None:
    """Two units, one picture: y = W x with the weights that the seed draws, squared and averaged on paper."""
    x = torch.randn(1, 2, generator=named_generator(3, "input"), dtype=torch.float64)[0]
    a, b = (x / math.sqrt(float(x[0] ** 2 + x[1] ** 2) / 2)).tolist()
    (w11, w12), (w21, w22) = torch.randn(2, 2, generator=named_generator(3, "layer0"), dtype=torch.float64).tolist()
    first, second = w11 * a + w12 * b, w21 * a + w22 * b
    expected = (first**2 + second**2) / 2 * (4 / 2)  # weights of variance 4/n scale y by √(4/2)
    assert second_moments(4, layers=1, width=2, batch=1, seed=3) == pytest.approx((1.0, expected))


@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0])
def test_a_relu_halves_what_the_weights_multiply(factor: float) -> None:
    """Eq. 9: the first layer reads a symmetric input and multiplies by `factor`, each later one by factor / 2."""
    layers = 12
    found = second_moments(factor, layers=layers)
    for layer in range(1, layers + 1):
        assert math.log2(found[layer] / factor) == pytest.approx((layer - 1) * math.log2(factor / 2), abs=0.05 * layer + 0.15)


def test_the_same_weights_scaled_scale_the_signal() -> None:
    """A ReLU passes a positive factor on, so k times the variance is k^l times the moment in layer l, exactly."""
    one, two = second_moments(1, layers=20, width=64), second_moments(2, layers=20, width=64)
    assert two == pytest.approx([value * 2**layer for layer, value in enumerate(one)], rel=1e-9)


def test_without_relus_one_over_n_keeps_it() -> None:
    kept, doubled = (second_moments(factor, layers=12, relu=False) for factor in (1, 2))
    assert kept[-1] == pytest.approx(1, abs=0.3)
    assert doubled[-1] == pytest.approx(2**12, rel=0.3)


@pytest.mark.parametrize("wrong", [{"factor": 0}, {"factor": 1, "layers": 0}, {"factor": float("nan")}])
def test_what_has_no_signal_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        second_moments(**wrong)  # type: ignore[arg-type]


def test_he_by_fan_out_is_two_over_what_an_input_feeds() -> None:
    """What the lesson says of torchvision's networks: 2 / fan-out; where a layer has as many outputs as inputs, 2 / n."""
    layer = build(ResNetSpec(stages=(1,), width=256, stem="cifar")).get_submodule("layer1.0.conv1")
    weight = layer.get_parameter("weight").detach()
    outputs, inputs = weight.shape[0] * 9, weight.shape[1] * 9
    assert outputs == inputs
    assert float(weight.var()) == pytest.approx(2 / outputs, rel=0.02)
