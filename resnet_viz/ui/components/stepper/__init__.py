"""A residual block, one operation at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column
from resnet_viz.ui.components.packed import decimals, packed
from resnet_viz.ui.components.reports import Report, mount, several, whole

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps, Hand, Step

MAX_CHANNELS = 8
MAX_VALUES = 160_000
"""Numbers that travel at once, some 200 kB: tensors with larger maps show fewer channels."""
BINS = 48
MAX_STEPS = 20
"""More than any block has."""

_component = st.components.v2.component(
    "resnet_viz_stepper",
    html="<div class='stepper'></div>\n",
    css=style("stepper/stepper.css"),
    js=script("stepper/stepper.js"),
)


read_step = whole(0, MAX_STEPS)
_three = several(whole(0, 99_999), 3, 3)


def read_place(sent: object) -> tuple[int, int, int] | None:
    """Channel, row and column, or None where it is not that. How large the output is is not known here."""
    found = _three(sent)
    return (found[0], found[1], found[2]) if found else None


def stepper(
    found: BlockSteps,
    hands: Sequence[Hand],
    labels: Sequence[str],
    whys: Sequence[str],
    formula: Sequence[tuple[str, str]],
    *,
    svgs: Sequence[str],
    place: tuple[int, int, int],
    start: int,
    turn: int,
    words: Mapping[str, str],
    key: str,
    on_step: Callable[[int], None],
    on_place: Callable[[tuple[int, int, int]], None],
) -> None:
    """Show the steps. `labels` name each step's value, `whys` say in a sentence what the step does, `formula` is text with the
    term it belongs to, `svgs` are the block as `draw.number_wire` draws it, lying and standing.

    It goes to step `start` when it appears and whenever `turn` changes, else it stays where it is. `on_step` receives the index
    where the class has stopped; `on_place` channel, row and column of the number that it follows in the output, perhaps of none.
    """
    counts = shown_channels(found)
    about: dict[str, Any] = {
        "steps": [_about(*each) for each in zip(found.steps, counts, labels, whys, hands, strict=True)],
        "formula": [list(part) for part in formula],
        "place": list(place),
        "start": start,
        "turn": turn,
        "svgs": list(svgs),
        "words": {name: text for name, text in words.items() if name.startswith("step_")},
    }
    values = [step.value[0, :count].numpy() for step, count in zip(found.steps, counts, strict=True)]
    about["decimals"] = decimals(max(float(np.abs(value).max()) for value in values))
    data = {
        "about": about,
        "values": column(_packed(values, about["decimals"])),
        "colours": column(np.concatenate([colours(False), colours(True)])),
    }
    mount(_component, key, data, answer=False, step=Report(read_step, on_step), place=Report(read_place, on_place))


def _packed(values: Sequence[npt.NDArray[np.float32]], kept: int) -> npt.NDArray[np.uint8]:
    """The values (C, H, W) of each step, with so many decimals."""
    return packed(*(np.rint(value * 10.0**kept).astype(np.int32) for value in values))


def shown_channels(found: BlockSteps) -> list[int]:
    """How many channels of each step are shown: the same number for all, at most 8, chosen so that all fit into one message."""
    sizes = [step.value[0, 0].numel() for step in found.steps]
    fit = max(1, min(MAX_CHANNELS, MAX_VALUES // sum(sizes)))
    return [min(fit, step.value.shape[1]) for step in found.steps]


def _about(step: Step, count: int, label: str, why: str, hand: Hand) -> dict[str, Any]:
    value = step.value[0].numpy()
    counts, _ = np.histogram(value, bins=BINS)
    return {
        "name": step.name,
        "kind": step.kind,
        "code": step.code,
        "term": step.term,
        "label": label,
        "why": why,
        "reads": list(step.reads),
        "shape": "×".join(map(str, value.shape)),
        "count": count,
        "height": value.shape[1],
        "width": value.shape[2],
        "low": float(value.min()),
        "high": float(value.max()),
        "zeros": float((value == 0).mean()),
        "histogram": counts.tolist(),
        "hand": {
            "parts": list(hand.parts),
            "products": [product._asdict() for product in hand.products],
            "terms": hand.terms,
        },
    }
