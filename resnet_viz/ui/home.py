"""What only the Home page shows: the moving picture and the lessons' cards."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.lesson import badge, text
from resnet_viz.ui.navigation import page

_HERO = Path(__file__).parent / "static" / "hero.svg"


def hero(words: Lesson) -> None:
    """Nine blocks at work, recorded."""
    st.image(str(_HERO), caption=words.labels["hero_caption"], width="stretch")
    badge("recorded", words.labels["hero_weights"])


def card(name: str, words: Lesson) -> None:
    """One lesson: its title, its question, a link."""
    with st.container(border=True, key=f"card_{name}"):
        st.subheader(text(name).title, anchor=False)
        st.markdown(words.sections[name])
        st.page_link(page(name), label=words.labels["open"], icon=":material/arrow_forward:")
