"""What a network costs, in a sentence and in four numbers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import preset
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.numbers import big, mebibytes
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.stage_bars import part_name


def predict_depth(words: Lesson) -> bool:
    """Is ResNet-50 dearer than ResNet-34? Returns whether costs may be shown."""

    def measure() -> Question:
        deep, shallow = plan(preset("resnet50"), 224).macs, plan(preset("resnet34"), 224).macs
        more = deep / shallow - 1
        answer = min(range(3), key=lambda i: abs(more - (0.1, 0.5, 1.0)[i]))
        return Question(answer, words.say("predict_because", more=more, deep=big(deep, 2), shallow=big(shallow, 2)))

    return predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="build")


def sentence(p: Plan, words: Lesson) -> str:
    """What the numbers say, in one sentence."""
    most_params = max(p.parts, key=lambda part: part.params)
    most_macs = max(p.parts, key=lambda part: part.macs)
    return words.say(
        "sentence",
        name=title(p.spec),
        depth=p.depth,
        params=big(p.params),
        macs=big(p.macs),
        size=p.input_shape[1],
        param_stage=part_name(most_params, words),
        param_share=most_params.params / p.params,
        mac_stage=part_name(most_macs, words),
        mac_share=most_macs.macs / p.macs,
    )


def totals(p: Plan, q: Plan | None, words: Lesson) -> None:
    """Depth, parameters, multiply-adds and activation memory, with the other network's beside them, and the sentence."""
    say = words.labels
    rows: list[tuple[str, Callable[[Plan], str], str | None]] = [
        (say["depth"], lambda x: words.say("depth_value", depth=x.depth), None),
        (say["params"], lambda x: big(x.params), None),
        (say["macs"], lambda x: big(x.macs), say["macs_help"]),
        (say["memory"], lambda x: mebibytes(x.activation_bytes), say["memory_help"]),
    ]
    for column, (label, value, note) in zip(st.container(key="totals").columns(4), rows, strict=True):
        against = words.say("against", name=title(q.spec), value=value(q)) if q else None
        column.metric(label, value(p), against, delta_color="off", delta_arrow="off", help=note, border=True)
    st.markdown(sentence(p, words))
