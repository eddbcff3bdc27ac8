"""*Over the channels*: how the cost grows, and the ratio that is often copied wrongly."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.lines import Line, lines, power
from resnet_viz.nets.blockcost import PAPER, shares, terms
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.lessons.bottleneck.cells import cells_table

_CHANNELS = range(16, 1024 + 1)


def show(words: Lesson) -> None:
    """The cost of both blocks over C, and beside it the sum that settles what is often copied wrongly."""
    left, right = st.columns([3, 2], gap="large")
    factors = {block: float(shares(block)) for block in PAPER}
    curves = {block: [factor * c * c for c in _CHANNELS] for block, factor in factors.items()}

    def rows() -> str:
        return table([("channels", *factors), *((c, *(f"{n * c * c:.0f}" for n in factors.values())) for c in _CHANNELS[::4])])

    files = [Download(words.labels["file_csv"], "over-channels.csv", "text/csv", rows)]
    with left, figure("over_channels", caption=words.labels["curves_caption"], files=files):
        shown = [Line(words.labels[block], curve, "slate", dash) for dash, (block, curve) in enumerate(curves.items())]
        labels = words.labels
        picture = lines(
            shown,
            across=labels["area_channels"],
            up=labels["curves_axis"],
            alt=labels["curves_alt"],
            write=power,
            logarithmic=True,
            first=_CHANNELS[0],
        )
        drawing(picture, key="over_channels")
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
