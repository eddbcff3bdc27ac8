"""What a picture becomes inside a network, as the Activations page shows it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.draw import tiles
from resnet_viz.nets.plan import Block, Layer, Plan, receptive_fields
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.components.feature_maps import MapGroup, maps_view
from resnet_viz.ui.kit import image_input, inference, url_state, weights_picker
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.page import Download, Question, badge, downloads, predict, sentence_instead, table
from resnet_viz.ui.kit.shared_params import PICK, SEED
from resnet_viz.ui.lessons.activations.params import SHOW

STRIP_CHANNELS = 16


class View(NamedTuple):
    """One picture in one network: what every part of the page reads."""

    plan: Plan
    source: inference.Source
    code: str
    square: Image.Image
    digest: str
    words: Lesson

    @property
    def net(self) -> str:
        return short_name(self.plan.spec)

    def look(self, names: Sequence[str] = (), spec: ResNetSpec | None = None) -> inference.Look:
        net = short_name(spec) if spec else self.net
        return inference.look(net, self.source, url_state.get(SEED), self.digest, tuple(names), self.square)

    def class_name(self, index: int) -> str:
        card = inference.card_of(self.source)
        if card is None:
            return self.words.say("class_number", n=index)
        name = card.classes[index]
        return self.words.labels.get(f"class_{name}", name)

    def guess(self, probabilities: np.ndarray) -> str:
        index, probability = inference.top(probabilities, 1)[0]
        return self.words.say("guess", name=self.class_name(index), probability=probability)


# The page


@sentence_instead()
def show(p: Plan, words: Lesson) -> None:
    """Guesses, maps, evidence and downloads, or the sentence that says why not."""
    source = weights_picker.usable(p, words)
    if source is None:
        return
    code, original = image_input.current()
    square = to_square(original, p.input_shape[1])
    view = View(p, source, code, square, digest(square), words)
    shown = _shown(p, words)
    look = view.look([name for name, _ in shown.steps])  # the one pass from which everything below is taken
    left, right = st.columns([1, 3], gap="large")
    with left:
        _guesses(view, look)
    with right:
        _maps(view, shown, look)


class Shown(NamedTuple):
    """Whose maps are on the page."""

    layer: Layer
    block: Block | None
    mode: str
    """`maps` of one layer, or the `strip` of a block's steps."""
    steps: list[tuple[str, str]]
    """(module, heading) of each picture."""


def _shown(p: Plan, words: Lesson) -> Shown:
    layer = _picked(p)
    block = _block_of(p, layer.name)
    mode = url_state.get(SHOW) if block else "maps"
    return Shown(layer, block, mode, _steps(block, words) if mode == "strip" and block else [(layer.name, layer.name)])


def _guesses(view: View, look: inference.Look) -> None:
    words = view.words
    st.subheader(words.labels["guesses"], anchor=False)
    for index, probability in inference.top(look.probabilities):
        st.progress(probability, f"{view.class_name(index)} · **{probability:.1%}**")
    badge("measured")
    st.caption(words.say("forward_time", ms=look.ms))
    card = inference.card_of(view.source)
    if card is None:
        st.caption(words.labels["untrained_note"])
    else:
        key = "shipped_note" if view.source.kind == "shipped" else "imagenet_note"
        st.caption(words.say(key, accuracy=card.test_accuracy, data=card.data))
    _lesioned(view, look)


def _lesioned(view: View, look: inference.Look) -> None:
    """What the removed skips changed, and what that is not."""
    spec = view.plan.spec
    cut = [name for name in spec.blocks if not spec.has_skip(name)]
    if not cut or view.source.kind == "untrained":
        return
    if spec.skips == "none":  # its weights are its own
        st.info(view.words.labels["plain_note"], icon=":material/content_cut:")
        return
    before = view.look(spec=spec.residual())
    st.info(
        view.words.say(
            "lesioned",
            cut=len(cut),
            all=len(spec.blocks),
            before=view.guess(before.probabilities),
            after=view.guess(look.probabilities),
        ),
        icon=":material/content_cut:",
    )


