"""The form: one big button, and what it trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.plan import plan
from resnet_viz.studies.race import depths_like, network_like
from resnet_viz.studies.race import network as raced
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import network_picker, run_client, url_state
from resnet_viz.ui.lessons.degradation import more_settings
from resnet_viz.ui.lessons.degradation.next_step import twins
from resnet_viz.ui.lessons.degradation.params import EXPERIMENT, SKIPS


class Wanted(NamedTuple):
    """What the form shows."""

    experiment: Experiment
    skips: str
    """One of `SKIPS`' options."""

    @property
    def runs(self) -> tuple[Experiment, ...]:
        """What the button trains."""
        plain, residual = twins(self.experiment)
        return {"twins": (plain, residual), "all": (residual,), "none": (plain,), "some": (self.experiment,)}[self.skips]


def wanted() -> Wanted:
    """What this session's form shows. A link with chosen skips needs no word about it.

    Where the pictures have changed since they were chosen, the form is as it was at first and says so.
    """
    chosen = url_state.get(EXPERIMENT)
    try:
        if chosen:
            source(chosen.data)
    except ValueError as error:
        run_client.problem(error)
        url_state.put(EXPERIMENT, None)
    e = url_state.get(EXPERIMENT) or Experiment(raced(56))
    skips = url_state.get(SKIPS)
    return Wanted(e, "some" if skips == "twins" and not isinstance(e.spec.skips, str) else skips)


def change(**fields: Any) -> None:
    """Change what is trained; what is impossible, or more than a link may ask for, is said."""
    try:
        changed = replace(wanted().experiment, **fields)
        Limits().check(changed)
    except ValueError as error:
        run_client.problem(error)
    else:
        url_state.put(EXPERIMENT, changed)


def show(words: Lesson) -> None:
    """Depth, skips and BatchNorm; everything else under *More*."""
    now, say, fields = wanted(), words.labels, network_picker.labels()
    e = now.experiment
    options = sorted({*depths_like(e.spec), e.spec.depth})
    url_state.control(st.select_slider, say["depth"], options, value=e.spec.depth, then=_take_depth, key="race_depth")
    url_state.control(
        st.segmented_control,
        say["skips"],
        SKIPS.options,
        value=now.skips,
        then=_take_skips,
        key="race_skips",
        format_func=url_state.labels(say, "skips_"),
        help=say["skips_help"],
    )
    url_state.control(
        st.segmented_control,
        fields["norm"],
        ["batch", "none"],
        value=e.spec.norm,
        then=lambda norm: change(spec=replace(e.spec, norm=norm or e.spec.norm)),
        key="race_norm",
        format_func=url_state.labels(fields, "norm_"),
    )
    more = st.expander(say["more"], icon=":material/tune:", key="w_race_more", on_change="rerun")
    if more.open:
        with more:
            more_settings.show(e, change, words)


def _take_depth(depth: int) -> None:
    spec = wanted().experiment.spec
    change(spec=network_like(spec, depth, plain=spec.skips == "none"))


def _take_skips(skips: str | None) -> None:
    if skips is None:
        return
    url_state.put(SKIPS, skips)
    if skips != "some":
        change(spec=wanted().experiment.spec.residual())


def on_diagram(words: Lesson) -> None:
    """Where the skips are chosen: a click on an arc takes that skip away or puts it back."""
    now = wanted()
    if now.skips != "some":
        return
    e = now.experiment
    p = plan(e.spec, source(e.data).size)
    network_picker.show_diagram(p, key="race_diagram", hint=words.labels["diagram_hint"], take=lambda spec: change(spec=spec))
    kept = sum(e.spec.has_skip(block) for block in e.spec.blocks)
    st.markdown(words.say("skips_kept", kept=kept, all=len(e.spec.blocks)))
