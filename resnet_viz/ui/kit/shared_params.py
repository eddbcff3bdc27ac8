"""The parameters that several lessons share: what one chooses there goes along from page to page."""

from __future__ import annotations

from functools import cache

import streamlit as st

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.text import LANGUAGES
from resnet_viz.text.tour import tour
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.classroom.classroom import HIDEABLE, read_code
from resnet_viz.ui.kit.url_parsers import OneOf, Whole, choice, module_name, sections, stage_names
from resnet_viz.ui.kit.url_state import Param

MAX_RUNS = 6
"""Runs that one session watches at once."""


def _browser_language() -> str:
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def trainable(text: str) -> Experiment:
    """An experiment that is trained live."""
    experiment = Experiment.parse(text)
    Limits().check(experiment)
    return experiment


def _runs(text: str) -> tuple[Experiment, ...]:
    texts = text.split("!") if text else []
    if len(texts) > MAX_RUNS:
        raise Refused("runs", most=MAX_RUNS, given=len(texts))
    return tuple(map(trainable, texts))


def _hidden(text: str) -> tuple[str, ...]:
    asked = text.split(".")
    if unknown := [name for name in asked if name not in HIDEABLE]:
        raise Refused("one_of", words=", ".join(HIDEABLE), given=unknown[0])
    return tuple(name for name in HIDEABLE if name in asked)


LANGUAGE = Param("lang", OneOf({code: code for code in LANGUAGES}), "en", options=tuple(LANGUAGES), opening=_browser_language)
NETWORK: Param[ResNetSpec | None] = Param("net", parse_network, None, short_name)
SIZE: Param[int | None] = Param("size", Whole(8, 512), None)
"""Pixels a side of the network's input."""
SEED = Param("seed", Whole(0, 999_999), 0)
"""Decides the weights of an untrained network."""
PICK = Param("pick", module_name, "")
"""What is selected on a diagram."""
OPEN = Param("open", module_name, "")
"""The block that is open on a diagram."""
UNFOLD: Param[tuple[str, ...] | None] = Param("unfold", stage_names, None, ".".join)
"""The stages that are unfolded on a diagram."""
PICTURE = Param("pic", module_name, "")
"""Nothing until somebody has chosen one: then the first that the network knows is shown."""
WEIGHTS = choice("weights", ("trained", "untrained"))
RUNS: Param[tuple[Experiment, ...]] = Param("runs", _runs, (), lambda runs: "!".join(map(str, runs)))
"""On the board: Degradation fills it, Gradients looks into it."""
TOUR = Param("tour", Whole(0, len(tour())), 0)
"""The step that the tour is at; 0 where there is none."""
SHEET = choice("sheet", ("", "worksheet", "answers"))
"""The sheet of paper that a page is drawn as; nothing for a screen."""
FIGURE = Param("figure", module_name, "")
"""Which picture is drawn where a page is embedded; its first one where nothing is said."""
CLASS = Param("class", lambda text: read_code(text) if text else "", "")
"""The class that a link invites to. It is joined and forgotten: a link that is passed on invites nobody."""
HIDE: Param[tuple[str, ...]] = Param("hide", _hidden, (), ".".join)
"""What this view does not show, of what a teacher may hide."""

SHARED = (LANGUAGE, NETWORK, SIZE, SEED, PICK, OPEN, UNFOLD, PICTURE, WEIGHTS, RUNS, TOUR, SHEET, FIGURE, CLASS, HIDE)


@cache
def further(page: str) -> Param[tuple[str, ...]]:
    """The further experiments that are open on a page, which has its own: a link names those of its page alone."""
    return Param("further", sections, (), ".".join)
