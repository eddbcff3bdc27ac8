"""Nested function classes, live: every function that a number of layers can reach, with and without the identity inside."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw import nested as nested_figure
from resnet_viz.probes import nested as probe
from resnet_viz.probes.nested import TARGETS, FunctionClasses, NestedComparison
from resnet_viz.text import Lesson, lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.prediction import Question, answered, predict, waits
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.lessons.why.params import COPY, FAMILY, LAYERS, TARGET

MAPS = ("plain", "residual")


def controls(words: Lesson) -> None:
    """The target, the depth, the family, and whether plain layers may copy."""
    say = words.labels
    url_state.view(st.slider, say["depth"], 1, probe.DEPTHS, of=LAYERS, **waits("nested"))
    url_state.view(st.selectbox, say["target_choose"], of=TARGET, format_func=url_state.labels(say, "target_"))
    url_state.view(st.number_input, say["family"], 0, probe.FAMILIES - 1, of=FAMILY, help=say["family_help"])
    url_state.control(
        st.toggle,
        say["same"],
        value=url_state.get(COPY) == "yes",
        then=lambda on: url_state.put(COPY, "yes" if on else "no"),
        key="copy",
        help=say["same_help"],
    )


def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """Both maps and the sentence; before the question is answered those of a single layer."""
    options = [words.labels[f"predict_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["predict_ask"], options, "nested", beside)
    family, same = url_state.get(FAMILY), url_state.get(COPY) == "yes"
    depth = url_state.get(LAYERS) if shown else 1
    caption = words.labels["caption_map_one" if depth == 1 else "caption_maps"]
    with figure("nested_maps", caption, "measured", files=_files(words) if shown else []):
        for column, panel in zip(st.columns(2, gap="small"), MAPS, strict=True):
            with column:
                drawing(_drawn(url_state.get(TARGET), family, same, depth, url_state.get(LANGUAGE), panel), key=f"nested_{panel}")
    if shown:
        st.markdown(sentence(_compared(url_state.get(TARGET), family, same), depth, words))


def rest(words: Lesson) -> None:
    """The best fits, what is drawn here, what it does not say, and where it is tried in earnest."""
    if answered("nested"):
        target, family, depth = url_state.get(TARGET), url_state.get(FAMILY), url_state.get(LAYERS)
        with figure("nested_fits", words.labels["caption_fits"], "measured"):
            svg = _drawn(target, family, url_state.get(COPY) == "yes", depth, url_state.get(LANGUAGE), "curves")
            with st.container(width=480):
                drawing(svg, key="nested_curves")
    explain(words, "classes")
    explain(words, "limits", after="nested")
    st.page_link(page("degradation"), label=words.labels["to_lab"], icon=":material/arrow_forward:")


def _question(words: Lesson) -> Question:
    plain, residual = _rising(url_state.get(TARGET))
    answer = min(range(3), key=lambda i: abs(plain - (0, 10, 75)[i]))
    return Question(answer, words.say("predict_because", plain=plain, residual=residual))


def _files(words: Lesson) -> list[Download]:
    target, family, depth = url_state.get(TARGET), url_state.get(FAMILY), url_state.get(LAYERS)
    same = url_state.get(COPY) == "yes"
    stem = f"nested-{target}-{family}-{depth}"
    drawn = partial(_drawn, target, family, same, depth, url_state.get(LANGUAGE), "")
    return [
        Download(words.labels["file_svg"], f"{stem}.svg", "image/svg+xml", drawn),
        Download(words.labels["file_csv"], f"{stem}.csv", "text/csv", partial(numbers, _compared(target, family, same))),
    ]


# What is computed


@st.cache_data(max_entries=32, show_spinner=False)
def _compared(target: str, family: int, same: bool) -> NestedComparison:
    return probe.compare(TARGETS[target], family, same=same)


@st.cache_data(max_entries=len(TARGETS), show_spinner=False)
def _rising(target: str) -> tuple[int, int]:
    """In how many families the best fit gets worse somewhere, without and with the identity: a second or two."""
    return probe.rising(TARGETS[target], skip=False), probe.rising(TARGETS[target], skip=True)


@st.cache_data(max_entries=256, show_spinner=False)
def _drawn(target: str, family: int, same: bool, depth: int, language: str, panel: str) -> str:
    """One panel, or all where `panel` is empty."""
    own, skipped = probe.layers(family, skip=False, same=same), probe.layers(family, skip=True)
    what = nested_figure.Nested(_compared(target, family, same), own, skipped, depth)
    words = dict(lesson("nested", language).labels)
    if same:
        words["map_plain"] = words["map_plain_same"]
    return nested_figure.nested(what, words, only=panel)


def numbers(compared: NestedComparison) -> str:
    """CSV: a row a side and depth with what was counted and measured and the best fit's values; the target in the first row."""
    rows: list[list[object]] = [
        ["class", "layers", "functions", "kept", "error", *(f"f({x:g})" for x in probe.POINTS)],
        ["target", "", "", "", 0, *(f"{y:.6g}" for y in compared.goal)],
    ]
    for name, side in (("plain", compared.plain), ("residual", compared.residual)):
        for i, row in enumerate(zip(side.sizes, side.kept, side.errors, strict=True), 1):
            rows.append([name, i, *row, *(f"{y:g}" for y in side.fits[i - 1])])
    return table(rows)


def sentence(compared: NestedComparison, depth: int, words: Lesson) -> str:
    """What the errors and the counts say at this depth, and no more: a line a side."""
    return "  \n".join([*_of_plain(compared.plain, depth, words), _of_residual(compared.residual, depth, words)])


def _layers(depth: int, words: Lesson) -> str:
    return words.say("layers_one" if depth == 1 else "layers_many", depth=depth)


def _of_plain(side: FunctionClasses, depth: int, words: Lesson) -> list[str]:
    layers, now = _layers(depth, words), side.errors[depth - 1]
    if depth == 1:
        return [words.say("said_first", layers=layers, now=now)]
    before, then = _layers(depth - 1, words), side.errors[depth - 2]
    size, kept = side.sizes[depth - 2], side.kept[depth - 1]
    key = "said_nested" if kept == size else "said_rises" if side.rises(depth) else "said_lucky"
    said = [words.say(key, layers=layers, before=before, now=now, then=then, kept=kept, size=size)]
    rounded = [round(error, 3) for error in side.errors[:depth]]
    if min(rounded) < min(rounded[-2:]):
        best = rounded.index(min(rounded)) + 1
        said.append(words.say("said_best", layers=_layers(best, words), error=rounded[best - 1]))
    return said


def _of_residual(side: FunctionClasses, depth: int, words: Lesson) -> str:
    if depth == 1:
        return words.say("said_residual_first", error=side.errors[0])
    return words.say("said_residual", errors=words.listed(f"{error:.3f}" for error in side.errors[:depth]))
