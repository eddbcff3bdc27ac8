"""Lesions as a picture: over each block of two networks, the error without that block; a click deletes it.

An SVG like the diagram, for the same component: blocks are buttons, with the arrow keys one walks from one to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from resnet_viz.draw.svg import box, button, drawing, element, stylesheet, words_at

_LOOK = stylesheet("block_deletion.css")
_WIDE, _NARROW = 800, 390
_HIGH = 96  # of the bars: an error of 1
_SIDE = 22  # of a block
_TITLE, _LABELS, _CHAIN, _SPACE = 28, 34, 46, 14
_LARGEST = 78  # of a column
_FINGER = 33  # the least of a column
_GAP = 10  # between stages
_AXIS = 52


class DeletionRow(NamedTuple):
    """One network."""

    name: str
    """As people call it."""
    plain: bool
    blocks: Sequence[str]
    errors: Sequence[float | None]
    """Error without each block, 0 to 1; None where it has not been measured."""
    undisturbed: float
    now: float | None = None
    """Error without all that are deleted, where that has been measured."""


def lesion_picture(
    rows: Sequence[DeletionRow],
    words: Mapping[str, str],
    *,
    deleted: Sequence[str] = (),
    chance: float = 0.9,
    narrow: bool = False,
) -> str:
    """The SVG. `deleted` are the blocks that are deleted; `narrow` gives each stage a line of its own, for phones.

    `words`: `bar_aria`, `bar_aria_none`, `bar_undisturbed`, `bar_now`, `bar_stage`, `bar_picture`.
    """
    most = max(len(row.blocks) for row in rows)
    width = _NARROW if narrow else max(_WIDE, _AXIS + 6 + _GAP * 3 + _FINGER * most)
    y, parts = 4.0, []
    for row in rows:
        drawn, tall = _row(row, words, frozenset(deleted), chance, width, narrow)
        parts.append(element("g", drawn, transform=f"translate(0 {y})", class_="plain" if row.plain else "residual"))
        y += tall
    return drawing(
        *parts,
        size=(width, round(y)),
        alt=words["bar_picture"].format(names=", ".join(row.name for row in rows)),
        look=_LOOK,
        class_="rv lesions file",
        role="group",
        width=width,
        height=round(y),
    )


def _row(
    row: DeletionRow, words: Mapping[str, str], deleted: frozenset[str], chance: float, width: int, narrow: bool
) -> tuple[str, float]:
    """One network and its height: bars over a chain of blocks, in one line, or a line a stage."""
    stages = [list(group) for _, group in groupby(range(len(row.blocks)), lambda i: row.blocks[i].partition(".")[0])]
    lines = [[stage] for stage in stages] if narrow else [stages]
    left = 4 if narrow else _AXIS
    most = max(sum(map(len, line)) for line in lines)
    column = min(_LARGEST, (width - left - 6 - _GAP * (max(map(len, lines)) - 1)) / most)
    heading = words["bar_undisturbed"].format(name=row.name, error=row.undisturbed)
    if row.now is not None:
        heading += " " + words["bar_now"].format(error=row.now)
    drawn, y = words_at(4, 20, heading, "big"), float(_TITLE)
    for line in lines:
        drawn += element("g", *_line(row, line, words, deleted, chance, left, column, narrow), transform=f"translate(0 {y})")
        y += _LABELS + _HIGH + _CHAIN
    return drawn, y + _SPACE


def _line(
    row: DeletionRow,
    stages: Sequence[Sequence[int]],
    words: Mapping[str, str],
    deleted: frozenset[str],
    chance: float,
    left: float,
    column: float,
    narrow: bool,
) -> Iterator[str]:
    floor = _LABELS + _HIGH
    end = left + sum(map(len, stages)) * column + _GAP * (len(stages) - 1)
    for share in (0, 0.5, 1):
        y = floor - share * _HIGH
        yield element("path", d=f"M{left} {y}H{end:.1f}", class_="grid")
        if not narrow:
            yield words_at(8, y + 5, f"{share:.0%}", "quiet")
    middle = floor + 22
    yield element("path", d=f"M{left} {middle}H{end:.1f}", class_="chain")
    x = left
    for stage in stages:
        number = row.blocks[stage[0]].partition(".")[0].removeprefix("layer")
        yield words_at(x + 4, 13, words["bar_stage"].format(n=number), "quiet")
        for i in stage:
            yield _column(row, i, words, deleted, x, column, floor)
            x += column
        x += _GAP
    level, guess = floor - row.undisturbed * _HIGH, floor - chance * _HIGH
    yield element("path", d=f"M{left} {guess:.1f}H{end:.1f}", class_="chance")
    yield element("path", d=f"M{left} {level:.1f}H{end:.1f}", class_="level")


def _column(
    row: DeletionRow, i: int, words: Mapping[str, str], deleted: frozenset[str], x: float, column: float, floor: float
) -> str:
    """One block: its bar, its number, the block itself with its skip, and the field that takes the click."""
    name, error = row.blocks[i], row.errors[i]
    key = "bar_aria_none" if error is None else "bar_aria"
    label = words[key].format(name=row.name, block=name, error=error or 0.0, undisturbed=row.undisturbed)
    centre, middle = x + column / 2, floor + 22
    drawn = box(x + 1, _LABELS - 17, column - 2, _HIGH + _CHAIN + 14, "hit", 6)
    if error is not None:
        wide, tall = min(30.0, column - 10), error * _HIGH
        drawn += box(centre - wide / 2, floor - tall, wide, tall, "bar", 2)
        drawn += words_at(centre, max(floor - tall - 4, 12), f"{100 * error:.0f}", "mid")
    half = _SIDE / 2
    if not row.plain:
        ear = min(column / 2 - 2, half + 6)
        curve = f"M{centre - ear:.1f} {middle}q0 {half + 10} {ear:.1f} {half + 10}t{ear:.1f} {-half - 10}"
        drawn += element("path", d=curve, class_="skip")
    drawn += box(centre - half, middle - half, _SIDE, _SIDE, "box", 4)
    if name in deleted:
        arm = half - 5
        drawn += element(
            "path",
            d=f"M{centre - arm:.1f} {middle - arm}l{2 * arm} {2 * arm}m0 {-2 * arm}l{-2 * arm} {2 * arm}",
            class_="cross",
        )
    kind = "plain" if row.plain else "residual"
    pressed = str(name in deleted).lower()
    return button(
        drawn, f"{kind}:{name}", "fold", label, class_="column deleted" if name in deleted else "column", aria_pressed=pressed
    )
