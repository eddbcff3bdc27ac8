"""`ResNetSpec`: everything that makes one residual network differ from another, in one frozen value.

>>> spec = ResNetSpec(block="bottleneck", stages=(3, 4, 6, 3))
>>> str(spec), spec.depth
('bottleneck-3.4.6.3', 50)
>>> ResNetSpec.parse("basic-3.3.3-w16-cifar-sA-c10").depth
20
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from resnet_viz.kept_up_to import kept_up_to
from resnet_viz.refused import Refused

ShortcutKind = Literal["identity", "zero-pad", "projection", "none"]

CHOICES: dict[str, tuple[str, ...]] = {
    "block": ("basic", "bottleneck"),
    "stem": ("imagenet", "cifar", "cifar/2"),
    "shortcut": ("A", "B", "C"),
    "order": ("post", "pre"),
    "norm": ("batch", "none"),
    "stride_on": ("3x3", "1x1"),
    "init": ("he", "xavier", "pytorch", "normal-0.01"),
}
"""The fields that take one of a few words, and the words they take."""

BOUNDS: dict[str, tuple[int, int]] = {
    "width": (1, 4096),
    "widen": (1, 2),
    "groups": (1, 1024),
    "width_per_group": (1, 4096),
    "in_channels": (1, 64),
    "classes": (1, 100_000),
}
"""The fields that take a whole number, smallest and largest. The bounds keep a hand-edited link from asking for terabytes."""

MAX_BLOCKS_PER_STAGE = 500
EXPANSION = {"basic": 1, "bottleneck": 4}
CONVOLUTIONS = {"basic": 2, "bottleneck": 3}


class BlockShape(NamedTuple):
    """The sizes of one residual block; what `build` and `plan` both start from."""

    name: str
    """Module name, such as `layer2.0`."""
    stage: int
    in_channels: int
    mid_channels: int
    """Channels inside the residual branch (a basic block's equal its output's)."""
    out_channels: int
    stride: int
    shortcut: ShortcutKind
    """What carries x around the branch; `none` where the skip is removed."""
    shortcut_option: ShortcutKind
    """What the shortcut is, or would be if it had not been removed."""
    first: bool
    """The first block of the whole network."""


def _quoted(words: Collection[str]) -> str:
    return ", ".join(repr(word) for word in words)


@dataclass(frozen=True, kw_only=True)
class ResNetSpec:
    """A residual network, or its plain twin, described completely.

    Raises `Refused`, a `ValueError` that quotes what was given and says what is accepted, for any value that names no network.
    """

    block: str = "basic"
    """`basic` (two 3×3) or `bottleneck` (1×1, 3×3, 1×1). He et al. 2015, Fig. 5."""
    stages: tuple[int, ...] = (2, 2, 2, 2)
    """Blocks per stage, one to four stages."""
    width: int = 64
    """Channels of the first stage."""
    widen: int = 2
    """How many times the channels of a stage its successor has: 2, or 1 where all stages are equally wide."""
    groups: int = 1
    """Groups of the bottleneck's 3×3 convolution (ResNeXt's cardinality)."""
    width_per_group: int = 64
    """torchvision's meaning: the bottleneck is `width · width_per_group / 64 · groups` wide in stage 1."""
    stem: str = "imagenet"
    """`imagenet` (7×7 / 2 and a max-pool), `cifar` (3×3) or `cifar/2` (3×3 / 2, for small live runs)."""
    shortcut: str = "B"
    """Option A (zero-padding), B (projection where the shape changes) or C (always projection). §3.3 and §4.1."""
    order: str = "post"
    """`post`: ReLU after the addition (2015). `pre`: BN and ReLU before each convolution (2016)."""
    norm: str = "batch"
    stride_on: str = "3x3"
    """Which convolution of a bottleneck carries the stride: `3x3` (torchvision, "v1.5") or `1x1` (the paper, "v1")."""
    init: str = "he"
    zero_gamma: bool = False
    """The last BN scale of every residual branch starts at 0, so that a block with a skip starts as its shortcut."""
    skips: str | frozenset[str] = "all"
    """The blocks that keep their shortcut: `all`, `none`, or a set of block names such as `layer1.0`."""
    in_channels: int = 3
    classes: int = 1000

    def __post_init__(self) -> None:
        for name, words in CHOICES.items():
            value = getattr(self, name)
            if value not in words:
                raise Refused("choice", field=name, words=_quoted(words), given=value)
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise Refused("number", field=name, low=low, high=high, given=value)
        self._check_stages()
        if not isinstance(self.zero_gamma, bool):
            raise Refused("zero_gamma", given=self.zero_gamma)
        self._check_combinations()
        object.__setattr__(self, "skips", self._normal_skips(self.skips))

    def _check_stages(self) -> None:
        given: Any = self.stages
        good = isinstance(given, (tuple, list)) and 1 <= len(given) <= 4
        good = good and all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= MAX_BLOCKS_PER_STAGE for n in given)
        if not good:
            raise Refused("stages", most=MAX_BLOCKS_PER_STAGE, given=given)
        object.__setattr__(self, "stages", tuple(given))

    def _check_combinations(self) -> None:
        if self.block == "basic" and (self.groups, self.width_per_group) != (1, 64):
            raise Refused("basic_groups", groups=self.groups, width_per_group=self.width_per_group)
        if self.block == "basic" and self.stride_on != "3x3":
            raise Refused("basic_stride", given=self.stride_on)
        if self.zero_gamma and self.norm != "batch":
            raise Refused("no_gamma", given=self.norm)
        if self.block == "bottleneck" and not self._mid(0):
            raise Refused("no_channels", width=self.width, width_per_group=self.width_per_group)

    def _normal_skips(self, given: Any) -> str | frozenset[str]:
        if isinstance(given, str) and given in ("all", "none"):
            return given
        if isinstance(given, str) or not isinstance(given, Collection) or not all(isinstance(name, str) for name in given):
            raise Refused("skips", given=given)
        unknown = sorted(set(given) - set(self.blocks))
        if unknown:
            raise Refused("skips_block", given=unknown[0], blocks=self.block_range)
        kept = frozenset(given)
        return "none" if not kept else "all" if len(kept) == len(self.blocks) else kept

    # What follows from the fields

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The names of all residual blocks, from the input to the output."""
        return tuple(f"layer{s}.{i}" for s, n in enumerate(self.stages, 1) for i in range(n))

    @property
    def block_range(self) -> str:
        """The first and last block of every stage, for a sentence: `layer1.0…layer1.2, layer2.0…layer2.2`."""
        return ", ".join(f"layer{s}.0…layer{s}.{n - 1}" for s, n in enumerate(self.stages, 1))

    @cached_property
    def depth(self) -> int:
        """Convolutions and the final linear layer on the main path; projections do not count (He et al. 2015, Table 1)."""
        return 1 + CONVOLUTIONS[self.block] * sum(self.stages) + 1

    @property
    def expansion(self) -> int:
        """A block's output channels over its stage's width: 1 for basic blocks, 4 for bottlenecks."""
        return EXPANSION[self.block]

    def has_skip(self, block: str) -> bool:
        """Whether the block of this name keeps its shortcut."""
        return self.skips == "all" or (self.skips != "none" and block in self.skips)

    def planes(self, stage: int) -> int:
        """The width of a 0-based stage: a basic block's channels, a quarter of a bottleneck's."""
        return self.width * int(self.widen**stage)

    def _mid(self, stage: int) -> int:
        """Channels inside the residual branch of a 0-based stage, as torchvision computes them."""
        planes = self.planes(stage)
        return planes if self.block == "basic" else int(planes * (self.width_per_group / 64.0)) * self.groups

    def geometry(self) -> Iterator[BlockShape]:
        """The sizes of every block, from the input to the output."""
        channels = self.width
        for stage, count in enumerate(self.stages):
            out = self.planes(stage) * self.expansion
            mid = self._mid(stage)
            for index in range(count):
                stride = 2 if stage and not index else 1
                changes = stride > 1 or channels != out
                option: ShortcutKind = "identity"
                if self.shortcut == "C" or (changes and self.shortcut == "B"):
                    option = "projection"
                elif changes:
                    option = "zero-pad"
                name = f"layer{stage + 1}.{index}"
                kept = option if self.has_skip(name) else "none"
                yield BlockShape(name, stage + 1, channels, mid, out, stride, kept, option, not (stage or index))
                channels = out

    def plain(self) -> ResNetSpec:
        """The twin without shortcuts: the same layers and, from the same seed, the same initial weights."""
        return replace(self, skips="none")

    def residual(self) -> ResNetSpec:
        """The twin in which every block has its shortcut."""
        return replace(self, skips="all")

    def with_skip(self, block: str, kept: bool) -> ResNetSpec:
        """The same network with one block's shortcut kept or removed."""
        if block not in self.blocks:
            raise Refused("no_block", given=block, blocks=self.block_range)
        now = {name for name in self.blocks if self.has_skip(name)}
        return replace(self, skips=frozenset(now | {block} if kept else now - {block}))

    # Text

    def __str__(self) -> str:
        parts = [self.block, ".".join(map(str, self.stages))]
        parts += [f"w{self.width}"] * (self.width != 64)
        parts += [f"x{self.widen}"] * (self.widen != 2)
        parts += [f"g{self.groups}x{self.width_per_group}"] * ((self.groups, self.width_per_group) != (1, 64))
        parts += [self.stem.replace("/", "")] * (self.stem != "imagenet")
        parts += [f"s{self.shortcut}"] * (self.shortcut != "B")
        parts += ["pre"] * (self.order == "pre")
        parts += ["nobn"] * (self.norm == "none")
        parts += ["v1"] * (self.stride_on == "1x1")
        parts += [_INIT_WORDS[self.init]] * (self.init != "he")
        parts += ["zg"] * self.zero_gamma
        parts += [f"in{self.in_channels}"] * (self.in_channels != 3)
        parts += [f"c{self.classes}"] * (self.classes != 1000)
        if self.skips == "none":
            parts.append("plain")
        elif self.skips != "all":
            parts.append(self._skips_text())
        return "-".join(parts)

    def _skips_text(self) -> str:
        short = [name.removeprefix("layer") for name in self.blocks]
        cut = [s for s, name in zip(short, self.blocks, strict=True) if not self.has_skip(name)]
        kept = [s for s, name in zip(short, self.blocks, strict=True) if self.has_skip(name)]
        return "cut" + "_".join(cut) if len(cut) <= len(kept) else "keep" + "_".join(kept)

    @classmethod
    def parse(cls, text: str) -> ResNetSpec:
        """The inverse of `str(spec)`. `Refused` quotes the part that cannot be read and says what is accepted."""
        if not isinstance(text, str):
            raise Refused("network", given=text)
        return _parsed(text)


