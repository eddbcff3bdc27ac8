"""What the degradation page trains: composing a run and starting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from resnet_viz.home_folder import home
from resnet_viz.jobs.fair_queue import Share
from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.plan import plan
from resnet_viz.studies.race import DEFAULT_RACE, DEPTHS, DRAMATIC_RACE
from resnet_viz.studies.race import network as raced
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.data.cifar10 import cifar10_state, download_cifar10
from resnet_viz.training.data.shapes import LEVELS, Shapes
from resnet_viz.training.data.sources import CIFAR, FOLDER, available, folder_name, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import linear_baseline, network_picker, run_client, url_state
from resnet_viz.ui.kit.page import Question, badge, predict, quoted, said
from resnet_viz.ui.kit.shared_params import MAX_RUNS, RUNS
from resnet_viz.ui.lessons.degradation.params import EXPERIMENT


def predict_depth(words: Lesson) -> None:
    """Which of the recorded networks trains worst?"""

    def measure() -> Question:
        runs = {run["experiment"]: run["error"][-1] for run in recording("race")["runs"]}
        which = ((20, True), (56, True), (56, False))
        shallow, deep, twin = (runs[str(Experiment(raced(depth, plain=plain)))] for depth, plain in which)
        answer = max(range(3), key=lambda i: (shallow, deep, twin)[i])
        return Question(answer, words.say("predict_because", shallow=shallow, deep=deep, twin=twin))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="degradation")


# Do


def compose(words: Lesson) -> Experiment:
    """The run that Run would start."""

    e: Experiment = url_state.get(EXPERIMENT) or Experiment(raced(56, plain=True))
    say = words.labels

    def change(**fields: Any) -> None:
        try:
            url_state.put(EXPERIMENT, replace(e, **fields))
        except ValueError as error:
            run_client.problem(error)

    def depth(value: int) -> None:
        same = {name: getattr(e.spec, name) for name in ("norm", "init", "order", "shortcut", "classes")}
        change(spec=replace(raced(value, plain=e.spec.skips == "none"), **same))

    one, two, three, four = st.columns([2, 1, 1, 1], gap="large")
    with one:
        options = sorted({*DEPTHS, e.spec.depth})
        url_state.control(st.select_slider, say["depth"], options, value=e.spec.depth, then=depth, key="race_depth")
    with two:
        url_state.control(
            st.segmented_control,
            say["skips"],
            ["all", "none"] if isinstance(e.spec.skips, str) else ["all", "some", "none"],
            value=e.spec.skips if isinstance(e.spec.skips, str) else "some",
            then=lambda v: change(spec=replace(e.spec, skips=v)) if v in ("all", "none") else None,
            key="race_skips",
            format_func=url_state.labels(say, "skips_"),
        )
    with three:
        fields = network_picker.labels()
        url_state.control(
            st.segmented_control,
            fields["norm"],
            ["batch", "none"],
            value=e.spec.norm,
            then=lambda v: change(spec=replace(e.spec, norm=v)) if v else None,
            key="race_norm",
            format_func=url_state.labels(fields, "norm_"),
        )
    with four:
        url_state.control(
            st.number_input,
            say["seed"],
            0,
            999_999,
            value=e.seed,
            then=lambda v: change(seed=v),
            key="race_seed",
            help=say["seed_help"],
        )
    with st.expander(say["more"], icon=":material/tune:", key="w_race_more"):
        _more(e, change, words)
    opened = st.expander(say["on_diagram"], icon=":material/account_tree:", key="w_race_diagram", on_change="rerun")
    if opened.open:
        with opened:
            _on_diagram(e, change, words)
    return e


def _on_diagram(e: Experiment, change: Callable[..., None], words: Lesson) -> None:
    """The network's diagram: a click on an arc takes that skip away or puts it back."""
    p = plan(e.spec, source(e.data).size)
    network_picker.show_diagram(p, key="race_diagram", hint=words.labels["diagram_hint"], take=lambda spec: change(spec=spec))
    kept = sum(e.spec.has_skip(block) for block in e.spec.blocks)
    st.markdown(words.say("skips_kept", kept=kept, all=len(e.spec.blocks)))


def _data(e: Experiment, change: Callable[..., None], words: Lesson) -> None:
    """Which pictures, and what makes Shapes harder."""
    say = words.labels
    is_shapes = e.data.startswith("shapes")
    found = available()

    def take(name: str) -> None:
        try:
            change(data=name, spec=replace(e.spec, classes=len(source(name).classes)))
        except ValueError as error:
            run_client.problem(error)

    url_state.control(
        st.selectbox,
        say["data"],
        found,
        value="shapes" if is_shapes else e.data,
        then=take,
        key="race_data",
        format_func=lambda name: _data_label(name, words),
        help=say["data_help"],
    )
    if is_shapes:
        url_state.control(
            st.pills,
            say["levels"],
            list(LEVELS),
            selection_mode="multi",
            value=[level for level in LEVELS if level in Shapes.parse(e.data).levels],
            then=lambda v: change(data=str(Shapes(frozenset(v)))),
            key="race_levels",
            format_func=url_state.labels(say, "level_"),
        )
    if CIFAR not in found:
        if cifar10_state(home()) == "damaged":
            st.caption(say["cifar_damaged"])
        if st.button(say["cifar_get"], key="w_cifar_get", icon=":material/download:"):
            _download(words)


