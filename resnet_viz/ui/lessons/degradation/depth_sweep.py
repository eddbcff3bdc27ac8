"""Training error against depth: a whole class's worth of runs as one job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.studies.depth_sweep import MOST_SEEDS, DepthPoint, Sweep
from resnet_viz.studies.race import DEPTHS
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import live, provenance, run_client, run_summary, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.degradation.params import SWEEP, SWEEP_DEPTHS, SWEEP_SEEDS

_PLACE = "sweep"
"""Where what stands in the way of a sweep is said."""


def show(e: Experiment, words: Lesson) -> None:
    """The recorded sweep at once; a sweep of one's own at a press, with the settings of `e`."""
    explain(words, "sweep")
    sweep: Sweep | None = url_state.get(SWEEP)
    _compose(e, sweep, words)
    if sweep is None:
        _recorded(words)
        return
    st.fragment(_live)(sweep, words)


def _compose(e: Experiment, sweep: Sweep | None, words: Lesson) -> None:
    say = words.labels
    shown = sweep or Sweep()
    depths, seeds = url_state.get(SWEEP_DEPTHS), url_state.get(SWEEP_SEEDS)
    left, right = st.columns([3, 1], gap="large", vertical_alignment="bottom")
    with left:
        url_state.control(
            st.pills,
            say["sweep_depths"],
            DEPTHS,
            selection_mode="multi",
            value=list(shown.depths if depths is None else depths),
            then=lambda chosen: url_state.put(SWEEP_DEPTHS, tuple(sorted(chosen))),
            key="sweep_depths",
        )
    with right:
        url_state.control(
            st.number_input,
            say["sweep_seeds"],
            1,
            MOST_SEEDS,
            value=seeds or shown.seeds,
            then=partial(url_state.put, SWEEP_SEEDS),
            key="sweep_seeds",
        )

    def begin() -> None:
        try:
            wanted = Sweep(shown.depths if depths is None else depths, seeds=seeds or shown.seeds, like=e)
        except ValueError as error:
            run_client.problem(error, _PLACE)
            return
        if run_client.ask(wanted.calls, rank=1, place=_PLACE):
            _show(wanted)

    with st.container(horizontal=True):
        st.button(say["sweep_run"], key="w_sweep_run", on_click=begin, icon=":material/stacked_line_chart:")
        if sweep is not None:
            st.button(say["sweep_clear"], key="w_sweep_clear", on_click=_clear, args=(sweep,), icon=":material/clear_all:")
    run_client.say_refused(words, _PLACE)


def _show(sweep: Sweep | None) -> None:
    """Show this sweep, or the recorded one, and choose the next one from there."""
    url_state.put(SWEEP, sweep)
    url_state.put(SWEEP_DEPTHS, None)
    url_state.put(SWEEP_SEEDS, None)


def _stop(sweep: Sweep) -> None:
    for view in run_client.views(sweep.calls):
        alone = view is None or view.run.rank <= 0  # somebody has asked for this run by itself
        if view and not alone and view.may_stop and view.run.status not in FINISHED:
            run_client.press(run_client.engine().cancel, view.run.key)


def _train(sweep: Sweep) -> None:
    run_client.ask(sweep.calls, rank=1, place=_PLACE)


def _clear(sweep: Sweep) -> None:
    _stop(sweep)
    _show(None)


