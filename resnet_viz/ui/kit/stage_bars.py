"""What a network costs, stage by stage, as areas: of one network, or of two below each other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.stage_areas import stage_areas
from resnet_viz.nets.plan import Part, Plan, Stage
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as svg_figure
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title


def part_name(part: Part | Stage, words: Lesson) -> str:
    return words.labels[part.name] if isinstance(part, Part) else words.say("layer", n=part.name[-1])


def bars(p: Plan, q: Plan | None, words: Lesson) -> None:
    """The same three costs, stage by stage. `words` are those of the lesson *Build*."""
    st.subheader(words.labels["chart_title"], anchor=False)
    plans = (p, q) if q else (p,)
    names = [title(x.spec) for x in plans]
    alt = words.say("chart_alt", names=" · ".join(names))
    file = Download(words.labels["chart_csv"], "stages.csv", "text/csv", lambda: to_csv(plans, names))
    with figure("stage_bars", caption=words.say("chart_caption", names=" · ".join(names)), files=[file]):
        svg_figure(stage_areas(plans, names, words, alt, upright=network_picker.is_narrow()), key="stage_bars")


def to_csv(plans: Sequence[Plan], names: Sequence[str]) -> str:
    """One row a part: `network, part, parameters, multiply-adds, bytes kept for training`."""
    rows: list[tuple[object, ...]] = [("network", "part", "parameters", "multiply_adds", "activation_bytes")]
    for p, name in zip(plans, names, strict=True):
        rows += [(name, part.name, part.params, part.macs, part.activation_bytes) for part in p.parts]
    return table(rows)
