"""*Why twice the channels?*: values before and after a down-sampling, and what networks with constant channels get."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.studies import widening
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.widening import Trained
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import big, shape_text
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict

_TIMES = (1.0, 2.5, 8.0)
"""The answers: how many times as many mistakes."""


def show(words: Lesson) -> None:
    """Bars of the errors of three networks; beside them what flows through each."""
    st.subheader(words.labels["widen_title"], anchor=False)
    found = widening.recorded()
    doubled, constant, _ = found
    picture, panel = stage("widen")
    ask = words.say("widen_ask", steps=widening.steps(), error=doubled.mean)
    with picture:
        options = [words.labels[f"widen_{i}"] for i in range(3)]
        shown = predict(partial(_question, doubled, constant, words), ask, options, "shortcuts_widen", panel)
    with panel:
        _volumes(found, words)
    rows = [
        ValueBar(
            words.labels[f"net_{one.name}"],
            one.mean if shown or one is doubled else 0,
            _range(one) if shown or one is doubled else "?",
            "residual",
        )
        for one in found
    ]
    caption = words.say("widen_caption", steps=widening.steps(), seeds=len(doubled.test))
    files = [Download(words.labels["file_csv"], "channels.csv", "text/csv", partial(_csv, found))] if shown else []
    with picture, figure("widen", caption=caption, kind="recorded", note=recording("widening")["made"], files=files):
        most = max(one.mean for one in found)
        drawing(bars(rows, words.labels["widen_alt"], most=most), key="widen_bars")
        if shown:
            st.markdown(said(found, words))


def said(found: Sequence[Trained], words: Lesson) -> str:
    """What the channels buy, as far as the seeds tell it: a difference is one only where no two runs of two networks overlap."""
    doubled, constant, same = found
    lost = words.say(
        "widen_lost" if apart(doubled, constant) else "widen_even",
        constant=constant.mean,
        doubled=doubled.mean,
        macs=constant.macs / doubled.macs,
    )
    priced = words.say(
        "widen_priced" if apart(doubled, same) else "widen_unclear",
        same=same.mean,
        doubled=doubled.mean,
        params=same.params / doubled.params,
    )
    return words.joined((lost, priced))


def apart(one: Trained, other: Trained) -> bool:
    """Whether every run of one errs less than every run of the other."""
    return max(one.test) < min(other.test) or max(other.test) < min(one.test)


def _question(doubled: Trained, constant: Trained, words: Lesson) -> Question:
    times = constant.mean / doubled.mean
    answer = min(range(3), key=lambda i: abs(math.log(times / _TIMES[i])))
    return Question(answer, words.say("widen_because", constant=constant.mean, doubled=doubled.mean, times=times))


def _range(one: Trained) -> str:
    return f"{one.mean:.1%} ({min(one.test):.1%}–{max(one.test):.1%})"


def _volumes(found: Sequence[Trained], words: Lesson) -> None:
    """C·H·W after each stage, and what a picture costs."""
    for one in found:
        values = " → ".join(f"{math.prod(shape):,}" for shape in one.shapes)
        line = words.say("widen_line", shapes=" → ".join(map(shape_text, one.shapes)), values=values, macs=big(one.macs))
        st.markdown(f"**{words.labels[f'net_{one.name}']}**  \n{line}")


def _csv(found: Sequence[Trained]) -> str:
    head = ("network", "channels", "seed", "training error", "error on unseen pictures", "multiply-adds", "parameters")
    rows = [
        (str(one.spec), one.name, seed, train, test, one.macs, one.params)
        for one in found
        for seed, (train, test) in enumerate(zip(one.train, one.test, strict=True))
    ]
    return table([head, *rows])
