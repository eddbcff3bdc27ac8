"""The picture of each claim: what was measured, drawn, with the sentence about it as its text twin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.draw.lines import Line, lines, power
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit.numbers import big, shape_text

if TYPE_CHECKING:
    from resnet_viz.studies.claims import Finding
    from resnet_viz.studies.claims.blocks import BlockCosts, Channels, Code, FirstBlock, Order, ShapeSums, Strides
    from resnet_viz.studies.claims.networks import Attention, Degradation, Ensemble, Gradients


def draw(claim: str, found: Finding, words: Lesson, key: str) -> None:
    """Show the picture of a claim's finding."""
    _PICTURES[claim](found, words, key)


def said(claim: str, finding: Finding, words: Lesson) -> str:
    """The sentence with the numbers."""
    numbers = finding.numbers
    counts = {f"big_{name}": big(value, 2, words.language) for name, value in numbers.items() if name.startswith("macs_")}
    paper = big(numbers.get("paper", 0) * 1e9, 1, words.language)
    return words.say(f"said_{claim}", **numbers, **counts, big_paper=paper, tiny=power(numbers.get("first_plain_bare") or 1.0))


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _degradation(found: Degradation, words: Lesson, key: str) -> None:
    few, many = found.depths
    shown = [
        Line(words.say("plain", depth=many), found.plain_deep, "plain"),
        Line(words.say("plain", depth=few), found.plain_shallow, "plain", 1),
        Line(words.say("residual", depth=few), found.shallow, "residual", 1),
        Line(words.say("residual", depth=many), found.deep, "residual"),
    ]
    draw = lines(
        shown,
        across=words.labels["epoch"],
        up=words.labels["training_error"],
        alt=_alt("degradation", found, words),
        write=_percent,
    )
    figure(draw, key=key)


def _gradients(found: Gradients, words: Lesson, key: str) -> None:
    names = ("plain", "residual", "residual_bare", "plain_bare")
    shown = [
        Line(words.labels[f"net_{name}"], getattr(found, name), name.partition("_")[0], int(name.endswith("bare")))
        for name in names
    ]  # fmt: skip
    alt = _alt("gradients", found, words)
    figure(
        lines(shown, across=words.labels["layer"], up=words.labels["gradient_norm"], alt=alt, write=power, logarithmic=True),
        key=key,
    )


def _shapes(found: ShapeSums, words: Lesson, _key: str) -> None:
    say, x, f = words.labels, shape_text(found.x), shape_text(found.f)
    same = shape_text(found.same) if found.same else say["refused"]
    st.code(f"{x} + {x}  →  {same}\n{f} + {x}  →  RuntimeError: {found.error}", language=None, wrap_lines=True)


def _cost(found: BlockCosts, words: Lesson, key: str) -> None:
    square = found.channels**2 * found.height * found.width
    rows = [
        (words.labels["bar_basic"], float(found.basic), "slate"),
        (words.labels["bar_third"], float(found.basic * found.claimed_ratio), "ghost"),
        (words.labels["bar_claimed"], float(square * found.claimed_share), "ghost"),
        (words.labels["bar_bottleneck"], float(found.bottleneck), "purple"),
    ]
    last, say = len(rows) - 1, partial(big, language=words.language)
    drawn = [ValueBar(name, value, say(value), kind, i == last) for i, (name, value, kind) in enumerate(rows)]  # type: ignore[arg-type]
    figure(bars(drawn, _alt("cost", found, words)), key=key)


def _table(columns: Mapping[str, list[str]]) -> None:
    st.table(columns, border="horizontal", hide_index=True)


def _stages(words: Lesson, blocks: tuple[FirstBlock, ...]) -> list[str]:
    return [words.say("stage", number=i) for i in range(1, len(blocks) + 1)]


