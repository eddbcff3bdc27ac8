"""Networks by name: torchvision's ten, the CIFAR-10 family of He et al. 2015, §4.2, and the one for photographs that ships."""

from __future__ import annotations

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused


def _imagenet() -> dict[str, ResNetSpec]:
    def bottleneck(*stages: int, groups: int = 1, width_per_group: int = 64) -> ResNetSpec:
        return ResNetSpec(block="bottleneck", stages=stages, groups=groups, width_per_group=width_per_group)

    return {
        "resnet18": ResNetSpec(stages=(2, 2, 2, 2)),
        "resnet34": ResNetSpec(stages=(3, 4, 6, 3)),
        "resnet50": bottleneck(3, 4, 6, 3),
        "resnet101": bottleneck(3, 4, 23, 3),
        "resnet152": bottleneck(3, 8, 36, 3),
        "wide_resnet50_2": bottleneck(3, 4, 6, 3, width_per_group=128),
        "wide_resnet101_2": bottleneck(3, 4, 23, 3, width_per_group=128),
        "resnext50_32x4d": bottleneck(3, 4, 6, 3, groups=32, width_per_group=4),
        "resnext101_32x8d": bottleneck(3, 4, 23, 3, groups=32, width_per_group=8),
        "resnext101_64x4d": bottleneck(3, 4, 23, 3, groups=64, width_per_group=4),
    }


def _cifar(depth: int) -> ResNetSpec:
    n = (depth - 2) // 6  # 6n + 2 layers
    return ResNetSpec(stages=(n, n, n), width=16, stem="cifar", shortcut="A", classes=10)


TORCHVISION = _imagenet()
"""The ten residual networks of torchvision, by torchvision's names."""
CIFAR = {f"cifar_resnet{depth}": _cifar(depth) for depth in (20, 32, 44, 56, 110, 1202)}
PHOTO = {"photo_resnet18": ResNetSpec(stages=(2, 2, 2, 2), width=32, classes=10)}
"""ResNet-18 of half the width, for ten classes of photographs: what two cores train in an hour."""
_PRESETS = TORCHVISION | CIFAR | PHOTO
_PHOTO_SIDE = 192
_NAMES = {spec: name for name, spec in _PRESETS.items()}


def presets() -> tuple[str, ...]:
    """The names of all presets, ImageNet's first."""
    return tuple(_PRESETS)


def preset(name: str) -> ResNetSpec:
    """The network of this name.

    >>> preset("resnet50").depth, preset("cifar_resnet110").depth
    (50, 110)
    """
    if name not in _PRESETS:
        raise ValueError(f"no preset is called {name!r}; there are {', '.join(_PRESETS)}")
    return _PRESETS[name]


def natural_side(spec: ResNetSpec) -> int:
    """The side of the pictures that a network was made for, in pixels: 224 with ImageNet's stem, 32 with CIFAR's.

    >>> natural_side(preset("resnet50")), natural_side(preset("cifar_resnet20")), natural_side(preset("photo_resnet18"))
    (224, 32, 192)
    """
    if spec.residual() in PHOTO.values():
        return _PHOTO_SIDE
    return 224 if spec.stem == "imagenet" else 32


def preset_name(spec: ResNetSpec) -> str | None:
    """The preset that equals `spec`, if there is one."""
    return _NAMES.get(spec)


def short_name(spec: ResNetSpec) -> str:
    """The preset's name where `spec` is one, else `str(spec)`: what a link carries. `parse_network` inverts it."""
    return preset_name(spec) or str(spec)


def parse_network(text: str) -> ResNetSpec:
    """A preset's name or a spec's text, read. Raises `Refused`, a `ValueError`, where it is neither.

    >>> parse_network("resnet18") == parse_network("basic-2.2.2.2")
    True
    """
    if isinstance(text, str) and text in _PRESETS:
        return _PRESETS[text]
    try:
        return ResNetSpec.parse(text)
    except Refused as problem:
        if problem.code == "network":  # it does not even begin like one
            raise Refused("network_or_name", **problem.values) from None
        raise
