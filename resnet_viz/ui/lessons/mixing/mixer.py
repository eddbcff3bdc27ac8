"""Channels mixed by a 1×1 convolution, as the Channel mixing page shows it."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.draw import tiles
from resnet_viz.draw.matrices import weight_figure
from resnet_viz.nets.plan import Layer, plan
from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.probes import mixing
from resnet_viz.probes.mixing import Cost, Mix
from resnet_viz.text import Lesson
from resnet_viz.ui.components.mixer import mixer
from resnet_viz.ui.kit import hand_over, image_input, inference, network_picker, url_state, weights_picker
from resnet_viz.ui.kit.page import Download, Question, badge, big, downloads, predict, sentence_instead, shape_text, table, text
from resnet_viz.ui.kit.shared_params import PICK, SEED
from resnet_viz.ui.lessons.mixing.params import MIX

_KEY = "mixer"
MAX_SHOWN = 256
"""Rows and columns of a matrix that are drawn."""
TERMS = 4


def predict_edges(words: Lesson) -> None:
    """Can it find edges? It cannot tell a picture from its shuffled pixels, measured on the picture that is there."""

    def measure() -> Question:
        x = mixing.pixels(np.asarray(image_input.current()[1]))
        difference = mixing.shuffle_difference(_example(), x)
        because = words.say("predict_because", count=f"{x[0].size:,}", difference=f"{difference:.1g}")
        return Question(2 if difference < 1e-5 else 0, because)

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="mixing")


# The mixer


def _example() -> Mix:
    return Mix(mixing.PRESETS["note"])


def current() -> Mix:
    """The mix of this session, or the course note's example."""
    return url_state.get(MIX) or _example()


def show(words: Lesson) -> None:
    """The mixer on the class's picture."""
    start, turn = hand_over.hand_over(_KEY, current())
    mixer(
        np.asarray(image_input.current()[1]),
        start,
        turn,
        narrow=network_picker.is_narrow(),
        words=words.labels,
        key=_KEY,
        on_mix=_mixed,
        on_narrow=network_picker.set_narrow,
    )
    if current().rows == mixing.PRESETS["learned"]:
        st.caption(_learned_from(words))
    st.caption(words.labels["limits"])


def _learned_from(words: Lesson) -> str:
    """What the preset took from a trained layer, and what it left out."""
    corner = mixing.LEARNED
    return words.say(
        "learned_from",
        name=corner.net,
        layer=corner.layer,
        outputs=", ".join(map(str, corner.outputs)),
        inputs=", ".join(map(str, corner.inputs)),
        all=corner.all_inputs,
        rest=corner.all_inputs - len(corner.inputs),
    )


def _mixed(mix: Mix) -> None:
    hand_over.reported(_KEY, mix)
    url_state.put(MIX, None if mix == _example() else mix)


# The proof


class Proof(NamedTuple):
    """The same numbers by different ways, on one picture."""

    ways: mixing.Ways
    shuffle: float
    nine: float


