"""`read_plan`: which networks are recorded, each by which recipe, from a TOML file. Those beside this one come with the package.

[NAME]
about = "one sentence"
[NAME.recipe]              # the fields of `Recipe`
[[NAME.runs]]
nets = ["cifar_resnet20"]  # presets or specs
twins = true               # each also as its plain twin
recipe = { batch = 64 }    # where these networks differ from the plan's recipe
[[NAME.runs]]
live = ["EXPERIMENT"]      # trained as the app's workers train an `Experiment`, given as its text; `twins` as above
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.training.experiment import Experiment

FOLDER = Path(__file__).parent


class Job(NamedTuple):
    """One network to record."""

    spec: ResNetSpec
    recipe: Recipe
    seed: int = 0

    @property
    def name(self) -> str:
        """Of its files."""
        return short_name(self.spec)


class LiveJob(NamedTuple):
    """One live run to record."""

    experiment: Experiment

    @property
    def name(self) -> str:
        """Of its files."""
        return short_name(self.spec)

    @property
    def spec(self) -> ResNetSpec:
        """Of its network."""
        return self.experiment.spec

    @property
    def seed(self) -> int:
        """Of its pictures, weights and batches."""
        return self.experiment.seed

    @property
    def recipe(self) -> str:
        """How it trains, as a card says it."""
        e = self.experiment
        rate = f"learning rate {e.lr:g}{' falling as a cosine' if e.schedule == 'cosine' else ''}"
        warm = f", rising over {e.warm_up} steps" if e.warm_up else ""
        decay = f", weight decay {e.weight_decay:g}" if e.weight_decay else ""
        return f"SGD, momentum {e.momentum:g}{decay}, batch {e.batch}, {rate}{warm}, {e.steps} steps"


class RecordingPlan(NamedTuple):
    """Networks to record."""

    about: str
    recipe: Recipe | None
    """Of networks that the plan does not list; None where it has live runs only."""
    jobs: tuple[Job | LiveJob, ...]


def available() -> tuple[str, ...]:
    """The plans that come with the package, as `read_plan` takes them."""
    files = sorted(FOLDER.glob("*.toml"))
    return tuple(f"{file.stem}:{name}" for file in files for name in tomllib.loads(file.read_text(encoding="utf-8")))


def read_plan(text: str) -> RecordingPlan:
    """`cifar10:short`, or the path of a file, with `:NAME` behind it where it holds several plans.

    Raises `ValueError` that quotes what is wrong.

    >>> [job.name for job in read_plan("cifar10:short").jobs][:2]
    ['cifar_resnet20', 'basic-3.3.3-w16-cifar-sA-c10-plain']
    """
    where, colon, name = text.rpartition(":")
    if not colon or name.endswith(".toml"):
        where, name = text, ""
    path = Path(where) if where.endswith(".toml") else FOLDER / f"{where}.toml"
    if not path.is_file():
        raise ValueError(f"no plan is called {text!r}; there are {', '.join(available())}, or give the path of a .toml file")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not TOML: {error}") from error
    if not name and len(tables) == 1:
        name = next(iter(tables))
    if name not in tables:
        raise ValueError(f"{path.name} holds the plans {', '.join(tables)}; choose one as {where}:NAME, got {name!r}")
    return _plan(name, tables[name])


def _plan(name: str, table: Any) -> RecordingPlan:
    _only(f"the plan {name}", table, {"about", "recipe", "runs"})
    runs = table.get("runs", [])
    for run in runs:
        _only(f"a run of the plan {name}", run, {"live", "twins"} if "live" in run else {"nets", "twins", "recipe", "seed"})
    wants = "recipe" in table or not runs or any("live" not in run for run in runs)
    recipe = Recipe.from_table(table.get("recipe", {})) if wants else None
    jobs: list[Job | LiveJob] = []
    for run in runs:
        twins = bool(run.get("twins"))
        if "live" in run:
            experiments = [Experiment.parse(text) for text in run["live"]]
            jobs += [LiveJob(replace(e, spec=spec)) for e in experiments for spec in _specs(e.spec, twins)]
        else:
            own = Recipe.from_table({**table.get("recipe", {}), **run.get("recipe", {})})
            specs = [spec for net in run.get("nets", []) for spec in _specs(parse_network(net), twins)]
            jobs += [Job(spec, own, run.get("seed", 0)) for spec in specs]
    names = [job.name for job in jobs]
    if not jobs or len(set(names)) < len(names):
        raise ValueError(f"the plan {name} must list each network once, got {names}")
    return RecordingPlan(str(table.get("about", "")), recipe, tuple(jobs))


def _specs(spec: ResNetSpec, twins: bool) -> tuple[ResNetSpec, ...]:
    return (spec, spec.plain()) if twins else (spec,)


def _only(what: str, table: Any, keys: set[str]) -> None:
    if not isinstance(table, dict) or set(table) - keys:
        given = sorted(set(table) - keys)[0] if isinstance(table, dict) else table
        raise ValueError(f"{what} has {', '.join(sorted(keys))}, got {given!r}")
