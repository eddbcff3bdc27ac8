"""Sizes of gradients and weights while networks train: recorded runs, and the runs on this session's board."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resnet_viz.csv_table import table
from resnet_viz.jobs.run_state import key_of
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit import provenance, run_client, run_summary, url_state
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.gradients.comparison import Setup
from resnet_viz.ui.lessons.gradients.verdict import ratio_words

EARLY = 20
"""Updates after which the sizes have settled."""
Norms = Mapping[str, Mapping[str, Sequence[float]]]


class RunNorms(NamedTuple):
    """One run's norms at some of its steps."""

    name: str
    plain: bool
    depth: int
    steps: Sequence[int]
    """Updates made before each."""
    layers: Norms
    """Layer to `weight_grad_norm` and `weight_norm`, a value a step."""
    error: float
    """Training error, at the end or as far as it has come."""
    so_far: int = 0
    """Steps after which `error` was, of a run that has not come to its end."""

    @property
    def weighted(self) -> list[str]:
        """The convolutions of stem and branches, and the last layer, in network order."""
        return [name for name, noted in self.layers.items() if "weight_grad_norm" in noted and ".downsample" not in name]

    def at(self, row: int, first: bool, what: str) -> float:
        """A value of the first or the last convolution."""
        convolutions = self.weighted[:-1]
        return float(self.layers[convolutions[0 if first else -1]][what][row])

    def ratio(self, row: int) -> float:
        """The first convolution's weight gradient over the last one's; NaN where that is 0 or no number."""
        last = self.at(row, False, "weight_grad_norm")
        return self.at(row, True, "weight_grad_norm") / last if last else math.nan


def recorded(which: str, words: Lesson) -> tuple[list[RunNorms], str]:
    """The twins of one recording, such as `cifar-56`, and what its badge says."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.pretrained_pairs import twins

    data, depth = which.split("-")
    names = twins(CIFAR if data == "cifar" else data, int(depth))
    return [_noted(name, words) for name in names], provenance.trained(card(names[0]), words)


def _noted(name: str, words: Lesson) -> RunNorms:
    """What was noted while shipped weights were trained."""
    from resnet_viz.nets.weights import card, history

    spec, past, known = parse_network(name), history(name), card(name)
    label = words.say("plain" if spec.skips == "none" else "residual", depth=spec.depth)
    error = past.epochs[-1]["train_error"] if known.train_error is None else known.train_error
    return RunNorms(label, spec.skips == "none", spec.depth, past.steps, past.layers, error)


def recorded_of(spec: ResNetSpec, setup: Setup, words: Lesson) -> RunNorms | None:
    """The recorded run that began with these very weights on these pictures, if there is one."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins

    for depth in DEPTHS:
        for name in twins("shapes", depth):
            experiment = Experiment.parse(card(name).experiment)
            if (experiment.spec, experiment.data, experiment.seed) == (spec, setup.data, setup.seed):
                return _noted(name, words)
    return None


def is_on_board() -> bool:
    """Whether `on_board` has any."""
    return any(_looked_into(run) for run in url_state.get(RUNS))


def _looked_into(run: Experiment) -> list[StepRecord]:
    return [record for record in run_client.engine().history(key_of(run)) if record.layers]


def on_board() -> list[RunNorms]:
    """The runs on the degradation page's board that have been looked into."""
    found = []
    for run in url_state.get(RUNS):
        noted = _looked_into(run)
        if not noted:
            continue
        layers: dict[str, dict[str, list[float]]] = {}
        for record in noted:
            for name, note in (record.layers or {}).items():
                own = layers.setdefault(name, {"weight_norm": [], "weight_grad_norm": []})
                own["weight_norm"].append(note.weight_norm)
                own["weight_grad_norm"].append(note.grad_norm)
        steps = [record.step - 1 for record in noted]
        name = run_summary.name(run, text("degradation"))
        last = noted[-1]
        so_far = last.step if last.step < run.steps else 0
        found.append(RunNorms(name, run.spec.skips == "none", run.spec.depth, steps, layers, last.smooth_error, so_far))
    return found


def common_steps(found: Sequence[RunNorms]) -> list[int]:
    """The steps at which all of these runs were looked into; only the start where there are none of them."""
    return sorted(set.intersection(*(set(run.steps) for run in found))) if found else [0]


def sentence(found: Sequence[RunNorms], steps: Sequence[int], words: Lesson) -> str:
    """For each run the gradient's ratio from first to last convolution as training goes on, and what became of the weights."""
    parts = []
    early = min(steps, key=lambda step: abs(step - EARLY))
    for run in found:
        rows = {step: list(run.steps).index(step) for step in (steps[0], early, steps[-1])}
        weights = [run.at(row, True, "weight_norm") for row in range(len(run.steps))]
        if not all(map(math.isfinite, (*weights, run.error))):
            parts.append(words.say("of_one", name=run.name, said=words.labels["run_broken"]))
            continue
        ratios = [words.say("run_ratio", ratio=ratio_words(run.ratio(row), words), step=step) for step, row in rows.items()]
        sizes = {"before": scientific(weights[0]), "most": scientific(max(weights))}
        told = words.say(
            "run_said",
            ratios=words.separated(",", ratios),
            weights=words.say("run_weights" if len(weights) > 1 else "run_weights_one", **sizes),
            when=_when(run, words),
            error=run.error,
        )
        parts.append(words.say("of_one", name=run.name, said=told))
    return "  \n".join(parts)


def _when(run: RunNorms, words: Lesson) -> str:
    if not run.so_far:
        return words.labels["run_end"]
    return words.say("run_after_one" if run.so_far == 1 else "run_after", steps=run.so_far)


def numbers(found: Sequence[RunNorms]) -> str:
    """CSV: a row a layer and step."""
    rows = [["network", "step", "layer", "weight_grad_norm", "weight_norm"]]
    for run in found:
        for name in run.weighted:
            noted = run.layers[name]
            rows += (
                [run.name, str(step), name, str(noted["weight_grad_norm"][i]), str(noted["weight_norm"][i])]
                for i, step in enumerate(run.steps)
            )
    return table(rows)
