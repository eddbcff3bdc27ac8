"""Which ResNet a file of weights is of: found by the names and shapes of its tensors, and held against the network itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

from resnet_viz.nets.checkpoint import differences
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused

_RENAMED = {"linear.": "fc."}
"""What common CIFAR networks call the last layer."""


class Found(NamedTuple):
    """A network and the weights that fit it."""

    spec: ResNetSpec
    state: dict[str, Tensor]
    """With the network's names."""
    renamed: tuple[str, ...]
    """Beginnings of names that were others in the file."""


def find_network(state: Mapping[str, Tensor]) -> Found:
    """The network that these weights are of.

    What no weight tells is taken to be as usual: the stride of a 3×3 stem is 1, and a network without projections has shortcuts
    of option A, though a plain one has the same tensors.

    Raises `Refused`, a `ValueError`: `no_resnet` where the tensors are not a ResNet's, `misfit` with the first differences where
    they are nearly.

    >>> from resnet_viz import build, preset
    >>> str(find_network(build(preset("cifar_resnet20")).state_dict()).spec) == str(preset("cifar_resnet20"))
    True
    """
    renamed = tuple(old for old in _RENAMED if any(name.startswith(old) for name in state))
    named = {_renamed(name, renamed): value for name, value in state.items()}
    try:
        spec = _spec(named)
    except (KeyError, IndexError, ValueError, ZeroDivisionError) as error:
        raise Refused("no_resnet", given=", ".join(list(state)[:3])[:120]) from error
    wrong = differences(spec, named)
    if any(wrong):
        raise Refused("misfit", network=str(spec), **wrong.quoted())
    return Found(spec, named, renamed)


def _renamed(name: str, beginnings: tuple[str, ...]) -> str:
    old = next((one for one in beginnings if name.startswith(one)), "")
    return _RENAMED[old] + name.removeprefix(old) if old else name


def _spec(state: Mapping[str, Tensor]) -> ResNetSpec:
    """What the names and shapes say. Raises whatever a name that is missing makes it raise."""
    places = {(int(m[1]), int(m[2])) for m in (re.match(r"layer(\d{1,2})\.(\d{1,4})\.", name) for name in state) if m}
    stages = tuple(sum(stage == n for stage, _ in places) for n in range(1, max(stage for stage, _ in places) + 1))
    stem = state["conv1.weight"].shape  # (W, C, k, k)
    block = "bottleneck" if "layer1.0.conv3.weight" in state else "basic"
    last = "conv3" if block == "bottleneck" else "conv2"
    expansion = 4 if block == "bottleneck" else 1
    planes = [state[f"layer{n}.0.{last}.weight"].shape[0] // expansion for n in range(1, len(stages) + 1)]
    fields: dict[str, object] = {
        "block": block,
        "stages": stages,
        "width": planes[0],
        "stem": "imagenet" if stem[2] == 7 else "cifar",
        "in_channels": stem[1],
        "classes": state["fc.weight"].shape[0],
        "norm": "batch" if any(name.endswith("running_mean") for name in state) else "none",
        "order": "pre" if "bn_out.weight" in state else "post",
        "shortcut": _shortcut(state, stages),
    }
    if len(planes) > 1:
        fields["widen"] = planes[1] // planes[0]
    if block == "bottleneck":
        middle, per_group = state["layer1.0.conv2.weight"].shape[:2]
        groups = middle // per_group
        fields |= {"groups": groups, "width_per_group": -(-64 * per_group // planes[0])}
    return ResNetSpec(**fields)  # type: ignore[arg-type]  # each field is of its type


def _shortcut(state: Mapping[str, Tensor], stages: tuple[int, ...]) -> str:
    projects = [name for name in state if ".downsample." in name]
    if not projects:
        return "A" if len(stages) > 1 or "layer1.0.conv3.weight" in state else "B"
    inner = (
        r"layer\d+\.[1-9]\d*" if "layer1.0.conv3.weight" in state else r"layer\d+\.[1-9]\d*|layer1\.0"
    )  # where no shape changes
    return "C" if any(re.match(rf"({inner})\.downsample", name) for name in projects) else "B"
