"""`eval()` forgotten: the same trained layer on a network that BN runs in training mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import classes, measured

if TYPE_CHECKING:
    from resnet_viz.studies.transfer import Modes

QUESTION = "transfer_modes"
_LITTLE = 0.05
"""A loss of right guesses that counts as none."""
_WAYS = ("evaluation", "together", "alone")


@sentence_instead()
def show(words: Lesson) -> None:
    """Bars of the right guesses, once it has been predicted. On the first set that ships where one's own has too few pictures."""
    of = measured.backbone()
    taught = classes.teachable(words) or classes.of_first_set(words)
    st.subheader(words.labels["modes_title"], anchor=False)
    picture, panel = stage("modes")
    options = [words.labels[f"modes_{n}"] for n in range(3)]
    count = len(taught.classes)
    with panel if answered(QUESTION) else picture:
        ask = lambda: answer(measured.modes(taught, of), count, words)  # noqa: E731  # measured once it is answered
        seen = predict(ask, words.labels["modes_ask"], options, key=QUESTION)
    found = measured.modes(taught, of) if seen else None
    rows = _rows(found, words)
    files = [Download(words.labels["file_modes"], "modes.csv", "text/csv", lambda: _csv(found))] if found else []
    with picture, figure("modes", words.say("modes_caption", network=of.title), "measured" if found else "", files=files):
        drawing(bars(rows, words.labels["modes_alt"], most=1.0), key="transfer_modes_bars")
        st.markdown(words.sections["modes_code"])


def _rows(found: Modes | None, words: Lesson) -> list[ValueBar]:
    shares = [getattr(found, way) if found else 0.0 for way in _WAYS]
    kinds = ("residual", "slate", "plain")
    return [
        ValueBar(words.labels[f"modes_{way}"], share, f"{share:.0%}" if found else "", kind)  # type: ignore[arg-type]  # a kind
        for way, share, kind in zip(_WAYS, shares, kinds, strict=True)
    ]


def answer(found: Modes, count: int, words: Lesson) -> Question:
    """Nearly as many, fewer, or no more than guessing gets."""
    chance = 1 / count
    loss = found.evaluation - found.alone
    right = 0 if loss <= _LITTLE else 2 if found.alone <= chance + _LITTLE else 1
    values = {"evaluation": found.evaluation, "alone": found.alone, "together": found.together, "chance": chance}
    return Question(right, words.say("modes_because", **values))


def _csv(found: Modes) -> str:
    return table([("mode", "accuracy"), *((way, f"{getattr(found, way):.4f}") for way in _WAYS)])
