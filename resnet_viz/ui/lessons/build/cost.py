"""What a network costs, as the Build page shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from resnet_viz.draw import charts
from resnet_viz.draw.diagram import Diagram
from resnet_viz.nets import export
from resnet_viz.nets.plan import Layer, Part, Plan, Stage, plan, receptive_fields
from resnet_viz.nets.presets import TORCHVISION, preset, preset_name, presets, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import inference, network_picker, url_state
from resnet_viz.ui.kit.network_picker import labels, title
from resnet_viz.ui.kit.page import Download, Question, badge, big, downloads, mebibytes, predict, said, shape_text, text
from resnet_viz.ui.kit.shared_params import PICK, SEED
from resnet_viz.ui.lessons.build.params import VERSUS

_ASKED = "build_onnx"


def predict_depth(words: Lesson) -> None:
    """Is ResNet-50 dearer than ResNet-34?"""

    def measure() -> Question:
        deep, shallow = plan(preset("resnet50"), 224).macs, plan(preset("resnet34"), 224).macs
        more = deep / shallow - 1
        answer = min(range(3), key=lambda i: abs(more - (0.1, 0.5, 1.0)[i]))
        return Question(answer, words.say("predict_because", more=more, deep=big(deep, 2), shallow=big(shallow, 2)))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="build")


def choose_other(spec: ResNetSpec, words: Lesson, container: Any) -> ResNetSpec | None:
    """The network to compare with: none, a preset, or the plain twin."""
    chosen = url_state.get(VERSUS) or preset("resnet50" if preset_name(spec) != "resnet50" else "resnet34")
    twin = spec.plain() if spec.skips != "none" else spec.residual()
    options = ["none", "twin", *presets()]
    value = "none" if chosen == "none" else "twin" if chosen == twin else short_name(chosen)
    if value not in options:  # a composed network that came with a link
        options.insert(0, value)

    def take(option: str) -> None:
        if option == "none":
            url_state.put(VERSUS, "none")
        elif option == "twin":
            url_state.put(VERSUS, twin)
        elif option in presets():
            url_state.put(VERSUS, preset(option))

    names = labels()

    def label(option: str) -> str:
        special = {"none": "versus_none", "twin": "versus_plain" if spec.skips != "none" else "versus_residual"}
        return words.labels[special[option]] if option in special else names.get(f"net_{option}", option)

    url_state.control(container.selectbox, words.labels["versus"], options, value=value, then=take, key="vs", format_func=label)
    return None if chosen == "none" else chosen


def _part_name(part: Part | Stage, words: Lesson) -> str:
    return words.labels[part.name] if isinstance(part, Part) else words.say("layer", n=part.name[-1])


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
        param_stage=_part_name(most_params, words),
        param_share=most_params.params / p.params,
        mac_stage=_part_name(most_macs, words),
        mac_share=most_macs.macs / p.macs,
    )


def totals(p: Plan, q: Plan | None, words: Lesson) -> None:
    """Depth, parameters, multiply-adds and activation memory, with the other network's beside them."""
    say = words.labels
    rows: list[tuple[str, Callable[[Plan], str], str | None]] = [
        (say["depth"], lambda x: words.say("depth_value", depth=x.depth), None),
        (say["params"], lambda x: big(x.params), None),
        (say["macs"], lambda x: big(x.macs), say["macs_help"]),
        (say["memory"], lambda x: mebibytes(x.activation_bytes), say["memory_help"]),
    ]
    for column, (label, value, note) in zip(st.columns(4), rows, strict=True):
        against = words.say("against", name=title(q.spec), value=value(q)) if q else None
        column.metric(label, value(p), against, delta_color="off", delta_arrow="off", help=note, border=True)


def bars(p: Plan, q: Plan | None, words: Lesson) -> None:
    """The same three costs, stage by stage."""
    st.subheader(words.labels["chart_title"], anchor=False)
    plans = (p, q) if q else (p,)
    names = [title(x.spec) for x in plans]
    alt = words.say("chart_alt", names=", ".join(names))
    st.plotly_chart(
        _bars(plans, names, words, network_picker.is_narrow()),
        key="stage_bars",
        alt=alt,
        config={"displayModeBar": False},
    )


def _bars(plans: Sequence[Plan], names: Sequence[str], words: Lesson, upright: bool) -> Any:
    """The figure; making it takes two thirds of a run of the page, so a class makes each once."""
    key = (*((str(x.spec), x.input_shape) for x in plans), *names, words.title, upright)
    return _drawn(key, plans, names, words)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(key: tuple[Any, ...], _plans: Sequence[Plan], _names: Sequence[str], _words: Lesson) -> Any:
    parts = [[_part_name(part, _words) for part in x.parts] for x in _plans]
    return charts.stage_bars(_plans, _names, parts, _words.labels, upright=key[-1])


