"""`capture`: what named modules put out during one forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.func import functional_call

from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.unchanged import hooked, unchanged


def capture(
    model: nn.Module, x: Tensor, names: Iterable[str], *, replaced: Mapping[str, Tensor] | None = None
) -> dict[str, Tensor]:
    """The outputs of the named modules, as they were when computed, in one forward pass and in the order asked for.

    `replaced` are parameters by name that take the place of the model's own for this pass.

    Raises `KeyError` where the model has no module of a name.

    Measured in evaluation mode; nothing of the model changes. The networks of this package never write in place, so nothing is
    copied; any other model might, so its outputs are.

    >>> import torch
    >>> from resnet_viz import build, preset
    >>> net = build(preset("cifar_resnet20")).eval()
    >>> {name: tuple(t.shape) for name, t in capture(net, torch.zeros(1, 3, 32, 32), ["layer2.0.add", "fc"]).items()}
    {'layer2.0.add': (1, 32, 16, 16), 'fc': (1, 10)}
    """
    if isinstance(names, str):
        raise TypeError(f"names must be a list of module names such as {[names]!r}, got {names!r}")
    modules = named(model, names)
    copies = not isinstance(model, ResNet)
    outputs: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            outputs[name] = output.clone() if copies else output

        return hook

    hooks = (module.register_forward_hook(keep(name)) for name, module in modules.items())
    with unchanged(model), hooked(hooks):
        functional_call(model, dict(replaced), (x,)) if replaced else model(x)
    return {name: outputs[name] for name in modules}


def named(model: nn.Module, names: Iterable[str]) -> dict[str, nn.Module]:
    """The modules of these names, each once. Raises `KeyError` that quotes a name where there is none."""
    modules: dict[str, nn.Module] = dict(model.named_modules())
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in modules]
    if unknown:
        raise KeyError(f"the network has no module called {unknown[0]!r}; it has {', '.join(list(modules)[1:4])}, …")
    return {name: modules[name] for name in wanted}
