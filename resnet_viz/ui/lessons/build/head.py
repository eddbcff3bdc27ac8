"""What the head costs: pooling and a linear layer, against a linear layer on the whole last map."""

from __future__ import annotations

import math

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.nets.headcost import HeadCost, head_cost
from resnet_viz.nets.plan import Plan
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as svg_figure
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.numbers import big, shape_text


def sentence(cost: HeadCost, name: str, words: Lesson) -> str:
    """What the numbers say."""
    channels, height, width = cost.maps
    values = {"name": name, "maps": shape_text(cost.maps), "channels": channels, "classes": f"{cost.classes:,}"}
    values |= {"inputs": f"{math.prod(cost.maps):,}", "pooled": big(cost.pooled), "whole": big(cost.whole_map)}
    key = "head_same" if height * width == 1 else "head_more" if cost.whole_map > cost.rest else "head_less"
    return words.say(key, **values, rest=big(cost.rest))


def show(p: Plan, words: Lesson) -> None:
    """Three bars of parameters and the sentence."""
    cost, name = head_cost(p), title(p.spec)
    told = sentence(cost, name, words)
    rows = [
        ValueBar(words.labels["head_rest"], cost.rest, big(cost.rest), "slate"),
        ValueBar(words.labels["head_pooled"], cost.pooled, big(cost.pooled), "residual", mark=True),
        ValueBar(words.labels["head_whole"], cost.whole_map, big(cost.whole_map), "ghost"),
    ]
    file = Download(words.labels["head_csv"], "head.csv", "text/csv", lambda: _to_csv(cost))
    st.markdown(f"#### {words.labels['head_title']}")  # as large as the prose beside it says its own
    with figure("head", caption=words.say("head_caption", name=name, size=p.input_shape[1]), files=[file]):
        svg_figure(bars(rows, told), key="head_bars")
    st.markdown(told)


def _to_csv(cost: HeadCost) -> str:
    rows = [("part", "parameters"), ("stem and stages", cost.rest)]
    return table([*rows, ("pooling and linear", cost.pooled), ("linear on the whole map", cost.whole_map)])
