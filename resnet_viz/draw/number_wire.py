"""One block as a wire on which a number runs: from x through the branch and along the shortcut to the plus, and out.

Behind each operation the wire has a *stop*: a place for the number that has just been computed. The browser writes the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from resnet_viz.draw.svg import box, colour, drawing, element, plus, stylesheet, wire, words_at
from resnet_viz.nets.plan import Block, Layer

_LOOK = stylesheet("number_wire.css")
_RADIUS = 15  # of the plus
_HALF = 34  # of the number at a stop, and of the name over the last one, with room beside them


@dataclass(frozen=True)
class _Direction:
    """Where things lie: `along` the wire and `across` it."""

    tall: bool
    width: int
    height: int
    wire: float
    """Of the main wire, across."""
    start: float
    """Of the first operation, along."""
    pitch: float
    length: float
    """Of an operation, along the wire."""
    breadth: float
    arc: float
    """Of the shortcut, across."""
    number: tuple[float, float]
    """From a stop to the middle of its number."""

    def at(self, along: float, across: float) -> tuple[float, float]:
        return (across, along) if self.tall else (along, across)

    def end_of(self, i: float) -> float:
        """Where operation i ends, along."""
        return self.start + i * self.pitch + self.length

    def gap_behind(self, i: float) -> float:
        """The middle of the wire behind operation i, along."""
        return self.end_of(i) + (self.pitch - self.length) / 2

    def beside(self, along: float) -> tuple[float, float]:
        """Where the name of the wire is written: on the other side than the numbers."""
        return (self.wire - 78, along + 5) if self.tall else (along, self.wire - 10)


def number_wire(block: Block, steps: Sequence[str], words: Mapping[str, str], names: Mapping[str, str], *, tall: bool) -> str:
    """The SVG. `steps` are the modules of the block's steps, the first what it reads; `words` the labels of diagram.md.

    `names` are what the wire is called behind a module: x, F(x), y. `tall` runs from top to bottom, for phones.
    """
    main = [layer for layer in block.layers if not layer.on_shortcut]
    side = [layer for layer in block.layers if layer.on_shortcut]
    way = _tall(len(main)) if tall else _wide(len(main))
    entry = way.start - (way.pitch - way.length) / 2
    entry = entry if way.tall else max(entry, _HALF)
    parts = [_stop(way, 0, entry, way.wire), words_at(*way.at(entry - 20, way.wire - 10), names.get(steps[0], ""), "mid name")]
    ends = {steps[0]: entry}
    cells = [wire(way.at(8, way.wire), way.at(way.start, way.wire))]
    for i, layer in enumerate(main):
        last = i == len(main) - 1
        begin, end = _span(way, i, layer)
        stop = way.gap_behind(i) if way.tall or not last else min(max(way.gap_behind(i) + 10, end + _HALF), way.width - _HALF)
        ends[layer.name] = stop
        after = stop + (22 if way.tall else 28) if last else _span(way, i + 1, main[i + 1])[0]
        cells += [
            wire(way.at(end, way.wire), way.at(after, way.wire)),
            _operation(layer, _drawn(way, layer, begin, way.wire, (end - begin, way.breadth))),
        ]
        name = words_at(*way.beside(stop), names[layer.name], "mid name") if layer.name in names else ""
        parts += [_stop(way, steps.index(layer.name), stop, way.wire), name]
    add = next((i for i, layer in enumerate(main) if layer.kind == "add"), None)
    if add is not None:
        arc, stops = _shortcut(way, block, side, steps, words, ends[side[0].inputs[0]], way.end_of(add) - way.length / 2)
        cells.insert(0, arc)
        parts += stops
    runner = element("circle", cx=0, cy=0, r=6, class_="runner")
    return drawing(
        *cells,
        *parts,
        runner,
        size=(way.width, way.height),
        alt=f"{block.name}: " + " → ".join(layer.label for layer in block.layers),
        look=_LOOK,
        class_="rv wire-of-numbers " + ("tall" if tall else "wide"),
    )


def _wide(count: int) -> _Direction:
    start, width = 66.0, 800
    pitch = (width - start - 44) / count
    return _Direction(False, width, 156, 94, start, pitch, min(58.0, pitch * 0.56), 54, 16, (0, 44))


def _tall(count: int) -> _Direction:
    start, pitch = 40.0, 36.0
    return _Direction(True, 350, math.ceil(start + count * pitch + 16), 106, start, pitch, 22, 100, 270, (94, 0))


def _span(way: _Direction, i: int, layer: Layer) -> tuple[float, float]:
    """From where to where an operation reaches, along: the plus is a circle."""
    begin = way.start + i * way.pitch
    if layer.kind != "add":
        return begin, begin + way.length
    middle = begin + way.length / 2
    return middle - _RADIUS, middle + _RADIUS


def _drawn(way: _Direction, layer: Layer, along: float, across: float, size: tuple[float, float]) -> str:
    """A box with what the operation is called, or the plus. `size` is along and across."""
    length, breadth = size
    if layer.kind == "add":
        return plus(*way.at(along + length / 2, across), radius=_RADIUS)
    x, y = way.at(along, across - breadth / 2)
    width, height = way.at(*size)
    low = height < 40
    bar = element(
        "rect", x=round(x + 6, 1), y=y + (2 if low else 5), width=round(width - 12, 1), height=4, rx=2, fill=colour(layer)
    )
    lines = _title(layer, low)
    middle = y + height / 2 + 7 - 8 * (len(lines) - 1)
    drawn = "".join(words_at(x + width / 2, middle + 16 * row, line, "mid") for row, line in enumerate(lines))
    return box(x, y, width, height, "cell") + bar + drawn


def _title(layer: Layer, one_line: bool) -> list[str]:
    if layer.kind == "conv":
        kernel = f"{layer.kernel}×{layer.kernel}"
        return [f"{kernel} conv"] if one_line else [kernel, "conv"]
    return [{"bn": "BN", "relu": "ReLU"}.get(layer.kind, layer.kind)]


def _operation(layer: Layer, drawn: str) -> str:
    return element("g", drawn, data_name=layer.name, data_kind="layer")


def _stop(way: _Direction, step: int, along: float, across: float, shift: tuple[float, float] | None = None) -> str:
    """A place for the number of a step."""
    dx, dy = shift or way.number
    x, y = way.at(along, across)
    tie = element("path", d=f"M0 0L{dx} {dy}", class_="tie")
    pill = element("rect", x=dx - 31, y=dy - 12, width=62, height=24, rx=12, class_="pill")
    number = element("text", "", x=dx, y=dy + 5, class_="mid number")
    return element("g", tie, pill, number, class_="stop", data_step=step, transform=f"translate({x:.1f} {y:.1f})")


def _shortcut(
    way: _Direction,
    block: Block,
    side: Sequence[Layer],
    steps: Sequence[str],
    words: Mapping[str, str],
    start: float,
    end: float,
) -> tuple[str, list[str]]:
    """The arc with its operations, and the stops on it. `start` and `end` are along the main wire."""
    tip = way.wire + (_RADIUS if way.tall else -_RADIUS)
    points = [way.at(start, way.wire), way.at(start, way.arc), way.at(end, way.arc), way.at(end, tip)]
    path = element("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), class_="bend")
    drawn = element("g", path, class_=f"arc {block.shortcut}")
    shift = (44.0, 0.0) if way.tall else (0.0, 28.0)
    room = (end - start) / (len(side) + 1)
    stops = []
    if block.shortcut == "identity":
        at = start + room
        drawn += _operation(side[0], _pill(way, at - (0 if way.tall else 70), words["identity"]))
        stops.append(_stop(way, 0, at + (34 if way.tall else 30), way.arc, shift))
        return drawn, stops
    for i, layer in enumerate(side):
        at = start + room * (i + 0.7)
        title = words[layer.kind] if layer.kind == "zero-pad" else _title(layer, True)[0]
        drawn += _operation(layer, _pill(way, at, title))
        stops.append(_stop(way, steps.index(layer.name), at + (34 if way.tall else 78), way.arc, shift))
    return drawn, stops


def _pill(way: _Direction, along: float, title: str) -> str:
    """A small box on the shortcut."""
    x, y = way.at(along, way.arc)
    width = 24 + 7.4 * len(title) * (1.7 if not title[0].isascii() else 1)
    return box(x - width / 2, y - 13, width, 26, "cell", 13) + words_at(x, y + 5, title, "mid")
