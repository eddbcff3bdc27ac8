"""*And the time?*: the pair that costs about the same arithmetic, timed on this machine."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.nets.blockcost import PAPER, block_plan, bytes_moved
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import shape_text
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.bottleneck import times
from resnet_viz.ui.lessons.bottleneck.sliders import Size, choose_positions, current
from resnet_viz.ui.lessons.bottleneck.three_comparisons import runs_of
from resnet_viz.ui.lessons.bottleneck.times import Measured, Ratios, ratios, sentence, why

_LONGER = (1.1, 2.0)
"""The bounds of the three answers, in times as long."""


def show(words: Lesson) -> None:
    """Bars of what the bottleneck of 256 channels takes of the basic block of 64, its time once it has been predicted."""
    st.subheader(words.labels["time_title"], anchor=False)
    size = current()
    picture, panel = stage("time")
    with panel:
        choose_positions(words)
        st.caption(words.say("pair_how", threads=times.THREADS, repeats=times.REPEATS, block=f"{times.BLOCK_SECONDS:.0f}"))
    if size.height * size.width == 1:
        picture.warning(words.labels["limit_point"], icon=":material/front_hand:")
        return
    options = [words.labels[f"longer_{i}"] for i in range(3)]
    with panel if answered("bottleneck_time") else picture:
        shown = predict(partial(_question, size, words), words.say("longer_ask", **PAPER), options, key="bottleneck_time")
    with picture, sentence_instead():
        _show(size, pair(size) if shown else None, words)


def pair(size: Size) -> tuple[Measured, Measured]:
    """Both blocks, timed; a class shares the result."""
    basic, bottleneck = (times.timed(run, size) for run in runs_of(size)[times.ASKED])
    return basic, bottleneck


def _question(size: Size, words: Lesson) -> Question:
    found = ratios(*pair(size))
    answer = sum(found.forward >= bound for bound in _LONGER)
    return Question(answer, words.say("longer_because", time=f"{found.forward:.3g}", macs=f"{found.macs:.3g}"))


def _show(size: Size, found: tuple[Measured, Measured] | None, words: Lesson) -> None:
    planned = _planned(size)
    values = ratios(*found) if found else planned
    rows = [ValueBar(words.say("bar_basic", c=PAPER["basic"]), 1, "1", "ghost")]
    for name in Ratios._fields:
        value = getattr(values, name)
        rows.append(ValueBar(words.labels[f"bar_{name}"], value, f"{value:.3g} ×" if value else "?"))
    name = f"time-{shape_text(size[1:])}.csv"
    files = [Download(words.labels["file_csv"], name, "text/csv", partial(_csv, found))] if found else []
    kind = "measured" if found else ""
    with figure("time", caption=words.say("bars_caption", h=size.height, w=size.width, **PAPER), kind=kind, files=files):
        drawing(bars(rows, words.labels["bars_alt"]), key="time_bars")
    if found:
        title = words.labels["compare_paper"]
        because = why(Size(PAPER["bottleneck"], size.height, size.width), words)
        st.markdown(words.joined((sentence(title, *found, words), because)))


def _planned(size: Size) -> Ratios:
    """What is known before anything is timed."""
    basic, bottleneck = (block_plan(block, c, size.height, size.width) for block, c in PAPER.items())
    return Ratios(bottleneck.macs / basic.macs, bytes_moved(bottleneck.layers) / bytes_moved(basic.layers), 0, 0)


def _csv(found: tuple[Measured, Measured]) -> str:
    times_of = ("forward ms", "lower quartile", "upper quartile", "forward and backward ms")
    head = ("block", "channels", *times_of, "multiply-adds", "bytes")
    rows = [
        (block, c, *(f"{n:.4g}" for n in m.forward[:3]), f"{m.both.median_ms:.4g}", m.work.macs, m.work.bytes)
        for (block, c), m in zip(PAPER.items(), found, strict=True)
    ]
    return table([head, *rows])
