"""Figures that are not measured here but published, each with its place in the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Cited(NamedTuple):
    """A published figure."""

    value: float
    source: str


TOP1_ERROR_34: Mapping[str, Cited] = {
    "plain": Cited(28.54, "He et al. 2015, Table 2"),
    "A": Cited(25.03, "He et al. 2015, Table 3"),
    "B": Cited(24.52, "He et al. 2015, Table 3"),
    "C": Cited(24.19, "He et al. 2015, Table 3"),
}
"""ImageNet validation error, top-1, 10-crop, in percent, of 34-layer networks: without shortcuts, and with option A, B or C."""

CIFAR_TEST_ERROR: Mapping[int, Cited] = {
    depth: Cited(error, "He et al. 2015, Table 6")
    for depth, error in ((20, 8.75), (32, 7.51), (44, 7.17), (56, 6.97), (110, 6.43), (1202, 7.93))
}
"""CIFAR-10 test error of residual networks by depth, in percent; of depth 110 the best of five runs."""

MULTIPLY_ADDS: Mapping[str, Cited] = {
    f"resnet{depth}": Cited(macs, "He et al. 2015, Table 1")
    for depth, macs in ((18, 1.8e9), (34, 3.6e9), (50, 3.8e9), (101, 7.6e9), (152, 11.3e9))
}
"""Multiply-adds for a picture of 224×224 pixels, which the paper gives to two or three digits and calls FLOPs."""

PRE_ACTIVATION_ERROR: Mapping[int, Cited] = {1001: Cited(4.92, "He et al. 2016, Table 3")}
"""CIFAR-10 test error of pre-activation networks by depth, in percent."""

SHORTCUTS_110: Mapping[str, Cited] = {
    kind: Cited(error, "He et al. 2016, Table 1")
    for kind, error in (
        ("identity", 6.61),
        ("shortcut_gating", 6.91),
        ("exclusive_gating", 8.70),
        ("conv", 12.22),
        ("half", 12.35),
        ("dropout", 20.0),
    )
}
"""CIFAR-10 test error of ResNet-110 by what stands on every shortcut, in percent (arXiv 1603.05027); of gating the best setting,
and of dropout only that it is above this."""
