"""`Experiment`: everything that decides how a network trains, as a value. `trainer` trains it.

>>> short = Experiment(ResNetSpec(stages=(1, 1, 1), width=8, stem="cifar/2", shortcut="A", classes=10), steps=20)
>>> str(short)
'basic-1.1.1-w8-cifar2-sA-c10~steps20'
>>> Experiment.parse(str(short)) == short
True
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.training.data.sources import former
from resnet_viz.training.schedules import cosine

Schedule = Literal["constant", "cosine"]
TEST_BATCH = 250
"""Pictures at once when the test error is measured."""


@dataclass(frozen=True)
class Experiment:
    """A training run. Twins that differ only in `spec` see the same batches and start from the same weights.

    `str` is short and fit for a URL; `parse` inverts it. Bad values raise `ValueError` that quotes them.
    """

    spec: ResNetSpec
    data: str = field(default="shapes", kw_only=True)
    """`shapes` with levels behind it, `cifar10` or `folder-<name>`; see `sources.source`.

    An experiment stays what it is when its folder changes; `Limits` refuses to train it then, and `load` to read the pictures.
    """
    steps: int = field(default=300, kw_only=True)
    batch: int = field(default=64, kw_only=True)
    """Pictures a step."""
    lr: float = field(default=0.02, kw_only=True)
    """The learning rate, after the warm-up."""
    schedule: Schedule = field(default="constant", kw_only=True)
    """`cosine` falls to 0 at the last step."""
    warm_up: int = field(default=0, kw_only=True)
    """Steps over which the learning rate rises from 0."""
    momentum: float = field(default=0.9, kw_only=True)
    weight_decay: float = field(default=0.0, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    """Seed of the data, the initial weights and the order of the batches."""

    def __post_init__(self) -> None:
        bounds = {"steps": (1, 100_000), "batch": (2, 1024), "warm_up": (0, 100_000), "seed": (0, 999_999)}
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise Refused("number", field=name, low=low, high=high, given=value)
        for name, low_, high_ in (("lr", 0.0, 100.0), ("momentum", 0.0, 0.999), ("weight_decay", 0.0, 1.0)):
            value = getattr(self, name)
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not low_ <= value <= high_
                or (name == "lr" and value == 0)
            ):
                raise Refused("amount", field=name, low=low_, high=high_, given=value)
        if self.schedule not in ("constant", "cosine"):
            raise Refused("choice", field="schedule", words="constant, cosine", given=self.schedule)
        kind = former(self.data)
        if (self.spec.in_channels, self.spec.classes) != (3, len(kind.classes)):
            own = {"channels": self.spec.in_channels, "classes": self.spec.classes}
            raise Refused("other_data", data=self.data, of_data=len(kind.classes), **own)
        object.__setattr__(self, "data", kind.name)

    def __str__(self) -> str:
        """The network, then every field that differs from its default: `basic-3.3.3-w8-cifar2-sA-c10~steps200`."""
        changed = [f for f in fields(self) if f.name != "spec" and getattr(self, f.name) != f.default]
        return "~".join([str(self.spec), *(f"{f.name}{_text(getattr(self, f.name))}" for f in changed)])

    @classmethod
    def parse(cls, text: str) -> Experiment:
        """Inverts `str`."""
        network, *rest = text.split("~")
        given: dict[str, Any] = {}
        for part in rest:
            name = next((name for name in _READERS if part.startswith(name)), None)
            if name is None or name in given:
                raise Refused("experiment", given=part[:40])
            try:
                given[name] = _READERS[name](part.removeprefix(name))
            except ValueError as error:
                raise Refused("unread", field=name, given=part[:40]) from error
        return cls(parse_network(network), **given)

    def rate(self, step: int) -> float:
        """The learning rate of a step, the first being 0."""
        rise = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        fall = cosine(1.0, 0.0, math.pi * step / self.steps) if self.schedule == "cosine" else 1.0
        return self.lr * rise * fall


def _text(value: object) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


_READERS: dict[str, Any] = {
    "data": str,
    "steps": int,
    "batch": int,
    "lr": float,
    "schedule": str,
    "warm_up": int,
    "momentum": float,
    "weight_decay": float,
    "seed": int,
}
