"""One block opened: every layer, the shapes on the edges between them, and what the shortcut carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from resnet_viz.draw.svg import box, button, colour, details, element, plus, wire, words_at
from resnet_viz.nets.plan import Block, Layer, Plan

_ROW, _TOP = 62, 56
Item = Callable[[Layer, str], str]
"""Makes a drawn layer clickable."""
Number = Callable[[float], str]
"""Says a count."""


class OpenedBlock(NamedTuple):
    """A drawn panel."""

    svg: str
    height: float


def inset(
    p: Plan,
    block: Block,
    words: Mapping[str, str],
    number: Number,
    *,
    y: float,
    width: float,
    tall: bool,
    selected: str,
    aria: Callable[[str], str],
) -> OpenedBlock:
    """The block of this name, opened, across the page at `y`. On phones (`tall`) the layers stand below each other."""
    main = [layer for layer in block.layers if not layer.on_shortcut]
    side = [layer for layer in block.layers if layer.on_shortcut]
    place: _Wide | _Tall = _Tall(number, 4, y, width - 8, len(main)) if tall else _Wide(number, 4, y, width - 8, len(main))

    def item(layer: Layer, drawn: str) -> str:
        chosen = "selected" if layer.name == selected else None
        return button(drawn, layer.name, "layer", aria(layer.name), class_=chosen, **details(p, layer.name))

    parts = [box(4, y, width - 8, place.height, "panel", 12), words_at(20, y + 26, block.name, "big")]
    if not tall:
        parts.append(words_at(110, y + 26, words["inset_legend"], "quiet"))
    parts.append(place.entry("×".join(map(str, block.in_shape))))
    centres: dict[str, tuple[float, float]] = {}
    for i, layer in enumerate(main):
        centres[layer.name] = place.centre(i)
        drawn = plus(*place.centre(i), radius=15) if layer.kind == "add" else place.cell(i, layer)
        parts += [item(layer, drawn), place.edge(i, layer, last=i == len(main) - 1)]
    add = next((layer for layer in main if layer.kind == "add"), None)
    if add and side:
        source = side[0].inputs[0]  # the layer before the block, or the activation that both ways read
        start = centres.get(source)
        pills = [(layer, _pill(layer, words, number)) for layer in side]
        parts.append(place.shortcut(start, centres[add.name], block.shortcut, pills, item))
    return OpenedBlock(element("g", *parts, data_inset=block.name), place.height)


def _title(layer: Layer) -> str:
    if layer.kind == "conv":
        return f"{layer.kernel}×{layer.kernel} conv"
    return {"bn": "BN", "relu": "ReLU"}.get(layer.kind, layer.kind)


def _pill(layer: Layer, words: Mapping[str, str], number: Number) -> str:
    """What a layer of the shortcut is called on it."""
    if layer.kind in ("identity", "zero-pad"):
        return words[layer.kind] + (f", /{layer.stride}" if layer.stride > 1 else "")
    return " · ".join([_title(layer), *_figures(layer, number)[:2]])


def _figures(layer: Layer, number: Number) -> list[str]:
    """The small print of a box: channels and stride, parameters, multiply-adds."""
    if layer.kind == "conv":
        step = f", /{layer.stride}" if layer.stride > 1 else ""
        groups = f" ÷{layer.groups}" if layer.groups > 1 else ""
        return [f"{layer.in_shape[0]}→{layer.out_shape[0]}{groups}{step}", number(layer.params), f"{number(layer.macs)} MAC"]
    return [number(layer.params)] if layer.params else []


class _Wide:
    """Left to right, the shortcut above."""

    height = 212

    def __init__(self, number: Number, x: float, y: float, width: float, count: int) -> None:
        self.number, self.x, self.y = number, x, y
        self.left = x + 60
        self.pitch = min(136.0, (width - 84) / count)
        self.cell_width = self.pitch - 16
        self.middle = y + 128

    def centre(self, i: int) -> tuple[float, float]:
        return self.left + i * self.pitch + self.cell_width / 2, self.middle

    def entry(self, shape: str) -> str:
        shape_text = words_at(self.left - 12, self.y + self.height - 14, shape, "mid quiet")
        return wire((self.x + 10, self.middle), (self.left, self.middle)) + shape_text

    def cell(self, i: int, layer: Layer) -> str:
        x, top, (centre, _) = self.left + i * self.pitch, self.middle - 44, self.centre(i)
        bar = element(
            "rect", x=round(x + 8, 1), y=top + 7, width=round(self.cell_width - 16, 1), height=5, rx=2.5, fill=colour(layer)
        )
        drawn = box(x, top, self.cell_width, 88, "cell") + bar
        drawn += words_at(centre, top + 31, _title(layer), "mid")
        for row, line in enumerate(_figures(layer, self.number)):
            drawn += words_at(centre, top + 48 + 16 * row, line, "mid quiet")
        return drawn

    def edge(self, i: int, layer: Layer, last: bool) -> str:
        here, after = self.left + i * self.pitch, self.left + (i + 1) * self.pitch
        centre = here + self.cell_width / 2
        if layer.kind == "add":
            line = wire((here, self.middle), (centre - 15, self.middle), arrow=False) + wire(
                (centre + 15, self.middle), (after, self.middle)
            )
        else:
            line = wire((here + self.cell_width, self.middle), (after, self.middle), arrow=not last)
        changed = layer.in_shape != layer.out_shape or last
        shape = "×".join(map(str, layer.out_shape))
        return line + (words_at(after - 8 - 22 * last, self.y + self.height - 14, shape, "mid quiet") if changed else "")

    def shortcut(
        self,
        start: tuple[float, float] | None,
        end: tuple[float, float],
        kind: str,
        side: Sequence[tuple[Layer, str]],
        item: Item,
    ) -> str:
        x0 = start[0] + self.cell_width / 2 + 8 if start else self.left - 24
        x1, over, r = end[0], self.y + 54, 14
        path = f"M{x0:.1f} {self.middle}V{over + r}q0 {-r} {r} {-r}H{x1 - r:.1f}q{r} 0 {r} {r}V{self.middle - 15}"
        drawn = element("g", element("path", d=path), class_=f"arc {kind}")
        widths = [22 + 7.6 * len(text) * (1.6 if not text.isascii() and "×" not in text else 1) for _, text in side]
        left = (x0 + x1 - sum(widths) - 12 * (len(side) - 1)) / 2
        for (layer, text), width in zip(side, widths, strict=True):
            drawn += item(
                layer, box(left, over - 15, width, 30, "cell", 15) + words_at(left + width / 2, over + 5, text, "mid quiet")
            )
            left += width + 12
        return drawn


class _Tall:
    """Top to bottom, the shortcut on the right."""

    def __init__(self, number: Number, x: float, y: float, width: float, count: int) -> None:
        self.number, self.x, self.y, self.cell_width = number, x + 14, y, width - 92
        self.height = _TOP + _ROW * count + 14

    def centre(self, i: int) -> tuple[float, float]:
        return self.x + self.cell_width / 2, self.y + _TOP + _ROW * i + 20

    def entry(self, shape: str) -> str:
        x, y = self.x + self.cell_width / 2, self.y + _TOP
        return wire((x, y - 32), (x, y)) + words_at(x + 10, y - 20, shape, "quiet")

    def cell(self, i: int, layer: Layer) -> str:
        top = self.y + _TOP + _ROW * i
        bar = element("rect", x=self.x + 7, y=top + 8, width=5, height=26, rx=2.5, fill=colour(layer))
        drawn = box(self.x, top, self.cell_width, 42, "cell") + bar + words_at(self.x + 19, top + 26, _title(layer))
        return drawn + words_at(self.x + 94, top + 26, " · ".join(_figures(layer, self.number)[::2]), "quiet")

    def edge(self, i: int, layer: Layer, last: bool) -> str:
        x, y = self.centre(i)
        line = wire((x, y + (15 if layer.kind == "add" else 22)), (x, y + (30 if last else 41)))
        return line + (
            words_at(x + 8, y + 35, "×".join(map(str, layer.out_shape)), "quiet") if layer.in_shape != layer.out_shape else ""
        )

    def shortcut(
        self,
        start: tuple[float, float] | None,
        end: tuple[float, float],
        kind: str,
        side: Sequence[tuple[Layer, str]],
        item: Item,
    ) -> str:
        x0, y0 = self.x + self.cell_width / 2, start[1] + 31 if start else self.y + _TOP - 14
        right, r = self.x + self.cell_width + 34, 12
        path = f"M{x0:.1f} {y0:.1f}H{right - r:.1f}q{r} 0 {r} {r}V{end[1] - r:.1f}q0 {r} {-r} {r}H{end[0] + 15:.1f}"
        drawn = element("g", element("path", d=path), class_=f"arc {kind}")
        for i, (layer, text) in enumerate(side):
            y = (y0 + end[1]) / 2 + (i - len(side) / 2) * 42
            short = _title(layer) if layer.kind in ("conv", "bn") else text.split(",")[0]
            drawn += item(layer, box(right - 36, y, 72, 34, "cell", 17) + words_at(right, y + 22, short, "mid quiet"))
        return drawn