def _maps(view: View, shown: Shown, look: inference.Look) -> None:
    p, words = view.plan, view.words
    layer, block, mode, steps = shown
    heading, switch = st.columns([2, 1], vertical_alignment="bottom")
    heading.subheader(words.say("maps_of", name=layer.name), anchor=False)
    if block:
        with switch:
            url_state.view(
                st.segmented_control,
                words.labels["show"],
                of=SHOW,
                format_func=url_state.labels(words.labels, "show_"),
                label_visibility="collapsed",
            )
    groups = [
        MapGroup(label, tiles.pack(look.maps[name], STRIP_CHANNELS if mode == "strip" else 64), _norm(look.maps[name]))
        for name, label in steps
    ]
    guess = inference.top(look.probabilities, 1)[0][0]
    cam = inference.evidence(view.net, view.source, url_state.get(SEED), view.digest, guess, look)
    maps_view(
        np.asarray(view.square),
        groups,
        words=words.labels,
        network_range=look.network_range,
        field=receptive_fields(p.spec).get(layer.name),
        cam=cam,
        layout="strip" if mode == "strip" else "atlas",
        key="maps",
    )
    if mode == "strip" and block:
        st.markdown(_ratio(block, look, words))
    _files(view, layer, look, cam)


def _picked(p: Plan) -> Layer:
    """The layer whose output is shown: what is selected on the diagram, or the last block; vectors have no maps."""
    name = url_state.get(PICK)
    for part in p.parts:
        if part.name == name:
            name = part.layers[-1].name
    if name in p.spec.blocks:
        name = p.block(name).layers[-1].name
    layer = p.by_name.get(name)
    if layer is None or layer.kind in ("avgpool", "flatten", "linear"):
        return p.stages[-1].layers[-1]
    return layer


def _block_of(p: Plan, layer: str) -> Block | None:
    return next((block for block in p.blocks if layer.startswith(block.name + ".")), None)


def _steps(block: Block, words: Lesson) -> list[tuple[str, str]]:
    """(module, heading) of each picture of the strip: x, F(x), x + F(x), and the ReLU of a post-activation block."""
    add = next((layer for layer in block.layers if layer.kind == "add"), None)
    last = block.layers[-1]
    if add is None:  # a plain block: there is no x to add
        steps = [(block.layers[-2].name if last.kind == "relu" else last.name, "F(x)")]
    else:
        residual, shortcut = add.inputs
        x = {"identity": "x", "projection": words.labels["projected_x"], "zero-pad": words.labels["padded_x"]}[block.shortcut]
        steps = [(shortcut, x), (residual, "F(x)"), (add.name, f"{x} + F(x)")]
    return [*steps, (last.name, "ReLU")] if last.kind == "relu" else steps


def _norm(maps: np.ndarray) -> str:
    return f"‖·‖ = {float(np.linalg.norm(maps)):.3g}"


def _ratio(block: Block, look: inference.Look, words: Lesson) -> str:
    add = next((layer for layer in block.layers if layer.kind == "add"), None)
    if add is None:
        return words.labels["ratio_plain"]
    residual, shortcut = (float(np.linalg.norm(look.maps[name])) for name in add.inputs)
    ratio = residual / shortcut if shortcut else float("nan")
    return words.say("ratio", block=block.name, residual=residual, shortcut=shortcut, ratio=ratio)


def _files(view: View, layer: Layer, look: inference.Look, cam: np.ndarray) -> None:
    words, stem = view.words.labels, f"{view.net}-{view.code}"
    maps = look.maps.get(layer.name)

    def png(make: Any) -> Any:
        def encoded() -> bytes:
            buffer = io.BytesIO()
            make().save(buffer, "PNG")
            return buffer.getvalue()

        return encoded

    files = [
        Download(words["file_evidence"], f"{stem}-evidence.png", "image/png", png(lambda: tiles.heat_overlay(view.square, cam))),
        Download(words["file_probabilities"], f"{stem}-probabilities.csv", "text/csv", lambda: _probabilities(view, look)),
    ]
    if maps is not None:
        files.insert(0, Download(words["file_maps"], f"{stem}-{layer.name}.png", "image/png", png(lambda: tiles.atlas(maps))))
    downloads(files, "activations")


def _probabilities(view: View, look: inference.Look) -> str:
    every = inference.top(look.probabilities, len(look.probabilities))
    rows = [(index, view.class_name(index), f"{probability:.6f}") for index, probability in every]
    return table([("class", "name", "probability"), *rows])


def predict_lesion(words: Lesson) -> None:
    """In how many blocks does removing one skip change the shipped network's guess? Measured on the picture that is there."""
    spec = preset("cifar_resnet20")

    def measure() -> Question:
        source = inference.source_of(spec, "trained")
        square = to_square(image_input.current()[1], 32)

        def guess(network: ResNetSpec) -> int:
            look = inference.look(short_name(network), source, 0, digest(square), (), square)
            return inference.top(look.probabilities, 1)[0][0]

        before = guess(spec)
        changed = sum(guess(spec.with_skip(name, False)) != before for name in spec.blocks)
        answer = 0 if changed == 0 else 1 if changed <= len(spec.blocks) // 2 else 2
        return Question(answer, words.say("predict_because", changed=changed, all=len(spec.blocks), name=title(spec)))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="activations")
