"""The gradient by length of path on the page: how many paths there are, and how much comes through them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import provenance, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.study_panel import Measurement, measurable
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.why.block_deletion import names_of
from resnet_viz.ui.lessons.why.params import PAIR

if TYPE_CHECKING:
    from resnet_viz.probes.paths import Paths


@sentence_instead()
def show(words: Lesson) -> None:
    """The residual network of the pair that is chosen."""
    from resnet_viz.studies.pretrained_pairs import has_pictures

    explain(words, "paths")
    measurable("paths", partial(_measurement, words), words, possible=has_pictures(_name(url_state.get(PAIR))))
    explain(words, "evidence_paths")


def _name(pair: str) -> str:
    return names_of(pair)[1]


def _measurement(words: Lesson) -> Measurement:
    from resnet_viz.studies.gradient_paths import GradientPaths

    pair = url_state.get(PAIR)
    name = _name(pair)
    return Measurement(f"paths_{pair}", [GradientPaths(name)], (), partial(_draw, pair, name, words))


def _draw(pair: str, name: str, words: Lesson, measured: list[Any] | None, _urgent: list[Any]) -> None:
    from resnet_viz.draw.ensemble import path_figure, standard_errors
    from resnet_viz.nets.weights import card
    from resnet_viz.probes.paths import shares
    from resnet_viz.studies.gradient_paths import GradientPaths

    found = GradientPaths(name).recorded() if measured is None else measured[0]
    if found is None:
        st.caption(words.labels["paths_first"])
        return
    complete = all(found.sizes)
    single = shares(found.products) if complete else ()
    spread = [s * e for s, e in zip(single, standard_errors(found.sizes), strict=True)] if complete else ()
    counts = shares([float(count) for count in found.counts])
    note = ""
    if measured is None:
        kept = recording("paths")
        pictures = kept["networks"][name]["pictures"]
        note = provenance.recorded(kept, words, pictures=pictures)
    files = [Download(words.labels["file_csv"], f"paths-{pair}.csv", "text/csv", partial(_numbers, found))]
    with figure("paths", words.labels["caption_paths"], "recorded" if measured is None else "measured", note, files):
        chart = path_figure(counts, shares(found.together), single, spread, words.labels)
        st.plotly_chart(chart, key="paths", config={"displayModeBar": False})
    st.markdown(sentence(found, card(name).spec.depth, words))


def sentence(found: Paths, depth: int, words: Lesson) -> str:
    """Where most paths are, where most of the gradient comes through, and how much of it the long ones carry."""
    from resnet_viz.probes.paths import shares, span

    counts = [float(count) for count in found.counts]
    (first, last), (low, high) = span(counts), span(found.together)
    parts = shares(found.together)
    peak = max(range(len(parts)), key=parts.__getitem__)
    beyond = sum(found.counts[high + 1 :]) / sum(found.counts)
    said = [
        words.say("said_counts", name=words.say("residual", depth=depth), all=sum(found.counts), first=first, last=last),
        words.say("said_together", low=low, high=high, peak=peak, beyond=beyond, carried=sum(parts[high + 1 :])),
    ]
    if all(found.sizes):
        own = span(found.products)
        said.append(words.say("said_single", low=own[0], high=own[1]))
    total = sum(found.together)
    said.append(words.say("said_cancel", times=total / found.whole))
    return words.joined(said)


def _numbers(found: Paths) -> str:
    """What is on screen, as CSV: a row a sampled path."""
    rows: list[list[object]] = [["length", "paths", "gradient norm, all together", "gradient norm of a sampled path"]]
    for length, (count, together, sizes) in enumerate(zip(found.counts, found.together, found.sizes, strict=True)):
        rows += ([length, count, together, size] for size in sizes or [""])
    return table(rows)
