"""The steps of a block as files: a picture, a table and code."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.nets import export
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import short_name
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import Download

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps, Hand


def files(p: Plan, found: BlockSteps, hands: tuple[Hand, ...], words: Lesson) -> list[Download]:
    """What can be taken along."""
    stem = f"{short_name(p.spec)}-{found.block}"
    return [
        Download(words.labels["file_steps"], f"{stem}.png", "image/png", lambda: _sheet(found)),
        Download(words.labels["file_numbers"], f"{stem}.csv", "text/csv", lambda: _table(found, hands)),
        Download(words.labels["file_code"], f"{short_name(p.spec)}.py", "text/x-python", lambda: export.to_python(p.spec)),
    ]


def _sheet(found: BlockSteps) -> bytes:
    """A row of eight maps a step, from the input down to the output."""
    buffer = io.BytesIO()
    tiles.rows([step.value[0].numpy() for step in found.steps], 8).save(buffer, "PNG")
    return buffer.getvalue()


def _table(found: BlockSteps, hands: tuple[Hand, ...]) -> str:
    rows: list[list[object]] = [
        ["step", "module", "code", "shape", "min", "max", "mean", "std", "channel", "row", "column", "value"]
    ]
    for i, (step, hand) in enumerate(zip(found.steps, hands, strict=True)):
        value = step.value[0].numpy().astype(np.float64)
        size = [f"{n:.6g}" for n in (value.min(), value.max(), value.mean(), value.std())]
        where = [hand.channel, hand.row, hand.column, f"{hand.result:.6g}"]
        rows.append([i, step.name, step.code, "x".join(map(str, value.shape)), *size, *where])
    return table(rows)
