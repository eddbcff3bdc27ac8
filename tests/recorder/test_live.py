"""Live runs recorded: the same training as the app's, interrupted or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from resnet_viz.nets.weights import card, shipped
from resnet_viz.recorder import live
from resnet_viz.recorder.command import main
from resnet_viz.recorder.plans import LiveJob, read_plan
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer
from tests.recorder.tiny_runs import card_of

TINY = Experiment.parse("basic-1.1.1-w8-cifar2-sA-c10~steps25~batch16~schedulecosine")
NET = str(TINY.spec)


@pytest.fixture
def plan(tmp_path: Path) -> list[str]:
    path = tmp_path / "tiny.toml"
    path.write_text(f'[tiny]\n[[tiny.runs]]\nlive = ["{TINY}"]\ntwins = true\n', encoding="utf-8")
    return ["train", "--plan", str(path), "--workers", "1"]


def test_it_is_the_apps_training(plan: list[str], tmp_path: Path) -> None:
    assert main([*plan, "--net", NET, "--out", str(tmp_path / "out")]) == 0
    trainer = Trainer(TINY)
    steps = [trainer.step() for _ in range(TINY.steps)]
    written = load_file(tmp_path / "out" / f"{NET}.safetensors")
    assert all(
        torch.equal(written[name], value.half() if value.is_floating_point() else value)
        for name, value in trainer.model.state_dict().items()
    )
    found = card_of(tmp_path / "out", NET)
    assert (found["experiment"], found["train_error"]) == (str(TINY), round(steps[-1].smooth_error, 4))
    assert found["test_accuracy"] == pytest.approx(1 - trainer.test_error(), abs=2e-3), "float16 moves a picture or two"
    assert found["data"] == "Shapes, drawn from seed 0"
    assert main(["verify", str(tmp_path / "out")]) == 0
    history = json.loads((tmp_path / "out" / f"{NET}.history.json").read_text())
    noted = [step for step in steps if step.layers]
    assert history["steps"] == [step.step - 1 for step in noted]
    norms = [step.layers["fc"].grad_norm for step in noted if step.layers]
    assert history["layers"]["fc"]["weight_grad_norm"] == pytest.approx(norms, rel=1e-4)


def test_an_interrupted_one_ends_with_the_same_weights(monkeypatch: pytest.MonkeyPatch, plan: list[str], tmp_path: Path) -> None:
    monkeypatch.setattr(live, "SAVE_EVERY", 10)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main([*plan, "--out", str(whole)]) == 0

    class Interrupted(Trainer):
        def step(self) -> Any:
            if self.done == 15:
                raise KeyboardInterrupt
            return super().step()

    with monkeypatch.context() as patch:
        patch.setattr(live, "Trainer", Interrupted)
        assert main([*plan, "--out", str(broken)]) == 130
    assert len(list(broken.iterdir())) == 1, "a checkpoint and no more"
    assert main([*plan, "--out", str(broken)]) == 0
    for net in (NET, f"{NET}-plain"):
        for file in (f"{net}.safetensors", f"{net}.history.json"):
            assert (whole / file).read_bytes() == (broken / file).read_bytes()


def test_the_shipped_plan_is_that_of_the_shipped_networks() -> None:
    made = {name for name in shipped() if card(name).experiment}
    jobs = read_plan("shapes:twins").jobs
    assert {job.name for job in jobs} == made
    for job in jobs:
        known = card(job.name)
        assert isinstance(job, LiveJob)
        assert (str(job.experiment), job.recipe, job.seed) == (known.experiment, known.recipe, known.seed)


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--net", "cifar_resnet20"], 2, "has no recipe for other networks than its own, got basic-3.3.3-w16-cifar-sA-c10"),
        (["--lr", "0.5"], 2, f"--lr changes a recipe, {NET} is a live run"),
    ],
)
def test_what_a_live_run_has_not_is_one_sentence(
    plan: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: int, said: str
) -> None:
    assert main([*plan, "--out", str(tmp_path / "out"), *more]) == code
    assert said in capsys.readouterr().err


def test_a_run_that_diverges_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, wild = tmp_path / "wild.toml", "basic-1.1.1-w8-cifar2-sA-c10~lr100.0~steps60~batch16"
    path.write_text(f'[wild]\n[[wild.runs]]\nlive = ["{wild}"]\n', encoding="utf-8")
    assert main(["train", "--plan", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "diverged" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
