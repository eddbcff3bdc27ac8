"""`consumers`: what comes after a layer, seen in a real forward pass."""

from __future__ import annotations

from torch import Tensor, nn

from resnet_viz.probes.unchanged import hooked, unchanged


def consumers(model: nn.Module, x: Tensor) -> dict[str, tuple[str, ...]]:
    """By name of each innermost module: the modules that read its output in one forward pass. An identity is looked through.

    Measured in evaluation mode; nothing of the model changes.

    >>> import torch
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Identity(), nn.ReLU())
    >>> consumers(net, torch.zeros(1, 3, 2, 2))
    {'0': ('2',), '2': ()}
    """
    sources: dict[int, str] = {}
    kept: list[Tensor] = []  # an id is a tensor's own only while the tensor lives
    found: dict[str, tuple[str, ...]] = {}
    names = {module: name for name, module in model.named_modules() if not list(module.children())}

    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if any(output is one for one in inputs):
            return
        for one in inputs:
            if id(one) in sources:
                found[sources[id(one)]] += (names[module],)
        kept.append(output)
        sources[id(output)] = names[module]
        found[names[module]] = ()

    with unchanged(model), hooked(module.register_forward_hook(hook) for module in names):
        model(x)
    return found
