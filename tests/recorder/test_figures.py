"""Figures: each measured on little, written, and read back as the study that shows it reads it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_viz.nets import weights as shipped_weights
from resnet_viz.nets.plan import plan
from resnet_viz.nets.weights import card, history
from resnet_viz.probes.capture import capture
from resnet_viz.probes.lesion import lesion
from resnet_viz.probes.paths import paths as measured_paths
from resnet_viz.recorder import figures
from resnet_viz.recorder.command import main
from resnet_viz.recorder.figures import FIGURES, fine_tuning, paths, photographs, race, skips, surfaces, sweep, widening
from resnet_viz.recorder.figures import lesion as lesion_figure
from resnet_viz.recorder.figures.source import Source
from resnet_viz.recorder.files import read_json, write_json
from resnet_viz.studies import recorded
from resnet_viz.studies import widening as widening_study
from resnet_viz.studies.block_deletion import BlockDeletion, random_counts
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.fine_tuning import FineTuning
from resnet_viz.studies.gradient_paths import GradientPaths
from resnet_viz.studies.loss_surface import LossSurface, others
from resnet_viz.studies.pretrained_pairs import data_of, subject, subject_pictures, subjects
from resnet_viz.studies.race import network
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.skip_removal import SkipRemoval
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer, run

SMALLEST = min(
    (name for name in subjects() if data_of(name) == "shapes"), key=lambda name: plan(card(name).spec, card(name).size).macs
)
CIFAR_NET = "cifar_resnet20"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """In the place of the one where studies read what was recorded."""
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    recording.cache_clear()
    yield tmp_path
    recording.cache_clear()


def last(found: Iterator[dict[str, Any]], path: Path) -> dict[str, Any]:
    """The whole recording, as it is in the file."""
    *_, content = found
    write_json(path, content)
    return read_json(path)


def test_each_figure_has_a_file_that_is_there() -> None:
    homes = {"hero.json", "thumbnails.json"}
    assert {module.FILE.name for module in FIGURES.values()} == {path.name for path in recorded.FOLDER.glob("*.json")} | homes
    assert all(module.FILE.is_file() for module in FIGURES.values())


def test_a_race_is_its_runs(folder: Path) -> None:
    experiment = Experiment(network(8, plain=True), steps=21, batch=16)
    found = last(race.record(Source(), experiments=(experiment,)), folder / "race.json")["runs"][0]
    steps = list(run(experiment))
    assert found["experiment"] == str(experiment)
    assert found["error"] == [round(step.smooth_error, 4) for step in steps]
    seen = [step for step in steps if step.glimpse]
    assert [glimpse[0] for glimpse in found["glimpses"]] == [step.step for step in seen] == [1, 20, 21]
    for (_, filters, guesses), step in zip(found["glimpses"], seen, strict=True):
        assert step.glimpse
        np.testing.assert_allclose(filters, step.glimpse.filters, atol=0.006)
        assert [tuple(guess) for guess in guesses] == step.glimpse.guesses
    shipped = json.loads(race.FILE.read_text(encoding="utf-8"))["runs"][0]
    assert [[type(part) for part in glimpse] for glimpse in shipped["glimpses"][:1]] == [[int, list, list]]
    assert set(shipped) == set(found)


def test_a_sweep_is_read_back(folder: Path) -> None:
    small = Sweep((8,), seeds=1, like=Experiment(network(8), steps=3, batch=16))
    last(sweep.record(Source(), sweep=small), folder / "sweep.json")
    ends = [[*run(experiment)][-1].smooth_error for experiment in small.calls]
    assert [point.errors for point in small.recorded()] == [(round(error, 4),) for error in ends]


def test_networks_with_and_without_doubling_are_read_back(folder: Path) -> None:
    runs = tuple(replace(e, steps=2, batch=8) for e in widening_study.experiments(seeds=1))
    last(widening.record(Source(), runs=runs), folder / "widening.json")
    found = widening_study.recorded()
    assert [one.name for one in found] == [*widening_study.NETWORKS]
    assert widening_study.steps() == 2
    for one, experiment in zip(found, runs, strict=True):
        trainer = Trainer(experiment)
        errors = [trainer.step().smooth_error for _ in range(experiment.steps)]
        assert one.train == (round(errors[-1], 4),)
        assert one.test == (round(trainer.test_error(), 4),)
        seen = capture(trainer.model, trainer.watched[:1], ["layer1", "layer2", "layer3"])
        assert one.shapes == tuple(tuple(y.shape[1:]) for y in seen.values())
        assert one.macs == plan(one.spec, trainer.images.shape[-1]).macs


def test_the_shipped_runs_are_those_of_the_plan() -> None:
    shipped = [run["experiment"] for run in json.loads(widening.FILE.read_text(encoding="utf-8"))["runs"]]
    assert shipped == [str(experiment) for experiment in widening_study.experiments()]


def test_fine_tuning_is_read_back(folder: Path) -> None:
    last(fine_tuning.record(Source(), codes=("drawings",), most=2), folder / "fine_tuning.json")
    study = FineTuning("drawings")
    calls = study.calls[:2]
    assert study.recorded() == study.assemble([call.function(*call.arguments) for call in calls])


def test_networks_on_photographs_are_what_their_training_left(tmp_path: Path) -> None:
    name, other = "photo_resnet18", "cifar_resnet20"
    for one in (name, other):
        for suffix in ("json", "history.json"):
            shutil.copy(shipped_weights._folder() / f"{one}.{suffix}", tmp_path)
    found = last(photographs.record(Source(data=tmp_path), names=(name,)), tmp_path / "photographs.json")
    assert found["recipe"] == card(name).recipe
    assert found["runs"][0]["network"] == str(card(name).spec)
    assert found["runs"][0]["train_error"] == [epoch["train_error"] for epoch in history(name).epochs]
    with pytest.raises(ValueError, match="were not trained alike, recipe is"):
        list(photographs.record(Source(data=tmp_path), names=(name, other)))
    assert list(photographs.record(Source({"kept": 1}, tmp_path), names=(name, "absent"))) == [{"kept": 1}]


def test_a_surface_is_that_of_the_study(folder: Path) -> None:
    """The study measures the same points in pieces."""
    known = {"surfaces": {"trained": {"kept": [[1.0]]}}}
    last(surfaces.record(Source(known), names=(SMALLEST,), side=5, pictures=8, other_seeds=(1,)), folder / "surfaces.json")
    for weights in ("trained", "untrained"):
        study = LossSurface(SMALLEST, weights, side=5, pictures=8)
        measured = study.assemble([call.function(*call.arguments) for call in study.calls])
        np.testing.assert_allclose(study.recorded().losses, measured.losses, atol=1e-4, rtol=1e-4)
        other = LossSurface(SMALLEST, weights, seed=1, side=3, pictures=8)
        measured = other.assemble([call.function(*call.arguments) for call in other.calls])
        np.testing.assert_allclose(others(SMALLEST, weights)[0], measured.losses, atol=1e-4, rtol=1e-4)
    assert recording("surfaces")["surfaces"]["trained"]["kept"] == [[1.0]], "what is not measured is kept"


def test_deletions_are_the_probes(folder: Path) -> None:
    sizes = lesion_figure.Sizes(pictures=10, fewer=6, draws=2, batch=4)
    last(lesion_figure.record(Source(), names=(SMALLEST,), sizes=sizes), folder / "lesion.json")
    found = BlockDeletion(SMALLEST, "one").recorded()
    x, y = subject_pictures(SMALLEST, 10)
    each = [one.score for one in lesion(subject(SMALLEST), x, y)]  # in one batch
    assert found.each
    assert found.each.pictures == 10
    np.testing.assert_allclose(found.each.scores, each, atol=1e-3)
    blocks = card(SMALLEST).spec.blocks
    assert {count: len(errors) for count, errors in found.random.items()} == dict.fromkeys(random_counts(len(blocks)), 2)
    assert found.fewer == 6
    swap = BlockDeletion(SMALLEST, "swap")
    assert list(found.swaps) == [call.arguments[1:3] for call in swap.calls]


def test_removed_skips_are_those_of_the_study(folder: Path) -> None:
    name = next(name for name in subjects() if data_of(name) == "shapes" and card(name).spec.skips == "all")
    lesions = lesion_figure.Sizes(pictures=10, fewer=6, draws=2, batch=4)
    last(lesion_figure.record(Source(), names=(name,), sizes=lesions), folder / "lesion.json")
    study = SkipRemoval(name)
    parts = [call.function(name, start, start + 5) for call, start in zip(study.calls, (0, 5), strict=False)]
    last(skips.record(Source(), names=(name,), pictures=sum(part.pictures for part in parts)), folder / "skips.json")
    found, measured = study.recorded(), study.assemble(parts)
    assert found.pictures == measured.pictures
    assert (found.depth, found.blocks, found.without_branch) == (measured.depth, measured.blocks, measured.without_branch)
    np.testing.assert_allclose((found.whole, *found.without_skip), (measured.whole, *measured.without_skip), atol=1e-3)
    assert len(found.without_skip) == len(card(name).spec.blocks)


def test_paths_are_the_probes(folder: Path) -> None:
    last(paths.record(Source(), names=(SMALLEST,), pictures=2, samples=1), folder / "paths.json")
    found = GradientPaths(SMALLEST).recorded()
    measured = measured_paths(subject(SMALLEST), *subject_pictures(SMALLEST, 2), samples=1)
    np.testing.assert_allclose(found.together, measured.together, rtol=1e-3)
    assert [len(sizes) for sizes in found.sizes] == [len(sizes) for sizes in measured.sizes]
    np.testing.assert_allclose(sum(found.sizes, ()), sum(measured.sizes, ()), rtol=1e-3)
    assert found.counts == measured.counts


def test_networks_without_pictures_keep_what_was_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--data` is not given."""
    monkeypatch.setattr(paths, "subjects", lambda: (CIFAR_NET, SMALLEST))
    monkeypatch.setattr(
        figures.paths, "paths", lambda *_, **__: measured_paths(subject(SMALLEST), *subject_pictures(SMALLEST, 2), samples=1)
    )
    before = read_json(paths.FILE)["networks"]
    assert main(["figures", "paths", "--out", str(tmp_path)]) == 0
    after = read_json(tmp_path / "paths.json")["networks"]
    assert after[CIFAR_NET] == before[CIFAR_NET]
    assert after[SMALLEST] != before[SMALLEST]


@pytest.mark.parametrize(("part", "count"), [("train", 8), ("test", 5)])
def test_cifars_pictures_are_of_all_classes(pictures: Path, part: Any, count: int) -> None:
    """Of a folder the first ones would all be of one class."""
    x, y = Source(data=pictures).inputs(CIFAR_NET, part, count) or (None, None)
    assert x is not None
    assert y is not None
    assert len(x) == len(y) == count
    assert len({*y.tolist()}) == 2
    assert Source().inputs(CIFAR_NET, part, count) is None


def test_a_name_that_is_no_figures_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "race", "nothing"]) == 2
    assert "no figure is called 'nothing'; there are race, slower, sweep" in capsys.readouterr().err
