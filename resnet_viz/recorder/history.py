"""How training went: figures of each epoch, and the norms of all layers at some steps, as `<name>.history.json` has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOTED = 40
"""Steps at which the norms of all layers are noted."""

History = dict[str, Any]
"""`epochs`: figures of each; `steps`: those that were noted; `layers`: by layer and figure, a value a noted step."""


def empty() -> History:
    """Before the first step."""
    return {"epochs": [], "steps": [], "layers": {}}


def note(history: History, step: int, layers: Mapping[str, Mapping[str, float]]) -> None:
    """Add the figures of all layers at a step, to five digits."""
    history["steps"].append(step)
    for name, figures in layers.items():
        for key, value in figures.items():
            history["layers"].setdefault(name, {}).setdefault(key, []).append(float(f"{value:.5g}"))


def spaced(steps: int, count: int = NOTED) -> set[int]:
    """About `count` steps from the first to the last, each the same factor after the one before.

    >>> sorted(spaced(100, 5))
    [0, 2, 9, 31, 99]
    """
    return {round(steps ** (i / (count - 1))) - 1 for i in range(count)}
