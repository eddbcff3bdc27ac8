"""Grad-CAM: where in the picture the evidence for a class lies (Selvaraju et al. 2016, arXiv 1610.02391)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.capture import named
from resnet_viz.probes.finite import check_finite
from resnet_viz.probes.unchanged import hooked, ordinary, unchanged


def grad_cam(model: ResNet, x: Tensor, target: int | None = None, layer: str | None = None) -> Tensor:
    """ReLU(Σ_k α_k A^k) for one picture, with α_k the mean over positions of ∂(logit of target)/∂A^k. Eq. 1 and 2.

    x is (1, C, H, W). `target` is a class, by default the network's first guess; `layer` the module whose output is A, by
    default the last stage. Returns (h, w) of that layer, scaled to a largest value of 1 (all 0 where nothing speaks
    for the class). Measured in evaluation mode; nothing of the model changes.

    Raises `KeyError` for a layer that is not there, `ValueError` for one that puts out no maps, and `Refused` where logits are
    not finite numbers.
    """
    if x.shape[0] != 1:
        raise ValueError(f"grad_cam takes one picture, (1, C, H, W), got {tuple(x.shape)}")
    name = f"layer{len(model.spec.stages)}" if layer is None else layer
    module: nn.Module = named(model, [name])[name]
    kept: list[Tensor] = []

    def restart(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_())  # the gradient is needed from here on only
        return kept[0]

    with unchanged(model, gradients="values"):
        with hooked([module.register_forward_hook(restart)]):
            logits = model(ordinary(x))[0]  # (classes,)
        maps = kept[0]
        if maps.ndim != 4:
            raise ValueError(f"layer must put out maps, (1, K, h, w), such as 'layer1.0'; {name!r} puts out {tuple(maps.shape)}")
        check_finite("fc", logits)
        chosen = int(logits.argmax()) if target is None else target
        if not 0 <= chosen < len(logits):
            raise ValueError(f"target must be a class from 0 to {len(logits) - 1}, got {target!r}")
        (gradient,) = torch.autograd.grad(logits[chosen], maps)
    weights = gradient.mean((2, 3), keepdim=True)  # (1, K, 1, 1)
    cam = (weights * maps.detach()).sum(1)[0].relu()  # (h, w)
    return cam / cam.max().clamp_min(torch.finfo(cam.dtype).tiny)
