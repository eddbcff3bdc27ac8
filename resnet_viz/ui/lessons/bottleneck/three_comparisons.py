"""*Three comparisons*: what each holds against each other, with the ratios of the costs."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from resnet_viz.nets import blockcost
from resnet_viz.nets.blockcost import PAPER, BlockComparison, block_plan
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.numbers import mebibytes
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.lessons.bottleneck.cells import cells_table, on_one_line, short
from resnet_viz.ui.lessons.bottleneck.sliders import Size
from resnet_viz.ui.lessons.bottleneck.to_scale import paper_ratio

NETWORKS = ("resnet34", "resnet50")
ASKED_OF_NETWORKS = "build"
"""The question of the next lesson, how many more multiply-adds the second network does: no answer stands here before it."""


def show(size: Size, words: Lesson) -> None:
    """Three comparisons, each with its ratios; what the next lesson asks stands there once it has been answered."""
    compared = blockcost.comparisons(*size)
    for column, pair in zip(st.columns(3, gap="medium"), compared, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{words.labels[f'compare_{pair.name}']}**  \n{_about(pair, size, words)}")
            basic, bottleneck = (on_one_line(name_of(run, words)) for run in runs_of(size)[pair.name])
            rows, later = [], is_asked_later(pair.name)
            for cost, write in (("macs", short), ("params", short), ("activation_bytes", mebibytes)):
                values = f"{write(getattr(pair.basic, cost))} → {write(getattr(pair.bottleneck, cost))}"
                ratio = f"× {pair.ratio(cost):.3g}"
                if later and cost == "macs":
                    values = ratio = "?"
                rows.append((words.labels[cost], on_one_line(values), on_one_line(ratio)))
            cells_table((" ", f"{basic} → {bottleneck}", words.labels["ratio_column"]), rows)
            if later:
                st.caption(words.labels["asked_later"])
    st.caption(words.labels["memory_help"])


def is_asked_later(comparison: str) -> bool:
    """Whether the next lesson asks how many more multiply-adds one side of this comparison does, and has not been answered."""
    return comparison == "networks" and not answered(ASKED_OF_NETWORKS)


def _about(pair: BlockComparison, size: Size, words: Lesson) -> str:
    per_position = {block: f"{block_plan(block, c, 1, 1).macs:,}" for block, c in PAPER.items()}
    return words.say(
        f"about_{pair.name}",
        c=size.channels, h=size.height, w=size.width, size=224, fraction=paper_ratio()["fraction"], **per_position,
    )  # fmt: skip


class Timeable(NamedTuple):
    """Something that can be timed: a block by its kind and width, or a whole network by its name."""

    kind: str
    channels: int = 0


def runs_of(size: Size) -> dict[str, tuple[Timeable, Timeable]]:
    """What each comparison holds against each other."""
    return {
        "same": (Timeable("basic", size.channels), Timeable("bottleneck", size.channels)),
        "paper": (Timeable("basic", PAPER["basic"]), Timeable("bottleneck", PAPER["bottleneck"])),
        "networks": (Timeable(NETWORKS[0]), Timeable(NETWORKS[1])),
    }


def name_of(run: Timeable, words: Lesson) -> str:
    return words.say(f"at_{run.kind}", c=run.channels) if run.channels else words.labels[run.kind]
