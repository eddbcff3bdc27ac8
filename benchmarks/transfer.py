"""What a student waits for in the lesson on own classes, and what a session with as many pictures as it may have takes."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch
from PIL import Image

from benchmarks import Amount
from resnet_viz.nets.weights import card, trained
from resnet_viz.picture_process import read_pictures_apart
from resnet_viz.probes.features import features
from resnet_viz.probes.few_pictures import accuracy_by_count
from resnet_viz.probes.linear_head import train_head
from resnet_viz.studies.transfer import as_input, backbones
from resnet_viz.ui.lessons.transfer.classes import MAX_CLASSES, MAX_PICTURES, SIDE, picture_of

TOGETHER, ROUNDS = 10, 5


def _photographs(count: int) -> list[bytes]:
    """JPEG files of 12 megapixels, as a phone makes them."""
    random = np.random.default_rng(0)
    small = [Image.fromarray(random.integers(0, 256, (48, 64, 3), dtype=np.uint8)) for _ in range(count)]
    files = []
    for image in small:
        buffer = io.BytesIO()
        image.resize((4000, 3000), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
        files.append(buffer.getvalue())
    return files


def _took(act: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:])


def rows() -> Iterator[Amount]:
    torch.set_num_threads(1)
    name = backbones()[0]
    network, known = trained(name), card(name)
    files = _photographs(TOGETHER)
    images = [image for image in read_pictures_apart(files, 2 * SIDE) if isinstance(image, Image.Image)]
    pictures = [picture_of(image) for image in images]

    def see() -> torch.Tensor:
        return features(network, as_input([picture.image for picture in pictures], known))

    read, seen = _took(lambda: read_pictures_apart(files, 2 * SIDE)), _took(see)
    yield Amount("ten photographs of 12 megapixels read and made small", f"{read * 1e3:.0f} ms", "")
    yield Amount(f"ten pictures through {name}", f"{seen * 1e3:.0f} ms", "")
    yield Amount("both together", f"{(read + seen) * 1e3:.0f} ms", "≤ 1500 ms")
    width = see().shape[1]
    rows_, labels = torch.randn(MAX_PICTURES, width), torch.arange(MAX_PICTURES) % MAX_CLASSES
    head = _took(lambda: train_head(rows_, labels, MAX_CLASSES))
    yield Amount(f"head on {MAX_PICTURES} pictures, {MAX_CLASSES} classes", f"{head * 1e3:.0f} ms", "≤ 300 ms")
    curve = _took(lambda: accuracy_by_count(rows_, labels, MAX_CLASSES))
    yield Amount("accuracy by number of pictures, the same", f"{curve * 1e3:.0f} ms", "")
    one = pictures[0]
    of_picture = len(one.image.tobytes()) + len(one.thumbnail) + 4 * 4 * max(width, 3 * 32 * 32)
    yield Amount(f"a session with {MAX_PICTURES} pictures holds", f"{MAX_PICTURES * of_picture / 2**20:.0f} MiB", "≤ 40 MB")
