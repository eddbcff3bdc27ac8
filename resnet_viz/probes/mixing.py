"""A 1×1 convolution: one matrix applied at every pixel, y(p) = W x(p) + b (Lin et al. 2013, Network in Network, §3.1).

torch is not needed: what a link says about a mix, and its first picture, are NumPy's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from resnet_viz.refused import Refused

Row = tuple[float, float, float, float]
Floats = npt.NDArray[np.floating]

LIMIT = 3.0
MAX_ROWS = 8
MAX_SHIFT = 8


@dataclass(frozen=True)
class Mix:
    """A 1×1 convolution of the colours R, G and B, and how it is looked at.

    >>> str(Mix(((1, 2, -1, 0.5),), relu=True))
    '1_2_-1_0.5__relu'
    """

    rows: tuple[Row, ...]
    """One (R, G, B, bias) an output channel: 1 to 8 of them, numbers from -3 to 3, kept to four decimals."""
    relu: bool = False
    shift: int = 0
    """Not 0: the same mix of the pixel this many columns to the left is subtracted. That is no 1×1 convolution any more."""
    shuffle: bool = False
    """The picture's pixels change places before they are mixed."""
    row: int = 0
    """The output channel that is shown large."""
    grey: bool = False
    """Shown in grey from 0 up; else blue below 0, white at 0, vermilion above."""

    def __post_init__(self) -> None:
        rows = tuple(tuple(round(float(v), 4) + 0.0 for v in row) for row in self.rows)  # + 0.0: no -0
        if not 1 <= len(rows) <= MAX_ROWS or any(len(row) != 4 for row in rows):
            raise Refused("mix_rows", most=MAX_ROWS, given=_short(self.rows))
        if not all(math.isfinite(v) and abs(v) <= LIMIT for row in rows for v in row):
            raise Refused("mix_numbers", limit=LIMIT, given=_short(self.rows))
        if not 0 <= self.shift <= MAX_SHIFT:
            raise Refused("mix_shift", most=MAX_SHIFT, given=_short(self.shift))
        if not 0 <= self.row < len(rows):
            raise Refused("mix_row", most=len(rows) - 1, given=_short(self.row))
        object.__setattr__(self, "rows", rows)

    @property
    def weight(self) -> npt.NDArray[np.float32]:
        """(K, 3)."""
        return np.array(self.rows, dtype=np.float32)[:, :3]

    @property
    def bias(self) -> npt.NDArray[np.float32]:
        """(K,)."""
        return np.array(self.rows, dtype=np.float32)[:, 3]

    def __str__(self) -> str:
        name = next((name for name, rows in PRESETS.items() if rows == self.rows), None)
        parts = [name] if name else ["_".join(map(_decimal, row)) for row in self.rows]
        parts += ["relu"] * bool(self.relu) + [f"shift{self.shift}"] * bool(self.shift) + ["shuffle"] * bool(self.shuffle)
        parts += [f"row{self.row}"] * bool(self.row) + ["grey"] * bool(self.grey)
        return "__".join(parts)


_LUMA: Row = (0.2126, 0.7152, 0.0722, 0.0)  # ITU-R BT.709, item 3.2
PRESETS: dict[str, tuple[Row, ...]] = {
    "note": ((1.0, 2.0, -1.0, 0.0),),
    "identity": ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)),
    "luminance": (_LUMA,),
    "opponent": (_LUMA, (1.0, -1.0, 0.0, 0.0), (0.5, 0.5, -1.0, 0.0)),
    "learned": (
        (-0.2273, -0.1903, 0.5435, 0.0),
        (0.4644, -0.0586, -0.1526, 0.0),
        (0.4702, -0.3469, 0.0313, 0.0),
    ),
}
"""Mixes by name: the course note's R + 2G − B, the picture itself, Rec. 709's luminance, luminance beside Hering's opponent pairs
red-green and yellow-blue, and a corner of a trained layer (`LEARNED`)."""


class Corner(NamedTuple):
    """Some rows and columns of a recorded network's 1×1 layer."""

    net: str
    layer: str
    outputs: tuple[int, ...]
    inputs: tuple[int, ...]
    all_inputs: int


LEARNED = Corner("bottleneck-2.2.2-w16-cifar-c10", "layer1.0.conv1", (5, 10, 12), (7, 12, 15), 16)
"""Where the preset `learned` comes from: of the network's first 1×1 layer the three columns of largest norm, and within them
the three rows of largest norm, in the order of the channels, to four decimals."""


def parse_mix(text: str) -> Mix:
    """The mix that `str` wrote. A preset's name may stand for its rows. Raises `Refused`, a `ValueError`.

    >>> parse_mix("note__shift2") == Mix(PRESETS["note"], shift=2)
    True
    """
    rows: list[Row] = []
    options: dict[str, int | bool] = {}
    for part in text[:400].split("__"):
        flag = re.fullmatch(r"(relu|shuffle|grey)|(shift|row)(\d)", part, re.ASCII)
        if part in PRESETS and not rows and not options:
            rows += PRESETS[part]
        elif flag:
            options[flag[1] or flag[2]] = int(flag[3]) if flag[3] else True
        else:
            rows.append(_row(part))
    return replace(Mix(tuple(rows)), **options)  # type: ignore[arg-type]


