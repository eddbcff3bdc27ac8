"""A learned matrix: the weights of a real network's 1×1 convolution."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.draw.lines import Line, lines
from resnet_viz.nets.plan import Layer, plan
from resnet_viz.nets.presets import parse_network, preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest
from resnet_viz.probes import learned_matrix, mixing
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import image_input, inference, network_picker, url_state, weights_picker
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.shared_params import PICK, SEED
from resnet_viz.ui.kit.words import sentence_instead, text

MAX_SHOWN = 256
"""Rows and columns of a matrix that are drawn."""
TERMS = 4


@sentence_instead()
def show(words: Lesson) -> None:
    """The matrix of a real 1×1 layer, a bottleneck's or a projection's: sorted, its singular values, and one of its mixes."""
    st.markdown(words.sections["learned"])
    spec = _choose_network()
    p = plan(spec, network_picker.current_size(spec))
    layers = {layer.name: layer for layer in p.layers if layer.kind == "conv" and layer.kernel == 1 and layer.groups == 1}
    source = weights_picker.usable(p, text("activations"))
    if source is None or not layers:
        return
    layer = _choose(layers, words)
    weight = _weight(short_name(spec), source, layer.name)
    key = "weights_untrained" if source.kind == "untrained" else "weights_trained"
    st.caption(words.say(key, name=network_picker.title(spec)))
    _matrix(weight, layer, words)
    square = image_input.squared(image_input.current()[1], p.input_shape[1])
    reads = layer.inputs[0]
    look = inference.look(short_name(spec), source, url_state.get(SEED), digest(square), (reads, layer.name), square)
    _one_channel(weight, look.maps[reads], look.maps[layer.name], words)


def _choose_network() -> ResNetSpec:
    """Those whose 1×1 layers were trained here, and the one that the class has chosen where it has bottlenecks."""
    own, photo = parse_network(mixing.LEARNED.net), preset("photo_resnet18")
    chosen = network_picker.current(own)
    offered = [own, photo]
    if chosen not in offered and chosen.block == "bottleneck":
        offered.append(chosen)
    spec = chosen if chosen in offered else own

    def take(name: str) -> None:
        network_picker.take_network(parse_network(name), spec)
        url_state.put(PICK, "")

    names = {short_name(one): network_picker.title(one) for one in offered}
    url_state.control(
        st.selectbox,
        network_picker.labels()["network"],
        list(names),
        value=short_name(spec),
        then=take,
        key="mix_net",
        format_func=names.__getitem__,
        width=420,
    )
    return spec


def _choose(layers: dict[str, Layer], words: Lesson) -> Layer:
    names = list(layers)
    usual = "layer2.1.conv1" if "layer2.1.conv1" in layers else names[0]
    name = url_state.get(PICK) if url_state.get(PICK) in layers else usual

    def label(name: str) -> str:
        return f"{name} · {layers[name].in_shape[0]} → {layers[name].out_shape[0]}"

    take = lambda chosen: url_state.put(PICK, chosen)  # noqa: E731  # a callback of one line
    url_state.control(
        st.selectbox, words.labels["layer"], names, value=name, then=take, key="mix_layer", format_func=label, width=420
    )
    return layers[name]


def _weight(net: str, source: inference.WeightsSource, name: str) -> np.ndarray:
    """(K, C)."""
    module = inference.model(net, source, url_state.get(SEED)).get_submodule(name)
    weight: np.ndarray = module.weight.detach()[:, :, 0, 0].numpy()  # type: ignore[operator]
    return weight


@st.cache_data(max_entries=32, show_spinner=False)
def _spectra(digest: bytes, _weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Singular values of the matrix, and of a random one of its shape and norm."""
    norm = float(np.linalg.norm(_weight))
    return learned_matrix.singular_values(_weight), learned_matrix.random_singular_values(
        (_weight.shape[0], _weight.shape[1]), norm
    )


def _matrix(weight: np.ndarray, layer: Layer, words: Lesson) -> None:
    rows, columns = (np.sort(np.argsort(-np.linalg.norm(weight, axis=axis))[:MAX_SHOWN]) for axis in (1, 0))
    rows = rows[learned_matrix.similarity_order(weight[np.ix_(rows, columns)])]
    columns = columns[learned_matrix.similarity_order(weight[np.ix_(rows, columns)].T)]
    singular, chance = _spectra(weight.tobytes(), weight)
    shown = weight[np.ix_(rows, columns)]
    files = [Download(words.labels["file_singular"], "singular-values.csv", "text/csv", lambda: _csv(singular, chance))]
    with figure("learned", caption=words.say("chart_alt", name=layer.name), kind="measured", files=files):
        left, right = st.columns(2, gap="medium")
        reach = float(np.abs(shown).max()) or 1.0
        left.image(_enlarged(shown, -reach, reach), width="stretch", alt=words.labels["chart_weight"])
        curves = [
            Line(words.labels["chart_learned"], singular.tolist(), "slate"),
            Line(words.labels["chart_chance"], chance.tolist(), "slate", 1),
        ]
        with right:
            drawing(
                lines(
                    curves,
                    across=words.labels["chart_index"],
                    up=words.labels["chart_singular"],
                    alt=words.labels["chart_singular"],
                    write=lambda value: f"{value:g}",
                ),
                key="learned_lines",
            )
    rank, random = learned_matrix.effective_rank(singular), learned_matrix.effective_rank(chance)
    values = {
        "name": layer.name,
        "rows": weight.shape[0],
        "columns": weight.shape[1],
        "all": len(singular),
        "few": learned_matrix.directions_for(singular, 0.9),
        "few_random": learned_matrix.directions_for(chance, 0.9),
        "rank": rank,
        "random": random,
    }
    st.markdown(
        words.joined(
            (words.say("spectrum", **values), words.labels["spectrum_less" if rank < 0.95 * random else "spectrum_same"])
        )
    )
    if max(weight.shape) > MAX_SHOWN:
        st.caption(words.say("matrix_cut", limit=MAX_SHOWN))


def _one_channel(weight: np.ndarray, before: np.ndarray, after: np.ndarray, words: Lesson) -> None:
    """The output channel with the longest row: the input maps that it weighs most, and what comes out."""
    channel = int(np.linalg.norm(weight, axis=1).argmax())
    row = weight[channel]  # (C,)
    strongest = np.argsort(-np.abs(row))[:TERMS]
    share = float((row[strongest] ** 2).sum() / (row**2).sum()) if row.any() else 0.0
    st.markdown(words.say("one_channel", channel=channel, count=len(strongest), all=len(row), share=share))
    with st.container(horizontal=True, gap="small"):
        for c in strongest:
            said = words.say("map_in", weight=f"{row[c]:+.2f}".replace("-", "−"), channel=int(c))
            st.image(_enlarged(before[c], float(before[c].min()), float(before[c].max())), said, width=132, alt=said)
        said = words.say("map_out", channel=channel)
        out = after[channel]
        st.image(_enlarged(out, float(out.min()), float(out.max())), said, width=132, alt=said)


def _csv(singular: np.ndarray, chance: np.ndarray) -> str:
    pairs = enumerate(zip(singular, chance, strict=True), 1)
    return table([("number", "this layer", "random matrix"), *((i, f"{a:.6g}", f"{b:.6g}") for i, (a, b) in pairs)])


def _enlarged(values: np.ndarray, low: float, high: float) -> Image.Image:
    """A map or a matrix as a picture, its numbers as squares."""
    painted = Image.fromarray(tiles.paint(values, low, high))
    times = max(1, 264 // max(values.shape))
    return painted.resize((times * painted.width, times * painted.height), Image.Resampling.NEAREST)
