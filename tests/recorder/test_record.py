"""The recorder from end to end on a handful of pictures: what it writes, what loads again, what an interruption leaves."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from benchmarks.record import rows
from resnet_viz import build, parse_network, trained
from resnet_viz.jobs import cluster
from resnet_viz.nets import weights
from resnet_viz.recorder import parallel, recording
from resnet_viz.recorder import record as recorder
from resnet_viz.recorder.plans import Job
from resnet_viz.recorder.publish import ship, verify
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.training.data.folders import read_folder
from resnet_viz.training.data.pictures import Pictures, augment, batches, normalise
from resnet_viz.training.data.split_folders import read_pictures
from tests.training.picture_files import fake_cifar, write

NET = "basic-1-w4-cifar-sA-c2"
PLAIN = f"{NET}-plain"
PLAN = f"""
[tiny.recipe]
lr = 0.1
schedule = "one-cycle"
epochs = 3
batch = 4
weight_decay = 5e-4
[[tiny.runs]]
nets = ["{NET}"]
twins = true
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes, 16 pictures to train on and 8 to test on, 8×8."""
    folder = tmp_path_factory.mktemp("pictures")
    for part, count in (("train", 8), ("test", 4)):
        for label, name in enumerate(("dark", "light")):
            for i in range(count):
                write(folder / part / name / f"{i}.png", size=(8, 8), seed=1000 * label + i)
    return folder


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESNET_VIZ_SCHEDULER", raising=False)


def command(pictures: Path, out: Path, epochs: int = 2) -> list[str]:
    words = f"--net {NET} --data-name noise --batch 4 --epochs {epochs} --precision float32 --threads 1"
    return [*words.split(), "--data", str(pictures), "--out", str(out)]


def plan_of_two(pictures: Path, out: Path) -> list[str]:
    """The network and its plain twin."""
    out.parent.mkdir(exist_ok=True)
    path = out.parent / "two.toml"
    path.write_text(PLAN, encoding="utf-8")
    return ["--plan", str(path), "--data", str(pictures), "--out", str(out), "--threads", "1"]


def card_of(out: Path, net: str = NET) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / f"{net}.json").read_text(encoding="utf-8"))
    return found


def course(folder: Path, net: str = NET) -> tuple[list[dict[str, float]], dict[str, Any]]:
    """A run's history without what the clock said."""
    history = json.loads((folder / f"{net}.history.json").read_text())
    epochs = [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in history.pop("epochs")]
    return epochs, history


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in the place of the one that ships with the package."""
    monkeypatch.setattr(weights, "_folder", lambda: tmp_path)
    return tmp_path


def test_the_card_and_the_weights_fit_together(pictures: Path, installed: Path) -> None:
    assert recorder.main(command(pictures, installed)) == 0
    card, file = card_of(installed), installed / f"{NET}.safetensors"
    written = sorted(path.name.removeprefix(NET) for path in installed.iterdir())
    assert written == [".history.json", ".json", ".safetensors"], "no checkpoint is left"
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (card["spec"], card["classes"], card["size"], card["seed"]) == (NET, ["dark", "light"], 8, 0)
    assert (card["data"], card["train_pictures"], card["test_pictures"]) == ("noise", 16, 8)
    history = json.loads((installed / f"{NET}.history.json").read_text())
    assert [set(epoch) for epoch in history["epochs"]] == [
        {"train_loss", "train_error", "test_loss", "test_error", "seconds"}
    ] * 2
    assert history["steps"] == sorted(set(history["steps"]))
    assert (history["steps"][0], history["steps"][-1]) == (0, 2 * (16 // 4) - 1), "the first step and the last"
    weights_of = [name for name, m in trained(NET).named_modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert [name for name, layer in history["layers"].items() if "weight_grad_norm" in layer] == weights_of
    assert {len(v) for layer in history["layers"].values() for v in layer.values()} == {len(history["steps"])}
    assert "batch 4" in card["recipe"]
    assert "2 epochs" in card["recipe"]
    assert str(pictures) not in json.dumps(card), "the card does not know the machine's folders"
    assert {t.dtype for t in load_file(file).values() if t.is_floating_point()} == {torch.float16}
    train, test = (Pictures.of(read_folder(pictures / part)) for part in ("train", "test"))
    torch.testing.assert_close(torch.tensor(card["mean"]), train.mean_std()[0], atol=1e-4, rtol=0)
    torch.testing.assert_close(torch.tensor(card["std"]), train.mean_std()[1], atol=1e-4, rtol=0)

    model = trained(NET)
    assert model.spec == parse_network(NET)
    with torch.no_grad():  # what was written is what was measured
        first_guess = model(test.normalised(torch.tensor(card["mean"]), torch.tensor(card["std"]))).argmax(1)
    assert (first_guess == test.labels).double().mean().item() == card["test_accuracy"]


def interrupted_in(patch: pytest.MonkeyPatch, evaluation: int) -> None:
    """Ctrl + C while an epoch's test pictures are evaluated."""
    evaluate, done = recording.evaluate, []

    def interrupted(*arguments: Any) -> tuple[float, float]:
        if len(done) == evaluation:
            raise KeyboardInterrupt
        done.append(1)
        return evaluate(*arguments)

    patch.setattr(recording, "evaluate", interrupted)


