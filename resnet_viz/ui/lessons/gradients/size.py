"""How large gradients and values are, layer by layer: at initialisation and, where a run has them, at later steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import times
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.gradients import comparison, runs
from resnet_viz.ui.lessons.gradients.comparison import DASHES, Setup, default_spec, tone
from resnet_viz.ui.lessons.gradients.norms import BATCH, flow, growth, norms, output_ratio
from resnet_viz.ui.lessons.gradients.params import PIXELS, TRAINING
from resnet_viz.ui.lessons.gradients.runs import RunNorms
from resnet_viz.ui.lessons.gradients.verdict import flow_sentence, verdict

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import GradientNorms, LayerNorms

AT_START = (ProfileView("weight_grad"), ProfileView("output_grad", still=True), ProfileView("rms", still=True))
OVER_STEPS = (ProfileView("weight_grad"), ProfileView("weight"))
MUCH = 100
"""Values that grow by more than this from the first block to the last explode forwards."""


def controls(words: Lesson) -> None:
    """Whose sizes; for networks chosen here the two stories, depth, BN and initialisation."""
    options = [option for option in TRAINING.options if option != "board" or runs.is_on_board()]
    url_state.control(
        st.selectbox,
        words.labels["training"],
        options,
        value=shown_runs(),
        then=lambda code: url_state.put(TRAINING, code),
        key="training",
        format_func=url_state.labels(words.labels, "training_"),
    )
    if shown_runs() != "chosen":
        return
    if answered("size"):
        comparison.tell_stories(words)
    comparison.choose(words, "size")
    comparison.choose_initialisation()
    more = st.expander(words.labels["more"], icon=":material/tune:", key="w_size_more", on_change="rerun")
    if more.open:
        with more:
            url_state.view(st.segmented_control, words.labels["side"], of=PIXELS, format_func=lambda v: f"{v} px")


def shown_runs() -> str:
    """What is shown: the class's runs only where there are some."""
    code = url_state.get(TRAINING)
    return "chosen" if code == "board" and not runs.is_on_board() else code


