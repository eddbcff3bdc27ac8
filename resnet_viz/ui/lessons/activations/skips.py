"""What losing one skip does to 20 and to 56 layers, and what losing one branch does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.words import sentence_instead

if TYPE_CHECKING:
    from resnet_viz.studies.skip_removal import SkipErrors

DATA = ("shapes", "cifar10")
ALIKE = 0.05
"""Errors that rise by amounts no further apart than this rise alike."""


@sentence_instead()
def show(words: Lesson) -> None:
    """Bars and a sentence for each set of pictures."""
    made = recording("skips")
    for data in DATA:
        found = skip_errors(data)
        rows = [row for one in found for row in _rows(one, words)]
        how = provenance.recorded(made, words, pictures=found[0].pictures)
        file = Download(words.labels["file_skips"], f"skips-{data}.csv", "text/csv", partial(_table, found))
        said = skips_sentence(found, words)
        with figure(f"skips_{data}", words.labels[f"skips_{data}"], "recorded", how, [file]):
            drawing(bars(rows, said, most=1.0), key=f"skips_bars_{data}")
        st.markdown(said)


def skip_errors(data: str) -> list[SkipErrors]:
    """The shipped residual networks that were trained on these pictures, from few layers to many."""
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins
    from resnet_viz.studies.skip_removal import SkipRemoval

    return [found_at_once(SkipRemoval(twins(data, depth)[1])) for depth in DEPTHS]


def _rows(found: SkipErrors, words: Lesson) -> list[ValueBar]:
    def row(key: str, value: float, kind: str) -> ValueBar:
        return ValueBar(words.say(key, depth=found.depth), value, f"{value:.0%}", kind)  # type: ignore[arg-type]  # a kind

    return [
        row("skips_whole", found.whole, "residual"),
        row("skips_no_skip", found.skip_median, "ghost"),
        row("skips_no_branch", found.branch_median, "slate"),
    ]


def skips_sentence(found: Sequence[SkipErrors], words: Lesson) -> str:
    """Which network a lost skip hurts more, and what a lost branch does instead."""
    few, many = found
    rises = [one.skip_median - one.whole for one in found]
    verdict = "alike" if abs(rises[1] - rises[0]) <= ALIKE else "deep" if rises[1] > rises[0] else "shallow"
    values = {
        "verdict": words.say(f"skips_{verdict}", few=few.depth, many=many.depth),
        "pictures": f"{few.pictures:,}",
    }
    for name, one in (("few", few), ("many", many)):
        values |= {
            name: str(one.depth),
            f"{name}_skips": str(len(one.without_skip)),
            f"{name}_whole": f"{one.whole:.0%}",
            f"{name}_skip": f"{one.skip_median:.0%}",
            f"{name}_branch": f"{one.branch_median:.0%}",
        }
    return words.say("skips_said", **values)


def _table(found: Sequence[SkipErrors]) -> str:
    rows: list[tuple[object, ...]] = [("depth", "block", "error_whole", "error_without_skip", "error_without_branch")]
    for one in found:
        for block, skip, branch in zip(one.blocks, one.without_skip, one.without_branch, strict=True):
            rows.append((one.depth, block, f"{one.whole:.4f}", f"{skip:.4f}", f"{branch:.4f}"))
    return table(rows)
