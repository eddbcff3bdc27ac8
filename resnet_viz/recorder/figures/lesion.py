"""Blocks deleted and swapped in every shipped twin, with which "Why it works" opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from resnet_viz.probes.lesion import delete_random, lesion, swap_blocks, swappable
from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.block_deletion import Slice, merged, random_counts
from resnet_viz.studies.pretrained_pairs import subject, subjects
from resnet_viz.studies.recorded import FOLDER

FILE = FOLDER / "lesion.json"


class Sizes(NamedTuple):
    """How much is measured."""

    pictures: int = 2_000
    """For single deletions."""
    fewer: int = 1_000
    """Where many combinations are tried."""
    draws: int = 12
    """Random choices of each number of blocks."""
    batch: int = 125
    """Pictures that stay in the processor's memory together."""


def record(source: Source, *, names: Sequence[str] = (), sizes: Sizes = Sizes()) -> Iterator[dict[str, Any]]:  # noqa: B008 (a value)
    """`networks`, by name; after each network."""
    found = {name: known for name, known in source.known.get("networks", {}).items() if name in subjects()}
    for name in source.each(names or subjects()):
        if inputs := source.inputs(name, "test", sizes.pictures):
            found[name] = _deletions(name, *inputs, sizes)
            yield {"networks": found}


def _batches(x: Tensor, y: Tensor, size: int) -> list[tuple[Tensor, Tensor]]:
    return list(zip(torch.split(x, size), torch.split(y, size), strict=True))


def _deletions(name: str, x: Tensor, y: Tensor, sizes: Sizes) -> dict[str, Any]:
    """Every single deletion, random ones and swaps."""
    model = subject(name)
    parts, fewer = _batches(x, y, sizes.batch), _batches(x[: sizes.fewer], y[: sizes.fewer], sizes.batch)
    counts, pairs = random_counts(len(model.spec.blocks)), swappable(model.spec)
    each = merged([Slice(len(p[1]), tuple(one.score for one in lesion(model, *p))) for p in parts])
    drawn = merged(
        [Slice(len(p[1]), tuple(d.score for _, d in delete_random(model, *p, counts, draws=sizes.draws))) for p in fewer]
    )
    swaps = merged([Slice(len(p[1]), tuple(swap_blocks(model, *p, *pair) for pair in pairs)) for p in fewer])
    assert each is not None
    assert drawn is not None
    assert swaps is not None
    errors = [round(score.error, 4) for score in drawn.scores]
    return {
        "pictures": each.pictures,
        "each": [(round(score.loss, 4), round(score.error, 4)) for score in each.scores],
        "random_pictures": drawn.pictures,
        "random": {count: errors[i * sizes.draws : (i + 1) * sizes.draws] for i, count in enumerate(counts)},
        "swaps": [(*pair, round(score.error, 4)) for pair, score in zip(pairs, swaps.scores, strict=True)],
    }
