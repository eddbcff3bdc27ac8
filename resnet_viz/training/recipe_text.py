"""The sentence in which a card says how its weights were trained, taken apart into numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

_RECIPE = re.compile(
    r"SGD, (?P<nesterov>Nesterov )?momentum (?P<momentum>[\d.e-]+), "
    r"(?:weight decay (?P<decay>[\d.e-]+) on (?P<decayed>all parameters|convolution and linear weights)|no weight decay), "
    r"batch (?P<batch>\d+), "
    r"(?P<one_cycle>one-cycle )?learning rate (?:up to )?(?P<lr>[\d.e-]+)"
    r"(?:, divided by 10 at (?P<falls>[\d,]+(?: and [\d,]+)*))?"
    r" (?:over|for|of) (?P<length>[\d,]+) (?P<unit>epochs|steps)"
    r"(?:, (?P<warm_up_lr>[\d.e-]+) until the training error is below (?P<warm_up_until>[\d.]+)%)?"
    r"(?:, labels smoothed by (?P<smoothing>[\d.e-]+))?, "
    r"(?:(?P<pad>\d+)-pixel padding with random crop and horizontal flip|random horizontal flip"
    r"|random parts of at least (?P<area>[\d.]+)% resized to (?:(?P<first_crop>\d+) growing to )?(?P<crop>\d+) pixels, "
    r"and horizontal flip)"
    r"(?:, tested at (?P<test_side>\d+) pixels)?(?:, on every (?P<test_every>\d+)th picture while it trains)?, "
    r"(?P<precision>[\w ]+) layers"
)


class RecipeParts(NamedTuple):
    """SGD with momentum, as the recorder's recipes are; the fields mean what they mean there."""

    nesterov: bool
    momentum: float
    weight_decay: float
    decayed: str
    """`all` or `weights`."""
    batch: int
    schedule: str
    """`one-cycle` or `steps`."""
    lr: float
    falls: tuple[int, ...]
    length: int
    unit: str
    """`epochs` or `steps`: of `length`."""
    warm_up_lr: float
    warm_up_until: float
    smoothing: float
    pad: int
    least_area: float
    """Of the pictures in parts that are resized to `crop`, which grows from `first_crop`; 0 where pictures keep their size."""
    first_crop: int
    crop: int
    test_side: int
    test_every: int
    precision: str


def parse_recipe(text: str) -> RecipeParts | None:
    """The parts of what `str` makes of a recorder's recipe; None for any other text."""
    found = _RECIPE.fullmatch(text)
    if not found:
        return None
    return RecipeParts(
        bool(found["nesterov"]),
        float(found["momentum"]),
        float(found["decay"] or 0),
        "weights" if found["decayed"] == "convolution and linear weights" else "all",
        int(found["batch"]),
        "one-cycle" if found["one_cycle"] else "steps",
        float(found["lr"]),
        tuple(_whole(fall) for fall in (found["falls"] or "").split(" and ") if fall),
        _whole(found["length"]),
        found["unit"],
        float(found["warm_up_lr"] or 0),
        _share(found["warm_up_until"]),
        float(found["smoothing"] or 0),
        int(found["pad"] or 0),
        _share(found["area"]),
        int(found["first_crop"] or found["crop"] or 0),
        int(found["crop"] or 0),
        int(found["test_side"] or 0),
        int(found["test_every"] or 1),
        found["precision"],
    )


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _share(percent: str | None) -> float:
    """Digits of per cent as a share: not divided, which would round once more."""
    return float(f"{percent or 0}e-2")
