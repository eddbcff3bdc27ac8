"""Residual blocks to scale: a convolution is as wide as its channels, in and out, and its bar as long as its multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from resnet_viz.draw.numbers import compact
from resnet_viz.draw.palette import PURPLE, SLATE
from resnet_viz.draw.svg import drawing, element, plus, wire, words_at
from resnet_viz.nets.blockcost import Term
from resnet_viz.text import Lesson

PANEL, HEIGHT = 420, 330
"""Size of one block's drawing."""
_MIDDLE, _WIDEST = 128, 168  # of the shapes: where they are centred, and how wide the most channels are
_TEXT, _LONGEST = 236, 172  # where the words start, and how long the dearest convolution's bar is
_TOP, _BOTTOM, _TALL = 58, 282, 40  # where x comes in and where the addition stands; a convolution's height


class Scaled(NamedTuple):
    """One block of the drawing."""

    title: str
    terms: Sequence[Term]


def blockscale(blocks: Sequence[Scaled], words: Lesson, only: int | None = None) -> str:
    """The SVG of all blocks in a row, or of one of them at the scale that suits all.

    `words`: `scale_step` with {kernel}, {c_in}, {c_out}, {share} and {macs}; `scale_total` with {share} and {macs}; `scale_alt`
    with {title}, {steps} and {total}. BN and ReLU are not drawn.
    """
    widest = max(max(t.in_channels, t.out_channels) for b in blocks for t in b.terms)
    dearest = max(t.macs for b in blocks for t in b.terms)
    shown = [b for i, b in enumerate(blocks) if only in (None, i)]
    panels = [
        element("g", *_panel(b, _WIDEST / widest, _LONGEST / dearest, words), transform=f"translate({i * PANEL} 0)")
        for i, b in enumerate(shown)
    ]
    return drawing(
        *panels,
        size=(PANEL * len(shown), HEIGHT),
        alt=" ".join(_in_words(b, words) for b in shown),
        title=" + ".join(b.title for b in shown),
        class_="rv file",
        style="min-width:0",
    )


def _panel(block: Scaled, channel: float, mac: float, words: Lesson) -> list[str]:
    """One block from top to bottom: x, its convolutions, the addition; beside each convolution its bar."""
    pitch = (_BOTTOM - _TOP) / len(block.terms)
    tops = [_TOP + pitch * i + (pitch - _TALL) / 2 for i in range(len(block.terms))]
    around = f"M{_MIDDLE} {_TOP - 14}H22V{_BOTTOM + 12}H{_MIDDLE - 10}"
    parts = [
        words_at(8, 22, block.title, "big"),
        words_at(_MIDDLE + 8, _TOP - 16, "x", "quiet"),
        element("g", element("path", d=around, class_="line"), class_="arc identity"),
        *(
            wire((_MIDDLE, start), (_MIDDLE, end))
            for start, end in zip([_TOP - 24, *(y + _TALL for y in tops)], [*tops, _BOTTOM + 2], strict=True)
        ),
        plus(_MIDDLE, _BOTTOM + 12),
        wire((_MIDDLE, _BOTTOM + 22), (_MIDDLE, HEIGHT - 6)),
    ]
    for term, top in zip(block.terms, tops, strict=True):
        parts += [_shape(term, top, channel), *_cost(term, top, mac, words)]
    return [*parts, words_at(_TEXT, _BOTTOM + 17, _total(block, words), "big")]


def _shape(term: Term, top: float, channel: float) -> str:
    """The trapezoid from the channels read to the channels written."""
    above, below = term.in_channels * channel / 2, term.out_channels * channel / 2
    corners = [(-above, 0), (above, 0), (below, _TALL), (-below, _TALL)]
    points = " ".join(f"{_MIDDLE + x:.1f},{top + y:.1f}" for x, y in corners)
    return element("polygon", points=points, fill=_colour(term), data_name=term.name)


def _cost(term: Term, top: float, mac: float, words: Lesson) -> list[str]:
    y = top + _TALL / 2
    bar = element("rect", x=_TEXT, y=round(y - 5, 1), width=round(term.macs * mac, 2), height=11, fill=_colour(term))
    name = f"{term.kernel}×{term.kernel}, {term.in_channels} → {term.out_channels}"
    return [
        words_at(_TEXT, y - 12, name),
        bar,
        words_at(_TEXT, y + 23, f"{_macs(term.macs, words)} = {in_units(term.share)}"),
    ]


def _colour(term: Term) -> str:
    return PURPLE if term.kernel == 1 else SLATE


def in_units(share: Fraction) -> str:
    """A share of C²HW, written out. Fractions keep the plain stroke: the small figures of 9⁄16 cannot be read from afar.

    >>> in_units(Fraction(9, 16))
    '9/16·C²HW'
    """
    return f"{share}·C²HW"


def _macs(count: int, words: Lesson) -> str:
    return compact(count, language=words.language)


def _total(block: Scaled, words: Lesson) -> str:
    share = sum((t.share for t in block.terms), Fraction(0))
    return words.labels["scale_total"].format(macs=_macs(sum(t.macs for t in block.terms), words), share=in_units(share))


def _in_words(block: Scaled, words: Lesson) -> str:
    steps = [
        words.labels["scale_step"].format(
            kernel=t.kernel,
            c_in=t.in_channels,
            c_out=t.out_channels,
            macs=_macs(t.macs, words),
            share=in_units(t.share),
        )
        for t in block.terms
    ]
    return words.labels["scale_alt"].format(title=block.title, steps=words.separated(";", steps), total=_total(block, words))
