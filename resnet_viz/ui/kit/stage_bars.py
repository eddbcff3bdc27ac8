"""What a network costs, stage by stage: bars of one network, or of two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from resnet_viz.draw import charts
from resnet_viz.nets.plan import Part, Plan, Stage
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.network_picker import title


def part_name(part: Part | Stage, words: Lesson) -> str:
    return words.labels[part.name] if isinstance(part, Part) else words.say("layer", n=part.name[-1])


def bars(p: Plan, q: Plan | None, words: Lesson) -> None:
    """The same three costs, stage by stage."""
    st.subheader(words.labels["chart_title"], anchor=False)
    plans = (p, q) if q else (p,)
    names = [title(x.spec) for x in plans]
    alt = words.say("chart_alt", names=", ".join(names))
    st.plotly_chart(
        _bars(plans, names, words, network_picker.is_narrow()),
        key="stage_bars",
        alt=alt,
        config={"displayModeBar": False},
    )


def _bars(plans: Sequence[Plan], names: Sequence[str], words: Lesson, upright: bool) -> Any:
    """The figure; making it takes two thirds of a run of the page, so a class makes each once."""
    key = (*((str(x.spec), x.input_shape) for x in plans), *names, words.title, upright)
    return _drawn(key, plans, names, words)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(key: tuple[Any, ...], _plans: Sequence[Plan], _names: Sequence[str], _words: Lesson) -> Any:
    parts = [[part_name(part, _words) for part in x.parts] for x in _plans]
    return charts.stage_bars(_plans, _names, parts, _words.labels, upright=key[-1])