@st.cache_data(max_entries=64, show_spinner=False)
def _prove(digest: str, mix: str, _picture: Image.Image) -> Proof:
    import torch

    given = mixing.parse_mix(mix)
    x = mixing.pixels(np.asarray(_picture))
    tensor = torch.from_numpy(x)[None]  # (1, 3, H, W)
    kernel = torch.randn(2, 3, 3, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ways = mixing.three_ways(tensor, torch.from_numpy(given.weight), torch.from_numpy(given.bias))
        return Proof(ways, mixing.shuffle_difference(given, x), mixing.nine_ways(tensor, kernel))


def prove(words: Lesson) -> None:
    """Three ways to one layer, shuffling before and after, a 3×3 as nine: the largest differences on this picture."""
    mix, (_, image) = current(), image_input.current()
    st.markdown(words.sections["ways"])
    found = _prove(digest(image), str(mix), image)
    badge("measured")
    st.markdown(words.say("proof_ways", count=f"{found.ways.compared:,}", difference=f"{found.ways.largest:.1g}"))
    key = "proof_shuffle_shift" if mix.shift else "proof_shuffle"
    st.markdown(words.say(key, difference=f"{found.shuffle:.2g}"))
    st.markdown(words.say("proof_nine", difference=f"{found.nine:.1g}"))


# The note's example


def costs(words: Lesson) -> None:
    """256 → 64 at 32×32, its reverse, and the same number of channels, against a 3×3."""
    st.markdown(words.sections["example"])
    pairs = {name: [Cost(c, k, 32, kernel) for kernel in (1, 3)] for name, c, k in _EXAMPLES}
    columns: dict[str, list[str]] = {
        words.labels["col_what"]: [words.labels[f"cost_{name}"] for name in pairs],
        words.labels["col_shapes"]: [f"{_shape(one.c_in)} → {_shape(one.c_out)}" for one, _ in pairs.values()],
    }
    for i, kernel in enumerate(("1×1", "3×3")):
        columns[words.say("col_weights", kernel=kernel)] = [f"{both[i].weights:,}" for both in pairs.values()]
        columns[words.say("col_macs", kernel=kernel)] = [big(both[i].macs) for both in pairs.values()]
    st.table(columns, hide_index=True, alt=words.labels["cost_alt"])


_EXAMPLES = (("narrow", 256, 64), ("widen", 64, 256), ("keep", 256, 256))


def _shape(channels: int) -> str:
    return shape_text((channels, 32, 32))


# A learned matrix


def learned(words: Lesson) -> None:
    """The matrix of a real bottleneck: sorted, its singular values, and one of its mixes on the class's picture.

    It is computed and travels once it is opened: the mixer above is what a class should see first.
    """
    st.markdown(words.sections["learned"])
    box = st.expander(words.labels["learned_open"], icon=":material/grid_on:", on_change="rerun", key="w_learned")
    if box.open:
        with box:
            _learned(words)


@sentence_instead()
def _learned(words: Lesson) -> None:
    spec = _bottlenecks()
    p = plan(spec, network_picker.current_size(spec))
    layers = {layer.name: layer for layer in p.layers if layer.kind == "conv" and layer.kernel == 1 and layer.groups == 1}
    source = weights_picker.usable(p, text("activations"))
    if source is None or not layers:
        return
    layer = _choose(layers, words)
    weight = _weight(short_name(spec), source, layer.name)
    key = "weights_untrained" if source.kind == "untrained" else "weights_trained"
    st.caption(words.say(key, name=short_name(spec) if source.kind == "untrained" else source.name))
    _matrix(weight, layer, words)
    square = to_square(image_input.current()[1], p.input_shape[1])
    reads = layer.inputs[0]
    look = inference.look(short_name(spec), source, url_state.get(SEED), digest(square), (reads, layer.name), square)
    _one_channel(weight, look.maps[reads], look.maps[layer.name], words)


def _bottlenecks() -> ResNetSpec:
    own = parse_network(mixing.LEARNED.net)  # unless the class has chosen another with bottlenecks
    chosen = network_picker.current(own)
    return chosen if chosen.block == "bottleneck" else own


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


def _weight(net: str, source: inference.Source, name: str) -> np.ndarray:
    """(K, C)."""
    module = inference.model(net, source, url_state.get(SEED)).get_submodule(name)
    weight: np.ndarray = module.weight.detach()[:, :, 0, 0].numpy()  # type: ignore[operator]
    return weight


@st.cache_data(max_entries=32, show_spinner=False)
def _spectra(digest: bytes, _weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Singular values of the matrix, and of a random one of its shape and norm."""
    norm = float(np.linalg.norm(_weight))
    return mixing.singular_values(_weight), mixing.random_singular_values((_weight.shape[0], _weight.shape[1]), norm)


def _matrix(weight: np.ndarray, layer: Layer, words: Lesson) -> None:
    rows, columns = (np.sort(np.argsort(-np.linalg.norm(weight, axis=axis))[:MAX_SHOWN]) for axis in (1, 0))
    rows = rows[mixing.similarity_order(weight[np.ix_(rows, columns)])]
    columns = columns[mixing.similarity_order(weight[np.ix_(rows, columns)].T)]
    singular, chance = _spectra(weight.tobytes(), weight)
    st.plotly_chart(
        weight_figure(weight, rows, columns, singular, chance, words.labels, upright=network_picker.is_narrow()),
        key="weight_figure",
        alt=words.say("chart_alt", name=layer.name),
        config={"displayModeBar": False},
    )
    badge("measured")
    rank, random = mixing.effective_rank(singular), mixing.effective_rank(chance)
    values = {
        "name": layer.name,
        "rows": weight.shape[0],
        "columns": weight.shape[1],
        "all": len(singular),
        "few": mixing.directions_for(singular, 0.9),
        "few_random": mixing.directions_for(chance, 0.9),
        "rank": rank,
        "random": random,
    }
    st.markdown(
        words.say("spectrum", **values) + " " + words.labels["spectrum_less" if rank < 0.95 * random else "spectrum_same"]
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
            st.image(_enlarged(before[c]), said, width=132, alt=said)
        said = words.say("map_out", channel=channel)
        st.image(_enlarged(after[channel]), said, width=132, alt=said)


def _enlarged(values: np.ndarray) -> Image.Image:
    painted = tiles.paint(values, float(values.min()), float(values.max()))
    return Image.fromarray(painted).resize((264, 264), Image.Resampling.NEAREST)


# Files


def files(words: Lesson) -> None:
    """The result as a picture, the weights, the layer as code."""
    mix, (code, image) = current(), image_input.current()

    def result() -> bytes:
        values = mixing.mixed(mix, mixing.pixels(np.asarray(image)))[mix.row]
        end = mixing.reach(values)
        if mix.grey:
            painted = Image.fromarray(np.round(np.clip(values / end, 0, 1) * 255).astype(np.uint8))
        else:
            painted = Image.fromarray(tiles.paint(values, -end, end))
        buffer = io.BytesIO()
        painted.save(buffer, "PNG")
        return buffer.getvalue()

    def weights() -> str:
        return table([("channel", "R", "G", "B", "bias"), *((i, *row) for i, row in enumerate(mix.rows, 1))])

    offered = [
        Download(words.labels["file_result"], f"mix-{code}-{mix.row + 1}.png", "image/png", result),
        Download(words.labels["file_weights"], "mix.csv", "text/csv", weights),
        Download(words.labels["file_code"], "mix.py", "text/x-python", lambda: mixing.to_python(mix)),
    ]
    downloads(offered, "mixing")
