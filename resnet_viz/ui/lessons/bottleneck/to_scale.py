"""Basic block and bottleneck with true areas: at the same width, and at about the same cost."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.blockcost import PAPER, block_plan, block_spec, kept_at_a_position, shares, terms
from resnet_viz.nets.export import to_python
from resnet_viz.nets.spec import EXPANSION
from resnet_viz.text import Lesson
from resnet_viz.ui.components.block_areas import block_areas
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.lessons.bottleneck.cells import cells_table
from resnet_viz.ui.lessons.bottleneck.params import CHANNELS, FAIR
from resnet_viz.ui.lessons.bottleneck.sliders import Size, channel_stops, current


def show(words: Lesson) -> None:
    """The picture with its question, and beside it the numbers."""
    picture, panel = stage("bottleneck")
    size, fair = current(), url_state.get(FAIR) if answered("bottleneck") else FAIR.default
    options = [words.labels[f"predict_{i}"] for i in range(3)]
    numbers, verdict = panel.container(), panel.container()
    with verdict if answered("bottleneck") else picture:
        shown = predict(partial(_measure, size, words), words.labels["predict_ask"], options, key="bottleneck")
    with picture, figure("areas", caption=words.labels["areas_caption"], files=_files(size, words, shown=shown)):
        block_areas(
            size.channels,
            fair,
            channel_stops(),
            shown=shown,
            words=words.labels,
            key="block_areas",
            on_channels=partial(url_state.put, CHANNELS),
            on_fair=partial(url_state.put, FAIR),
        )
    with numbers:
        st.markdown(words.labels["areas_read"])
        if shown:
            st.markdown(words.labels["areas_switch"])
            st.markdown(f"**{said(size.channels, fair, words)}**")
            _cost_table(size.channels, fair, words)


def widths(channels: int, fair: str) -> dict[str, int]:
    """How many channels go into each block."""
    return {"basic": channels, "bottleneck": channels * (EXPANSION["bottleneck"] if fair == "cost" else 1)}


def said(channels: int, fair: str, words: Lesson) -> str:
    """What the two areas say about each other."""
    wide = widths(channels, fair)
    basic, bottleneck = (sum(term.macs for term in terms(block, wide[block], 1, 1)) for block in PAPER)
    numbers = {"basic": f"{basic:,}", "bottleneck": f"{bottleneck:,}", "c": wide["basic"], "wide": wide["bottleneck"]}
    return words.say(f"said_{fair}", **numbers, **paper_ratio())


def paper_ratio() -> dict[str, Any]:
    """The bottleneck's cost over a basic block's of as many channels."""
    ratio = shares("bottleneck") / shares("basic")
    return {"fraction": ratio, "ratio": float(ratio), "times": round(1 / ratio)}


def _measure(size: Size, words: Lesson) -> Question:
    basic, bottleneck = (block_plan(block, *size).macs for block in PAPER)
    answer = min(range(3), key=lambda i: abs(bottleneck / basic - (3 / 4, 1 / 3, 1 / 17)[i]))
    numbers = {"basic": f"{basic:,}", "bottleneck": f"{bottleneck:,}"}
    place = {"c": size.channels, "h": size.height, "w": size.width}
    return Question(answer, words.say("predict_because", **numbers, **place, **paper_ratio()))


def _cost_table(channels: int, fair: str, words: Lesson) -> None:
    """The same for the whole block: parameters, and the numbers that training keeps at each position."""
    both = widths(channels, fair).items()
    rows = [
        (words.labels["params"], *(f"{block_plan(block, wide, 1, 1).params:,}" for block, wide in both)),
        (words.labels["kept"], *(f"{kept_at_a_position(block, wide):,} B" for block, wide in both)),
    ]
    cells_table((" ", words.labels["basic"], words.labels["bottleneck"]), rows)


def _files(size: Size, words: Lesson, *, shown: bool) -> list[Download]:
    """The areas as numbers, once these are `shown`, and both blocks as code."""
    name = "x".join(map(str, size))
    areas = Download(words.labels["file_csv"], f"areas-{name}.csv", "text/csv", partial(_csv, size.channels))
    files = [areas] if shown else []
    for block in PAPER:
        code = partial(to_python, block_spec(block, size.channels))
        files.append(Download(words.labels[f"file_{block}"], f"{block}-{size.channels}.py", "text/x-python", code))
    return files


def _csv(channels: int) -> str:
    rows: list[tuple[object, ...]] = [("in common", "block", "convolution", "kernel", "in", "out", "multiply-adds a position")]
    for fair in ("width", "cost"):
        for block, wide in widths(channels, fair).items():
            rows += [(fair, block, t.name, t.kernel, t.in_channels, t.out_channels, t.macs) for t in terms(block, wide, 1, 1)]
    return table(rows)
