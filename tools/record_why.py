"""Record the lesions and paths of the shipped twins, with which the page *Why it works* opens.

OMP_NUM_THREADS=1 python tools/record_why.py [FOLDER OF CIFAR-10's TEST PICTURES]

Networks whose pictures are not at hand keep what was recorded before. The files are written after each network.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from record_race import OUT, write
from torch import Tensor

from resnet_viz.probes.lesion import delete_random, lesion, swap_blocks, swappable
from resnet_viz.probes.paths import paths
from resnet_viz.studies.block_deletion import random_counts
from resnet_viz.studies.pretrained_pairs import as_input, data_of, subject, subject_pictures, subjects
from resnet_viz.studies.recorded import recording
from resnet_viz.training.data.folders import read_folder
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.sources import CIFAR

PICTURES, FEWER, PATH_PICTURES = 2_000, 1_000, 64
DRAWS, SAMPLES, BATCH = 12, 24, 125


@lru_cache
def cifar(folder: str) -> Pictures:
    """The first pictures of each class, class after class in turn."""
    every = Pictures.of(read_folder(Path(folder)))
    each = PICTURES // len(every.classes)
    rows = torch.stack([(every.labels == label).nonzero()[:each, 0] for label in range(len(every.classes))], 1).flatten()
    return Pictures(every.images[rows], every.labels[rows], every.classes)


def of(name: str, folder: str) -> tuple[Tensor, Tensor] | None:
    """The pictures to measure on; None where they are not at hand."""
    if data_of(name) != CIFAR:
        return subject_pictures(name, PICTURES)
    return as_input(name, cifar(folder), PICTURES) if folder else None


def batches(x: Tensor, y: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Pictures that stay in the processor's memory together."""
    return list(zip(x.split(BATCH), y.split(BATCH), strict=True))


def mean(values: list[list[float]], weights: list[int]) -> list[float]:
    """The mean of each column, to four digits."""
    total = torch.tensor(values, dtype=torch.float64).T @ torch.tensor(weights, dtype=torch.float64)
    return [round(v, 4) for v in (total / sum(weights)).tolist()]


def lesions(name: str, x: Tensor, y: Tensor) -> dict[str, Any]:
    """Every single deletion, random ones and swaps."""
    model, blocks = subject(name), len(subject(name).spec.blocks)
    parts = batches(x, y)
    weights = [len(labels) for _, labels in parts]
    found = [[one.score for one in lesion(model, *part)] for part in parts]
    fewer = batches(x[:FEWER], y[:FEWER])
    sizes = [len(labels) for _, labels in fewer]
    counts = random_counts(blocks)
    drawn = [[draw.score.error for _, draw in delete_random(model, *part, counts, draws=DRAWS)] for part in fewer]
    errors = mean(drawn, sizes)
    pairs = swappable(model.spec)
    exchanged = mean([[swap_blocks(model, *part, *pair).error for pair in pairs] for part in fewer], sizes)
    return {
        "pictures": sum(weights),
        "each": list(zip(*(mean([[s[i] for s in part] for part in found], weights) for i in (0, 1)), strict=True)),
        "random_pictures": sum(sizes),
        "random": {count: errors[i * DRAWS : (i + 1) * DRAWS] for i, count in enumerate(counts)},
        "swaps": [(*pair, error) for pair, error in zip(pairs, exchanged, strict=True)],
    }


def unravelled(name: str, x: Tensor, y: Tensor) -> dict[str, Any]:
    """The gradient by length of path."""
    found = paths(subject(name), x[:PATH_PICTURES], y[:PATH_PICTURES], samples=SAMPLES)
    short = [[float(f"{size:.4g}") for size in sizes] for sizes in found.sizes]
    together = [float(f"{size:.4g}") for size in found.together]
    return {"pictures": PATH_PICTURES, "samples": SAMPLES, "sizes": short, "together": together, "whole": found.whole}


def main(folder: str) -> None:
    """Both files, network after network."""
    for file, measure in (("paths", unravelled), ("lesion", lesions)):
        known: Mapping[str, Any] = recording(file)["networks"] if (OUT / f"{file}.json").is_file() else {}
        found = {name: known[name] for name in subjects() if name in known}
        for name in subjects():
            if pictures := of(name, folder):
                found[name] = measure(name, *pictures)
                write(f"{file}.json", networks=found)
                print(file, name, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1] if len(sys.argv) > 1 else "")
