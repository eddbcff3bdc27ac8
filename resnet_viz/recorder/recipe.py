"""`Recipe`: how a network is trained, as a value. Runs of one recipe, seed and pictures differ in the network alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Literal

import torch

from resnet_viz.training.schedules import falling, one_cycle

GROWS = 16


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """SGD with momentum on batches of randomly cropped and flipped pictures. Bad values raise `ValueError` that quotes them."""

    lr: float
    """The learning rate; the highest of a one-cycle."""
    schedule: Literal["one-cycle", "steps"]
    """`one-cycle` rises for a fifth of the way and falls to almost nothing; `steps` divides by 10 at each of `falls`."""
    epochs: int = 0
    """How long, in passes over the training pictures; or `steps`, one of the two."""
    steps: int = 0
    falls: tuple[int, ...] = ()
    """Steps at which the learning rate falls."""
    batch: int = 128
    """Pictures a step."""
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    decayed: Literal["all", "weights"] = "all"
    """Which parameters decay: all, or the weights of convolutions and linear layers and neither biases nor BatchNorm."""
    pad: int = 4
    """Pixels of zeros around a picture before it is cropped to the size it had."""
    crop: int = 0
    """Instead of padding: a random part of each picture is resized to a square of this side; 0 for none."""
    first_crop: int = 0
    """The side in the first steps. It grows to `crop` in steps of `GROWS` pixels, each for equally long; 0: `crop` throughout."""
    least_area: float = 0.35
    """The least share of the picture that such a part has."""
    smoothing: float = 0.0
    """Of the labels: this share of every target is spread evenly over all classes (Szegedy et al. 2015, §7)."""
    test_side: int = 0
    """Pictures are resized to this side to test the network, and wherever it is used; 0: as they are."""
    test_every: int = 1
    """While it trains, a network is tested on every so-manieth test picture; on all of them in the end."""
    warm_up_lr: float = 0.0
    """The learning rate until the training error falls below `warm_up_until`; 0 for no warm-up."""
    warm_up_until: float = 0.0
    precision: Literal["auto", "float32", "bfloat16"] = "float32"
    """Of the layers in training; `auto` is bfloat16 where the processor multiplies it natively."""

    def __post_init__(self) -> None:
        whole = {"epochs": 10_000, "steps": 10_000_000, "batch": 65_536, "pad": 64, "test_every": 1_000}
        whole |= dict.fromkeys(("crop", "first_crop", "test_side"), 1_024)
        numbers = {"lr": 100.0, "momentum": 0.999, "weight_decay": 1.0, "warm_up_lr": 100.0, "warm_up_until": 1.0}
        numbers |= {"least_area": 1.0, "smoothing": 0.999}
        words = {"schedule": ("one-cycle", "steps"), "decayed": ("all", "weights"), "precision": tuple(_PRECISIONS)}
        for name, most in whole.items():
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= most:
                raise ValueError(f"{name} must be a whole number from 0 to {most:,}, got {value!r}")
        for name, limit in numbers.items():
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value <= limit:
                raise ValueError(f"{name} must be a number from 0 to {limit:g}, got {value!r}")
        for name, allowed in words.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be {' or '.join(allowed)}, got {getattr(self, name)!r}")
        if type(self.nesterov) is not bool:
            raise ValueError(f"nesterov must be true or false, got {self.nesterov!r}")
        if self.lr == 0 or self.batch < 2:
            raise ValueError(f"lr must be above 0 and batch at least 2, got {self.lr!r} and {self.batch!r}")
        if self.crop and self.pad:
            raise ValueError(f"pictures are padded or resized, got pad {self.pad!r} and crop {self.crop!r}")
        if self.first_crop > self.crop or not self.least_area or not self.test_every:
            given = f"{self.first_crop!r} and {self.crop!r}, {self.least_area!r}, {self.test_every!r}"
            raise ValueError(f"first_crop is at most crop, least_area and test_every are above 0, got {given}")
        if bool(self.epochs) == bool(self.steps):
            raise ValueError(f"a recipe has epochs or steps, got epochs {self.epochs!r} and steps {self.steps!r}")
        rising = all(type(fall) is int and fall > before for before, fall in zip((0, *self.falls), self.falls, strict=False))
        if not rising or (self.falls and self.schedule != "steps"):
            raise ValueError(f"falls are rising steps above 0, for the schedule steps, got {list(self.falls)!r}")
        if bool(self.warm_up_lr) != bool(self.warm_up_until) or (self.warm_up_lr and self.schedule != "steps"):
            given = f"{self.warm_up_lr!r} and {self.warm_up_until!r}"
            raise ValueError(f"a warm-up has warm_up_lr and warm_up_until, and the schedule steps, got {given}")

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Recipe:
        """A recipe from the table of a TOML file. Raises `ValueError` that quotes what no recipe has."""
        unknown = sorted(set(table) - {f.name for f in fields(cls)})
        if unknown:
            raise ValueError(f"a recipe has {', '.join(f.name for f in fields(cls))}, got {unknown[0]!r}")
        missing = sorted({"lr", "schedule"} - set(table))
        if missing:
            raise ValueError(f"a recipe needs {missing[0]!r}")
        falls = table.get("falls", [])
        if not isinstance(falls, list):
            raise ValueError(f"falls must be a list of steps, got {falls!r}")
        return cls(**{**table, "falls": tuple(falls)})

    def total(self, an_epoch: int) -> int:
        """Steps in all, where an epoch has so many."""
        return self.steps or self.epochs * an_epoch

    def rate(self, step: int, total: int, *, warming: bool = False) -> float:
        """The learning rate of a step, the first being 0.

        >>> paper = Recipe(lr=0.1, schedule="steps", steps=64_000, falls=(32_000, 48_000))
        >>> [round(paper.rate(step, 64_000), 4) for step in (0, 31_999, 32_000, 48_000)]
        [0.1, 0.1, 0.01, 0.001]
        """
        if warming:
            return self.warm_up_lr
        if self.schedule == "steps":
            return falling(self.lr, step, self.falls)
        return one_cycle(self.lr, step, total)

    def side(self, step: int, total: int) -> int:
        """Of the parts of pictures that a step trains on, where they are resized.

        >>> recipe = Recipe(lr=0.1, schedule="one-cycle", steps=9, pad=0, crop=128, first_crop=96)
        >>> [recipe.side(step, 9) for step in range(9)]
        [96, 96, 96, 112, 112, 112, 128, 128, 128]
        """
        sides: list[int] = [*range(self.first_crop or self.crop, self.crop, GROWS), self.crop]
        return sides[len(sides) * step // total]

    def on(self, device: str) -> Recipe:
        """This recipe with a precision chosen for the device, where it leaves the choice."""
        return (
            self if self.precision != "auto" else replace(self, precision="bfloat16" if _native_bfloat16(device) else "float32")
        )

    def __str__(self) -> str:
        """What a card says, and all that decides the training besides network, seed and pictures."""
        decayed = "all parameters" if self.decayed == "all" else "convolution and linear weights"
        momentum = f"{'Nesterov ' if self.nesterov else ''}momentum {_exact(self.momentum)}"
        lr = _exact(self.lr)
        length = f"{self.epochs} epochs" if self.epochs else f"{self.steps:,} steps"
        if self.schedule == "one-cycle":
            rate = f"one-cycle learning rate up to {lr} over {length}"
        elif self.falls:
            rate = f"learning rate {lr}, divided by 10 at {' and '.join(f'{n:,}' for n in self.falls)} of {length}"
        else:
            rate = f"learning rate {lr} for {length}"
        if self.warm_up_lr:
            rate += f", {_exact(self.warm_up_lr)} until the training error is below {_percent(self.warm_up_until)}"
        decay = f"weight decay {_exact(self.weight_decay)} on {decayed}" if self.weight_decay else "no weight decay"
        rate += f", labels smoothed by {_exact(self.smoothing)}" if self.smoothing else ""
        return f"SGD, {momentum}, {decay}, batch {self.batch}, {rate}, {self._seen()}, {_PRECISIONS[self.precision]} layers"

    def _seen(self) -> str:
        """What becomes of the pictures."""
        side = f"{self.first_crop} growing to {self.crop}" if self.first_crop else f"{self.crop}"
        if self.crop:
            part = f"random parts of at least {_percent(self.least_area)} resized to {side} pixels, and horizontal flip"
        else:
            part = f"{self.pad}-pixel padding with random crop and horizontal flip" if self.pad else "random horizontal flip"
        tested = f", tested at {self.test_side} pixels" if self.test_side else ""
        return part + tested + (f", on every {self.test_every}th picture while it trains" if self.test_every > 1 else "")


def _exact(value: float) -> str:
    """A number that is read back as it was: in short where that is so.

    >>> _exact(0.1), _exact(1.0), _exact(0.12345678)
    ('0.1', '1', '0.12345678')
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _percent(share: float) -> str:
    """The same, in percent.

    >>> _percent(0.35), _percent(0.354), _percent(0.07), _percent(0.8)
    ('35%', '35.4%', '7%', '80%')
    """
    return f"{(Decimal(repr(share)) * 100).normalize():f}%"


_PRECISIONS = {"auto": "bfloat16 or float32", "float32": "float32", "bfloat16": "bfloat16"}


def _native_bfloat16(device: str) -> bool:
    if device.startswith("cuda"):
        return torch.cuda.get_device_capability(device) >= (8, 0)
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_tile"))