def _live(sweep: Sweep, words: Lesson) -> None:
    found = run_client.views(sweep.calls)
    runs = list(zip(sweep.calls, found, strict=True))
    errors = [view.run.result["error"] if view and view.run.status == "done" else None for view in found]
    done = sum(error is not None for error in errors)
    is_alive = run_client.alive(found)
    pending = [(e, view) for (e, view), error in zip(runs, errors, strict=True) if error is None]
    each = [run_client.engine().seconds_left(e, view.step) for e, view in pending if view]
    left = sum(seconds for seconds in each if seconds) / max(1, run_client.engine().count)
    total = len(runs)
    if None in found:
        st.markdown(words.labels["status_none"])
        st.button(words.labels["train_it"], key="w_sweep_train", on_click=_train, args=(sweep,), icon=":material/play_arrow:")
    elif not is_alive:
        stopped = total - done
        st.markdown(words.say("sweep_partly" if stopped else "sweep_done", done=done, all=total))
    else:
        key = "sweep_progress" if left and None not in each else "sweep_started"
        st.progress(done / total, words.say(key, done=done, all=total, left=left))
        st.caption(words.say("sweep_leave", lease=run_client.engine().lease))  # no line of another page tells of it
        st.button(words.labels["sweep_stop"], key="w_sweep_stop", on_click=_stop, args=(sweep,), icon=":material/stop:")
    points = sweep.assemble(errors)
    _figure(sweep, points, words, "measured")
    st.markdown(sentence(sweep, points, words))
    live.rerun_when("sweep", run_client.topics(found, points=False), pace=1.0)


def _recorded(words: Lesson) -> None:
    made = recording("sweep")
    sweep = Sweep.parse(made["sweep"])
    note = provenance.recorded(made, words)
    _figure(sweep, sweep.recorded(), words, "recorded", note)
    st.markdown(sentence(sweep, sweep.recorded(), words))


def _figure(
    sweep: Sweep, points: Sequence[DepthPoint], words: Lesson, kind: Literal["measured", "recorded"], note: str = ""
) -> None:
    from resnet_viz.draw.sweep import sweep_figure

    chance = 1 - 1 / sweep.like.spec.classes
    drawn = sweep_figure([(p.depth, p.plain, p.errors) for p in points], words.labels, depths=sweep.depths, chance=chance)
    files = [Download(words.labels["file_csv"], "depths.csv", "text/csv", partial(_numbers, tuple(points)))] if points else []
    with figure(f"sweep_{kind}", caption(sweep, points, words), kind, note, files=files):
        st.plotly_chart(drawn, key=f"sweep_chart_{kind}", config={"displayModeBar": False})


def caption(sweep: Sweep, points: Sequence[DepthPoint], words: Lesson) -> str:
    """What is drawn, with as many seeds as are there: one that goes on or was stopped has not all of them."""
    seeds = {len(p.errors) for p in points} or {sweep.seeds}
    label = "caption_sweep_most" if len(seeds) > 1 else "caption_sweep_one" if seeds == {1} else "caption_sweep"
    return words.say(label, seeds=max(seeds), settings=run_summary.settings(sweep.calls, words))


def _numbers(points: Sequence[DepthPoint]) -> str:
    """Every network at the end of its run."""
    rows: list[list[object]] = [["depth", "network", "training_error"]]
    rows += ([p.depth, "plain" if p.plain else "residual", error] for p in points for error in p.errors)
    return table(rows)


def sentence(sweep: Sweep, points: Sequence[DepthPoint], words: Lesson) -> str:
    """The deepest pair that is there, and the depth from which every plain seed is worse than every residual one."""
    pairs = [(p, r) for p in points if p.plain for r in points if not r.plain and r.depth == p.depth]
    if not pairs:
        return ""
    plain, twin = pairs[-1]
    seeds = max(len(plain.errors), len(twin.errors))
    values = {"plain": plain.mean, "twin": twin.mean, "steps": sweep.like.steps, "seeds": seeds}
    told = words.say("sweep_deepest_one" if seeds == 1 else "sweep_deepest", depth=plain.depth, **values)
    overlapping = [p.depth for p, r in pairs if min(p.errors) <= max(r.errors)]
    apart = [p.depth for p, _ in pairs if p.depth > max(overlapping, default=0)]
    alone = all(len(p.errors) == len(r.errors) == 1 for p, r in pairs)
    key = "sweep_apart_one" if alone else "sweep_apart"
    return words.joined([told, words.say(key, depth=apart[0])]) if apart else told
