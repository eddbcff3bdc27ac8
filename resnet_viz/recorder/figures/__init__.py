"""`figures`: measure what lessons show before anybody has measured anything, and write it where they look for it.

Each module here has `FILE`, which it writes, and `record`, which measures: it yields the recording as it grows, so that an
interruption loses one part only. Figures of networks whose pictures are not at hand keep what was recorded before.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from types import ModuleType

import torch
from tqdm import tqdm

from resnet_viz.recorder.figures import (
    fine_tuning,
    hero,
    lesion,
    paths,
    photographs,
    race,
    skips,
    slower,
    surfaces,
    sweep,
    thumbnails,
    widening,
)
from resnet_viz.recorder.figures.source import Source
from resnet_viz.recorder.files import made_now, read_json, write_json

FIGURES: dict[str, ModuleType] = {
    "race": race,
    "slower": slower,
    "sweep": sweep,
    "widening": widening,
    "photographs": photographs,
    "fine_tuning": fine_tuning,
    "surfaces": surfaces,
    "lesion": lesion,
    "skips": skips,
    "paths": paths,
    "hero": hero,
    "thumbnails": thumbnails,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Of `figures`."""
    about = ((name, (module.__doc__ or "").partition("\n")[0]) for name, module in FIGURES.items())
    parser.epilog = "\n".join(["names:", *(f"  {name:<12}{line}" for name, line in about)])
    parser.add_argument("names", nargs="*", metavar="NAME", help="which figures (default: all)")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="CIFAR-10, for the networks that were trained on it; for photographs, what `train` left",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="for the files, instead of where the app reads them")


def run(options: argparse.Namespace) -> int:
    """0: all are written. Raises `ValueError` that quotes a name that is no figure's."""
    unknown = [name for name in options.names if name not in FIGURES]
    if unknown:
        raise ValueError(f"no figure is called {unknown[0]!r}; there are {', '.join(FIGURES)}")
    torch.set_num_threads(1)
    for name in options.names or FIGURES:
        module = FIGURES[name]
        path = options.out / module.FILE.name if options.out else module.FILE
        known = read_json(module.FILE) if module.FILE.is_file() else {}
        source = Source(known, options.data, partial(tqdm, desc=name, unit="part"))
        for recorded in module.record(source):
            write_json(path, made_now() | recorded)
    return 0
