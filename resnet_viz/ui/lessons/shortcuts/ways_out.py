"""Two tensors that do not fit, and three ways out: what each does to the shapes, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.shape_fit import shape_fit
from resnet_viz.nets import export
from resnet_viz.nets.plan import Block, Plan, plan
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.nets.spec import ResNetSpec, ShortcutKind
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import big, percent, shape_text
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.shortcuts.params import WAY

OPTIONS = ("A", "B", "C")
_BOUNDS = (0.01, 0.1)
"""The bounds of the three answers, as parts of a network's multiply-adds."""


def show(words: Lesson) -> None:
    """The picture with its question, and beside it the ways out; of a network without skips, those that its twin would take."""
    picture, panel = stage("shortcuts")
    spec = network_picker.current(preset("resnet34")).residual()
    p = plan(spec, network_picker.current_size(spec))
    block = changing(p)
    way = url_state.get(WAY)
    with panel:
        url_state.view(st.segmented_control, words.labels["way"], of=WAY, format_func=url_state.labels(words.labels, "way_"))
    if block is None:
        picture.info(words.labels["level_one"])
        _choose_network(spec, words, panel)
        return
    with panel:  # beside the picture, which shows what does not fit before anything is asked
        options = [words.labels[f"share_{i}"] for i in range(3)]
        ask = words.say("share_ask", name=network_picker.title(spec))
        shown = predict(partial(_question, p, words), ask, options, key="shortcuts")
    chosen = with_option(p, way)
    with picture:
        code = partial(export.to_python, chosen.spec)
        files = [Download(words.labels["file_code"], f"{short_name(chosen.spec)}.py", "text/x-python", code)]
        if shown:
            costs = partial(_csv, p)
            files.insert(0, Download(words.labels["file_csv"], f"{short_name(spec)}-shortcuts.csv", "text/csv", costs))
        caption = words.say(caption_of(block), block=block.name, name=network_picker.title(spec))
        with figure("fit", caption=caption, files=files):
            drawing(shape_fit(block, way, shortcut_kinds(chosen, way), words.labels), key="fit")
        _said_by_torch(block, way, words)
    with panel:
        if shown:
            _costs(p, way, words)
            if way != "none":
                st.markdown(said(chosen, words))
    _choose_network(spec, words, panel)


def changing(p: Plan) -> Block | None:
    """The first block that halves the picture, or at least changes the channels."""
    shapes = [b for b in p.blocks if b.in_shape != b.out_shape]
    return next((b for b in shapes if b.stride > 1), shapes[0] if shapes else None)


def caption_of(block: Block) -> str:
    """What is said of the block that `changing` found."""
    return "fit_caption" if block.stride > 1 else "fit_caption_channels"


def with_option(p: Plan, way: str) -> Plan:
    """The same network with one of the ways out on its shortcuts."""
    return plan(replace(p.spec, shortcut=way), p.input_shape[1:]) if way in OPTIONS else p


def shortcut_kinds(p: Plan, way: str) -> list[ShortcutKind]:
    """What stands on the shortcut of each block; `none` where x as it is does not fit."""
    if way in OPTIONS:
        return [block.shape.shortcut_option for block in p.blocks]
    return ["identity" if block.in_shape == block.out_shape else "none" for block in p.blocks]


def side_costs(p: Plan) -> tuple[int, int]:
    """Parameters and multiply-adds of all shortcuts of a network."""
    layers = [layer for layer in p.layers if layer.on_shortcut]
    return sum(layer.params for layer in layers), sum(layer.macs for layer in layers)


def _share(p: Plan, digits: int) -> str:
    """What part of a network's multiply-adds its shortcuts take."""
    return percent(side_costs(p)[1] / p.macs, digits, bounds=_BOUNDS)


def said(p: Plan, words: Lesson) -> str:
    """What the shortcuts of a network hold of it."""
    params, _ = side_costs(p)
    if not params:
        return words.say("said_free", option=p.spec.shortcut)
    numbers = {"option": p.spec.shortcut, "params": f"{params:,}", "share": params / p.params, "macs": _share(p, 1)}
    return words.say("said_option", **numbers)


def _question(p: Plan, words: Lesson) -> Question:
    with_b = with_option(p, "B")
    share = side_costs(with_b)[1] / with_b.macs
    count = sum(b.shape.shortcut_option == "projection" for b in with_b.blocks)
    key = "share_because" if count > 1 else "share_because_one"
    told = [words.say(key, count=count, share=_share(with_b, 2), name=network_picker.title(p.spec))]
    if share < _BOUNDS[-1]:
        told.append(words.labels["share_cheap"])
    return Question(sum(share >= bound for bound in _BOUNDS), words.joined(told))


def _said_by_torch(block: Block, way: str, words: Lesson) -> None:
    """PyTorch's own answer to the sum."""
    from resnet_viz.probes.broadcasting import try_add

    carried = block.in_shape if way == "none" else block.out_shape
    found = try_add(block.out_shape, carried)
    if found.shape is None:
        st.markdown(words.labels["torch_refuses"])
        st.error(f"out + x → RuntimeError: {quoted(found.error)}", icon=":material/block:")
        st.caption(words.labels["torch_dimensions"])
    else:
        st.success(words.say("add_fits", shape=shape_text(found.shape)), icon=":material/check_circle:")


def _costs(p: Plan, way: str, words: Lesson) -> None:
    """What the three ways cost in this network; the chosen one stands out."""
    costs = {option: (side_costs(with_option(p, option)), with_option(p, option)) for option in OPTIONS}
    bold = {option: "**" if option == way else "" for option in OPTIONS}
    columns = {
        words.labels["col_option"]: [f"{bold[o]}{o}{bold[o]}" for o in OPTIONS],
        words.labels["col_params"]: [f"{bold[o]}{costs[o][0][0]:,}{bold[o]}" for o in OPTIONS],
        words.labels["col_macs"]: [f"{bold[o]}{big(costs[o][0][1])}{bold[o]}" for o in OPTIONS],
        words.labels["col_share"]: [f"{bold[o]}{_share(costs[o][1], 1)}{bold[o]}" for o in OPTIONS],
    }
    st.table(columns, hide_index=True)


def _choose_network(spec: ResNetSpec, words: Lesson, panel: st.delta_generator.DeltaGenerator) -> None:
    with panel:
        more = st.expander(words.labels["more"], icon=":material/tune:", on_change="rerun", key="w_shortcuts_more")
        if more.open:
            network_picker.choose(spec, more)
            network_picker.choose_size(spec, more)


def _csv(p: Plan) -> str:
    head = "option", "shortcut parameters", "shortcut multiply-adds", "parameters", "multiply-adds"
    plans = {option: with_option(p, option) for option in OPTIONS}
    return table([head, *((option, *side_costs(x), x.params, x.macs) for option, x in plans.items())])
