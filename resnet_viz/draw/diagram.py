"""The network's diagram: an SVG from a `Plan`, foldable from overview to stage to block to layer.

Each stage is a row of blocks. Over every block runs its shortcut: solid blue for the identity, green for a projection, dashed for
zero-padding, a dotted ghost where it has been removed. A long stage folds to its first block and a card for the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from resnet_viz.draw.block_cell import CELL, NARROW, WIDE, bars, expander, shortcut_label
from resnet_viz.draw.diagram_lines import FEW, Segment, folded, lines_of
from resnet_viz.draw.inset import Number, inset
from resnet_viz.draw.numbers import compact
from resnet_viz.draw.svg import box, button, colour, details, drawing, element, plus, wire, words_at
from resnet_viz.draw.tiles import colours
from resnet_viz.nets.plan import Block, Layer, Part, Plan, Stage
from resnet_viz.text import lesson, spaced

FOLD_ABOVE = 6
"""A stage of more blocks than this is folded until somebody unfolds it."""
_SLOT = 110
_GAP = 16
_LOW = 48  # a band of layers in a row, on a phone
_MARGIN = 28  # left and right of a line, where the wires between lines run


@dataclass(frozen=True)
class DiagramView:
    """How much of a network is shown."""

    unfolded: frozenset[str] | None = None
    """The stages shown block by block; None leaves it to their length."""
    open_block: str = ""
    """The block shown layer by layer."""
    columns: int = 10
    """Blocks on a line: 10 suit a page, 3 a phone."""
    selected: str = ""
    shades: Mapping[str, tuple[float, str]] = field(default_factory=dict, hash=False)
    """Blocks filled with a colour of viridis, by name: (0 to 1, the figure that stands on it). Nothing is folded then."""

    def unfolded_stages(self, p: Plan) -> frozenset[str]:
        """The stages of this plan that are shown block by block."""
        if self.shades:
            return frozenset(stage.name for stage in p.stages)
        if self.unfolded is not None:
            return self.unfolded & {stage.name for stage in p.stages}
        return frozenset(stage.name for stage in p.stages if len(stage.blocks) <= FOLD_ABOVE)


@dataclass(frozen=True)
class Diagram:
    """A drawn network."""

    svg: str
    text: str
    """The same in words, a line a stage."""
    width: int
    height: int

    def _repr_svg_(self) -> str:
        return self.svg


def draw(p: Plan, language: str = "en") -> Diagram:
    """The diagram with the project's own words: what a notebook shows."""
    return diagram(p, words=lesson("diagram", language).labels, language=language)


def diagram(p: Plan, *, view: DiagramView | None = None, words: Mapping[str, str], language: str = "en") -> Diagram:
    """Draw the network. `words` are the labels of text/<language>/diagram.md; numbers are said as in that `language`."""
    return _Page(p, view or DiagramView(), words, language).draw()


