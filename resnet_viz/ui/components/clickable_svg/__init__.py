"""The diagram, made live in the browser. Every page's diagram is this component."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from resnet_viz.nets.spec import MAX_BLOCKS_PER_STAGE
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import NAME, Report, fields, flag, mount, several, text

_component = st.components.v2.component(
    "resnet_viz_diagram",
    html=(
        "<div class='frame'><div class='stage'></div><div class='tip' role='status' hidden></div>\n"
        "<div class='zoom'><button type='button' data-zoom='out'>−</button><button type='button' data-zoom='fit'>⤢</button>"
        "<button type='button' data-zoom='in'>+</button></div></div>"
    ),
    css=style("clickable_svg/clickable_svg.css"),
    js=script("clickable_svg/clickable_svg.js"),
)


class Cut(NamedTuple):
    """Which skips a diagram is without."""

    base: str
    """The network that it speaks of, as `diagram_view` was given it."""
    blocks: tuple[str, ...]
    """All blocks without their skip."""


_cut = fields(base=text(r"[\w.+-]+", 200), blocks=several(text(r"layer[1-4]\.\d{1,3}", 12), 0, 4 * MAX_BLOCKS_PER_STAGE))


read_toggle = text(r"[\w.:-]+", 80)
"""The name of what is folded, unfolded, opened or closed."""


def read_cut(sent: object) -> Cut | None:
    """What the browser says of the skips, or None where it is not of that form. That the blocks exist is not known here."""
    found = _cut(sent)
    return Cut(**found) if found else None


def diagram_view(
    svg: str,
    *,
    base: str,
    cut: Sequence[str],
    selected: str,
    narrow: bool,
    words: Mapping[str, str],
    key: str,
    on_cut: Callable[[Cut], None],
    on_selected: Callable[[str], None],
    on_toggle: Callable[[str], None],
    on_narrow: Callable[[bool], None],
) -> None:
    """Show a drawn diagram. The callbacks run before the page does. Any name may reach them, also of something that is not there:

    `on_cut`       the blocks without their skip
    `on_selected`  the name of a block, layer or stage
    `on_toggle`    the name of a stage to fold or unfold or of a block to open or close, once for each click
    `on_narrow`    whether the page is as narrow as a phone, where that is not what `narrow` says
    """
    tips = {name: text for name, text in words.items() if name.startswith(("tip_", "zoom_"))}
    mount(
        _component,
        key,
        {"svg": svg, "base": base, "cut": list(cut), "selected": selected, "narrow": narrow, "words": tips},
        cut=Report(read_cut, on_cut),
        selected=Report(NAME, on_selected),
        toggle=Report(read_toggle, on_toggle),
        narrow=Report(flag, on_narrow),
    )
