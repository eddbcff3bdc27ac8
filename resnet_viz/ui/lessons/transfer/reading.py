"""From a file to what the network reads: the square, the size, the normalisation, and what becomes of it all without the last."""

from __future__ import annotations

import streamlit as st

from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import crop, url_state
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.reading_steps import reading_steps
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import arrive, classes, judge, measured
from resnet_viz.ui.lessons.transfer.params import NEW, OWN


@sentence_instead()
def show(words: Lesson) -> None:
    """Three steps as pictures, and how often the layer is right about pictures that were not normalised."""
    of, taught = measured.backbone(), classes.teachable(words) or classes.of_first_set(words)
    code, square = judge.chosen()
    own = arrive.new_one()
    is_own = own is not None and code == OWN and url_state.get(NEW) == OWN
    picture, box = (own, crop.box(own, judge.CROP)) if own and is_own else (square, None)
    with figure("reading", words.say("reading_caption", network=of.title), "measured"):
        st.html(reading_steps(picture, of.card.size, of.card, box))
    found = measured.modes(taught, of)
    rows = [
        ValueBar(words.labels["reading_with"], found.evaluation, f"{found.evaluation:.0%}", "residual"),
        ValueBar(words.labels["reading_without"], found.bare, f"{found.bare:.0%}", "plain"),
    ]
    said = words.say("reading_said", evaluation=found.evaluation, bare=found.bare)
    with figure("normalised", words.labels["reading_bars"], "measured"):
        drawing(bars(rows, said, most=1.0), key="transfer_reading_bars")
    st.markdown(said)