class _Page:
    """One drawing in progress; `y` is where the next line starts."""

    def __init__(self, p: Plan, view: DiagramView, words: Mapping[str, str], language: str) -> None:
        self.p, self.view, self.words = p, view, words
        self.language, self.number = language, partial(compact, language=language)
        self.narrow = view.columns < FEW
        self.measures = NARROW if self.narrow else WIDE
        self.lines = lines_of(list(self._segments()), view.columns)
        slots = max(sum(segment.slots for segment in line) for line in self.lines)
        gaps = max(len(line) for line in self.lines) - 1
        self.slots = slots
        self.width = 2 * _MARGIN + slots * _SLOT + gaps * _GAP
        self.y = 6.0
        self.bands: list[str] = []  # drawn first, then the wires between them
        self.under: list[str] = []
        self.parts: list[str] = []

    def _segments(self) -> Iterator[Segment]:
        unfolded, columns = self.view.unfolded_stages(self.p), self.view.columns
        for part in self.p.parts:
            if isinstance(part, Part):
                yield Segment(part, ())
                continue
            groups = [(block,) for block in part.blocks] if part.name in unfolded else folded(part.blocks)
            for start in range(0, len(groups), columns):
                yield Segment(part, tuple(groups[start : start + columns]))

    def draw(self) -> Diagram:
        start: tuple[float, float] | None = None
        for line in self.lines:
            start = self._line(line, start)
        height = math.ceil(self.y)
        spec = self.p.spec
        svg = drawing(
            *self.bands,
            *self.under,
            *self.parts,
            size=(self.width, height),
            alt=self.words["diagram"].format(depth=spec.depth, blocks=len(spec.blocks)),
            class_="rv file",
            role="group",
            width=self.width,
            height=height,
        )
        return Diagram(svg, "\n".join(_in_words(self.p, self.words, self.number)), self.width, height)

    def _line(self, line: Sequence[Segment], came_from: tuple[float, float] | None) -> tuple[float, float]:
        """Draw one line of bands; where its wire leaves is returned."""
        top, measures = self.y, self.measures
        low = self.narrow and len(line) == 1 and not line[0].groups and len(_shown(line[0].part)) <= 2
        middle = top + (_LOW / 2 if low else measures.middle)
        x = float(_MARGIN)
        if came_from:
            x0, y0 = came_from
            turn, left = top - 4, _MARGIN - 18
            self.under.append(wire((x0, y0), (x0 + 19, y0), (x0 + 19, turn), (left, turn), (left, middle), (x + 10, middle)))
        else:
            self.under.append(wire((4, middle), (x + 10, middle)))
        opened: Block | None = None
        for i, segment in enumerate(line):
            if i:
                self.under.append(wire((x - _GAP - 9, middle), (x + 10, middle)))
            if low:
                return self._low(segment.part, x, top)
            self._band(segment, x, top)
            if segment.groups:
                for slot, group in enumerate(segment.groups):
                    self._blocks(group, x + 10 + slot * _SLOT, middle - measures.cell / 2, last=slot == len(segment.groups) - 1)
                    opened = next((b for b in group if b.name == self.view.open_block), opened)
            else:
                self._cells(segment.part, x + 8, middle - measures.cell / 2)
            x += segment.slots * _SLOT + _GAP
        self.y = top + measures.band + measures.between
        if opened:
            panel = inset(
                self.p,
                opened,
                self.words,
                self.number,
                y=self.y - 10,
                width=self.width,
                tall=self.narrow,
                selected=self.view.selected,
                aria=self._aria,
            )
            self.parts.append(panel.svg)
            self.y += panel.height + 6
        return x - _GAP - 9, middle

    def _band(self, segment: Segment, x: float, top: float) -> None:
        """The soft field behind a stage, with its name and what it puts out."""
        part, width, slots = segment.part, segment.slots * _SLOT, segment.slots
        self.bands.append(box(x, top, width, self.measures.band, "band", 14))
        in_line = self.narrow and slots > 1
        first = top + (19 if self.narrow else 23)
        lines = words_at(x + 12, first, self._name(part), "big")
        if isinstance(part, Stage) and slots > (2 if self.narrow else 1):
            lines += words_at(x + 74, first, part.paper_name, "quiet")
        if in_line:
            lines += words_at(x + (128 if slots > 2 else 74), first, _shape(part), "quiet")
        elif not (self.narrow and segment.groups):  # there an arc leaves no room
            lines += words_at(x + 12, first + 19, _shape(part), "quiet")
        target = box(x + 4, top + 4, min(width - 8, 200 if in_line else 140), 22 if in_line else 44, "cell bare")
        self._item(part.name, "stage", target + lines, "title")
        foldable = segment.slots > 1 and not self.view.shades
        if isinstance(part, Stage) and len(part.blocks) > 2 and foldable and segment.groups[0][0] is part.blocks[0]:
            self._fold_button(part, x + width - 76, top + (1 if self.narrow else 8))

    def _name(self, part: Part | Stage) -> str:
        return self.words.get(f"part_{part.name}", part.name)

    def _low(self, part: Part | Stage, x: float, top: float) -> tuple[float, float]:
        """A line that has stem or head alone, on a phone: its layers beside each other, then its name."""
        width, middle = self.slots * _SLOT, top + _LOW / 2
        self.bands.append(box(x, top, width, _LOW, "band", 14))
        layers = _shown(part)
        for i, layer in enumerate(layers):
            if i:
                self.under.append(wire((x + i * _SLOT, middle), (x + i * _SLOT + 8, middle), arrow=False))
            self._cell(layer, x + 8 + i * _SLOT, top + 6, _LOW - 12)
        named = x + 18 + len(layers) * _SLOT
        lines = words_at(named, top + 20, self._name(part), "big") + words_at(named, top + 39, _shape(part), "quiet")
        self._item(part.name, "stage", box(named - 8, top + 3, 100, _LOW - 6, "cell bare") + lines, "title")
        self.y = top + _LOW + self.measures.between
        return x + width - 9, middle

    def _cells(self, part: Part | Stage, x: float, top: float) -> None:
        """The layers of stem or head that change a shape, below each other."""
        layers = _shown(part)
        tall = (self.measures.cell - 6 * (len(layers) - 1)) / len(layers)
        for i, layer in enumerate(layers):
            self._cell(layer, x, top + i * (tall + 6), tall)

    def _cell(self, layer: Layer, x: float, y: float, tall: float) -> None:
        drawn = box(x, y, _SLOT - 16, tall, "cell", 7) + element(
            "rect", x=x + 6, y=y + 6, width=4, height=tall - 12, rx=2, fill=colour(layer)
        )
        texts = (
            layer.label.split(", ", 1)
            if tall > 40
            else [layer.label.replace(" 3×3", "").replace(" conv, ", " · ").replace(", /", " /")]
        )
        for row, line in enumerate(texts):
            drawn += words_at(x + 16, y + tall / 2 + 5 + 18 * (row - (len(texts) - 1) / 2), line, "quiet")
        self._item(layer.name, "layer", drawn)

    def _item(self, name: str, kind: str, drawn: str, class_: str = "") -> None:
        classes = f"{class_} selected".strip() if name == self.view.selected else class_ or None
        self.parts.append(button(drawn, name, kind, self._aria(name), class_=classes, **details(self.p, name)))

    def _aria(self, name: str) -> str:
        said = details(self.p, name)
        told = self.words["aria"].format(
            name=name, shape=said["data_shape"], params=self.number(said["data_params"]), macs=self.number(said["data_macs"])
        )
        return spaced(told, self.language)

    def _fold_button(self, stage: Stage, x: float, y: float) -> None:
        unfolded = stage.name in self.view.unfolded_stages(self.p)
        text = self.words["fold" if unfolded else "unfold"].format(count=len(stage.blocks))
        label = self.words["fold_aria" if unfolded else "unfold_aria"].format(name=stage.name, count=len(stage.blocks))
        drawn = box(x, y, 68, 24, "cell", 12) + words_at(x + 34, y + 17, text, "mid quiet")
        self.parts.append(button(drawn, stage.name, "fold", label, class_="fold"))

    # Blocks

    def _blocks(self, group: Sequence[Block], x: float, top: float, last: bool) -> None:
        """One block, or a card for a run of equal ones, with its shortcut and its addition."""
        block, many = group[0], len(group) > 1
        tall = self.measures.cell
        middle, circle = top + tall / 2, x + CELL + 15
        drawn = "".join(box(x + shift, top - shift, CELL, tall, "under") for shift in ((8, 4) if many else ()))
        drawn += box(x, top, CELL, tall, "cell")
        index = f"× {len(group)}" if many else block.name.rpartition(".")[2]
        drawn += words_at(x + 8, top + 18, index, "big" if many else "")
        drawn += (
            self._shade(block, x, top)
            if block.name in self.view.shades
            else bars(block, x, top + tall, tall - (38 if many else 22))
        )
        if many:
            stage = block.name.partition(".")[0]
            card = self.words["card"].format(count=len(group), first=block.name, last=group[-1].name)
            label = f"{card}. {self.words['unfold_aria'].format(name=stage, count=len(group) + 1)}"
            self.parts.append(button(drawn, stage, "fold", label, class_="fold"))
        else:
            self._item(block.name, "block", drawn + expander(x + CELL - 16, top + 5, block.name == self.view.open_block))
        self._arc(group, x - 6, circle, middle, top)
        if not last:
            self.parts.append(wire((circle + 9, middle), (x + _SLOT, middle), arrow=False))

    def _shade(self, block: Block, x: float, top: float) -> str:
        unit, told = self.view.shades[block.name]
        red, green, blue = colours(False)[round(255 * min(max(unit, 0.0), 1.0))].tolist()
        ink = "#fff" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else "#111"
        high = self.measures.cell - 31
        fill = element("rect", x=x + 4, y=top + 26, width=CELL - 8, height=high, rx=5, fill=f"#{red:02x}{green:02x}{blue:02x}")
        return fill + element("text", told, x=x + CELL / 2, y=top + 31.5 + high / 2, class_="mid", style=f"fill: {ink}")

    def _arc(self, group: Sequence[Block], start: float, end: float, middle: float, top: float) -> None:
        block = group[0]
        kept = [b for b in group if b.shortcut != "none"]
        option = block.shape.shortcut_option
        high = self.measures.arc
        peak = top - high * 0.95
        curve = f"M{start:.1f} {middle:.1f}C{start:.1f} {peak:.1f} {end:.1f} {peak:.1f} {end:.1f} {middle - 9:.1f}"
        drawn = element("path", d=curve, class_="line")
        if len(group) > 1:  # a second arc inside the first: the arcs of a card are many
            low, inner = top - 3, peak + 4
            inside = f"M{start + 5:.1f} {low:.1f}C{start + 9:.1f} {inner:.1f} {end - 9:.1f} {inner:.1f} {end - 5:.1f} {low:.1f}"
            drawn += element("path", d=inside, class_="line")
        reach = f"M{start:.1f} {top + 4:.1f}V{top - high - 2:.1f}H{end:.1f}V{top + 4:.1f}z"  # 40 px for a finger
        drawn += element("path", d=reach if self.narrow else f"{curve}V{top - 2:.1f}H{start:.1f}z", class_="hit")
        centre, label_y = (start + end) / 2, top - high * 0.62 - 8
        if len(group) > 1:
            count = f"{len(kept)}" if len(kept) == len(group) else f"{len(kept)}/{len(group)}"
            text = self.words["skips"].format(count=count)
            drawn += words_at(centre, label_y, text)
            shown = {True: text, False: text}
        else:
            shown = {True: shortcut_label(block, self.words), False: self.words["removed"]}
            drawn += element("g", words_at(centre, label_y, shown[True]), class_="kept")
            drawn += element("g", words_at(centre, label_y, shown[False]), class_="gone")
        names = [b.name for b in group]
        label = self.words["skip_aria"].format(
            name=names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}", kind=self.words[option]
        )
        self.parts.append(wire((start + 6 + CELL, middle), (end - (9 if kept else 0), middle), arrow=False))
        sign = plus(end, middle, 9) if kept else element("circle", cx=end, cy=middle, r=3, class_="head")
        class_ = f"arc {option}" + ("" if kept else " off")
        on, off = (f"{shown[state]}: {label}" if shown[state] else label for state in (True, False))
        more = {"data_blocks": " ".join(names), "data_on": on, "data_off": off, "role": "switch"}
        more |= {"aria_checked": str(bool(kept)).lower(), "aria_label": on if kept else off}
        self.parts.append(button(drawn, f"skip:{names[0]}", "skip", label, class_=class_, **more) + sign)


def _shown(part: Part | Stage) -> list[Layer]:
    """The layers of stem or head that are drawn: those that change a shape."""
    return [layer for layer in part.layers if layer.kind in ("conv", "maxpool", "avgpool", "linear")]


def _shape(part: Part | Stage) -> str:
    return "×".join(map(str, part.out_shape))


def _in_words(p: Plan, words: Mapping[str, str], number: Number) -> Iterator[str]:
    for part in p.parts:
        line = f"{part.name}: {'×'.join(map(str, part.out_shape))}, {number(part.params)}, {number(part.macs)} MACs"
        if isinstance(part, Stage):
            kept = sum(block.shortcut != "none" for block in part.blocks)
            line += f"; {part.blocks[0].shape.name.partition('.')[0]} × {len(part.blocks)}, " + words["skips"].format(
                count=f"{kept}/{len(part.blocks)}"
            )
        yield line
