"""A line for each run of the board: where it stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from resnet_viz.jobs.run_state import RunView, key_of
from resnet_viz.text import Lesson
from resnet_viz.ui.components.run_line import run_line
from resnet_viz.ui.kit import run_client, run_summary
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.degradation import train
from resnet_viz.ui.lessons.degradation.watched import Watched
from resnet_viz.ui.live.runs import says, speed

SAYS = (
    *("starting", "waiting", "waiting_timed", "waiting_next", "running", "silent", "stopping", "pausing", "paused"),
    *("done", "stopped_asked", "stopped_left", "stopped_diverged"),
)
"""What the browser may say of a run by itself: ends of keys, `status_<key>`. Why one failed quotes what others wrote."""
FAILURES = ("killed", "lost")
"""Reasons of failed runs that have words of their own."""


def show(seen: Sequence[Watched], words: Lesson, *, shown: bool) -> None:
    """All runs. Those that have ended well need no buttons and stand together; their errors only where they may be `shown`."""
    names = run_summary.names([each.run for each in seen], words, quoted)
    done = [f"**{name}** {told(each, words, shown=shown)}" for name, each in zip(names, seen, strict=True) if each.is_done]
    if done:
        st.caption(" · ".join(done))
    for name, plain, each in zip(names, run_summary.names([each.run for each in seen], words), seen, strict=True):
        if not each.is_done:
            _line(name, plain, each, words, shown=shown)
    waiting = [each.run for each in seen if each.view is None]
    if len(waiting) > 1:
        label = words.say("train_all", count=len(waiting))
        st.button(label, key="w_train_all", on_click=train.train, args=(waiting,), icon=":material/play_arrow:")


def _line(name: str, plain: str, each: Watched, words: Lesson, *, shown: bool) -> None:
    """`name` as Markdown, and `plain`."""
    key, view = key_of(each.run), each.view
    with st.container(horizontal=True, vertical_alignment="center", key=f"run_{key}"):
        if view and each.is_alive:
            _follow(plain, each, view, words, shown=shown)
        else:
            st.markdown(f"**{name}** · {told(each, words, shown=shown)}")
        if view is None:
            _button("train_it", f"w_train_{key}", train.train, ([each.run],), "play_arrow", words)
            return
        if view.run.status in ("paused", "stopped", "failed") and view.run.reason != "diverged":
            _button("go_on", f"w_resume_{key}", _resume, (key,), "play_arrow", words)
        if not view.may_stop or view.asked:
            return
        engine = run_client.engine()
        if view.run.status == "running":
            _button("pause", f"w_pause_{key}", run_client.press, (engine.pause, key), "pause", words)
        if view.run.status in ("waiting", "running", "paused"):
            _button("stop", f"w_stop_{key}", run_client.press, (engine.cancel, key), "stop", words)


def _follow(plain: str, each: Watched, view: RunView, words: Lesson, *, shown: bool) -> None:
    """A line that the browser keeps up to date."""
    sentences = {key: _with_history(words.labels[_label(key, shown)], view, words) for key in SAYS}
    now, run = told(each, words, shown=shown), each.run
    run_line(plain, now, topic=each.topic, says=sentences, steps=run.steps, batch=run.batch, key=f"line_{view.run.key}")


def _button(label: str, key: str, then: Any, args: tuple[Any, ...], icon: str, words: Lesson) -> None:
    st.button(words.labels[label], key=key, on_click=then, args=args, icon=f":material/{icon}:")


def _resume(key: str) -> None:
    run_client.press(run_client.engine().resume, key)


def told(each: Watched, words: Lesson, *, shown: bool) -> str:
    """Where a run stands, in words."""
    run, view, history = each
    if view is None:
        return words.labels["status_none"]
    reason, step, result = view.run.reason, len(history), view.run.result
    rate = speed(history)
    values: dict[str, Any] = {"step": step, "steps": run.steps, "ahead": view.ahead, "wait": view.wait, "silent": view.silent}
    values |= {"rate": rate, "left": (run.steps - step) * run.batch / max(rate, 1e-9) if rate else None}
    if view.run.status == "failed":
        reason = words.labels[f"failed_{reason}"] if reason in FAILURES else quoted(reason)
    key = says(view, step)
    said = words.say(_label(key, shown), **values, test=result.get("test_error", 0), reason=reason)
    return _with_history(said, view, words)


def _label(key: str, shown: bool) -> str:
    return f"status_{key if shown or key != 'done' else 'ended'}"


def _with_history(said: str, view: RunView, words: Lesson) -> str:
    """With what has happened to the run besides: an interruption, a full store, somebody else's press."""
    if view.run.result.get("resumed"):
        said = words.say("resumed", text=said, step=view.run.result["resumed"])
    if view.unkept:
        said = words.say("unkept", text=said, problem=run_client.problem_said(view.unkept))
    return said if view.may_stop or not run_client.alive([view]) else words.say("of_others", text=said)
