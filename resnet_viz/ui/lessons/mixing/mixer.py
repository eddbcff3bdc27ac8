"""The mixer: the class's picture through a 1×1 convolution of one's own."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.pictures import digest, to_square
from resnet_viz.probes import mixing
from resnet_viz.probes.mixing import Mix
from resnet_viz.text import Lesson
from resnet_viz.ui.components.mixer import mixer
from resnet_viz.ui.kit import hand_over, image_input, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.lessons.mixing.params import MIX

_KEY = "mixer"
SIDE = 360
"""Pixels of the mixed picture's side, about as wide as it is drawn."""


def show(words: Lesson) -> None:
    """The mixer on the class's picture, its result once it has been predicted what shuffled pixels become."""
    options = [words.labels[f"predict_{i}"] for i in range(3)]
    picture = st.container(key="stage_mixing").container(key="picture_mixing")
    place, shown = picture.container(), answered("mixing")
    start, turn = hand_over.hand_over(_KEY, current())
    files = _files(words) if shown else []
    with place, figure("mixing", caption=words.labels["limits"], kind="measured" if shown else "", files=files):
        mixer(
            np.asarray(picture_of_class()[1]),
            start,
            turn,
            shown=shown,
            words=words.labels,
            key=_KEY,
            on_mix=_mixed,
        )
        verdict = st.container()
    with picture:
        predict(lambda: _question(words), words.labels["predict_ask"], options, "mixing", verdict)
    if current().rows == mixing.PRESETS["learned"]:
        place.caption(_learned_from(words))
    fold = st.expander(words.labels["pictures"], icon=":material/image:", key="w_mixing_pictures", on_change="rerun")
    if fold.open:
        with fold:
            image_input.choose()


def picture_of_class() -> tuple[str, Image.Image]:
    """Code and picture of this session, as many pixels as are drawn: each of them can be read."""
    code, picture = image_input.current()
    return code, _as_drawn(digest(picture), picture)


@st.cache_data(max_entries=64, show_spinner=False)
def _as_drawn(digest: str, _picture: Image.Image) -> Image.Image:
    return to_square(_picture, SIDE)


def _question(words: Lesson) -> Question:
    """Shuffle, mix, put back: measured on the picture that is there."""
    picture = picture_of_class()[1]
    difference = _shuffle_difference(digest(picture), picture)
    because = words.say("predict_because", count=f"{picture.width * picture.height:,}", difference=scientific(difference))
    return Question(2 if difference < 1e-5 else 0, because)


@st.cache_data(max_entries=64, show_spinner=False)
def _shuffle_difference(digest: str, _picture: Image.Image) -> float:
    return mixing.shuffle_difference(example(), mixing.pixels(np.asarray(_picture)))


def example() -> Mix:
    return Mix(mixing.PRESETS["note"])


def current() -> Mix:
    """The mix of this session, or the first example."""
    return url_state.get(MIX) or example()


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
    url_state.put(MIX, None if mix == example() else mix)


def _files(words: Lesson) -> list[Download]:
    """The result as a picture, the weights, the layer as code."""
    mix, (code, image) = current(), picture_of_class()

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

    return [
        Download(words.labels["file_result"], f"mix-{code}-{mix.row + 1}.png", "image/png", result),
        Download(words.labels["file_weights"], "mix.csv", "text/csv", weights),
        Download(words.labels["file_code"], "mix.py", "text/x-python", lambda: mixing.to_python(mix)),
    ]
