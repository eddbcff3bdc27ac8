"""Home's experiment: nine blocks, each a button that takes its skip away. All that it can show travels once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column

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
    codes: npt.NDArray[np.uint8],
    chances: npt.NDArray[np.uint16],
    maps: Sequence[bytes],
    words: Mapping[str, str],
    language: str,
    key: str,
) -> None:
    """Show it. `pictures` are (sample, data URL); of each picture and choice of skips there are three `codes` of classes and
    `chances`, and `maps` deflated, as `recorder.figures.hero` writes them. `words`: `hero_…`, `class_<name>`, `sample_<code>`."""
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
    shades = colours(False)[np.linspace(0, 255, _SHADES).round().astype(int)]
    data = {
        "about": about,
        "codes": column(codes),
        "chances": column(chances),
        "maps": column(np.frombuffer(b"".join(maps), np.uint8)),
        "colours": column(shades),
    }
    _component(key=key, data=data)
