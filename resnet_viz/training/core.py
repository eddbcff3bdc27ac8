"""`Core`: a network, its optimiser and the training step, for the live run and the recorder alike.

Each brings its own batches and learning rates. A step is two calls, so that a run can look at the gradients,
or stop, before the weights change.

>>> from resnet_viz import build, parse_network
>>> model = build(parse_network("basic-1-w4-cifar-c2"))
>>> core = Core(model, sgd(model, lr=0.1))
>>> result = core.backward(torch.rand(4, 3, 8, 8), torch.tensor([0, 1, 0, 1]), 0.1)
>>> core.update()
>>> core.done, result.missed.shape
(1, torch.Size([4]))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.resnet import ResNet


class BatchResult(NamedTuple):
    """What the network made of a batch. The tensors stay where they are: reading one makes a GPU wait."""

    loss: Tensor
    """(), mean cross-entropy in nats, against smoothed labels where the core smooths them."""
    missed: Tensor
    """(N,), bool: the pictures whose class was not the first guess."""


class Core:
    """Trains one network, a batch at a time."""

    def __init__(self, model: ResNet, optimiser: torch.optim.SGD, *, bfloat16: bool = False, smoothing: float = 0.0) -> None:
        """`bfloat16`: the layers compute in it where torch's autocast says so; the loss is float32 always.

        `smoothing`: this share of every target is spread evenly over all classes (Szegedy et al. 2015, §7).
        """
        self.model, self.optimiser, self.done = model.train(), optimiser, 0
        self.weights = {n: m.weight for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
        self._bfloat16, self._smoothing = bfloat16, smoothing

    def backward(self, images: Tensor, labels: Tensor, rate: float) -> BatchResult:
        """Gradients of the loss on normalised pictures (N, 3, H, W) of these classes (N,); `rate` is for `update`."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast(images.device.type, torch.bfloat16) if self._bfloat16 else nullcontext():
            logits = self.model(images).float()  # (N, classes)
        loss = F.cross_entropy(logits, labels, label_smoothing=self._smoothing)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.done += 1
        return BatchResult(loss.detach(), logits.detach().argmax(1) != labels)

    def update(self) -> None:
        """Take the step."""
        self.optimiser.step()

    def gradient_norms(self) -> tuple[Tensor, ...]:
        """Of every convolution and the last layer, in the order of `weights`; after `backward`."""
        return norms(weight.grad for weight in self.weights.values() if weight.grad is not None)

    def weight_norms(self) -> tuple[Tensor, ...]:
        """The same of the weights themselves."""
        return norms(self.weights.values())

    def checkpoint(self) -> dict[str, Any]:
        """What the rest of the training depends on, besides the batches to come."""
        return {"done": self.done, "model": self.model.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from a checkpoint of the same network and optimiser."""
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.done = int(saved["done"])


def sgd(
    model: nn.Module,
    *,
    lr: float,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
    only_weights: bool = False,
) -> torch.optim.SGD:
    """SGD in one fused pass. `only_weights`: neither biases nor BatchNorm decay."""
    decayed = [p for p in model.parameters() if p.dim() > 1 or not only_weights]
    rest = [p for p in model.parameters() if p.dim() <= 1 and only_weights]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]
    wanted = [group for group in groups if group["params"]]
    return torch.optim.SGD(wanted, lr=lr, momentum=momentum, nesterov=nesterov, fused=True)


@torch.no_grad()
def norms(tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """The Euclidean norm of each."""
    return tuple(torch.linalg.vector_norm(tensor) for tensor in tensors)