def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """The chart, and the sentences that its numbers make; the verdict `beside` it."""
    options = [words.labels[f"size_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["size_ask"], options, "size", beside)
    which = shown_runs()
    with sentence_instead():
        if which == "chosen":
            _show_chosen(comparison.chosen(), words, shown=shown)
        else:
            found, made = (runs.on_board(), "") if which == "board" else runs.recorded(which, words)
            _show_runs(found, made, words, shown=shown)


def _question(words: Lesson) -> Question:
    """Is the weight gradient of the first convolution smaller or larger than that of the last?"""
    asked = comparison.Setup(default_spec(), PIXELS.default, 0)
    found = flow(norms(str(asked.spec.plain()), asked.data, asked.seed))
    answer = {"vanish": 0, "explode": 2}.get(verdict(found), 1)
    setup = comparison.chosen()
    is_drawn = shown_runs() == "chosen" and setup._replace(spec=setup.spec.residual()) == asked
    where = [words.labels["size_where"]] if is_drawn else []
    return Question(answer, words.joined([words.say("size_because", ratio=times(found.ratio)), *where]))


# The networks chosen here


def _show_chosen(setup: Setup, words: Lesson, *, shown: bool) -> None:
    """Both networks at initialisation, measured here; then as recorded, where this very run was."""
    found = [norms(str(spec), setup.data, setup.seed) for spec in setup.networks] if shown else []
    later = [runs.recorded_of(spec, setup, words) for spec in setup.networks] if shown else []
    steps = runs.common_steps([run for run in later if run])
    if shown:
        views = (*AT_START, OVER_STEPS[-1]) if len(steps) > 1 else AT_START
        lines = [_line(setup, *each, steps, words) for each in zip(setup.networks, found, later, strict=True)]
    else:
        views, lines = AT_START, [_empty_line(spec, setup, words) for spec in setup.networks]
    note = words.separated(",", (setup.made(words), words.say("measured_on", batch=BATCH, side=setup.side)))
    if len(steps) > 1:
        note += words.labels["later_steps"]
    rows = partial(_numbers, setup.networks, found, later)
    files = [Download(words.labels["file_size"], "gradients.csv", "text/csv", rows)] if shown else []
    with figure("size", words.labels["size_caption"], kind="measured" if shown else "", note=note, files=files):
        profiles(lines, views=views, words=words.labels, key="size_profiles", axis="layers", steps=steps)
    if not shown:
        return
    st.markdown(sentence(setup, found, words))
    if len(steps) == 1:
        st.caption(words.labels["steps_where"])


def say_training(words: Lesson) -> None:
    """What the recorded steps of the chosen networks come to, where they have some."""
    if shown_runs() != "chosen":
        return
    setup = comparison.chosen()
    later = [run for spec in setup.networks if (run := runs.recorded_of(spec, setup, words))]
    if later:
        st.markdown(runs.sentence(later, runs.common_steps(later), words))
        st.caption(words.labels["run_pictures"])


def _line(
    setup: Setup, spec: ResNetSpec, found: GradientNorms, run: RunNorms | None, steps: Sequence[int], words: Lesson
) -> Profile:
    """A row a step; the first is measured here, and only recorded runs have others."""
    layers = found.weights()
    values = []
    for of, noted in (("weight_grad_norm", True), ("output_grad_norm", False), ("rms", False), ("weight_norm", True)):
        start = [getattr(layer, of) or 0.0 for layer in layers]
        later = [[_noted(run, layer, of, step) for layer in layers] if noted else start for step in steps[1:]]
        values.append([start, *later])
    return Profile(setup.name(spec, words), tone(spec), [layer.name for layer in layers], values, dash=DASHES[tone(spec)])


def _noted(run: RunNorms | None, layer: LayerNorms, what: str, step: int) -> float:
    return float(run.layers[layer.name][what][list(run.steps).index(step)]) if run else math.nan


def _empty_line(spec: ResNetSpec, setup: Setup, words: Lesson) -> Profile:
    """The line's place, without its values."""
    from resnet_viz.nets.plan import plan

    names = [layer.name for layer in plan(spec, setup.side).layers if layer.kind in ("conv", "linear")]
    nothing = [[math.nan] * len(names)]
    return Profile(setup.name(spec, words), tone(spec), names, [nothing] * len(AT_START), dash=DASHES[tone(spec)])


def sentence(setup: Setup, found: Sequence[GradientNorms], words: Lesson) -> str:
    """The verdict on each network, a line each: on its weights' gradients, beside it on its outputs', which the chart shows too,
    and whether it explodes forwards."""
    parts = []
    for spec, one in zip(setup.networks, found, strict=True):
        said = flow_sentence(setup.name(spec, words), flow(one), words)
        outputs = output_ratio(one)
        if outputs and math.isfinite(outputs):
            said = words.joined((said, words.say("said_output", ratio=times(outputs))))
        if spec.norm == "none" and spec.skips != "none" and growth(one) > MUCH:
            said = words.joined((said, words.say("said_forward", growth=times(growth(one)))))
        parts.append(said)
    return "  \n".join(parts)


def _numbers(specs: Sequence[ResNetSpec], found: Sequence[GradientNorms], later: Sequence[RunNorms | None]) -> str:
    """CSV: a row a layer and step."""
    fields = ("name", "kind", "role", "weight_grad_norm", "weight_norm", "output_grad_norm", "mean", "rms", "dead")
    rows = [["network", "step", *fields]]
    for spec, one, run in zip(specs, found, later, strict=True):
        for layer in one.layers:
            rows.append([str(spec), "0", *("" if getattr(layer, f) is None else str(getattr(layer, f)) for f in fields)])
        if run is None:
            continue
        for name in run.weighted:
            noted = run.layers[name]
            for i, step in enumerate(run.steps):
                if step:
                    figures = [str(noted["weight_grad_norm"][i]), str(noted["weight_norm"][i]), "", "", "", ""]
                    rows.append([str(spec), str(step), name, "", "", *figures])
    return table(rows)


# Recorded runs of other networks, and the class's


def _show_runs(found: Sequence[RunNorms], made: str, words: Lesson, *, shown: bool) -> None:
    steps = runs.common_steps(found)
    if not steps:
        st.info(words.labels["runs_apart"])
        return
    depths = sorted({run.depth for run in found})
    lines = [_run_line(run, steps, 2 * depths.index(run.depth) + run.plain, shown=shown) for run in found]
    rows = partial(runs.numbers, found)
    files = [Download(words.labels["file_size"], "gradients.csv", "text/csv", rows)] if shown else []
    kind = ("recorded" if made else "measured") if shown else ""
    with figure("size", words.labels["size_caption"], kind=kind, note=made, files=files):
        profiles(lines, views=OVER_STEPS, words=words.labels, key="run_profiles", axis="layers", steps=steps)
    if shown:
        st.markdown(runs.sentence(found, steps, words))


def _run_line(run: RunNorms, steps: Sequence[int], dash: int, *, shown: bool) -> Profile:
    rows = [list(run.steps).index(step) for step in steps]
    values = [
        [[float(run.layers[name][what][row]) if shown else math.nan for name in run.weighted] for row in rows]
        for what in ("weight_grad_norm", "weight_norm")
    ]
    return Profile(run.name, "plain" if run.plain else "residual", run.weighted, values, dash=dash)
