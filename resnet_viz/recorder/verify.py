"""`verify`: measure recorded networks again and compare with their cards."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from tqdm import tqdm

import resnet_viz
from resnet_viz.nets.cards import Card, parse_card
from resnet_viz.recorder.files import checksum, sha256
from resnet_viz.recorder.publish import as_written
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.split_folders import read_pictures
from resnet_viz.training.evaluation import evaluate
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import pictures as drawn_pictures

SHIPPED = Path(resnet_viz.__file__).parent / "nets" / "trained"
TOLERANCE = 5e-4
"""Accuracy that another processor's rounding may move: five pictures of ten thousand. Ten times that for the loss, in nats."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Of `verify`."""
    parser.add_argument("folder", nargs="?", type=Path, default=SHIPPED, help="with cards (default: what ships with the package)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the pictures of cards that do not name an experiment")


def run(options: argparse.Namespace) -> int:
    """0: all is as the cards say; 1: something differs. Raises `ValueError` where there is nothing to verify."""
    if not options.folder.is_dir():
        raise ValueError(f"{str(options.folder)!r} is no folder")
    paths = cards(options.folder)
    if not paths:
        raise ValueError(f"{str(options.folder)!r} has no cards")
    differ = False
    with tqdm(total=len(paths), unit="network", leave=False, disable=None) as bar:
        for finding in verify(options.folder, read_pictures(options.data) if options.data else None):
            bar.update()
            bar.write(str(finding), file=sys.stdout)
            differ = differ or bool(finding.differences)
    return int(differ)


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


def cards(folder: Path) -> list[Path]:
    """The cards of a folder."""
    return [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(".history.json")]


def verify(folder: Path, pictures: tuple[Pictures, Pictures] | None = None) -> Iterator[CardCheck]:
    """Measure every network of a folder again and compare with its card.

    `pictures` (training, test) serve the cards that name their checksum. A card that names an `experiment` draws its own.
    """
    known = {checksum(*pictures): pictures} if pictures else {}
    for path in cards(folder):
        yield _compare(path, known)


def _compare(path: Path, known: Mapping[str, tuple[Pictures, Pictures]]) -> CardCheck:
    name, weights = path.name.removesuffix(".json"), path.with_suffix(".safetensors")
    try:
        card = parse_card(name, path.read_text(encoding="utf-8"))
    except ValueError as error:
        return CardCheck(name, (f"{path.name}: {error}",), False, "")
    if not weights.is_file() or sha256(weights) != card.sha256:
        return CardCheck(name, (f"{weights.name} is missing or damaged, its checksum is not the card's",), False, card.data)
    try:
        model = as_written(card.spec, weights)
    except (ValueError, RuntimeError, SafetensorError) as error:
        return CardCheck(name, (str(error),), False, card.data)
    found = known.get(card.data_sha256) or _drawn(card)
    if found is None:
        return CardCheck(name, (), False, card.data)
    train, test = found
    loss, wrong = evaluate(model, test, torch.tensor(card.mean), torch.tensor(card.std), side=card.size)
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
    try:
        experiment = Experiment.parse(card.experiment)
    except ValueError:  # its data is not on this machine
        return None
    found = drawn_pictures(experiment.data, experiment.seed)
    return found if checksum(*found) == card.data_sha256 else None
