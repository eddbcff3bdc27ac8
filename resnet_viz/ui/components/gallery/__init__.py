"""A row of pictures to choose from, which also takes one from the clipboard."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from PIL import Image

from resnet_viz.kept_with import kept_with
from resnet_viz.pictures import MAX_SIDE
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import NAME, Report, Trigger, mount

MAX_PASTED = 15 * 2**20
"""Bytes of a pasted picture that is sent as it is: with base64's third on top they fit into Streamlit's messages of 25 MB."""

_component = st.components.v2.component(
    "resnet_viz_gallery",
    html="<div role='radiogroup'></div>\n<p class='hint'></p><p class='heavy' role='status'></p>",
    css=style("gallery/gallery.css"),
    js=script("gallery/gallery.js"),
)


def read_pasted(sent: object) -> bytes:
    """The file of a pasted picture, which comes as base64. What is no base64 is an empty file."""
    try:
        return base64.b64decode(sent if isinstance(sent, str) else "", validate=True)
    except ValueError:
        return b""


@kept_with
def thumbnail(image: Image.Image, side: int = 112) -> str:
    """A small square WebP as a data URL."""
    scaling = Image.Resampling.LANCZOS if image.width > side else Image.Resampling.NEAREST
    return picture_address(image.resize((side, side), scaling), quality=75)


def picture_address(image: Image.Image, **how: int) -> str:
    """A picture as it is as a data URL: WebP, `how` good is Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", **how)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


@kept_with
def exactly(image: Image.Image) -> str:
    """The very pixels of a picture as a data URL: a tenth to a half of their bytes."""
    return picture_address(image, lossless=True, method=2)


def gallery(
    items: Sequence[tuple[str, str, str]],
    *,
    chosen: str,
    words: Mapping[str, str],
    key: str,
    on_chosen: Callable[[str], None],
    on_pasted: Callable[[bytes], None] | None = None,
    hint: bool = True,
) -> None:
    """Show `items`, each a code, a title and a data URL.

    `on_chosen` receives a code, perhaps of no item; `on_pasted` the bytes of a file, perhaps of no picture. Without it, what is
    pasted on the page is left to others. `hint`: whether it is said that one can paste.
    """
    data = {
        "items": [{"code": code, "title": title, "src": src} for code, title, src in items],
        "chosen": chosen,
        "label": words["pictures"],
        "paste": words["paste_hint"] if hint and on_pasted else "",
        "listens": on_pasted is not None,
        "heavy": words["paste_heavy"].format(limit_mb=MAX_PASTED // 2**20),
        "maxBytes": MAX_PASTED,
        "maxSide": MAX_SIDE,
    }
    reports: dict[str, Any] = {"chosen": Report(NAME, on_chosen)}
    if on_pasted:
        reports["pasted"] = Trigger(read_pasted, on_pasted)
    mount(_component, key, data, **reports)
