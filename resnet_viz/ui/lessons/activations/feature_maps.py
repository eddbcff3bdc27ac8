"""The maps of a layer, or of a block's steps, and the files."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.draw import tiles
from resnet_viz.nets.plan import Block, Layer, Plan
from resnet_viz.nets.receptive_fields import receptive_fields
from resnet_viz.text import Lesson
from resnet_viz.ui.components.feature_maps import MapGroup, maps_view
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.numbers import length
from resnet_viz.ui.kit.shared_params import PICK, SEED
from resnet_viz.ui.lessons.activations.guesses import USUAL
from resnet_viz.ui.lessons.activations.params import SHOW
from resnet_viz.ui.lessons.activations.picture import PictureView

STRIP_CHANNELS = 16


class Shown(NamedTuple):
    """Whose maps are on the page."""

    name: str
    """Of the layer, or of the block in a strip."""
    layer: Layer
    """The one whose maps are shown; in a strip the block's last, at whose places its other maps are read too."""
    block: Block | None
    """The block that it belongs to."""
    mode: str
    """`maps` of one layer, or the `strip` of a block's steps."""
    steps: list[tuple[str, str]]
    """(module, heading) of each picture."""


def shown_of(p: Plan, words: Lesson) -> Shown:
    layer = _picked(p)
    block = _block_of(p, layer.name)
    mode = url_state.get(SHOW) if block else "maps"
    if block and mode == "strip":
        return Shown(block.name, block.layers[-1], block, mode, _steps(block, words))
    return Shown(layer.name, layer, block, mode, [(layer.name, layer.name)])


def show_maps(view: PictureView, shown: Shown, look: inference.Look) -> None:
    p, words = view.plan, view.words
    name, layer, block, mode, steps = shown
    with st.container(key="maps_head", horizontal=True, vertical_alignment="center"):
        st.subheader(words.say("strip_of" if mode == "strip" else "maps_of", name=name), anchor=False)
        if block:
            url_state.view(
                st.segmented_control,
                words.labels["show"],
                of=SHOW,
                format_func=url_state.labels(words.labels, "show_"),
                label_visibility="collapsed",
                width="content",
            )
    groups = [
        MapGroup(label, tiles.pack(look.maps[module], STRIP_CHANNELS if mode == "strip" else 64), _norm(look.maps[module]))
        for module, label in steps
    ]
    cam = None
    if view.source.kind != "untrained":  # whose guess would be no evidence for anything
        guess = inference.top(look.probabilities, 1)[0][0]
        cam = inference.evidence(view.net, view.source, url_state.get(SEED), view.digest, guess, look)
    caption = words.say("strip_caption" if mode == "strip" else "maps_caption", name=name, network=title(p.spec))
    with figure("maps", caption, "measured", files=_files(view, layer, look, cam)):
        maps_view(
            view.square,
            groups,
            words=words.labels,
            network_range=look.network_range,
            field=receptive_fields(p.spec).get(layer.name),
            cam=cam,
            layout="strip" if mode == "strip" else "atlas",
            key="maps",
        )
    if mode == "strip" and block and not any(part.kind == "add" for part in block.layers):
        st.caption(words.labels["strip_plain"])


def _picked(p: Plan) -> Layer:
    """The layer whose output is shown: what is selected on the diagram, or else the last block. The page's usual network begins
    with its first stage, whose maps still look like the picture. Vectors have no maps."""
    name = url_state.get(PICK)
    for part in p.parts:
        if part.name == name:
            name = part.layers[-1].name
    if name in p.spec.blocks:
        name = p.block(name).layers[-1].name
    layer = p.by_name.get(name)
    if layer is None or layer.kind in ("avgpool", "flatten", "linear"):
        return p.stages[0 if p.spec.residual() == USUAL else -1].layers[-1]
    return layer


def _block_of(p: Plan, layer: str) -> Block | None:
    return next((block for block in p.blocks if layer.startswith(block.name + ".")), None)


def _steps(block: Block, words: Lesson) -> list[tuple[str, str]]:
    """(module, heading) of each picture of the strip: x, F(x), y = F(x) + x, and the ReLU of a post-activation block."""
    add = next((layer for layer in block.layers if layer.kind == "add"), None)
    last = block.layers[-1]
    if add is None:  # a plain block: there is no x to add
        steps = [(block.layers[-2].name if last.kind == "relu" else last.name, "y = F(x)")]
    else:
        residual, shortcut = add.inputs
        x = {"identity": "x", "projection": words.labels["projected_x"], "zero-pad": words.labels["padded_x"]}[block.shortcut]
        steps = [(shortcut, x), (residual, "F(x)"), (add.name, "y")]
    return [*steps, (last.name, "ReLU(y)")] if last.kind == "relu" else steps


def _norm(maps: np.ndarray) -> str:
    return f"‖·‖ = {length(float(np.linalg.norm(maps)))}"


def _files(view: PictureView, layer: Layer, look: inference.Look, cam: np.ndarray | None) -> list[Download]:
    words, stem, maps = view.words.labels, f"{view.net}-{view.code}", look.maps.get(layer.name)
    files = []
    if maps is not None:
        files.append(Download(words["file_maps"], f"{stem}-{layer.name}.png", "image/png", partial(_png, tiles.atlas, maps)))
    if cam is not None:
        evidence = partial(_png, tiles.heat_overlay, view.square, cam)
        files.append(Download(words["file_evidence"], f"{stem}-evidence.png", "image/png", evidence))
    return files


def _png(paint: Callable[..., Image.Image], *arguments: object) -> bytes:
    buffer = io.BytesIO()
    paint(*arguments).save(buffer, "PNG")
    return buffer.getvalue()
