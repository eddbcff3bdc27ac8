"""Train one network on a folder of pictures and write its weights and their card.

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
from torch import Tensor
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
    parser.add_argument("--threads", type=int, default=1)
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(
        given, argparse.Namespace(command="python -m resnet_viz.lab.record " + shlex.join(_portable(given)))
    )
    torch.set_num_threads(options.threads)
    record(options)


def record(options: argparse.Namespace) -> dict[str, Any]:
    """Train, evaluate the half-precision weights, write `<net>.safetensors` and `<net>.json`; the card is returned."""
    train, test = read_folder(options.data / "train"), read_folder(options.data / "test")
    mean, std = (value.round(decimals=4) for value in train.mean_std())
    spec = parse_network(options.net)
    model = build(spec, options.seed).to(memory_format=torch.channels_last)
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    history = _train(model, train, test, mean, std, options)
    # Half precision loses digits: what is written is what is evaluated.
    state = {key: value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    path = options.out / f"{options.net}.safetensors"
    save_file({key: value.contiguous() for key, value in state.items()}, path)
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
            "4-pixel padding with random crop and horizontal flip"
        ),
        "seed": options.seed,
        "test_accuracy": round(accuracy(model, test, mean, std), 4),
        "precision": "weights stored as float16, evaluated as float32",
        "history": history,
        "duration_s": round(time.time() - started),
        "machine": f"{platform.machine()} CPU, {options.threads} thread(s), torch {torch.__version__.split('+')[0]}",
        "code_version": resnet_viz.__version__,
        "command": options.command,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".checkpoint").unlink(missing_ok=True)
    return card


def _portable(arguments: list[str]) -> list[str]:
    """The arguments without the paths of the machine that ran them."""
    replaced = {"--data": "DIR", "--out": "resnet_viz/nets/trained"}
    return [replaced.get(before, word) for before, word in zip(["", *arguments], arguments, strict=False)]


def _train(
    model: ResNet, train: Pictures, test: Pictures, mean: Tensor, std: Tensor, options: argparse.Namespace
) -> list[dict[str, float]]:
    decayed = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": options.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.SGD(groups, lr=options.lr, momentum=0.9, nesterov=True, fused=True)
    steps = options.epochs * (len(train.labels) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.lr, total_steps=steps, pct_start=0.2, cycle_momentum=False)
    generator = torch.Generator().manual_seed(options.seed)
    checkpoint = options.out / f"{options.net}.checkpoint"
    history: list[dict[str, float]] = []
    parts: dict[str, Any] = {"model": model, "optimiser": optimiser, "schedule": schedule}
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        generator.set_state(saved["generator"])
        history = saved["history"]
    for epoch in range(len(history), options.epochs):
        history.append(_epoch(model, train, mean, std, optimiser, schedule, generator, options.batch))
        history[-1]["test_error"] = round(1 - accuracy(model, test, mean, std), 4)
        print(f"epoch {epoch + 1}/{options.epochs} {history[-1]}", flush=True)
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({**state, "generator": generator.get_state(), "history": history}, checkpoint)
    return history


def _epoch(
    model: ResNet, train: Pictures, mean: Tensor, std: Tensor, optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.OneCycleLR, generator: torch.Generator, batch: int,
) -> dict[str, float]:  # fmt: skip
    model.train()
    started, losses, wrong, count = time.time(), 0.0, 0, 0
    for images, labels in batches(train, batch, generator):
        logits = model(normalise(augment(images, generator), mean, std))
        loss = F.cross_entropy(logits, labels)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        losses += loss.item()
        wrong += int((logits.argmax(1) != labels).sum())
        count += 1
    seconds = round(time.time() - started, 1)
    return {"train_loss": round(losses / count, 4), "train_error": round(wrong / (count * batch), 4), "seconds": seconds}


@torch.no_grad()
def accuracy(model: ResNet, data: Pictures, mean: Tensor, std: Tensor, batch: int = 500) -> float:
    """The share of pictures whose class is the network's first guess."""
    model.eval()
    right = 0
    for images, labels in zip(torch.split(data.images, batch), torch.split(data.labels, batch), strict=True):
        right += int((model(normalise(images, mean, std)).argmax(1) == labels).sum())
    return right / len(data.labels)


def _checksum(*sets: Pictures) -> str:
    """SHA-256 of the decoded pixels and labels, so that another copy of the same pictures gives the same figure."""
    digest = hashlib.sha256()
    for data in sets:
        digest.update(data.images.numpy().tobytes())
        digest.update(data.labels.numpy().tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
