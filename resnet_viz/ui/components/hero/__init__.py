"""Home's experiment: nine blocks, each a button that takes its skip away. All that it can show travels once."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.draw.colour_scales import colour_scale
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_hero",
    html="<div class='hero'></div>\n",
    css=style("hero/hero.css"),
    js=script("hero/hero.js"),
)
_SHADES = 16


def hero(
    *,
    blocks: Sequence[str],
    classes: Sequence[str],
    sides: Sequence[int],
    pictures: Sequence[tuple[str, str]],
    codes: bytes,
    chances: bytes,
    maps: Sequence[bytes],
    words: Mapping[str, str],
    language: str,
    key: str,
) -> None:
    """Show it. `pictures` are (sample, data URL); of each picture and choice of skips there are three `codes` of classes and
    `chances`, and `maps` deflated, as `recorder.figures.hero` writes them. `words`: `hero_…`, `class_<name>`, `sample_<code>`.

    All of it travels as text: an Arrow table would have the first page of a server wait for NumPy and PyArrow.
    """
    about = {
        "blocks": list(blocks),
        "classes": list(classes),
        "sides": list(sides),
        "pictures": [
            {"sample": sample, "png": png, "packed": len(packed)} for (sample, png), packed in zip(pictures, maps, strict=True)
        ],
        "words": dict(words),
        "language": language,
    }
    numbers = {"codes": codes, "chances": chances, "maps": b"".join(maps), "colours": colour_scale(False, _SHADES)}
    _component(key=key, data={"about": about, **{name: b64encode(given).decode() for name, given in numbers.items()}})
