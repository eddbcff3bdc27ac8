"""Train one network on a folder of pictures and write its weights, their card and the history of the run.

    python -m resnet_viz.lab.record --net cifar_resnet20 --data DIR --out resnet_viz/nets/trained

`DIR` has `train/<class>/*` and `test/<class>/*`. An interrupted run goes on from its last epoch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

import resnet_viz
from resnet_viz.lab.datasets import Pictures, augment, batches, normalise, read_folder
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import ResNet, build


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", required=True, help="a preset's name or a spec's text")
    parser.add_argument("--data", type=Path, required=True, help="folder with train/<class>/* and test/<class>/*")
    parser.add_argument("--data-name", default="", help="what the card calls the data")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights and their card")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.2, help="the highest learning rate of the one-cycle schedule")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32", help="of the layers in training")
    parser.add_argument("--threads", type=int, default=1)
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(
        given, argparse.Namespace(command="python -m resnet_viz.lab.record " + shlex.join(_portable(given)))
    )
    torch.set_num_threads(options.threads)
    record(options)


def record(options: argparse.Namespace) -> dict[str, Any]:
    """Train, evaluate the half-precision weights, write `<net>.safetensors`, its card `<net>.json` and `<net>.history.json`.

    The card is returned.
    """
    train, test = read_folder(options.data / "train"), read_folder(options.data / "test")
    mean, std = (value.round(decimals=4) for value in train.mean_std())
    spec = parse_network(options.net)
    model = build(spec, options.seed).to(memory_format=torch.channels_last)
    options.out.mkdir(parents=True, exist_ok=True)
    history = _train(model, train, test, mean, std, options)
    # Half precision loses digits: what is written is what is evaluated.
    state = {key: value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    path = options.out / f"{options.net}.safetensors"
    save_file({key: value.contiguous() for key, value in state.items()}, path)
    test_loss, test_error = evaluate(model, test, mean, std)
    card = {
        "spec": str(spec),
        "classes": list(train.classes),
        "size": train.images.shape[-1],
        "mean": [round(v, 4) for v in mean.tolist()],
        "std": [round(v, 4) for v in std.tolist()],
        "data": options.data_name or options.data.name,
        "data_sha256": _checksum(train, test),
        "train_pictures": len(train.labels),
        "test_pictures": len(test.labels),
        "recipe": (
            f"SGD, Nesterov momentum 0.9, weight decay {options.weight_decay:g} on convolution and linear weights, batch "
            f"{options.batch}, one-cycle learning rate up to {options.lr:g} over {options.epochs} epochs, "
            f"4-pixel padding with random crop and horizontal flip, {options.precision} layers"
        ),
        "seed": options.seed,
        "test_accuracy": round(1 - test_error, 4),
        "test_loss": round(test_loss, 4),
        "precision": "weights stored as float16, evaluated as float32",
        "duration_s": round(sum(epoch["seconds"] for epoch in history["epochs"])),
        "machine": f"{platform.machine()} CPU, {options.threads} thread(s), torch {torch.__version__.split('+')[0]}",
        "code_version": resnet_viz.__version__,
        "command": options.command,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".history.json").write_text(json.dumps(history) + "\n", encoding="utf-8")
    path.with_suffix(".checkpoint").unlink(missing_ok=True)
    return card


def _portable(arguments: list[str]) -> list[str]:
    """The arguments without the paths of the machine that ran them."""
    replaced = {"--data": "DIR", "--out": "resnet_viz/nets/trained"}
    return [replaced.get(before, word) for before, word in zip(["", *arguments], arguments, strict=False)]


def _train(
    model: ResNet, train: Pictures, test: Pictures, mean: Tensor, std: Tensor, options: argparse.Namespace
) -> dict[str, Any]:
    decayed = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": options.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.SGD(groups, lr=options.lr, momentum=0.9, nesterov=True, fused=True)
    an_epoch = len(train.labels) // options.batch
    steps = options.epochs * an_epoch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.lr, total_steps=steps, pct_start=0.2, cycle_momentum=False)
    generator = torch.Generator().manual_seed(options.seed)
    checkpoint = options.out / f"{options.net}.checkpoint"
    history: dict[str, Any] = {"epochs": [], "steps": [], "layers": {}}
    parts: dict[str, Any] = {"model": model, "optimiser": optimiser, "schedule": schedule}
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        generator.set_state(saved["generator"])
        history = saved["history"]
    looked_at = _spaced(steps)
    for epoch in range(len(history["epochs"]), options.epochs):
        model.train()
        started, losses, wrong = time.time(), 0.0, 0
        for n, (images, labels) in enumerate(batches(train, options.batch, generator)):
            step = epoch * an_epoch + n
            pictures = normalise(augment(images, generator), mean, std)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
                logits = model(pictures).float()
            loss = F.cross_entropy(logits, labels)
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            if step in looked_at:
                _note_layers(history, model, step)
            optimiser.step()
            schedule.step()
            losses += loss.item()
            wrong += int((logits.argmax(1) != labels).sum())
        seconds = time.time() - started
        test_loss, test_error = evaluate(model, test, mean, std)
        history["epochs"].append(
            {
                "train_loss": round(losses / an_epoch, 4),
                "train_error": round(wrong / (an_epoch * options.batch), 4),
                "test_loss": round(test_loss, 4),
                "test_error": round(test_error, 4),
                "seconds": round(seconds, 1),
            }
        )
        print(f"epoch {epoch + 1}/{options.epochs} {history['epochs'][-1]}", flush=True)
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({**state, "generator": generator.get_state(), "history": history}, checkpoint)
    return history


def _spaced(steps: int, count: int = 40) -> set[int]:
    """About `count` steps from the first to the last, each the same factor after the one before."""
    return {round(steps ** (i / (count - 1))) - 1 for i in range(count)}


def _note_layers(history: dict[str, Any], model: ResNet, step: int) -> None:
    """Adds to the history, after a backward pass: norms of every weight and its gradient, size of BN's running statistics."""
    found = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            assert module.weight.grad is not None
            found[name] = {"weight_norm": module.weight.norm(), "weight_grad_norm": module.weight.grad.norm()}
        elif isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            found[name] = {"mean_rms": module.running_mean.square().mean().sqrt(), "std_rms": module.running_var.mean().sqrt()}
    history["steps"].append(step)
    for name, values in found.items():
        for key, value in values.items():
            history["layers"].setdefault(name, {}).setdefault(key, []).append(float(f"{value.item():.5g}"))


@torch.no_grad()
def evaluate(model: ResNet, data: Pictures, mean: Tensor, std: Tensor, batch: int = 500) -> tuple[float, float]:
    """Mean cross-entropy (nats) and the share of pictures whose class is not the network's first guess."""
    model.eval()
    loss, wrong = 0.0, 0
    for images, labels in zip(torch.split(data.images, batch), torch.split(data.labels, batch), strict=True):
        logits = model(normalise(images, mean, std))
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        wrong += int((logits.argmax(1) != labels).sum())
    return loss / len(data.labels), wrong / len(data.labels)


def _checksum(*sets: Pictures) -> str:
    """SHA-256 of the decoded pixels and labels, so that another copy of the same pictures gives the same figure."""
    digest = hashlib.sha256()
    for data in sets:
        digest.update(data.images.numpy().tobytes())
        digest.update(data.labels.numpy().tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
