"""The three kinds of shortcut: what each costs in the network at hand, and the published errors."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.diagram import Diagram
from resnet_viz.nets import export
from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import short_name
from resnet_viz.nets.published_results import TOP1_ERROR_34
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.figures import Download, badge, downloads
from resnet_viz.ui.kit.prediction import Question, predict

OPTIONS = ("A", "B", "C")


def predict_gain(words: Lesson) -> None:
    """How much does the dearest option buy?"""

    def measure() -> Question:
        cheap, dear = TOP1_ERROR_34["A"], TOP1_ERROR_34["C"]
        gain = cheap.value - dear.value
        answer = min(range(3), key=lambda i: abs(gain - (1.0, 3.0, 10.0)[i]))
        plain = TOP1_ERROR_34["plain"].value - cheap.value
        because = words.say("predict_because", gain=gain, a=cheap.value, c=dear.value, source=dear.source, plain=plain)
        return Question(answer, because)

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="shortcuts")


def choose_option(spec: ResNetSpec, words: Lesson) -> None:
    """A, B or C, for the whole network."""
    fields = network_picker.labels()
    url_state.control(
        st.segmented_control,
        words.labels["option"],
        list(OPTIONS),
        value=spec.shortcut,
        then=lambda v: network_picker.take_network(replace(spec, shortcut=v)) if v else None,
        key="shortcut_option",
        format_func=url_state.labels(fields, "shortcut_"),
    )


def show(p: Plan, words: Lesson) -> None:
    """What the three options cost in this very network, with the published errors beside them; and the code of the chosen one."""
    say = words.labels
    left, right = st.columns([3, 2], gap="large")
    with left:
        plans = [plan(replace(p.spec, shortcut=option), p.input_shape[1:]) for option in OPTIONS]
        columns = {
            say["col_option"]: [network_picker.labels()[f"shortcut_{option}"] for option in OPTIONS],
            say["col_params"]: [f"{_side(x)[0]:,}" for x in plans],
            say["col_macs"]: [f"{_side(x)[1]:,}" for x in plans],
            say["col_share"]: [f"{_side(x)[1] / x.macs:.1%}" for x in plans],
            say["col_error"]: [f"{TOP1_ERROR_34[option].value:.2f} %" for option in OPTIONS],
        }
        st.table(columns)
        badge("cited", words.say("errors_source", source=TOP1_ERROR_34["A"].source))
        chosen = _side(p)
        st.markdown(
            words.say(
                "said_option",
                option=p.spec.shortcut,
                params=f"{chosen[0]:,}",
                share=chosen[0] / p.params,
                macs=chosen[1] / p.macs,
            )
        )
    with right:
        st.code(export.block_code(p.spec), language="python", wrap_lines=True)


def _side(p: Plan) -> tuple[int, int]:
    """Parameters and MACs of all shortcuts of a network."""
    layers = [layer for layer in p.layers if ".downsample" in layer.name]
    return sum(layer.params for layer in layers), sum(layer.macs for layer in layers)


def files(p: Plan, drawn: Diagram, words: Lesson) -> None:
    """Diagram, comparison and code."""
    net = short_name(p.spec)

    def rows() -> str:
        head = "option", "shortcut parameters", "shortcut MACs", "parameters", "MACs", "top-1 error of a 34-layer network %"
        plans = {option: plan(replace(p.spec, shortcut=option), p.input_shape[1:]) for option in OPTIONS}
        return table([head, *((o, *_side(x), x.params, x.macs, TOP1_ERROR_34[o].value) for o, x in plans.items())])

    downloads(
        [
            Download(words.labels["file_svg"], f"{net}.svg", "image/svg+xml", lambda: drawn.svg),
            Download(words.labels["file_csv"], f"{net}-shortcuts.csv", "text/csv", rows),
            Download(words.labels["file_code"], f"{net}.py", "text/x-python", lambda: export.to_python(p.spec)),
        ],
        "shortcuts",
    )
