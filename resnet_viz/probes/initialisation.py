"""How large a signal stays on its way through untrained layers, for a given variance of their weights.

He et al. 2015 (arXiv 1502.01852, eq. 9 and 10): with y_l = W_l x_l, x_l = ReLU(y_{l-1}) and weights of variance v,

    E[y_L²] = E[y_1²] · ∏ ½ n v        over the layers 2 … L, each of n inputs,

because a ReLU keeps half of the second moment of what is symmetric around 0. So v = 2/n keeps the signal, 1/n halves it in every
layer and 4/n doubles it. Without ReLUs the ½ is absent, and 1/n keeps it (Glorot and Bengio 2010).
"""

from __future__ import annotations

import math

import torch

from resnet_viz.nets.resnet import named_generator


def second_moments(
    factor: float, layers: int = 30, width: int = 512, batch: int = 64, *, relu: bool = True, seed: int = 0
) -> tuple[float, ...]:
    """Mean of y² over a batch: of the input, which is 1, and after each of `layers` square layers, before its ReLU.

    Weights are normal with variance `factor` / `width`; the input is normal with variance 1. The same seed draws the same weights
    for every factor, so that the lines of two factors differ by the factor alone.

    >>> [round(value, 1) for value in second_moments(2, layers=2)]
    [1.0, 2.0, 2.1]
    """
    if not factor > 0 or min(layers, width, batch) < 1:
        raise ValueError(f"factor, layers, width and batch must be positive, got {factor}, {layers}, {width}, {batch}")
    x = torch.randn(batch, width, generator=named_generator(seed, "input"), dtype=torch.float64)  # (N, C)
    x = x / x.square().mean().sqrt()
    moments = [1.0]
    for layer in range(layers):
        weight = torch.randn(width, width, generator=named_generator(seed, f"layer{layer}"), dtype=torch.float64)
        y = x @ weight.T * math.sqrt(factor / width)  # (N, C)
        moments.append(float(y.square().mean()))
        x = torch.relu(y) if relu else y
    return tuple(moments)
