"""The three kinds of shortcut and what down-sampling does to the cost, as the shortcuts page shows them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from resnet_viz.draw import tiles
from resnet_viz.draw.diagram import Diagram
from resnet_viz.nets import export
from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.nets.published_results import TOP1_ERROR_34
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, inference, network_picker, url_state, weights_picker
from resnet_viz.ui.kit.page import Download, Question, badge, big, downloads, predict, quoted, sentence_instead, shape_text, text
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.url_state import Param
from resnet_viz.ui.lessons.shortcuts.params import LEFT, MOST, RIGHT

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


def options(p: Plan, words: Lesson) -> None:
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


@sentence_instead()
def on_the_picture(p: Plan, words: Lesson) -> None:
    """x and what zero-padding and projection make of it, at the first block that changes the shape."""
    source = weights_picker.usable(p, text("activations"))
    block = next((b for b in p.blocks if b.shape.shortcut_option in ("projection", "zero-pad") and b.stride > 1), None)
    if source is None or block is None:
        return
    st.subheader(words.say("picture_title", block=block.name), anchor=False)
    square = to_square(image_input.current()[1], p.input_shape[1])
    spec = replace(p.spec, skips="all")
    found = inference.carried(short_name(spec), source, url_state.get(SEED), digest(square), block.name, square)
    headings = {"x": "x", "A": words.labels["zero_padded"], "B": words.labels["projected"]}
    notes = {"x": words.labels["x_note"], "A": words.labels["no_weights"]}
    notes["B"] = words.labels["weights_trained" if spec.shortcut != "A" and source.kind != "untrained" else "weights_initial"]
    for column, (name, maps) in zip(st.columns(3, gap="large"), found.items(), strict=True):
        with column:
            st.markdown(f"**{headings[name]}** · {shape_text(maps.shape)}")
            st.image(tiles.atlas(maps, tile=48, limit=64), width="stretch", alt=f"{headings[name]}: {notes[name]}")
            st.caption(notes[name])
    badge("measured")


# Two shapes


def try_to_add(words: Lesson) -> None:
    """Any two shapes, and what PyTorch says to their sum."""
    from resnet_viz.probes.broadcasting import try_add

    st.subheader(words.labels["add_title"], anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        a = _shape(LEFT, words)
    with right:
        b = _shape(RIGHT, words)
    found = try_add(a, b)
    st.code(f"x = torch.zeros(1, {a[0]}, {a[1]}, {a[2]})\ny = torch.zeros(1, {b[0]}, {b[1]}, {b[2]})\nx + y", language="python")
    if found.shape is None:
        st.error(f"RuntimeError: {quoted(found.error)}", icon=":material/block:")
        parts = [words.labels[f"axis_{i}"] for i in found.differ]
        st.markdown(words.say("add_why", axes=_listed(parts, words), left=shape_text(a), right=shape_text(b)))
    elif found.broadcast:
        st.warning(words.say("add_broadcast", shape=shape_text(found.shape)), icon=":material/warning:")
    else:
        st.success(words.say("add_fits", shape=shape_text(found.shape)), icon=":material/check_circle:")


def _listed(parts: list[str], words: Lesson) -> str:
    """Words in a row, as the language joins them."""
    joint = words.labels["and"]
    return (f" {joint} " if joint.isascii() else joint).join(parts)


def _shape(of: Param[tuple[int, int, int]], words: Lesson) -> tuple[int, int, int]:
    shape = url_state.get(of)

    def take(axis: int, size: int) -> None:
        channels, height, width = (size if i == axis else n for i, n in enumerate(shape))
        url_state.put(of, (channels, height, width))

    st.markdown(f"**{words.labels[f'add_{of.name}']}**")
    for i, (column, most) in enumerate(zip(st.columns(3), MOST, strict=True)):
        with column:
            url_state.control(
                st.number_input,
                words.labels[f"axis_{i}"],
                1,
                most,
                value=shape[i],
                then=partial(take, i),
                key=f"{of.name}_{i}",
            )
    return shape


# Cost, stage by stage


def level(p: Plan, words: Lesson) -> str:
    """What a block costs in each stage, and how much it puts out."""
    typical = [stage.blocks[-1] for stage in p.stages]
    if len(typical) < 2:
        return words.labels["level_one"]
    costs = ", ".join(big(sum(layer.macs for layer in block.layers if ".downsample" not in layer.name)) for block in typical)
    volumes = ", ".join(f"{shape_text(b.out_shape)} = {np.prod(b.out_shape):,}" for b in typical)
    return words.say("level", costs=costs, volumes=volumes)


def who_projects(words: Lesson) -> None:
    """The blocks of ResNet-18 and ResNet-50 whose shortcut is not the identity."""
    say = words.labels
    st.subheader(say["who_title"], anchor=False)
    for column, name in zip(st.columns(2, gap="large"), ("resnet18", "resnet50"), strict=True):
        blocks = [b for b in plan(preset(name), 224).blocks if b.shortcut == "projection"]
        with column:
            st.markdown(f"**{network_picker.labels()[f'net_{name}']}**")
            st.table(
                {
                    say["col_block"]: [b.name for b in blocks],
                    "x": [shape_text(b.in_shape) for b in blocks],
                    "P(x)": [shape_text(b.out_shape) for b in blocks],
                    say["col_stride"]: [b.stride for b in blocks],
                }
            )
    first, second = (plan(replace(preset("resnet50"), stride_on=on), 224) for on in ("1x1", "3x3"))
    st.markdown(words.say("v1", v1=big(first.macs, 2), v15=big(second.macs, 2), more=second.macs / first.macs - 1))


def files(p: Plan, drawn: Diagram, words: Lesson) -> None:
    """Diagram, comparison and code."""
    net = short_name(p.spec)
    rows = ["option,shortcut parameters,shortcut MACs,parameters,MACs,top-1 error of a 34-layer network %"]
    for option in OPTIONS:
        x = plan(replace(p.spec, shortcut=option), p.input_shape[1:])
        rows.append(",".join(map(str, (option, *_side(x), x.params, x.macs, TOP1_ERROR_34[option].value))))
    table = "\n".join(rows) + "\n"
    downloads(
        [
            Download(words.labels["file_svg"], f"{net}.svg", "image/svg+xml", lambda: drawn.svg),
            Download(words.labels["file_csv"], f"{net}-shortcuts.csv", "text/csv", lambda: table),
            Download(words.labels["file_code"], f"{net}.py", "text/x-python", lambda: export.to_python(p.spec)),
        ],
        "shortcuts",
    )