def selected(p: Plan, words: Lesson) -> None:
    """The numbers of what is selected on the diagram."""
    found = _find(p, url_state.get(PICK))
    if found is None:
        return
    name, thing = found
    say = words.labels
    kind = thing.label if isinstance(thing, Layer) else name
    field = receptive_fields(p.spec).get(thing.name if isinstance(thing, Layer) else thing.layers[-1].name)
    facts = [
        (say["selected"], name if kind == name else f"{name} · {kind}"),
        (say["reads"], shape_text(thing.in_shape)),
        (say["writes"], shape_text(thing.out_shape)),
        (say["params"], f"{thing.params:,}"),
        (say["macs"], f"{thing.macs:,}"),
        (say["field"], words.say("field_value", size=field.size) if field else say["field_all"]),
    ]
    with st.container(border=True, horizontal=True, key="selected", gap="large"):
        for label, value in facts:
            st.markdown(f":small[{label}]  \n**{value}**", width="content")


def _find(p: Plan, name: str) -> tuple[str, Any] | None:
    for part in p.parts:
        if part.name == name:
            return name, part
    if name in p.spec.blocks:
        return name, p.block(name)
    return (name, p.by_name[name]) if name in p.by_name else None


def live_build(p: Plan, words: Lesson) -> None:
    """Build the real network and run it once, or say why not."""
    if problem := inference.refusal(p):
        st.warning(text("common").say(problem.key, given=problem.given, limit=problem.limit), icon=":material/front_hand:")
        return
    place = st.empty()
    place.info(words.labels["live_building"], icon=":material/hourglass_top:")
    net = short_name(p.spec)
    built = inference.build_live(net, p.input_shape[1], url_state.get(SEED))
    times = {"build": f"{built.build_ms:,.0f} ms", "forward": f"{built.forward_ms:,.0f} ms"}
    said = [words.say("live_done", **times, shape=shape_text(built.out_shape), params=f"{built.params:,}")]
    if built.params == p.params:
        said.append(words.labels["live_equal"])
    name = preset_name(p.spec)
    if name in TORCHVISION:
        theirs = inference.torchvision_params(name)
        key = "live_same" if theirs == built.params else "live_differs"
        said.append(words.say(key, params=f"{theirs:,}", name=name))
    with place.container(border=True, key="live"):
        badge("measured")
        st.markdown(" ".join(said))


def table(p: Plan, words: Lesson) -> None:
    """Every layer, sortable. It travels only once it is opened."""
    box = st.expander(words.labels["table"], icon=":material/table_rows:", on_change="rerun", key="w_table")
    if box.open:
        with box:
            st.dataframe(_columns(p.layers, words), hide_index=True, height=420)


def _columns(layers: Sequence[Layer], words: Lesson) -> dict[str, list[Any]]:
    columns: dict[str, Any] = {
        "name": lambda x: x.name,
        "kind": lambda x: x.kind,
        "kernel": lambda x: x.kernel,
        "stride": lambda x: x.stride,
        "groups": lambda x: x.groups,
        "in": lambda x: shape_text(x.in_shape),
        "out": lambda x: shape_text(x.out_shape),
        "params": lambda x: x.params,
        "macs": lambda x: x.macs,
        "memory": lambda x: x.activation_bytes,
        "reads": lambda x: ", ".join(x.inputs),
    }
    return {words.labels[f"col_{key}"]: [value(layer) for layer in layers] for key, value in columns.items()}


def exports(p: Plan, picture: Diagram, words: Lesson) -> None:
    """Code, ONNX, diagram and table as files."""
    st.subheader(words.labels["export"], anchor=False)
    net = short_name(p.spec)
    files = [
        Download(words.labels["export_python"], f"{net}.py", "text/x-python", lambda: export.to_python(p.spec)),
        Download(words.labels["export_svg"], f"{net}.svg", "image/svg+xml", lambda: picture.svg),
        Download(words.labels["export_csv"], f"{net}.csv", "text/csv", lambda: export.to_csv(p)),
    ]
    downloads(files, "build")
    _onnx(p, words)


def _onnx(p: Plan, words: Lesson) -> None:
    """The ONNX file: made by a process of its own when somebody asks for it, then offered. Or why it is not."""
    if p.params > inference.MAX_ONNX_PARAMS or p.depth > inference.MAX_ONNX_DEPTH or inference.refusal(p):
        limits = {"limit": big(inference.MAX_ONNX_PARAMS, 0), "depth": inference.MAX_ONNX_DEPTH}
        st.caption(words.say("export_onnx_large", **limits, given=big(p.params), given_depth=p.depth))
        return
    if not export.onnx_available():
        st.caption(words.labels["export_onnx_absent"])
        return
    wanted = (short_name(p.spec), p.input_shape[1], url_state.get(SEED))

    def ask() -> None:
        st.session_state[_ASKED] = wanted

    if st.session_state.get(_ASKED) == wanted:
        try:
            with st.spinner(words.labels["onnx_making"]):
                inference.onnx(*wanted)
        except Refused as problem:
            del st.session_state[_ASKED]
            st.info(said(problem), icon=":material/hourglass_disabled:")
        else:
            make = partial(inference.onnx, *wanted)
            downloads([Download(words.labels["export_onnx"], f"{wanted[0]}.onnx", "application/octet-stream", make)], "build")
            return
    st.button(words.labels["onnx_make"], on_click=ask, key="w_onnx", icon=":material/deployed_code:")
