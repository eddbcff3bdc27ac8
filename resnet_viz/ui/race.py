"""Training live, as the degradation page shows it: composing a run, watching all of them, saying what they show."""

from __future__ import annotations

import atexit
import csv
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui import network, state
from resnet_viz.ui.components.curves import Line, curves
from resnet_viz.ui.lesson import Download, Question, badge, downloads, predict

if TYPE_CHECKING:
    from resnet_viz.lab.engine import Engine, View
    from resnet_viz.lab.experiment import Experiment
    from resnet_viz.lab.race import Outcome

POLL = 0.2
"""Seconds between two looks at a run that trains."""
GHOSTS = 6
"""The class's other runs that are drawn pale."""


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this app."""
    from resnet_viz.lab.engine import Engine
    from resnet_viz.lab.store import Store, home

    made = Engine(Store(home() / "lab.sqlite"), address=os.environ.get("RESNET_VIZ_SCHEDULER", ""))
    atexit.register(made.close)
    return made


def predict_depth(words: Lesson) -> None:
    """Which of the recorded networks trains worst?"""

    def measure() -> Question:
        runs = {run["experiment"]: run["error"][-1] for run in _recorded()}
        shallow, deep, twin = (_recorded_error(runs, *which) for which in ((20, True), (56, True), (56, False)))
        answer = max(range(3), key=lambda i: (shallow, deep, twin)[i])
        return Question(answer, words.say("predict_because", shallow=shallow, deep=deep, twin=twin))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="degradation")


def _recorded() -> list[dict[str, Any]]:
    from resnet_viz.lab.race import recording

    runs: list[dict[str, Any]] = recording()["runs"]
    return runs


def _recorded_error(runs: dict[str, float], depth: int, plain: bool) -> float:
    from resnet_viz.lab.experiment import Experiment
    from resnet_viz.lab.race import network as raced

    return runs[str(Experiment(raced(depth, plain=plain)))]


# Do


def compose(words: Lesson) -> Experiment:
    """The run that Run would start."""
    from resnet_viz.lab.experiment import Experiment
    from resnet_viz.lab.race import DEPTHS
    from resnet_viz.lab.race import network as raced

    e: Experiment = state.get("exp") or Experiment(raced(56, plain=True))
    say = words.labels

    def change(**fields: Any) -> None:
        try:
            state.put("exp", replace(e, **fields))
        except ValueError as error:
            st.session_state["race_problem"] = str(error)

    def depth(value: int) -> None:
        same = {name: getattr(e.spec, name) for name in ("norm", "init", "order", "shortcut")}
        change(spec=replace(raced(value, plain=e.spec.skips == "none"), **same))

    one, two, three, four = st.columns([2, 1, 1, 1], gap="large")
    with one:
        options = sorted({*DEPTHS, e.spec.depth})
        state.control(st.select_slider, say["depth"], options, value=e.spec.depth, then=depth, key="race_depth")
    with two:
        state.control(
            st.segmented_control,
            say["skips"],
            ["all", "none"],
            value=e.spec.skips if isinstance(e.spec.skips, str) else None,
            then=lambda v: change(spec=replace(e.spec, skips=v)) if v else None,
            key="race_skips",
            format_func=state.labels(say, "skips_"),
        )
    with three:
        fields = network.labels()
        state.control(
            st.segmented_control,
            fields["norm"],
            ["batch", "none"],
            value=e.spec.norm,
            then=lambda v: change(spec=replace(e.spec, norm=v)) if v else None,
            key="race_norm",
            format_func=state.labels(fields, "norm_"),
        )
    with four:
        state.control(
            st.number_input,
            say["seed"],
            0,
            999_999,
            value=e.seed,
            then=lambda v: change(seed=v),
            key="race_seed",
            help=say["seed_help"],
        )
    with st.expander(say["more"], icon=":material/tune:"):
        _more(e, change, words)
    return e


def _more(e: Experiment, change: Any, words: Lesson) -> None:
    from resnet_viz.lab.engine import Limits
    from resnet_viz.lab.shapes import LEVELS, Shapes

    say, fields = words.labels, network.labels()
    left, middle, right = st.columns(3, gap="large")
    with left:
        state.control(
            st.select_slider,
            say["lr"],
            sorted({0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, e.lr}),
            value=e.lr,
            then=lambda v: change(lr=v),
            key="race_lr",
        )
        state.control(
            st.segmented_control,
            say["schedule"],
            ["constant", "cosine"],
            value=e.schedule,
            then=lambda v: change(schedule=v) if v else None,
            key="race_schedule",
            format_func=state.labels(say, "schedule_"),
        )
    with middle:
        most = Limits().steps
        state.control(st.number_input, say["steps"], 1, most, value=e.steps, then=lambda v: change(steps=v), key="race_steps")
        batches = sorted({16, 32, 64, 128, 256, e.batch})
        state.control(st.select_slider, say["batch"], batches, value=e.batch, then=lambda v: change(batch=v), key="race_batch")
    with right:
        inits = ["he", "xavier", "pytorch", "normal-0.01"]
        state.control(
            st.selectbox,
            fields["init"],
            inits,
            value=e.spec.init,
            then=lambda v: change(spec=replace(e.spec, init=v)),
            key="race_init",
            format_func=state.labels(fields, "init_"),
        )
        state.control(
            st.pills,
            say["levels"],
            list(LEVELS),
            selection_mode="multi",
            value=[level for level in LEVELS if level in Shapes.parse(e.data).levels],
            then=lambda v: change(data=str(Shapes(frozenset(v)))),
            key="race_levels",
            format_func=state.labels(say, "level_"),
        )


def start(e: Experiment, words: Lesson) -> None:
    """The buttons that put runs on the board, and what stands in the way."""
    from resnet_viz.lab.race import DEFAULT_RACE, DRAMATIC_RACE

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
        if state.get("runs"):
            st.button(say["clear"], key="w_clear", on_click=lambda: state.put("runs", ()), icon=":material/clear_all:")
    if problem := st.session_state.pop("race_problem", None):
        st.warning(words.say("problem", problem=problem), icon=":material/front_hand:")
    if engine().problem and state.get("runs"):
        st.warning(words.say("cluster", problem=engine().problem), icon=":material/cloud_off:")


def _ask(runs: Sequence[Experiment]) -> None:
    """Ask for runs and put them on the board; a board that is full loses its oldest."""
    from resnet_viz.lab.engine import Busy

    board = list(state.get("runs"))
    for run in runs:
        try:
            engine().ask(run)
        except (Busy, ValueError) as error:
            st.session_state["race_problem"] = str(error)
            return
        board = [other for other in board if other != run] + [run]
    state.put("runs", tuple(board[-state.MAX_RUNS :]))


# See


def watch(words: Lesson) -> None:
    """The board: live while something trains, the recording while nothing has been asked for."""
    runs: tuple[Experiment, ...] = state.get("runs")
    if not runs:
        _recording(words)
        return
    views = _views(runs)
    alive = any(view is None or view.run.status in ("waiting", "running", "paused") for view in views)
    st.session_state["race_alive"] = alive
    st.fragment(run_every=POLL if alive else None)(_board)(words)


def _views(runs: Sequence[Experiment]) -> list[View | None]:
    """How the runs stand; those of a link that nobody has asked for here are asked for."""
    from resnet_viz.lab.engine import Busy, key_of

    found: list[View | None] = []
    for run in runs:
        view = engine().view(key_of(run))
        if view is None:
            try:
                view = engine().view(engine().ask(run))
            except (Busy, ValueError) as error:
                st.session_state["race_problem"] = str(error)
        found.append(view)
    return found


def _board(words: Lesson) -> None:
    from resnet_viz.lab.engine import key_of

    runs: tuple[Experiment, ...] = state.get("runs")
    views = _views(runs)
    histories = [engine().history(key_of(run)) for run in runs]
    depths = sorted({run.spec.depth for run in runs})
    lines = [
        Line(name(run, words), run.spec.skips == "none", *_columns(history), dash=depths.index(run.spec.depth))
        for run, history in zip(runs, histories, strict=True)
    ]
    curves(_ghosts(runs, words) + lines, steps=max(run.steps for run in runs), words=words.labels, key="race_curves")
    badge("measured")
    for run, view, history in zip(runs, views, histories, strict=True):
        _status(run, view, history, words)
    st.markdown(sentence([_outcome(run, history) for run, history in zip(runs, histories, strict=True) if history], words))
    alive = any(view is None or view.run.status in ("waiting", "running", "paused") for view in views)
    if st.session_state.get("race_alive") and not alive:
        st.session_state["race_alive"] = False
        st.rerun()  # the whole page once more, without the clock


def _columns(history: Sequence[Sequence[Any]]) -> tuple[list[float], list[float]]:
    """(smoothed error, smoothed loss) of all steps."""
    return [record[4] for record in history], [record[3] for record in history]


def _ghosts(runs: Sequence[Experiment], words: Lesson) -> list[Line]:
    from resnet_viz.lab.engine import key_of
    from resnet_viz.lab.experiment import Experiment

    own = {key_of(run) for run in runs}
    found: list[Line] = []
    for run in engine().store.recent(GHOSTS + len(own)):
        if run.key not in own and len(found) < GHOSTS:
            e = Experiment.parse(run.experiment)
            found.append(Line(name(e, words), e.spec.skips == "none", *_columns(engine().history(run.key)), ghost=True))
    return found


def name(run: Experiment, words: Lesson) -> str:
    """What a run is called on the board: kind and depth, and what is unusual about it."""
    kind = "plain" if run.spec.skips == "none" else "residual" if run.spec.skips == "all" else "some"
    unusual = [
        words.labels["no_bn"] if run.spec.norm == "none" else "",
        f"lr {run.lr:g}" if run.lr != 0.02 else "",
        f"#{run.seed}" if run.seed else "",
    ]
    return " ".join([words.say(kind, depth=run.spec.depth), *(part for part in unusual if part)])


def _status(run: Experiment, view: View | None, history: Sequence[Any], words: Lesson) -> None:
    """One line a run: where it stands, and what can be done with it."""
    from resnet_viz.lab.engine import key_of

    say, key = words.labels, key_of(run)
    status = view.run.status if view else "waiting"
    values: dict[str, Any] = {"step": len(history), "steps": run.steps, "ahead": view.ahead if view else 0}
    if history:
        speed = sum(record[5] for record in history[-20:]) / len(history[-20:])
        values |= {"error": history[-1][4], "rate": speed, "left": (run.steps - len(history)) * run.batch / max(speed, 1e-9)}
    told = status if status != "stopped" else f"stopped_{view.run.reason}" if view else status
    if status == "running" and not history:
        told = "starting"
    text = say[f"status_{told}"].format(**values, test=view.run.result.get("test_error", 0) if view else 0)
    with st.container(horizontal=True, vertical_alignment="center", key=f"run_{key}"):
        st.markdown(f"**{name(run, words)}** · {text}")
        if status == "running":
            st.button(say["pause"], key=f"w_pause_{key}", on_click=engine().pause, args=(key,), icon=":material/pause:")
        if status in ("paused", "stopped") and not (view and view.run.reason == "diverged"):
            st.button(say["go_on"], key=f"w_resume_{key}", on_click=_resume, args=(key,), icon=":material/play_arrow:")
        if status in ("waiting", "running", "paused"):
            st.button(say["stop"], key=f"w_stop_{key}", on_click=engine().cancel, args=(key,), icon=":material/stop:")


def _resume(key: str) -> None:
    engine().resume(key)
    st.session_state["race_alive"] = True


def _outcome(run: Experiment, history: Sequence[Any]) -> Outcome:
    from resnet_viz.lab.race import Outcome

    return Outcome(run, len(history), history[-1][4])


def sentence(outcomes: Sequence[Outcome], words: Lesson) -> str:
    """What the numbers show, and no more."""
    from resnet_viz.lab.race import verdict

    found = verdict(outcomes)
    if found is None:
        return words.labels["said_nothing"]
    deep, twin, shallow = found.plain, found.twin, found.shallow
    parts = [words.say("said_deep", steps=deep.steps, depth=deep.experiment.spec.depth, error=deep.error)]
    if twin:
        parts.append(words.say("said_twin", error=twin.error))
    if shallow:
        parts.append(words.say("said_shallow", depth=shallow.experiment.spec.depth, error=shallow.error))
    told = " ".join(parts)
    if found.hurt_plain is None:
        return told
    if found.hurt_plain:
        both = {None: "hurt_plain", True: "hurt_both", False: "hurt_only_plain"}[found.hurt_twin]
        return f"{told} {words.labels[both]} {words.labels['not_overfitting']}"
    return f"{told} {words.labels['hurt_none']}"


def _recording(words: Lesson) -> None:
    """The recorded race, at once."""
    from resnet_viz.lab.experiment import Experiment
    from resnet_viz.lab.race import Outcome, recording

    runs = [(Experiment.parse(run["experiment"]), run) for run in _recorded()]
    depths = sorted({e.spec.depth for e, _ in runs})
    lines = [
        Line(name(e, words), e.spec.skips == "none", run["error"], run["loss"], dash=depths.index(e.spec.depth))
        for e, run in runs
    ]
    curves(lines, steps=max(e.steps for e, _ in runs), words=words.labels, key="recorded_curves")
    badge("recorded", words.say("recorded_how", made=recording()["made"], machine=recording()["machine"]))
    st.markdown(sentence([Outcome(e, e.steps, run["error"][-1]) for e, run in runs], words))


def files(words: Lesson) -> None:
    """The curves as a table."""

    def table() -> str:
        from resnet_viz.lab.engine import key_of

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["experiment", "step", "loss", "error", "smooth_loss", "smooth_error", "pictures_per_second"])
        runs = state.get("runs")
        for run in runs:
            writer.writerows([str(run), *record[:6]] for record in engine().history(key_of(run)))
        if not runs:
            for run in _recorded():
                pairs = enumerate(zip(run["loss"], run["error"], strict=True), 1)
                writer.writerows([run["experiment"], step, "", "", loss, error, ""] for step, (loss, error) in pairs)
        return out.getvalue()

    downloads([Download(words.labels["file_csv"], "degradation.csv", "text/csv", table)], "degradation")
