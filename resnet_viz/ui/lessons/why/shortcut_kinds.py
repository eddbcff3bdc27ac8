"""Why the identity: what the error becomes with something else on every shortcut, as published."""

from __future__ import annotations

from functools import partial

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.nets.published_results import SHORTCUTS_110
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain


def show(words: Lesson) -> None:
    """A bar a kind of shortcut."""
    names = {kind: words.labels[f"kind_{kind}"] for kind in SHORTCUTS_110}
    rows = [
        ValueBar(
            names[kind],
            cited.value,
            words.say("above" if kind == "dropout" else "percent", value=cited.value),
            "residual" if kind == "identity" else "slate",
            mark=kind == "identity",
        )
        for kind, cited in SHORTCUTS_110.items()
    ]
    files = [Download(words.labels["file_csv"], "shortcuts-110.csv", "text/csv", partial(_numbers, names))]
    with figure("shortcut_kinds", words.labels["kinds_caption"], "cited", provenance.cited(SHORTCUTS_110["identity"]), files):
        drawing(bars(rows, words.labels["kinds_caption"]), key="shortcut_kinds_bars")
    explain(words, "shortcuts")


def _numbers(names: dict[str, str]) -> str:
    """CSV: a row a kind of shortcut."""
    rows = [["shortcut", "test error in percent", "source"]]
    rows += [[names[kind], f"{cited.value:g}", cited.source] for kind, cited in SHORTCUTS_110.items()]
    return table(rows)
