"""Basic block and bottleneck to scale, with what they cost, and both as files."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from resnet_viz.draw.blockscale import Scaled, blockscale
from resnet_viz.nets import blockcost
from resnet_viz.nets.blockcost import PAPER, block_plan, block_spec, shares, terms
from resnet_viz.nets.export import to_python
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit.figures import Download, downloads
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.lessons.bottleneck.sliders import Size, current


def predict_ratio(words: Lesson) -> None:
    """What does a bottleneck cost of a basic block that is as wide?"""
    size = current()

    def measure() -> Question:
        basic, bottleneck = (block_plan(block, *size).macs for block in PAPER)
        answer = min(range(3), key=lambda i: abs(bottleneck / basic - (3 / 4, 1 / 3, 1 / 17)[i]))
        numbers = {"basic": f"{basic:,}", "bottleneck": f"{bottleneck:,}"}
        said = words.say("predict_because", **numbers, c=size.channels, h=size.height, w=size.width, **paper_ratio())
        return Question(answer, said)

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="bottleneck")


def side_by_side(size: Size, words: Lesson) -> None:
    """Both blocks to scale, each with its formula filled in, and what follows."""
    both = scaled(size, words)
    for i, (column, block) in enumerate(zip(st.columns(2, gap="medium"), PAPER, strict=True)):
        with column, st.container(border=True):
            figure(blockscale(both, words.labels, only=i), key=f"scale_{block}")
            numbers = [term.macs for term in terms(block, *size)]
            st.markdown(f"{words.labels[f'formula_{block}']}  \n{' + '.join(f'{n:,}' for n in numbers)} = **{sum(numbers):,}**")
    st.markdown(f"**{words.say('ratio', **paper_ratio())}**")
    st.caption(words.labels["scale_note"])


def scaled(size: Size, words: Lesson) -> list[Scaled]:
    return [Scaled(words.labels[block], terms(block, *size)) for block in PAPER]


def paper_ratio() -> dict[str, Any]:
    ratio = shares("bottleneck") / shares("basic")
    return {"fraction": ratio, "ratio": float(ratio), "times": round(1 / ratio)}


def exports(size: Size, words: Lesson) -> None:
    """The drawing, the comparisons, the code of both blocks."""
    st.subheader(words.labels["export"], anchor=False)
    name, say = "x".join(map(str, size)), words.labels
    drawing = partial(blockscale, scaled(size, words), say)
    files = [
        Download(say["export_svg"], f"blocks-{name}.svg", "image/svg+xml", drawing),
        Download(say["export_csv"], f"blocks-{name}.csv", "text/csv", lambda: blockcost.to_csv(blockcost.comparisons(*size))),
    ]
    for block in PAPER:
        code = partial(to_python, block_spec(block, size.channels))
        files.append(Download(say[f"export_{block}"], f"{block}-{size.channels}.py", "text/x-python", code))
    downloads(files, "bottleneck")
