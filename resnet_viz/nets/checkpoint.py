"""What a file of weights holds, and whether a network can take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Entries under which training scripts keep the weights beside other things."""
PREFIXES = ("module.", "_orig_mod.", "model.")
"""What DataParallel, `torch.compile` and modules that hold the network put before each name."""
MOST_WRAPPERS = 8
"""Entries, one in the other, that are opened."""
COUNTER = ".num_batches_tracked"
"""BN's count of the batches it has seen. torchvision's first files are older than it and nothing is computed from it."""
QUOTED = 3

Shapes = Mapping[str, tuple[int, ...]]


class Unwrapped(NamedTuple):
    """The weights of a file, by name, and what stood around them."""

    state: dict[str, Tensor]
    wrappers: tuple[str, ...]
    """Entries and prefixes that were taken off, from the outside inwards."""


def unwrap(saved: object) -> Unwrapped:
    """The weights in what `torch.load` read, without the entries and prefixes that training scripts put around them.

    Raises `Refused`, a `ValueError`, where it is not a dictionary of tensors.

    >>> unwrap({"epoch": 3, "state_dict": {"module.fc.bias": torch.zeros(1)}})
    Unwrapped(state={'fc.bias': tensor([0.])}, wrappers=('state_dict', 'module.'))
    """
    wrappers: list[str] = []
    while isinstance(saved, Mapping) and (entry := next((e for e in WRAPPERS if isinstance(saved.get(e), Mapping)), None)):
        if len(wrappers) == MOST_WRAPPERS:  # also where a dictionary holds itself
            raise Refused("no_weights", given=f"{entry}: {type(saved).__name__}")
        wrappers.append(entry)
        saved = saved[entry]
    if not isinstance(saved, Mapping) or not saved:
        raise Refused("no_weights", given=type(saved).__name__)
    for name, value in saved.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise Refused("no_weights", given=f"{str(name)[:60]}: {type(value).__name__}")
    state = dict(saved)
    while prefix := next((p for p in PREFIXES if all(name.startswith(p) for name in state)), None):
        wrappers.append(prefix)
        state = {name.removeprefix(prefix): value for name, value in state.items()}
    return Unwrapped(state, tuple(wrappers))


class Differences(NamedTuple):
    """What keeps a network from taking some weights; empty where nothing does."""

    missing: tuple[str, ...]
    """Names of the network that the weights lack."""
    unexpected: tuple[str, ...]
    """Names of the weights that the network has no place for."""
    shapes: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    """(name, shape that was given, shape that the network has)."""

    def quoted(self) -> dict[str, str]:
        """How many there are of each kind and the first of them, for the sentence that tells of them."""
        told = tuple(f"{name} {given} ≠ {expected}" for name, given, expected in self.shapes)
        return {"missing": _first(self.missing), "unexpected": _first(self.unexpected), "shapes": _first(told)}


def _first(names: Sequence[str]) -> str:
    """
    >>> _first(("a", "b", "c", "d")), _first(())
    ('4 (a, b, c, …)', '0')
    """
    shown = ", ".join([*names[:QUOTED], *["…"] * (len(names) > QUOTED)])
    return f"{len(names)} ({shown})" if names else "0"


@lru_cache(maxsize=32)
def shapes_of(spec: ResNetSpec) -> Shapes:
    """The shape of every parameter and buffer of a network, by name; no weight is made."""
    with torch.device("meta"):
        return {name: tuple(value.shape) for name, value in ResNet(spec).state_dict().items()}


def differences(spec: ResNetSpec, state: Mapping[str, Tensor]) -> Differences:
    """What keeps the network from taking `state`. Projections of removed skips and missing BN counters do not."""
    wanted = shapes_of(spec)
    cut = tuple(f"{block}.downsample." for block in spec.blocks if not spec.has_skip(block))
    return Differences(
        tuple(name for name in wanted if name not in state and not name.endswith(COUNTER)),
        tuple(name for name in state if name not in wanted and not name.startswith(cut)),
        tuple(
            (name, tuple(state[name].shape), shape)
            for name, shape in wanted.items()
            if name in state and tuple(state[name].shape) != shape
        ),
    )


def load(model: ResNet, state: Mapping[str, Tensor]) -> ResNet:
    """Put `state` into `model`, which may lack some of the projections that `state` has weights for.

    Raises `Refused`, a `ValueError`, that quotes the first differences; the model is then as it was.
    """
    found = differences(model.spec, state)
    if any(found):
        raise Refused("misfit", network=str(model.spec), **found.quoted())
    fresh = {name: torch.zeros((), dtype=torch.long) for name in shapes_of(model.spec) if name.endswith(COUNTER)}
    model.load_state_dict({name: state.get(name, fresh.get(name)) for name in shapes_of(model.spec)})
    return model
