"""The recorder from end to end on a handful of pictures: what it writes, what loads again, what an interruption leaves."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from resnet_viz import build, parse_network, trained
from resnet_viz.lab import record as recorder
from resnet_viz.lab.datasets import augment, batches, normalise, read_folder
from resnet_viz.nets import weights
from tests.lab.test_datasets import write

NET = "basic-1-w4-cifar-sA-c2"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes, 16 pictures to train on and 8 to test on, 8×8."""
    folder = tmp_path_factory.mktemp("pictures")
    for part, count in (("train", 8), ("test", 4)):
        for label, name in enumerate(("dark", "light")):
            for i in range(count):
                write(folder / part / name / f"{i}.png", size=(8, 8), seed=1000 * label + i)
    return folder


def command(pictures: Path, out: Path, epochs: int = 2) -> list[str]:
    words = f"--net {NET} --data-name noise --batch 4 --epochs {epochs}"
    return [*words.split(), "--data", str(pictures), "--out", str(out)]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in the place of the one that ships with the package."""
    monkeypatch.setattr(weights, "_folder", lambda: tmp_path)
    for name in ("shipped", "card", "shipped_state"):
        monkeypatch.setattr(weights, name, getattr(weights, name).__wrapped__)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["record", *words])
    recorder.main()


def test_the_card_and_the_weights_fit_together(monkeypatch: pytest.MonkeyPatch, pictures: Path, installed: Path) -> None:
    run(monkeypatch, command(pictures, installed))
    card, file = json.loads((installed / f"{NET}.json").read_text()), installed / f"{NET}.safetensors"
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
    train, test = read_folder(pictures / "train"), read_folder(pictures / "test")
    torch.testing.assert_close(torch.tensor(card["mean"]), train.mean_std()[0], atol=1e-4, rtol=0)
    torch.testing.assert_close(torch.tensor(card["std"]), train.mean_std()[1], atol=1e-4, rtol=0)

    model = trained(NET)
    assert model.spec == parse_network(NET)
    with torch.no_grad():  # what was written is what was measured
        first_guess = model(test.normalised(torch.tensor(card["mean"]), torch.tensor(card["std"]))).argmax(1)
    assert (first_guess == test.labels).double().mean().item() == card["test_accuracy"]


def test_an_interrupted_run_ends_with_the_same_weights(monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run(monkeypatch, command(pictures, whole, epochs=3))

    evaluate, done = recorder.evaluate, []

    def interrupted(*arguments: Any) -> tuple[float, float]:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return evaluate(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(recorder, "evaluate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(patch, command(pictures, broken, epochs=3))
    assert [path.name for path in broken.iterdir()] == [f"{NET}.checkpoint"], "nothing is published before the end"
    run(monkeypatch, command(pictures, broken, epochs=3))
    assert (whole / f"{NET}.safetensors").read_bytes() == (broken / f"{NET}.safetensors").read_bytes()

    def course(folder: Path) -> tuple[list[dict[str, float]], dict[str, Any]]:
        history = json.loads((folder / f"{NET}.history.json").read_text())
        epochs = [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in history.pop("epochs")]
        return epochs, history

    assert course(whole) == course(broken)


def test_the_seed_decides(pictures: Path, tmp_path: Path) -> None:
    found = []
    for seed, folder in (("1", "a"), ("1", "b"), ("2", "c")):
        recorder.main([*command(pictures, tmp_path / folder, epochs=1), "--seed", seed])
        found.append(json.loads((tmp_path / folder / f"{NET}.json").read_text())["sha256"])
    assert found[0] == found[1] != found[2]


def test_the_first_noted_gradient_is_that_of_a_fresh_network(pictures: Path, tmp_path: Path) -> None:
    recorder.main(command(pictures, tmp_path, epochs=1))
    noted = json.loads((tmp_path / f"{NET}.history.json").read_text())["layers"]
    train = read_folder(pictures / "train")
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
