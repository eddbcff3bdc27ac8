"""Weights that ship: written in half precision with a card that says what they are, and measured against it again.

A network's files are `<name>.safetensors`, `<name>.json` (the card) and `<name>.history.json` (how training went). The card is
written last: where there is one, all is there.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

import resnet_viz
from resnet_viz.nets.cards import Card, parse_card
from resnet_viz.nets.checkpoint import load
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.finite import check_finite
from resnet_viz.training.data.pictures import Pictures, normalise

TOLERANCE = 5e-4
"""Accuracy that another processor's rounding may move: five pictures of ten thousand. Ten times that for the loss, in nats."""


def ship(
    model: ResNet,
    name: str,
    facts: Mapping[str, Any],
    folder: Path,
    *,
    train: Pictures,
    test: Pictures,
    mean: Tensor,
    std: Tensor,
    history: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the weights of `model`, read them back, measure them on the test pictures, and write their card, which is returned.

    `facts` are what only the caller knows: `data` (its name), `recipe`, `seed`, `duration_s` and `command`; and, where the
    pictures are those of an `Experiment`, its text as `experiment`, with which `verify` draws them again. `mean` and `std`
    (3,), 0 to 1, go onto the card with four digits and are used so. Raises `ValueError` where a weight does not fit float16.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = {key: value.detach().cpu() for key, value in model.state_dict().items()}
    halves = {key: value.half().contiguous() if value.is_floating_point() else value for key, value in state.items()}
    beyond = [key for key, value in halves.items() if not value.isfinite().all()]
    if beyond:
        raise ValueError(f"float16 cannot hold {name}'s {beyond[0]}, the largest is {state[beyond[0]].abs().max():g}")
    path = folder / f"{name}.safetensors"
    save_file(halves, path)
    mean, std = mean.cpu().round(decimals=4), std.cpu().round(decimals=4)
    test_loss, test_error = evaluate(_written(model.spec, path), test, mean, std)  # on the CPU, where it will be used
    given = dict(facts)
    card = {
        "spec": str(model.spec),
        "classes": list(train.classes),
        "size": train.images.shape[-1],
        "mean": [round(v, 4) for v in mean.tolist()],
        "std": [round(v, 4) for v in std.tolist()],
        "data": given.pop("data"),
        "data_sha256": checksum(train, test),
        "train_pictures": len(train.labels),
        "test_pictures": len(test.labels),
        "recipe": given.pop("recipe"),
        "seed": given.pop("seed"),
        "test_accuracy": round(1 - test_error, 4),
        "test_loss": round(test_loss, 4),
        "precision": "weights stored as float16, evaluated as float32",
        "machine": machine(),
        "code_version": resnet_viz.__version__,
        **given,
        "sha256": _sha256(path),
    }
    if history is not None:
        path.with_suffix(".history.json").write_text(json.dumps(history) + "\n", encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return card


def machine(device: str = "cpu") -> str:
    """What a card says of the machine: the kind of processor and torch, nothing that tells one machine from its like."""
    processor = torch.cuda.get_device_name(device) if device.startswith("cuda") else f"{platform.machine()} CPU"
    threads = "" if device.startswith("cuda") else f", {torch.get_num_threads()} thread(s)"
    return f"{processor}{threads}, torch {torch.__version__.split('+')[0]}"


@torch.no_grad()
def evaluate(model: ResNet, data: Pictures, mean: Tensor, std: Tensor, batch: int = 500) -> tuple[float, float]:
    """Mean cross-entropy (nats) and the share of pictures whose class is not the network's first guess.

    Leaves the network in evaluation mode. Raises `Refused`, a `ValueError`, where logits are not finite numbers.
    """
    model.eval()
    loss, wrong = 0.0, 0
    for images, labels in zip(torch.split(data.images, batch), torch.split(data.labels, batch), strict=True):
        logits = model(normalise(images, mean, std))  # (N, classes)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        check_finite("fc", logits)
        wrong += int((logits.argmax(1) != labels).sum())
    return loss / len(data.labels), wrong / len(data.labels)


def checksum(*sets: Pictures) -> str:
    """SHA-256 of the decoded pixels and labels, so that another copy of the same pictures gives the same figure."""
    digest = hashlib.sha256()
    for data in sets:
        digest.update(data.images.numpy().tobytes())
        digest.update(data.labels.numpy().tobytes())
    return digest.hexdigest()


class CardCheck(NamedTuple):
    """What re-measuring one network came to."""

    name: str
    differences: tuple[str, ...]
    """What is not as the card says; empty when all is."""
    measured: bool
    """Whether the pictures were at hand; without them only the file's checksum and shapes have been looked at."""
    data: str
    """What the card calls its data."""

    def __str__(self) -> str:
        if self.differences:
            return f"{self.name}: {'; '.join(self.differences)}"
        return f"{self.name}: ok" if self.measured else f"{self.name}: the file is whole; not measured, it wants {self.data}"


def verify(folder: Path, pictures: tuple[Pictures, Pictures] | None = None) -> Iterator[CardCheck]:
    """Measure every network of a folder again and compare with its card.

    `pictures` (training, test) serve the cards that name their checksum. A card that names an `experiment` draws its own.
    """
    known = {checksum(*pictures): pictures} if pictures else {}
    for path in sorted(folder.glob("*.json")):
        if not path.name.endswith(".history.json"):
            yield _compare(path, known)


def _compare(path: Path, known: Mapping[str, tuple[Pictures, Pictures]]) -> CardCheck:
    name, weights = path.name.removesuffix(".json"), path.with_suffix(".safetensors")
    try:
        card = parse_card(name, path.read_text(encoding="utf-8"))
    except ValueError as error:
        return CardCheck(name, (f"{path.name}: {error}",), False, "")
    if not weights.is_file() or _sha256(weights) != card.sha256:
        return CardCheck(name, (f"{weights.name} is missing or damaged, its checksum is not the card's",), False, card.data)
    try:
        model = _written(card.spec, weights)
    except (ValueError, RuntimeError, SafetensorError) as error:
        return CardCheck(name, (str(error),), False, card.data)
    found = known.get(card.data_sha256) or _drawn(card)
    if found is None:
        return CardCheck(name, (), False, card.data)
    train, test = found
    loss, wrong = evaluate(model, test, torch.tensor(card.mean), torch.tensor(card.std))
    compared: list[tuple[str, Any, Any, float]] = [
        ("classes", train.classes, card.classes, 0),
        ("training pictures", len(train.labels), card.train_pictures, 0),
        ("test pictures", len(test.labels), card.test_pictures, 0),
        ("test accuracy", round(1 - wrong, 4), card.test_accuracy, TOLERANCE),
        ("test loss", round(loss, 4), card.test_loss, 10 * TOLERANCE),
    ]
    differ = [
        f"{what} {now}, the card says {said}"
        for what, now, said, allowed in compared
        if (abs(now - said) > allowed + 1e-9 if allowed else now != said)
    ]
    return CardCheck(name, tuple(differ), True, card.data)


def _drawn(card: Card) -> tuple[Pictures, Pictures] | None:
    """The pictures of the card's experiment, if it names one and they are the same here."""
    if not card.experiment:
        return None
    from resnet_viz.training.experiment import Experiment
    from resnet_viz.training.trainer import pictures

    try:
        experiment = Experiment.parse(card.experiment)
    except ValueError:  # its data is not on this machine
        return None
    found = pictures(experiment.data, experiment.seed)
    return found if checksum(*found) == card.data_sha256 else None


def _written(spec: ResNetSpec, path: Path) -> ResNet:
    """The network with the weights of a file, as float32."""
    state = {key: value.float() if value.is_floating_point() else value for key, value in load_file(path).items()}
    return load(build(spec), state).to(memory_format=torch.channels_last)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
