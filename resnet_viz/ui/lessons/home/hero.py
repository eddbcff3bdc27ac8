"""What only the Home page shows: the moving picture and the lessons' cards."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.draw import hero as drawing
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.words import text


@lru_cache
def recording() -> dict[str, Any]:
    """What `python -m resnet_viz.recorder figures hero` wrote."""
    path = Path(__file__).parent / "hero.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def hero(words: Lesson) -> None:
    """Nine blocks at work, recorded."""
    figure(drawing.hero(recording(), {**text("activations").labels, **words.labels}), key="hero")
    with st.container(horizontal=True, vertical_alignment="center"):
        badge("recorded", words.labels["hero_weights"])
        st.caption(words.labels["hero_caption"], width="content")


def card(name: str, words: Lesson) -> None:
    """One lesson: its title, its question, a link."""
    with st.container(border=True, key=f"card_{name}"):
        st.subheader(text(name).title, anchor=False)
        st.markdown(words.sections[name])
        st.page_link(page(name), label=words.labels["open"], icon=":material/arrow_forward:")
