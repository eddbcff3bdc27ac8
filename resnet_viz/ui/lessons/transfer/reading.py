"""From a file to what the network reads: the square, the size, the normalisation, and what becomes of it all without the last."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.draw.palette import AMBER
from resnet_viz.draw.svg import element
from resnet_viz.pictures import to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.components.gallery import thumbnail
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import arrive, classes, crop, judge, measured
from resnet_viz.ui.lessons.transfer.params import NEW, OWN

_SIDE = 200


@sentence_instead()
def show(words: Lesson) -> None:
    """Three steps as pictures, and how often the layer is right about pictures that were not normalised."""
    of, taught = measured.backbone(), classes.teachable(words) or classes.of_first_set(words)
    code, square = judge.chosen()
    small = to_square(square, of.card.size)
    normal = (np.asarray(small, dtype=np.float64) / 255 - of.card.mean) / of.card.std  # (S, S, 3)
    low, high = float(normal.min()), float(normal.max())
    stretched = Image.fromarray(np.round((normal - low) / ((high - low) or 1.0) * 255).astype(np.uint8))
    numbers = {"mean": _three(of.card.mean), "std": _three(of.card.std), "low": f"{low:.2f}", "high": f"{high:.2f}"}
    steps = [
        (_marked(code, square), words.labels["reading_square"]),
        (small, words.say("reading_small", side=of.card.size)),
        (stretched, words.say("reading_normal", **numbers)),
    ]
    with figure("reading", words.say("reading_caption", network=of.title), "measured"):
        st.html(_row(steps))
    found = measured.modes(taught, of)
    rows = [
        ValueBar(words.labels["reading_with"], found.evaluation, f"{found.evaluation:.0%}", "residual"),
        ValueBar(words.labels["reading_without"], found.bare, f"{found.bare:.0%}", "plain"),
    ]
    said = words.say("reading_said", evaluation=found.evaluation, bare=found.bare)
    with figure("normalised", words.labels["reading_bars"], "measured"):
        drawing(bars(rows, said, most=1.0), key="transfer_reading_bars")
    st.markdown(said)


def _three(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _marked(code: str, square: Image.Image) -> Image.Image:
    """The picture as it came, with the square that is looked at."""
    own = arrive.new_one()
    if own is None or code != OWN or url_state.get(NEW) != OWN:
        return square
    marked = own.copy()
    left, top, right, bottom = crop.box(own)
    ImageDraw.Draw(marked).rectangle((left, top, right - 1, bottom - 1), outline=AMBER, width=max(2, own.height // 60))
    return marked


def _row(steps: list[tuple[Image.Image, str]]) -> str:
    def source(image: Image.Image) -> str:
        wide = image.resize((max(1, round(_SIDE * image.width / image.height)), _SIDE), Image.Resampling.NEAREST)
        return thumbnail(wide, _SIDE) if wide.width == wide.height else _data_url(wide)

    each = [
        element("figure", element("img", src=source(image), alt=""), element("figcaption", escape(said))) for image, said in steps
    ]
    return element("div", *each, class_="rv-three")


def _data_url(image: Image.Image) -> str:
    import base64
    import io

    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=85)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
