"""What can be seen of networks while they train: their first filters, and what they take a few test pictures for.

Of the runs on the board, as often as there is news to see while one trains; without any, of the recorded race.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit import live, provenance, run_summary, url_state
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.lessons.degradation import board, watched
from resnet_viz.ui.live.runs import newest

PACE = 2.0
"""Seconds between two tables, at least."""


class Seen(NamedTuple):
    """One network at one of its steps."""

    experiment: Experiment
    name: str
    step: int
    filters: Sequence[Sequence[float]]
    guesses: Sequence[tuple[int, float]]


def show(words: Lesson) -> None:
    """The table, of now while something trains, and of any step afterwards."""
    explain(words, "glimpses")
    runs = url_state.get(RUNS)
    if not runs:
        _recorded(words)
        return
    st.fragment(_live)(words)


def _live(words: Lesson) -> None:
    runs = url_state.get(RUNS)
    seen = watched.watch(runs)
    is_alive = any(each.is_alive for each in seen)
    steps = sorted({record.step for each in seen for record in each.history if record.glimpse})
    step = steps[-1] if steps else 0
    if not is_alive and len(steps) > 1:
        step = st.select_slider(words.labels["glimpse_at"], steps, value=steps[-1], key="w_glimpse_at")
    names = run_summary.names([each.run for each in seen], words)
    found = [latest(each.run, name, each.history, step) for name, each in zip(names, seen, strict=True)]
    badge(*board.origin(seen, words))
    _table([one for one in found if one], words)
    drawn = {each.topic: str(newest(each.history)) for each in seen if each.is_alive}
    live.rerun_when("glimpses", drawn, field="glimpse", pace=PACE)


def _recorded(words: Lesson) -> None:
    made = recording("race")
    runs = [(Experiment.parse(run["experiment"]), run) for run in made["runs"]]
    steps = [glimpse[0] for glimpse in runs[0][1]["glimpses"]]
    step = st.select_slider(words.labels["glimpse_at"], steps, value=steps[-1], key="w_glimpse_recorded")
    badge("recorded", provenance.recorded(made, words))
    _table([Seen(e, run_summary.name(e, words), *run["glimpses"][steps.index(step)]) for e, run in runs], words)


def latest(run: Experiment, name: str, history: Sequence[StepRecord], step: int) -> Seen | None:
    """The last glimpse of a run up to a step."""
    record = next((record for record in reversed(history[:step]) if record.glimpse), None)
    return Seen(run, name, record.step, *record.glimpse) if record and record.glimpse else None


def _table(seen: Sequence[Seen], words: Lesson) -> None:
    """A table: the pictures of the first network's data across, a network a line. Networks on other pictures are left out."""
    if not seen:
        return
    first = seen[0].experiment
    pictures, labels, classes = _watched(first.data, first.seed)
    names = [words.labels.get(f"class_{name.replace(' ', '-')}", name) for name in classes]
    same = [one for one in seen if one.experiment.data == first.data and one.experiment.seed == first.seed]
    head = "".join(
        f"<th><img src='{url}' alt=''><br>{html.escape(names[label])}</th>" for url, label in zip(pictures, labels, strict=True)
    )
    lines = [_line(one, labels, names, words) for one in same]
    corner, name = (html.escape(words.labels[key], quote=True) for key in ("glimpse_filters", "glimpse_table"))
    st.html(
        f"<div class='rv-glimpses' role='region' tabindex='0' aria-label='{name}'>"
        f"<table><thead><tr><th></th><th class='filters'>{corner}</th>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _line(one: Seen, labels: Sequence[int], names: Sequence[str], words: Lesson) -> str:
    kind = "plain" if one.experiment.spec.skips == "none" else "residual"
    step = html.escape(words.say("glimpse_step", step=one.step))
    cells = []
    for label, (guess, share) in zip(labels, one.guesses, strict=True):
        right = guess == label
        cells.append(
            f"<td class='{'right' if right else 'wrong'}'>{'✓' if right else '✗'} {html.escape(names[guess])}<br>{share:.0%}</td>"
        )
    filters = f"<img src='{_filters(one.filters)}' alt='{html.escape(words.labels['glimpse_filters'])}'>"
    return (
        f"<tr><th scope='row' class='{kind}'>{html.escape(one.name)}<br><small>{step}</small></th>"
        f"<td class='filters'>{filters}</td>{''.join(cells)}</tr>"
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _watched(data: str, seed: int) -> tuple[list[str], list[int], tuple[str, ...]]:
    from resnet_viz.training.trainer import pictures, watched

    found = watched(pictures(data, seed)[1])
    urls = [_url(Image.fromarray(image.permute(1, 2, 0).numpy())) for image in found.images]
    return urls, found.labels.tolist(), found.classes


def _filters(weights: Sequence[Sequence[float]], gap: int = 1) -> str:
    """The filters as small colour pictures in one row, each between its own extremes."""
    count = len(weights)
    side = round((len(weights[0]) / 3) ** 0.5)
    w = np.asarray(weights, dtype=np.float32).reshape(count, 3, side, side)
    low, high = w.min((1, 2, 3), keepdims=True), w.max((1, 2, 3), keepdims=True)
    w = (w - low) / np.maximum(high - low, 1e-9) * 255
    row = np.zeros((side, count * (side + gap) - gap, 4), dtype=np.uint8)
    for i, one in enumerate(w):
        at = i * (side + gap)
        row[:, at : at + side, :3] = one.transpose(1, 2, 0).round()
        row[:, at : at + side, 3] = 255
    return _url(Image.fromarray(row))


def _url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
