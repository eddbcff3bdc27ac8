"""*Why not train all layers?*: a head on frozen features against fine-tuning, measured here when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.accuracy_lines import AccuracyLine, accuracy_lines
from resnet_viz.nets.presets import parse_network
from resnet_viz.samples.to_teach import SETS
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.study_panel import Measurement, measurable
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer.params import SET

if TYPE_CHECKING:
    from resnet_viz.studies.fine_tuning import TunedPoint

ALIKE = 0.05
"""Shares of right guesses that differ by no more are called alike: two or three guesses of fifty."""


@sentence_instead()
def show(words: Lesson) -> None:
    """The set of the page; of own pictures, which stay in the session, none goes to a worker: the first set that ships."""
    measurable("tune", partial(_measurement, words), words, possible=True)
    explain(words, "tune")


def _measurement(words: Lesson) -> Measurement:
    from resnet_viz.studies.fine_tuning import FineTuning

    code = url_state.get(SET) if url_state.get(SET) in SETS else SETS[0]
    return Measurement(f"tune_{code}", [FineTuning(code)], (), partial(_draw, code, words))


def _draw(code: str, words: Lesson, measured: list[Any] | None, _urgent: list[Any]) -> None:
    from resnet_viz.studies.fine_tuning import COUNTS, NETWORK, FineTuning

    found: Sequence[TunedPoint] = FineTuning(code).recorded() if measured is None else measured[0]
    note = provenance.recorded(recording("fine_tuning"), words) if measured is None else ""
    caption = words.say("tune_caption", network=title(parse_network(NETWORK)), set=words.labels[f"set_{code}"])
    files = [Download(words.labels["file_tune"], f"fine-tuning-{code}.csv", "text/csv", partial(_csv, found))]
    with figure("tune", caption, "recorded" if measured is None else "measured", note, files):
        drawing(chart(found, words), key="transfer_tune")
    if len(found) == len(COUNTS):
        st.markdown(sentence(found, words))


def chart(found: Sequence[TunedPoint], words: Lesson) -> str:
    """Both lines over the numbers of pictures that have been tried so far; before the first the axes of all of them."""
    from resnet_viz.studies.fine_tuning import COUNTS

    lines = [
        AccuracyLine(words.labels["tune_frozen"], [point.frozen for point in found], "slate"),
        AccuracyLine(words.labels["tune_tuned"], [point.tuned for point in found], "residual"),
    ]
    counts = [point.pictures for point in found] or COUNTS
    return accuracy_lines(lines, counts, across=words.labels["across"], up=words.labels["up"], alt=words.labels["tune_alt"])


def sentence(found: Sequence[TunedPoint], words: Lesson) -> str:
    """What both come to with the fewest and with the most pictures, and which is the better there."""
    few, many = found[0], found[-1]
    told = [words.say("tune_said", count=few.pictures, frozen=few.frozen, tuned=few.tuned, asked=few.asked)]
    told.append(words.say("tune_said_many", count=many.pictures, frozen=many.frozen, tuned=many.tuned, asked=many.asked))
    told.append(words.labels[f"tune_few_{_better(few)}"])
    told.append(words.labels[f"tune_many_{_better(many)}"])
    return words.joined(told)


def _better(point: TunedPoint) -> str:
    gain = point.tuned - point.frozen
    return "alike" if abs(gain) <= ALIKE else "tuned" if gain > 0 else "frozen"


def _csv(found: Sequence[TunedPoint]) -> str:
    rows = [(point.pictures, f"{point.frozen:.4f}", f"{point.tuned:.4f}", point.asked) for point in found]
    return table([("pictures_a_class", "frozen", "fine_tuned", "guesses"), *rows])
