"""How the layer was trained: its loss, step by step."""

from __future__ import annotations

import time

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.lines import Line, lines
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import classes, measured


@sentence_instead()
def show(words: Lesson) -> None:
    """The curve of the layer on all pictures, with the time that it took, here and now."""
    of, taught = measured.backbone(), classes.teachable(words) or classes.of_first_set(words)
    measured.features(taught, of)  # so that the time below is the training's alone
    start = time.perf_counter()
    head = measured.train(taught, of)
    took = (time.perf_counter() - start) * 1e3
    rows = [("step", "loss"), *((n, f"{loss:.6f}") for n, loss in enumerate(head.losses))]
    files = [Download(words.labels["file_losses"], "loss.csv", "text/csv", lambda: table(rows))]
    caption = words.say("training_caption", count=len(taught.pictures), steps=len(head.losses), ms=took)
    with figure("training", caption, "measured", files=files):
        drawing(
            lines(
                [Line(words.labels["training_line"], head.losses, "residual")],
                across=words.labels["training_across"],
                up=words.labels["training_up"],
                alt=words.labels["training_line"],
                write=lambda value: f"{value:g}",
                first=0,
            ),
            key="transfer_losses",
        )
    st.markdown(words.say("training_said", start=head.losses[0], end=head.losses[-1]))
