"""*Over the channels*: how the terms of the cost grow, and the ratio that is often copied wrongly."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from resnet_viz.draw.areas import areas
from resnet_viz.nets.blockcost import PAPER, block_plan, shares, terms
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.lessons.bottleneck.cells import cells_table
from resnet_viz.ui.lessons.bottleneck.sliders import Size


def show(size: Size, words: Lesson) -> None:
    """The cost's terms over C, and beside them the sum that settles what is often copied wrongly."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(words.labels["areas_title"], anchor=False)
        basic, bottleneck = (big(block_plan(block, *size).macs) for block in PAPER)
        alt = words.say("areas_alt", h=size.height, w=size.width, c=size.channels, basic=basic, bottleneck=bottleneck)
        st.plotly_chart(areas(*size, words.labels), key="areas", alt=alt, config={"displayModeBar": False})
    with right:
        _claim(words)


def _claim(words: Lesson) -> None:
    """The copied 3/4 and 1/3 beside 17/16 and 1/17, term by term."""
    say = words.labels
    total, basic = shares("bottleneck"), shares("basic")
    rows = []
    for term in terms("bottleneck", 4, 1, 1):  # at C = 4 a count of channels is a count of quarters
        c_in, c_out = ("C" if n == 4 else "C/4" for n in (term.in_channels, term.out_channels))
        rows.append((f"{term.kernel}×{term.kernel}", f"{term.kernel**2} · {c_in} · {c_out}", f"{term.share}"))
    rows += [
        (f"**{say['term_sum']}**", "", f"**{total}**"),
        (f"**{say['claim_ratio']}**", f"{total} ÷ {basic}", f"**{total / basic} ≈ 1/{round(basic / total)}**"),
        (f"*{say['claim_copied']}*", "", "~~3/4, 1/3~~"),
    ]
    st.markdown(words.sections["claim"])
    cells_table((say["term"], say["term_sizes"], say["term_share"]), rows)
    ones = sum((term.share for term in terms("bottleneck", 4, 1, 1) if term.kernel == 1), Fraction(0))
    copied = Fraction(3, 4)
    left = (copied - ones) * 16  # a 3×3 from C/4 to C/4 has k²/16 C² weights
    st.markdown(words.say("claim_left", ones=ones, weights=left, basic=basic, wrong=copied / basic))
