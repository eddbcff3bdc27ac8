"""`train` from end to end: what it writes, what loads again, and what cannot be done."""

from __future__ import annotations

import hashlib
import json
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
from resnet_viz.nets import weights
from resnet_viz.recorder import recording, train
from resnet_viz.recorder.command import main
from resnet_viz.recorder.plans import Job
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.recorder.tasks import Task
from resnet_viz.training.data.pictures import Pictures, augment, batches, normalise
from resnet_viz.training.data.read_folder import read_folder
from resnet_viz.training.data.split_folders import read_pictures
from tests.recorder.tiny_runs import NET, card_of, command
from tests.training.picture_files import fake_cifar


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in the place of the one that ships with the package."""
    monkeypatch.setattr(weights, "_folder", lambda: tmp_path)
    return tmp_path


def test_the_card_and_the_weights_fit_together(pictures: Path, installed: Path) -> None:
    assert main(command(pictures, installed)) == 0
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


def test_the_cards_command_repeats_the_run(pictures: Path, tmp_path: Path) -> None:
    """With the folders put in, on another machine or here."""
    words = [*command(pictures, tmp_path / "a", epochs=1), "--seed", "3", "--lr", "0.05"]
    assert main(words) == 0
    card = card_of(tmp_path / "a")
    assert str(tmp_path) not in json.dumps(card)
    assert str(pictures) not in json.dumps(card)
    said = [{"DIR": str(pictures), "OUT": str(tmp_path / "b")}.get(word, word) for word in card["command"].split()[3:]]
    assert main([*said, "--threads", "1"]) == 0
    assert card_of(tmp_path / "b")["sha256"] == card["sha256"]


def test_the_seed_decides(pictures: Path, tmp_path: Path) -> None:
    found = []
    for seed, folder in (("1", "a"), ("1", "b"), ("2", "c")):
        main([*command(pictures, tmp_path / folder, epochs=1), "--seed", seed])
        found.append(json.loads((tmp_path / folder / f"{NET}.json").read_text())["sha256"])
    assert found[0] == found[1] != found[2]


def test_the_first_noted_gradient_is_that_of_a_fresh_network(pictures: Path, tmp_path: Path) -> None:
    main(command(pictures, tmp_path, epochs=1))
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
        main([*command(pictures, tmp_path / precision), "--precision", precision])
        cards[precision] = json.loads((tmp_path / precision / f"{NET}.json").read_text())
        assert precision in cards[precision]["recipe"]
    assert cards["float32"]["sha256"] != cards["bfloat16"]["sha256"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--plan", "cifar10:none"], 2, "cifar10.toml holds the plans paper, short"),
        (["--plan", "nowhere"], 2, "'nowhere'"),
        (["--net", "resnet19"], 2, "resnet19"),
        (["--data", "absent"], 2, "absent"),
        (["--lr", "-1"], 2, "-1.0"),
        (["--net", "cifar_resnet20"], 1, "the pictures have 3 channels and 2 classes"),
        (["--batch", "17"], 1, "a batch of 17 is more than the 16 training pictures"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: int, said: str
) -> None:
    assert main([*command(pictures, tmp_path), *more]) == code
    assert said in capsys.readouterr().err


def test_without_a_gpu_cuda_is_refused(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert main([*command(pictures, tmp_path), "--device", "cuda"]) == 2
    assert "no GPU" in capsys.readouterr().err


def test_offline_a_download_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(*_: Any, **__: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(train, "download_cifar10", offline)
    assert main(["train", "--data", str(tmp_path), "--download"]) == 2
    *_, said = capsys.readouterr().err.split("\r")
    assert said == "CIFAR-10 cannot be fetched, this machine may be offline: no route to host\n"


def test_cifar10_as_torchvision_unpacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = fake_cifar(tmp_path, monkeypatch, 4)
    for folder in (tmp_path, tmp_path / "cifar-10-batches-py"):
        train, test = read_pictures(folder)
        assert np.array_equal(train.images.flatten(1), np.concatenate([pixels[f"data_batch_{n}"] for n in range(1, 6)]))
        assert np.array_equal(test.images.flatten(1), pixels["test_batch"])
    words = f"train --net basic-1-w4-cifar-c10 --batch 10 --epochs 1 --threads 1 --data {tmp_path} --out {tmp_path / 'out'}"
    assert main(words.split()) == 0
    assert card_of(tmp_path / "out", "basic-1-w4-cifar-c10")["data"] == "CIFAR-10"


def test_the_warm_up_ends_when_the_training_error_has_fallen(pictures: Path, tmp_path: Path) -> None:
    recipe = Recipe(lr=0.5, schedule="steps", steps=12, batch=4, warm_up_lr=0.01, warm_up_until=0.9, momentum=0.0)
    job = Job(parse_network(NET), recipe)
    task = Task(job, pictures, "noise", tmp_path, "cpu", 1, "")
    run = recording.Run(task, job)
    images, rates, model = run.train.images[:4], [], run.core.model

    def step(wrong: bool) -> None:
        model.train()
        with torch.no_grad():
            pictures_ = normalise(augment(images, torch.Generator().manual_seed(7)), run.mean, run.std)
            guess = model(pictures_).argmax(1)
        run.generator.manual_seed(7)
        run.step(images, 1 - guess if wrong else guess)
        rates.append(run.core.optimiser.param_groups[0]["lr"])

    step(wrong=True)
    assert run.warming, "an error of 1 is above 0.9"
    step(wrong=False)
    assert not run.warming, "a mean of one half is below"
    step(wrong=False)
    assert rates == [0.01, 0.01, 0.5]
    cold = replace(recipe, warm_up_lr=0.0, warm_up_until=0.0)
    assert not recording.Run(task, job._replace(recipe=cold)).warming


def test_the_benchmark_runs() -> None:
    found = [*rows(20, 10, ("basic-1-w4-cifar-c10",), (0,), 1, (20, 10, (0,), 16, "basic-1-w4-c10"))]
    assert [type(row).__name__ for row in found] == ["Row", "Row", "Row", "Amount"]
