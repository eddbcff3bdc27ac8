"""Recipes and plans: schedules against torch's own, the paper's plan against the paper, bad files against clear sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from resnet_viz import preset
from resnet_viz.nets.weights import card, shipped
from resnet_viz.recorder.plans import Job, available, read_plan
from resnet_viz.recorder.recipe import Recipe


@pytest.mark.parametrize("total", [4, 40, 391])
def test_the_one_cycle_is_torchs(total: int) -> None:
    recipe = Recipe(lr=0.1, schedule="one-cycle", steps=total)
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.1, total_steps=total, pct_start=0.2, cycle_momentum=False)
    for step in range(total):
        assert recipe.rate(step, total) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-6), step
        optimiser.step()
        schedule.step()


def test_the_papers_plan_is_the_papers_recipe() -> None:
    """He et al. 2015, §4.2, and Fig. 6's depths, each with its plain twin."""
    plan = read_plan("cifar10:paper")
    depths = [20, 32, 44, 56, 110]
    assert {job.spec for job in plan.jobs} == {
        s for d in depths for s in (preset(f"cifar_resnet{d}"), preset(f"cifar_resnet{d}").plain())
    }
    for job in plan.jobs:
        assert isinstance(job, Job)
        r = job.recipe
        assert (r.lr, r.steps, r.falls, r.batch, r.momentum, r.nesterov) == (0.1, 64_000, (32_000, 48_000), 128, 0.9, False)
        assert (r.weight_decay, r.decayed, r.pad) == (1e-4, "all", 4)
        assert (r.warm_up_lr, r.warm_up_until) == ((0.01, 0.8) if job.spec.depth == 110 else (0.0, 0.0))
    assert plan.recipe
    assert [plan.recipe.rate(step, 64_000) for step in (31_999, 32_000, 48_000)] == pytest.approx([0.1, 0.01, 0.001])


def test_the_short_plan_is_how_the_shipped_networks_were_made() -> None:
    by_name = {job.name: job.recipe for job in read_plan("cifar10:short").jobs}
    made = [name for name in shipped() if name in by_name]
    assert len(made) == 4
    for name in made:
        words = str(by_name[name]).replace("bfloat16 or float32", "bfloat16")
        assert words == card(name).facts["recipe"]


def test_plans_are_found_by_name_or_path(tmp_path: Path) -> None:
    assert available() == ("cifar10:paper", "cifar10:short", "photographs:photo18", "photographs:twins", "shapes:twins")
    path = tmp_path / "own.toml"
    path.write_text('[only]\n[only.recipe]\nlr = 1\nschedule = "steps"\nepochs = 1\n[[only.runs]]\nnets = ["cifar_resnet20"]\n')
    assert read_plan(str(path)).jobs == (Job(preset("cifar_resnet20"), Recipe(lr=1, schedule="steps", epochs=1)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "is not TOML"),
        ('[p]\nspeed = 3\n[p.recipe]\nlr = 1\nschedule = "steps"\nepochs = 1', "'speed'"),
        ('[p]\n[p.recipe]\nlr = 1\nschedule = "steps"\nepochs = 1\nrate = 2', "'rate'"),
        ("[p]\n[p.recipe]\nlr = 1", "'schedule'"),
        ('[p]\n[p.recipe]\nlr = 1\nschedule = "steps"\nepochs = 1\n[[p.runs]]\nnets = ["resnet19"]', "resnet19"),
        ('[p]\n[p.recipe]\nlr = 1\nschedule = "steps"\nepochs = 1', "must list each network once"),
        ('[p]\n[[p.runs]]\nlive = ["basic-1.1.1-c10~speed9"]', "speed9"),
        ("[p]\n[[p.runs]]\nlive = []\nrecipe = {}", "'recipe'"),
        ('[p]\n[[p.runs]]\nnets = ["cifar_resnet20"]', "a recipe needs 'lr'"),
    ],
)
def test_bad_plans_are_quoted(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_plan(str(path))


def test_pictures_grow_in_equal_parts_of_the_training() -> None:
    photographs = read_plan("photographs:photo18").recipe
    assert photographs
    sides = [photographs.side(step, 1_000) for step in range(1_000)]
    assert [(side, sides.count(side)) for side in dict.fromkeys(sides)] == [(side, 200) for side in (96, 112, 128, 144, 160)]
    still = Recipe(lr=0.1, schedule="one-cycle", steps=3, pad=0, crop=40)
    assert [still.side(step, 3) for step in range(3)] == [40, 40, 40]


@pytest.mark.parametrize(
    "fields",
    [
        {"lr": 0.0},
        {"lr": -1},
        {"lr": True},
        {"schedule": "linear"},
        {"epochs": 2},
        {"steps": 0},
        {"batch": 1},
        {"falls": (3, 2)},
        {"schedule": "one-cycle", "falls": (3,)},
        {"warm_up_lr": 0.1},
        {"precision": "float16"},
        {"nesterov": 1},
        {"crop": 64},
        {"crop": 64, "pad": 0, "first_crop": 65},
        {"crop": 64, "pad": 0, "least_area": 0},
        {"test_every": 0},
        {"smoothing": 1},
    ],
)
def test_bad_recipes_are_quoted(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"lr": 0.1, "schedule": "steps", "steps": 10}
    with pytest.raises(ValueError, match="got"):
        Recipe(**{**good, **fields})