def _data_label(data: str, words: Lesson) -> str:
    """What a kind of pictures is called; a folder by its name."""
    return folder_name(data) if data.startswith(FOLDER) else words.labels.get(f"data_{data}", data)


def _download(words: Lesson) -> None:
    bar = st.progress(0.0, words.labels["cifar_loading"])
    try:
        download_cifar10(home(), lambda share: bar.progress(share, words.labels["cifar_loading"]))
    except OSError as error:
        bar.empty()
        st.warning(words.say("cifar_offline", problem=quoted(str(error))), icon=":material/cloud_off:")
    else:
        st.rerun()


def _more(e: Experiment, change: Callable[..., None], words: Lesson) -> None:

    say, fields = words.labels, network_picker.labels()
    left, middle, right = st.columns(3, gap="large")
    with left:
        url_state.control(
            st.select_slider,
            say["lr"],
            sorted({0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, e.lr}),
            value=e.lr,
            then=lambda v: change(lr=v),
            key="race_lr",
        )
        url_state.control(
            st.segmented_control,
            say["schedule"],
            ["constant", "cosine"],
            value=e.schedule,
            then=lambda v: change(schedule=v) if v else None,
            key="race_schedule",
            format_func=url_state.labels(say, "schedule_"),
        )
    with middle:
        most = Limits().steps
        url_state.control(st.number_input, say["steps"], 1, most, value=e.steps, then=lambda v: change(steps=v), key="race_steps")
        batches = sorted({16, 32, 64, 128, 256, e.batch})
        url_state.control(
            st.select_slider, say["batch"], batches, value=e.batch, then=lambda v: change(batch=v), key="race_batch"
        )
    with right:
        inits = ["he", "xavier", "pytorch", "normal-0.01"]
        url_state.control(
            st.selectbox,
            fields["init"],
            inits,
            value=e.spec.init,
            then=lambda v: change(spec=replace(e.spec, init=v)),
            key="race_init",
            format_func=url_state.labels(fields, "init_"),
        )
        _data(e, change, words)
    limits, share = Limits(), Share()
    values = {"steps": limits.steps, "depth": limits.depth, "macs": limits.macs / 1e12, "own": share.runs, "swept": share.swept}
    st.caption(words.say("limits", board=MAX_RUNS, **values))


def start(e: Experiment, words: Lesson) -> None:
    """The buttons that put runs on the board, and what stands in the way."""

    say = words.labels
    twin = replace(e, spec=e.spec.plain() if e.spec.skips != "none" else e.spec.residual())
    with st.container(horizontal=True):
        for name, runs, kind in (
            ("run", (e,), "primary"),
            ("run_twins", (e, twin), "secondary"),
            ("race_default", DEFAULT_RACE, "secondary"),
            ("race_dramatic", DRAMATIC_RACE, "secondary"),
        ):
            st.button(say[name], key=f"w_{name}", type=kind, on_click=_ask, args=(runs,), icon=":material/play_arrow:")  # type: ignore[arg-type]
        if url_state.get(RUNS):
            st.button(say["clear"], key="w_clear", on_click=lambda: url_state.put(RUNS, ()), icon=":material/clear_all:")
    run_client.say_problem(words)


def _ask(runs: Sequence[Experiment]) -> None:
    """Ask for runs and put them on the board; a board that is full loses its oldest."""
    if taken := run_client.ask(runs):
        board = [other for other in url_state.get(RUNS) if other not in taken] + taken
        url_state.put(RUNS, tuple(board[-MAX_RUNS:]))


def baseline(e: Experiment, words: Lesson) -> None:
    """What a linear classifier makes of the chosen pictures, so that nobody thinks them trivial. No page waits for it."""
    found = linear_baseline.errors(e.data, e.seed)
    st.fragment(run_every=None if found.done() else 1.0)(_baseline)(e, found.done(), words)


def _baseline(e: Experiment, was_there: bool, words: Lesson) -> None:
    found = linear_baseline.errors(e.data, e.seed)
    if not found.done():
        st.caption(words.labels["linear_later"])
        return
    if not was_there:
        st.rerun()  # the whole page, without the clock
    try:
        train, test = found.result()
    except ValueError as error:  # a folder with a broken picture
        st.warning(words.say("linear_not", problem=said(error).rstrip(".")), icon=":material/front_hand:")
        return
    chance = 1 - 1 / len(source(e.data).classes)
    badge("measured")
    data = _data_label(e.data, words)
    data = quoted(data) if e.data.startswith(FOLDER) else data
    st.markdown(words.say("linear", train=train, test=test, chance=chance, data=data))