def _weight(spec: ResNetSpec) -> int:
    return sum(spec.stages)


@kept_up_to(20_000, _weight)
def _parsed(text: str) -> ResNetSpec:
    """Kept, for a page reads the same few texts many times each time it runs."""
    block, *parts = text.strip().split("-")
    stages, *options = parts or [""]
    if block not in CHOICES["block"] or not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,3}", stages, re.ASCII):
        raise Refused("network", given=text[:80])
    values: dict[str, Any] = {"block": block, "stages": tuple(int(n) for n in stages.split("."))}
    for part in options:
        for key, value in _read_option(part, text).items():
            if key in values or {key, *values} >= {"cut", "skips"}:
                raise Refused("option_twice", part=part, given=text[:80])
            values[key] = value
    cut = values.pop("cut", None)
    spec = ResNetSpec(**values)
    if cut is None:
        return spec
    ResNetSpec(**values, skips=cut)  # names the first block that does not exist
    return replace(spec, skips=frozenset(spec.blocks) - cut)


_INIT_WORDS = {"he": "he", "xavier": "xavier", "pytorch": "pytorch", "normal-0.01": "n0.01"}
_WORDS: dict[str, dict[str, Any]] = {
    "imagenet": {"stem": "imagenet"},
    "cifar": {"stem": "cifar"},
    "cifar2": {"stem": "cifar/2"},
    "sA": {"shortcut": "A"},
    "sB": {"shortcut": "B"},
    "sC": {"shortcut": "C"},
    "pre": {"order": "pre"},
    "post": {"order": "post"},
    "nobn": {"norm": "none"},
    "v1": {"stride_on": "1x1"},
    "zg": {"zero_gamma": True},
    "plain": {"skips": "none"},
    **{word: {"init": init} for init, word in _INIT_WORDS.items()},
}
_NUMBERS = {"w": "width", "x": "widen", "in": "in_channels", "c": "classes"}


def _read_option(part: str, whole: str) -> dict[str, Any]:
    """The fields that one part of a spec's text sets."""
    if part in _WORDS:
        return _WORDS[part]
    if match := re.fullmatch(r"(w|x|in|c)(\d{1,7})", part, re.ASCII):
        return {_NUMBERS[match[1]]: int(match[2])}
    if match := re.fullmatch(r"g(\d{1,5})x(\d{1,5})", part, re.ASCII):
        return {"groups": int(match[1]), "width_per_group": int(match[2])}
    if match := re.fullmatch(r"(cut|keep)(\d\.\d{1,4}(?:_\d\.\d{1,4})*)", part, re.ASCII):
        names = frozenset(f"layer{name}" for name in match[2].split("_"))
        return {"cut": names} if match[1] == "cut" else {"skips": names}
    raise Refused("option", part=part[:80], given=whole[:80], words=", ".join(_WORDS))
