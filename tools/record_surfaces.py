"""Record the loss surfaces with which the lesson "Why it works" opens, for every pair of shipped twins.

OMP_NUM_THREADS=1 python tools/record_surfaces.py [--cifar DIR]

DIR holds CIFAR-10's training pictures as train/<class>/*; without it the surfaces of those networks are kept as they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import torch
from record_race import OUT, write

from resnet_viz.probes.landscape import Plane, order, surface_points
from resnet_viz.studies.loss_surface import RECORDED_PICTURES, RECORDED_SIDE, network
from resnet_viz.studies.pretrained_pairs import as_input, data_of, subjects
from resnet_viz.training.data.folders import read_folder
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.trainer import pictures

OTHERS = range(1, 4)
"""Seeds of further planes, on a grid half as fine: does what the first one shows depend on its directions?"""


def surface(name: str, weights: str, data: Pictures, seed: int, side: int) -> list[list[float]]:
    """The losses, row by row."""
    x, labels = as_input(name, data, RECORDED_PICTURES)
    plane = Plane(network(name, weights), x, labels, seed)
    places = sorted(order(side))
    losses = [round(loss, 4) for loss in surface_points(plane, side, 1.0, places)]
    return [losses[at : at + side] for at in range(0, len(losses), side)]


def training(cifar: Path | None) -> Iterator[tuple[str, Pictures]]:
    """The networks to record and their training pictures."""
    for name in subjects():
        if data_of(name) != CIFAR:
            yield name, pictures(data_of(name), 0)[0]
        elif cifar:
            yield name, some(cifar)


@cache
def some(cifar: Path) -> Pictures:
    """As many of CIFAR-10's training pictures as are recorded on, drawn by chance."""
    every = Pictures.of(read_folder(cifar / "train"))
    rows = torch.randperm(len(every.labels), generator=torch.Generator().manual_seed(0))[:RECORDED_PICTURES]
    return Pictures(every.images[rows], every.labels[rows], every.classes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cifar", type=Path)
    cifar = parser.parse_args().cifar
    torch.set_num_threads(1)
    before = OUT / "surfaces.json"
    known = json.loads(before.read_text(encoding="utf-8")) if before.is_file() else {}
    surfaces, others = (known.get(part, {"trained": {}, "untrained": {}}) for part in ("surfaces", "others"))
    for weights in surfaces:
        for name, data in training(cifar):
            surfaces[weights][name] = surface(name, weights, data, 0, RECORDED_SIDE)
            others[weights][name] = [surface(name, weights, data, seed, RECORDED_SIDE // 2 + 1) for seed in OTHERS]
            write("surfaces.json", seed=0, pictures=RECORDED_PICTURES, reach=1.0, surfaces=surfaces, others=others)
            print(name, weights, flush=True)
