"""Gradients and weights while networks train: recorded runs, and the runs on this session's board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from resnet_viz.jobs.run_state import key_of
from resnet_viz.nets.presets import parse_network
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit import run_client, run_summary, url_state
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.numbers import factor
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.gradients.params import TRAINING

VIEWS = (ProfileView("weight_grad"), ProfileView("weight"))
EARLY = 20
"""Updates after which the sizes have settled."""
Norms = Mapping[str, Mapping[str, Sequence[float]]]


class Past(NamedTuple):
    """One run's norms at some of its steps."""

    name: str
    plain: bool
    depth: int
    steps: Sequence[int]
    """Updates made before each."""
    layers: Norms
    """Layer to `weight_grad_norm` and `weight_norm`, a value a step."""
    error: float
    """Training error at the end."""

    @property
    def weighted(self) -> list[str]:
        """The convolutions of stem and branches, and the last layer, in network order."""
        return [name for name, noted in self.layers.items() if "weight_grad_norm" in noted and ".downsample" not in name]

    def at(self, row: int, first: bool, what: str) -> float:
        """A value of the first or the last convolution of the residual branches."""
        branches = [name for name in self.weighted if name.startswith("layer")]
        return float(self.layers[branches[0 if first else -1]][what][row])


def show(words: Lesson) -> None:
    """Choose a run, walk through its steps, read what they show."""
    board = _board()
    options = [option for option in TRAINING.options if option != "board" or board]
    chosen = url_state.get(TRAINING) if url_state.get(TRAINING) in options else options[0]
    url_state.control(
        st.segmented_control,
        words.labels["past"],
        options,
        value=chosen,
        then=lambda v: url_state.put(TRAINING, v or chosen),
        key="past",
        format_func=url_state.labels(words.labels, "past_"),
    )
    with sentence_instead():
        _walk(*((board, "") if chosen == "board" else _recorded(chosen, words)), words)


def _walk(runs: Sequence[Past], made: str, words: Lesson) -> None:
    steps = sorted(set.intersection(*(set(run.steps) for run in runs)))
    if not steps:
        st.info(words.labels["past_apart"])
        return
    depths = sorted({run.depth for run in runs})
    lines = [_line(run, steps, 2 * depths.index(run.depth) + (not run.plain)) for run in runs]
    profiles(lines, views=VIEWS, words=words.labels, key="past_profiles", axis="layers", steps=steps)
    badge("recorded" if made else "measured", made)
    st.markdown(sentence(runs, steps, words))


def _line(run: Past, steps: Sequence[int], dash: int) -> Profile:
    rows = [list(run.steps).index(step) for step in steps]
    values = [
        [[float(run.layers[name][what][row]) for name in run.weighted] for row in rows]
        for what in ("weight_grad_norm", "weight_norm")
    ]
    return Profile(run.name, "plain" if run.plain else "residual", run.weighted, values, dash=dash)


def _recorded(which: str, words: Lesson) -> tuple[list[Past], str]:
    """The twins of one recording, and what its badge says."""
    from resnet_viz.nets.weights import card, history
    from resnet_viz.studies.pretrained_pairs import twins

    data, depth = which.split("-")
    runs = []
    for name in twins(CIFAR if data == "cifar" else "shapes", int(depth)):
        spec, found = parse_network(name), history(name)
        plain = spec.skips == "none"
        label = words.say("plain" if plain else "residual", depth=spec.depth)
        known = card(name)
        error = found.epochs[-1]["train_error"] if known.train_error is None else known.train_error
        runs.append(Past(label, plain, spec.depth, found.steps, found.layers, error))
    return runs, words.say("recorded_how", made=known.data, machine=known.machine)


def _board() -> list[Past]:
    """The runs on the degradation page's board that have been looked into."""
    runs: tuple[Experiment, ...] = url_state.get(RUNS)
    found = []
    for run in runs:
        noted = [record for record in run_client.engine().history(key_of(run)) if record.layers]
        if not noted:
            continue
        layers: dict[str, dict[str, list[float]]] = {}
        for record in noted:
            for name, note in (record.layers or {}).items():
                own = layers.setdefault(name, {"weight_norm": [], "weight_grad_norm": []})
                own["weight_norm"].append(note.weight_norm)
                own["weight_grad_norm"].append(note.grad_norm)
        steps = [record.step - 1 for record in noted]
        found.append(
            Past(
                run_summary.name(run, text("degradation")),
                run.spec.skips == "none",
                run.spec.depth,
                steps,
                layers,
                noted[-1].smooth_error,
            )
        )
    return found


def sentence(runs: Sequence[Past], steps: Sequence[int], words: Lesson) -> str:
    """For each run the gradient's ratio from first to last layer as training goes on, and what became of the weights."""
    parts = []
    early = min(steps, key=lambda step: abs(step - EARLY))
    for run in runs:
        rows = [list(run.steps).index(step) for step in (steps[0], early, steps[-1])]
        ends = [(run.at(row, True, "weight_grad_norm"), run.at(row, False, "weight_grad_norm")) for row in rows]
        start, soon, late = (factor(first / last) if last else factor(0) for first, last in ends)
        most = max(run.at(row, True, "weight_norm") for row in range(len(run.steps)))
        told = words.say(
            "past_said",
            start=start,
            early=early,
            soon=soon,
            steps=steps[-1],
            end=late,
            before=run.at(rows[0], True, "weight_norm"),
            most=most,
            error=run.error,
        )
        parts.append(f"**{run.name}**: {told}")
    return "\n\n".join(parts)
