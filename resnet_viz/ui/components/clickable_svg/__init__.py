"""The diagram, made live in the browser. Every page's diagram is this component."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from resnet_viz.ui.components import asset

_component = st.components.v2.component(
    "resnet_viz_diagram",
    html=(
        "<div class='frame'><div class='stage'></div><div class='tip' role='status' hidden></div>\n"
        "<div class='zoom'><button type='button' data-zoom='out'>−</button><button type='button' data-zoom='fit'>⤢</button>"
        "<button type='button' data-zoom='in'>+</button></div></div>"
    ),
    css=asset("clickable_svg/clickable_svg.css"),
    js=asset("clickable_svg/clickable_svg.js"),
)


def diagram_view(
    svg: str,
    *,
    base: str,
    cut: Sequence[str],
    selected: str,
    words: Mapping[str, str],
    key: str,
    on_cut: Callable[[], None],
    on_selected: Callable[[], None],
    on_toggle: Callable[[], None],
    on_narrow: Callable[[], None],
) -> None:
    """Show a drawn diagram. The callbacks run before the page does and find in `st.session_state[key]`:

    `cut`       {"base": the network it speaks of, "blocks": names of all blocks without their skip}
    `selected`  the name of a block, layer or stage
    `toggle`    for one run, the name of a stage to fold or unfold or of a block to open or close
    `narrow`    whether the page is as narrow as a phone
    """
    tips = {name: text for name, text in words.items() if name.startswith(("tip_", "zoom_"))}
    _component(
        key=key,
        data={"svg": svg, "base": base, "cut": list(cut), "selected": selected, "words": tips},
        on_cut_change=on_cut,
        on_selected_change=on_selected,
        on_toggle_change=on_toggle,
        on_narrow_change=on_narrow,
    )