def test_an_interrupted_plan_ends_with_the_same_weights(monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    words = plan_of_two(pictures, broken)
    assert recorder.main([*plan_of_two(pictures, whole), "--workers", "1"]) == 0
    with monkeypatch.context() as patch:
        interrupted_in(patch, 2)
        assert recorder.main([*words, "--workers", "1"]) == 130
    assert [path.name for path in broken.iterdir()] == [f"{NET}.checkpoint"], "nothing is published before the end"
    with monkeypatch.context() as patch:
        interrupted_in(patch, 2)  # the last epoch of the first network, the first of the second, and no more
        assert recorder.main([*words, "--workers", "1"]) == 130
    made = (broken / f"{NET}.json").stat().st_mtime_ns
    assert recorder.main([*words, "--workers", "1"]) == 0
    assert (broken / f"{NET}.json").stat().st_mtime_ns == made, "what is recorded is left alone"
    for net in (NET, PLAIN):
        assert (whole / f"{net}.safetensors").read_bytes() == (broken / f"{net}.safetensors").read_bytes()
        assert course(whole, net) == course(broken, net)


def test_side_by_side_is_one_after_the_other_even_if_a_process_is_killed(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path
) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    assert recorder.main([*plan_of_two(pictures, one), "--workers", "1"]) == 0
    started: list[subprocess.Popen[str]] = []
    start, tell = cluster.start, recorder.Bar.tell

    def remembered(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        started.append(start(*arguments, **environment))
        return started[-1]

    def kill_once(bar: recorder.Bar, name: str, done: int, total: int) -> None:
        tell(bar, name, done, total)
        if len(started) == 3 and started[1].poll() is None:
            os.kill(started[1].pid, signal.SIGKILL)

    monkeypatch.setattr(parallel.cluster, "start", remembered)
    monkeypatch.setattr(recorder.Bar, "tell", kill_once)
    assert recorder.main([*plan_of_two(pictures, many), "--workers", "2"]) == 0
    assert [process.returncode is not None for process in started] == [True] * 3, "no process is left"
    assert started[1].returncode == -signal.SIGKILL
    for net in (NET, PLAIN):
        assert (one / f"{net}.safetensors").read_bytes() == (many / f"{net}.safetensors").read_bytes()
        assert course(one, net) == course(many, net)


def test_another_runs_files_are_never_gone_on_from_or_replaced(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        interrupted_in(patch, 1)
        recorder.main(command(pictures, tmp_path))
    assert recorder.main(command(pictures, tmp_path, epochs=3)) == 1
    assert "2 epochs" in capsys.readouterr().err
    assert recorder.main(command(pictures, tmp_path)) == 0
    before = (tmp_path / f"{NET}.safetensors").read_bytes()
    capsys.readouterr()
    assert recorder.main([*command(pictures, tmp_path), "--seed", "9"]) == 2
    assert "with seed 0, this run has 9" in capsys.readouterr().err
    assert (tmp_path / f"{NET}.safetensors").read_bytes() == before


def test_the_cards_command_repeats_the_run(pictures: Path, tmp_path: Path) -> None:
    """With the folders put in, on another machine or here."""
    words = [*command(pictures, tmp_path / "a", epochs=1), "--seed", "3", "--lr", "0.05"]
    assert recorder.main(words) == 0
    card = card_of(tmp_path / "a")
    assert str(tmp_path) not in json.dumps(card)
    assert str(pictures) not in json.dumps(card)
    said = [{"DIR": str(pictures), "OUT": str(tmp_path / "b")}.get(word, word) for word in card["command"].split()[3:]]
    assert recorder.main([*said, "--threads", "1"]) == 0
    assert card_of(tmp_path / "b")["sha256"] == card["sha256"]


def test_the_seed_decides(pictures: Path, tmp_path: Path) -> None:
    found = []
    for seed, folder in (("1", "a"), ("1", "b"), ("2", "c")):
        recorder.main([*command(pictures, tmp_path / folder, epochs=1), "--seed", seed])
        found.append(json.loads((tmp_path / folder / f"{NET}.json").read_text())["sha256"])
    assert found[0] == found[1] != found[2]


def test_the_first_noted_gradient_is_that_of_a_fresh_network(pictures: Path, tmp_path: Path) -> None:
    recorder.main(command(pictures, tmp_path, epochs=1))
    noted = json.loads((tmp_path / f"{NET}.history.json").read_text())["layers"]
    train = Pictures.of(read_folder(pictures / "train"))
    mean, std = (value.round(decimals=4) for value in train.mean_std())
    generator = torch.Generator().manual_seed(0)
    images, labels = next(batches(train, 4, generator))
    model = build(parse_network(NET), 0).train()
    F.cross_entropy(model(normalise(augment(images, generator), mean, std)), labels).backward()
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            layer = noted[name.removesuffix(".weight")]
            assert weight.grad is not None
            assert layer["weight_grad_norm"][0] == pytest.approx(weight.grad.norm().item(), rel=1e-3)
            assert layer["weight_norm"][0] == pytest.approx(weight.norm().item(), rel=1e-3)


def test_bfloat16_is_said_and_trains_other_weights(pictures: Path, tmp_path: Path) -> None:
    cards = {}
    for precision in ("float32", "bfloat16"):
        recorder.main([*command(pictures, tmp_path / precision), "--precision", precision])
        cards[precision] = json.loads((tmp_path / precision / f"{NET}.json").read_text())
        assert precision in cards[precision]["recipe"]
    assert cards["float32"]["sha256"] != cards["bfloat16"]["sha256"]


def test_verify_finds_what_is_not_as_its_card_says(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    recorder.main([*plan_of_two(pictures, out), "--workers", "1"])
    words = ["--verify", str(out), "--data", str(pictures)]
    capsys.readouterr()
    assert recorder.main(words) == 0
    assert capsys.readouterr().out.splitlines() == [f"{PLAIN}: ok", f"{NET}: ok"]
    card = card_of(out)
    (out / f"{NET}.json").write_text(json.dumps(card | {"test_accuracy": card["test_accuracy"] - 0.25}), encoding="utf-8")
    file = out / f"{PLAIN}.safetensors"
    file.write_bytes(file.read_bytes()[:-4] + b"0000")
    assert recorder.main(words) == 1
    said = capsys.readouterr().out
    assert f"{NET}: test accuracy {card['test_accuracy']}, the card says {card['test_accuracy'] - 0.25}" in said
    assert f"{PLAIN}: {PLAIN}.safetensors is missing or damaged" in said
    other = tmp_path / "other"
    shutil.copytree(pictures, other)
    write(other / "test" / "dark" / "0.png", size=(8, 8), seed=77)
    assert not any(finding.measured for finding in verify(out, read_pictures(other))), "those pictures are not the cards'"


def test_the_shipped_networks_on_shapes_are_as_their_cards_say() -> None:
    """These cards name their experiment, so that no pictures need be at hand. Others are at least whole."""
    found = {finding.name: finding for finding in verify(recorder.SHIPPED)}
    assert set(found) == set(weights.shipped())
    assert not [finding for finding in found.values() if finding.differences]
    for name, finding in found.items():
        assert finding.measured == weights.card(name).facts["data"].startswith("Shapes"), str(finding)


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--plan", "cifar10:none"], 2, "cifar10.toml holds the plans paper, short"),
        (["--plan", "nowhere"], 2, "'nowhere'"),
        (["--net", "resnet19"], 2, "resnet19"),
        (["--data", "absent"], 2, "absent"),
        (["--lr", "-1"], 2, "-1.0"),
        (["--verify", "absent"], 2, "'absent'"),
        (["--net", "cifar_resnet20"], 1, "the pictures have 3 channels and 2 classes"),
        (["--batch", "17"], 1, "a batch of 17 is more than the 16 training pictures"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: int, said: str
) -> None:
    assert recorder.main([*command(pictures, tmp_path), *more]) == code
    assert said in capsys.readouterr().err


def test_without_a_gpu_cuda_is_refused(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert recorder.main([*command(pictures, tmp_path), "--device", "cuda"]) == 2
    assert "no GPU" in capsys.readouterr().err


def test_offline_a_download_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(*_: Any, **__: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    assert recorder.main(["--data", str(tmp_path), "--download"]) == 2
    assert capsys.readouterr().err.strip().startswith("CIFAR-10 cannot be fetched, this machine may be offline")


def test_cifar10_as_torchvision_unpacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = fake_cifar(tmp_path, monkeypatch, 4)
    for folder in (tmp_path, tmp_path / "cifar-10-batches-py"):
        train, test = read_pictures(folder)
        assert np.array_equal(train.images.flatten(1), np.concatenate([pixels[f"data_batch_{n}"] for n in range(1, 6)]))
        assert np.array_equal(test.images.flatten(1), pixels["test_batch"])
    words = f"--net basic-1-w4-cifar-c10 --batch 10 --epochs 1 --threads 1 --data {tmp_path} --out {tmp_path / 'out'}"
    assert recorder.main(words.split()) == 0
    assert card_of(tmp_path / "out", "basic-1-w4-cifar-c10")["data"] == "CIFAR-10"


def test_the_warm_up_ends_when_the_training_error_has_fallen(pictures: Path, tmp_path: Path) -> None:
    recipe = Recipe(lr=0.5, schedule="steps", steps=12, batch=4, warm_up_lr=0.01, warm_up_until=0.9, momentum=0.0)
    task = recording.Task(Job(parse_network(NET), recipe), pictures, "noise", tmp_path, "cpu", 1, "")
    run = recording.Run(task)
    images, rates = run.train.images[:4], []

    def step(wrong: bool) -> None:
        run.model.train()
        with torch.no_grad():
            pictures_ = normalise(augment(images, torch.Generator().manual_seed(7)), run.mean, run.std)
            guess = run.model(pictures_).argmax(1)
        run.generator.manual_seed(7)
        run.step(images, 1 - guess if wrong else guess)
        rates.append(run.optimiser.param_groups[0]["lr"])

    step(wrong=True)
    assert run.warming, "an error of 1 is above 0.9"
    step(wrong=False)
    assert not run.warming, "a mean of one half is below"
    step(wrong=False)
    assert rates == [0.01, 0.01, 0.5]
    cold = replace(recipe, warm_up_lr=0.0, warm_up_until=0.0)
    assert not recording.Run(task._replace(job=Job(parse_network(NET), cold))).warming


def test_the_benchmark_runs() -> None:
    found = [*rows(20, 10, ("basic-1-w4-cifar-c10",), (0,), 1)]
    assert [type(row).__name__ for row in found] == ["Row", "Row", "Amount"]


def test_a_scheduler_that_is_there_already_is_used(monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path) -> None:
    processes = [cluster.start("scheduler")]
    try:
        address = cluster.address_of(processes[0])
        processes.append(cluster.start("worker", address))
        cluster.address_of(processes[1])
        monkeypatch.setenv("RESNET_VIZ_SCHEDULER", address)
        monkeypatch.setattr(parallel, "record", None)  # not in this process
        monkeypatch.setattr(parallel.cluster, "start", None)  # and not in new ones
        assert recorder.main(command(pictures, tmp_path, epochs=1)) == 0
        assert recorder.main([*command(pictures, tmp_path / "b"), "--batch", "17"]) == 1, "what goes wrong there is told here"
    finally:
        cluster.end(processes)
    assert card_of(tmp_path)["test_pictures"] == 8


def test_weights_that_float16_cannot_hold_are_refused(pictures: Path, tmp_path: Path) -> None:
    train, test = read_pictures(pictures)
    mean, std = train.mean_std()
    model = build(parse_network(NET))
    model.bn1.running_var.fill_(1e5)
    with pytest.raises(ValueError, match=r"bn1\.running_var, the largest is 100000"):
        ship(model, NET, {}, tmp_path, train=train, test=test, mean=mean, std=std)
    assert not list(tmp_path.iterdir())
