"""`unchanged`: what every probe does before and after it runs a network, so that the network stays exactly as it was.

Probes measure in evaluation mode unless they say otherwise, whatever mode the network is in, and give the same numbers under
`torch.no_grad()` and `torch.inference_mode()` as outside.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

Gradients = Literal["none", "values", "weights"]

_locks: WeakKeyDictionary[nn.Module, threading.RLock] = WeakKeyDictionary()
_lock = threading.Lock()


def _lock_of(model: nn.Module) -> threading.RLock:
    with _lock:
        return _locks.setdefault(model, threading.RLock())


@contextmanager
def unchanged(model: nn.Module, *, training: bool = False, gradients: Gradients = "none") -> Iterator[None]:
    """Run `model` inside the block in one mode; behind it every part has its own mode, buffers and parameters again.

    Inside, copies stand in for the buffers: a pass in training mode moves the statistics of the copies only, and a graph that the
    caller still wants to go backwards through stays valid. `gradients` says what is differentiated: nothing, values inside the
    network, or its weights too. For the last, aliases that require a gradient stand in for all parameters, so `requires_grad`
    and `.grad` of the network's own are never touched. Ordinary tensors stand in for parameters that were made under
    `torch.inference_mode()`.

    A network is measured by one thread at a time: modes belong to the module, which threads share. Other networks go on
    meanwhile; two threads must not measure a network and a part of it at once.

    >>> norm = nn.BatchNorm2d(2).eval()
    >>> with unchanged(norm, training=True):
    ...     _ = norm(torch.rand(4, 2, 3, 3)), norm.training
    >>> norm.training, norm.num_batches_tracked.item()
    (False, 0)
    """
    with _lock_of(model), torch.inference_mode(False), torch.set_grad_enabled(gradients != "none"):
        modes = [(module, module.training) for module in model.modules()]
        replaced: list[tuple[nn.Module, str, Tensor]] = []
        stand_ins: dict[int, Tensor] = {}  # a tensor that two modules share stays shared

        def replace(module: nn.Module, name: str, tensor: Tensor, stand_in: Callable[[], Tensor]) -> None:
            if id(tensor) not in stand_ins:
                stand_ins[id(tensor)] = stand_in()
            replaced.append((module, name, tensor))
            setattr(module, name, stand_ins[id(tensor)])

        try:
            for module, _ in modes:
                module.training = training
                writes = training or not isinstance(module, nn.BatchNorm2d)  # in evaluation mode BN only reads its statistics
                for name, buffer in list(module.named_buffers(recurse=False, remove_duplicate=False)):
                    if writes or buffer.is_inference():
                        replace(module, name, buffer, buffer.detach().clone)
                for name, parameter in list(module.named_parameters(recurse=False, remove_duplicate=False)):
                    if gradients == "weights" or parameter.is_inference():
                        replace(module, name, parameter, partial(_stand_in, parameter, gradients == "weights"))
            yield
        finally:
            for module, name, tensor in replaced:
                setattr(module, name, tensor)
            for module, mode in modes:
                module.training = mode


def _stand_in(parameter: nn.Parameter, wanted: bool) -> nn.Parameter:
    value = parameter.clone() if parameter.is_inference() else parameter
    return nn.Parameter(value.detach(), requires_grad=wanted or parameter.requires_grad)


def ordinary(x: Tensor) -> Tensor:
    """`x`, or a copy of it where it was made under `torch.inference_mode()`: autograd takes no other."""
    with torch.inference_mode(False):
        return x.clone() if x.is_inference() else x


@contextmanager
def hooked(handles: Iterable[RemovableHandle]) -> Iterator[None]:
    """Registers hooks as `handles` is gone through, and removes those that were registered, whatever happens."""
    registered: list[RemovableHandle] = []
    try:
        registered.extend(handles)
        yield
    finally:
        for handle in registered:
            handle.remove()
