"""What the library relies on that torch or torchvision do not promise: one function each, called from where it is needed.

Each says in which version it was seen and what its absence would break. Where it is gone, `Missing` is raised, in one
sentence, and `tests/test_torch_internals.py` fails with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resnet_viz.missing import Missing

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import SGD


def stepped_along(optimiser: SGD, weight: Tensor) -> Tensor:
    """What the last step moved a weight along, up to the learning rate: the momentum's sum, without momentum the gradient.

    Seen in torch 2.15: `optimiser.state[weight]["momentum_buffer"]`, there once a step was taken.
    """
    moved = optimiser.state[weight].get("momentum_buffer") if optimiser.param_groups[0]["momentum"] else weight.grad
    if moved is None:
        raise Missing("SGD's momentum_buffer", "torch 2.15", "how far a step moves each layer is not known")
    found: Tensor = moved
    return found


def imagenet_accuracy(weights: Any) -> float:
    """Share of ImageNet-1K's validation pictures that an entry of torchvision's weights gets right, as its authors measured it.

    Seen in torchvision 0.29: `weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]`, in percent.
    """
    try:
        return float(weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]) / 100
    except (KeyError, TypeError) as error:
        raise Missing(
            'torchvision\'s meta["_metrics"]', "torchvision 0.29", "cards of ImageNet weights have no accuracy"
        ) from error