def _row(text: str) -> Row:
    numbers = text.split("_")
    if len(numbers) != 4 or not all(re.fullmatch(r"-?\d{1,2}(\.\d{1,6})?", n, re.ASCII) for n in numbers):
        raise Refused("mix_text", words=", ".join(PRESETS), given=text[:40])
    r, g, b, bias = map(float, numbers)
    return r, g, b, bias


def _decimal(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _short(value: object) -> str:
    return repr(value)[:60]


def pixels(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(H, W, 3) bytes as (3, H, W) from 0 to 1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32) / np.float32(255)


def mixed(mix: Mix, x: Floats) -> npt.NDArray[np.float32]:
    """(3, H, W) to (K, H, W): shuffled, mixed, the shifted mix subtracted, ReLU, as far as the mix says so.

    Left of the picture there are zeros, as for a padded convolution.
    """
    x = shuffled(x) if mix.shuffle else x
    y = np.tensordot(mix.weight, x.astype(np.float32), 1)  # (K, H, W)
    if mix.shift:
        left = np.zeros_like(y)
        left[..., mix.shift :] = y[..., : -mix.shift]
        y = y - left
    y = y + mix.bias[:, None, None]
    result: npt.NDArray[np.float32] = np.maximum(y, 0) if mix.relu else y
    return result


@lru_cache(maxsize=4)
def permutation(count: int) -> npt.NDArray[np.intp]:
    """A fixed shuffle: place i takes what stood at `permutation(count)[i]`.

    Places are sorted by a 32-bit hash of their number (MurmurHash3's finaliser), which a browser computes alike.
    """
    with np.errstate(over="ignore"):
        h = np.arange(1, count + 1, dtype=np.uint32)
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
            h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
    order = np.argsort(h, kind="stable")
    order.setflags(write=False)
    return order


def shuffled(x: Floats) -> Floats:
    """(C, H, W) with its pixels in other places, whole pixels, the same places for all channels."""
    channels, height, width = x.shape
    return x.reshape(channels, -1)[:, permutation(height * width)].reshape(x.shape)


def put_back(y: Floats) -> Floats:
    """Undo `shuffled`."""
    channels, height, width = y.shape
    back = np.empty_like(y).reshape(channels, -1)
    back[:, permutation(height * width)] = y.reshape(channels, -1)
    return back.reshape(y.shape)


def shuffle_difference(mix: Mix, x: Floats) -> float:
    """Mix, or shuffle, mix and put back: the largest difference of the two results."""
    straight = mixed(replace(mix, shuffle=False), x)
    around = put_back(mixed(replace(mix, shuffle=True), x))
    return float(np.abs(straight - around).max())


def reach(values: Floats) -> float:
    """The end of the colour scale for one (H, W) map: the power of 2 that 99 % of a 64×64 grid of its numbers stay within.

    Powers of 2, so that a map grows brighter with its weights instead of every change being scaled away.
    """
    height, width = values.shape
    down, across = max(1, height // 64), max(1, width // 64)
    found = np.sort(np.abs(values[down // 2 :: down, across // 2 :: across]), axis=None)
    typical = float(found[int(0.99 * (len(found) - 1))])
    return float(2.0 ** min(4, max(-5, math.ceil(math.log2(typical))))) if typical > 0 else 1.0


class ConvolutionCost(NamedTuple):
    """A convolution without bias on a square map, stride 1, padded."""

    c_in: int
    c_out: int
    side: int
    kernel: int

    @property
    def weights(self) -> int:
        return self.kernel**2 * self.c_in * self.c_out

    @property
    def macs(self) -> int:
        """Multiply-adds for one picture: every weight once at every position."""
        return self.weights * self.side**2


def to_python(mix: Mix) -> str:
    """PyTorch code that makes this layer as `layer`, (N, 3, H, W) to (N, K, H, W). The shuffle is not part of a layer."""
    rows = ",\n".join(f"    {list(row[:3])}" for row in mix.rows)
    size = f"(1, {mix.shift + 1})" if mix.shift else "1"
    steps = [f"nn.ZeroPad2d(({mix.shift}, 0, 0, 0))"] * bool(mix.shift) + ["conv"] + ["nn.ReLU()"] * mix.relu
    lines = [
        "import torch",
        "from torch import nn",
        "",
        "weight = torch.tensor([  # (K, 3): one row an output channel, R, G and B",
        f"{rows},",
        "])",
        f"bias = torch.tensor({[row[3] for row in mix.rows]})",
        f"conv = nn.Conv2d(3, {len(mix.rows)}, kernel_size={size})",
        "with torch.no_grad():",
        "    conv.weight.zero_()",
        "    conv.weight[:, :, 0, -1] = weight",
        *(["    conv.weight[:, :, 0, 0] = -weight  # the neighbour, subtracted"] if mix.shift else []),
        "    conv.bias.copy_(bias)",
        f"layer = nn.Sequential({', '.join(steps)})",
    ]
    return "\n".join(lines) + "\n"