def _strides(found: Strides, words: Lesson, _key: str) -> None:
    def cell(block: FirstBlock) -> str:
        told = f"{shape_text(block.before)} → {shape_text(block.after)}"
        return words.say("stride_2" if block.stride == 2 else "stride_1", shapes=told, stride=block.stride)

    nets = {"ResNet-18": found.small, "ResNet-50": found.large}
    stages = {words.labels["column_stage"]: _stages(words, found.small)}
    _table(stages | {name: [cell(block) for block in blocks] for name, blocks in nets.items()})


def _channels(found: Channels, words: Lesson, _key: str) -> None:
    def cells(into: tuple[int, ...], out: tuple[int, ...]) -> list[str]:
        claimed = found.claimed
        return [
            f"{a} → **{b}**" if b == wanted else f"{a} → ~~{wanted}~~ **{b}**"
            for a, b, wanted in zip(into, out, claimed, strict=True)
        ]

    stages = [words.say("stage", number=i) for i in range(1, len(found.small) + 1)]
    _table(
        {
            words.labels["column_stage"]: stages,
            "ResNet-18": cells(found.small_in, found.small),
            "ResNet-50": cells(found.large_in, found.large),
        }
    )


def _order(found: Order, words: Lesson, key: str) -> None:
    rows = []
    for name, one in (("ResNet-18", found.small), ("ResNet-50", found.large)):
        for then, count, kind in (("norm_relu", one.norm_relu, "slate"), ("norm_add", one.norm_add, "residual")):
            told = words.say("of_all", count=count, all=one.convolutions)
            rows.append(ValueBar(f"{name}: {words.labels[f'then_{then}']}", count / one.convolutions, told, kind))  # type: ignore[arg-type]
    figure(bars(rows, _alt("order", found, words), most=1), key=key)


def _code(found: Code, words: Lesson, _key: str) -> None:
    say = words.labels
    _table(
        {
            " ": [say["row_norms"], say["row_stride"], say["row_macs"]],
            say["column_copied"]: [f"**{found.norms_copied}**", "1×1", big(found.macs_1x1, 2, words.language)],
            say["column_paper"]: [f"**{found.norms}**", "1×1", big(found.macs_1x1, 2, words.language)],
            "torchvision": [f"**{found.norms}**", "3×3", big(found.macs_3x3, 2, words.language)],
        }
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if value >= 1e-5 else "< 0.001%"


def _attention(found: Attention, words: Lesson, key: str) -> None:
    rows = [
        ValueBar(words.labels[f"bar_{key}"], getattr(found, key), _share(getattr(found, key)), kind)  # type: ignore[arg-type]
        for key, kind in (("mixing", "purple"), ("gating", "green"), ("mixing_sum", "purple"), ("gating_sum", "green"))
    ]
    figure(bars(rows, _alt("attention", found, words)), key=key)


def _ensemble(found: Ensemble, words: Lesson, key: str) -> None:
    numbers, rows = found.numbers, []
    for name, depth, kind in (
        ("deep", numbers["many"], "residual"),
        ("shallow", numbers["few"], "residual"),
        ("plain", numbers["few"], "plain"),
    ):
        title = words.say("plain" if kind == "plain" else "residual", depth=depth)
        for state in ("whole", "cut"):
            value, look = numbers[f"{state}_{name}"], "ghost" if state == "whole" else kind
            rows.append(ValueBar(f"{title}: {words.labels[f'bar_{state}']}", value, f"{value:.0%}", look))  # type: ignore[arg-type]
    figure(bars(rows, _alt("ensemble", found, words), most=1), key=key)


def _alt(claim: str, found: Finding, words: Lesson) -> str:
    """A picture in words: what the sentence under it says, without its Markdown."""
    return said(claim, found, words).replace("**", "")


_PICTURES: Mapping[str, Callable[[Any, Lesson, str], None]] = {
    "degradation": _degradation,
    "gradients": _gradients,
    "shapes": _shapes,
    "cost": _cost,
    "strides": _strides,
    "channels": _channels,
    "order": _order,
    "code": _code,
    "attention": _attention,
    "ensemble": _ensemble,
}
