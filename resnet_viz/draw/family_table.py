"""The five networks of He et al. 2015, Table 1, as one HTML table: a row a network, a column a stage, then what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import NamedTuple

from resnet_viz.draw.svg import element
from resnet_viz.nets.plan import Plan, Stage, plan
from resnet_viz.nets.presets import preset
from resnet_viz.nets.published_results import MULTIPLY_ADDS
from resnet_viz.nets.spec import ResNetSpec

FAMILY = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
"""The networks of Table 1, by their presets' names."""
SIZE = 224
"""Side of the pictures that they were made for."""


class FamilyRow(NamedTuple):
    """One network."""

    name: str
    plan: Plan
    paper_macs: float
    """As He et al. print them."""
    paper_stride_macs: int | None
    """Computed with a bottleneck's stride on its first 1×1, as the paper has it; None where no block is a bottleneck."""


def family() -> tuple[FamilyRow, ...]:
    """All five, computed by `plan`.

    >>> [row.plan.depth for row in family()]
    [18, 34, 50, 101, 152]
    """
    rows = []
    for name in FAMILY:
        spec = preset(name)
        v1 = plan(replace(spec, stride_on="1x1"), SIZE).macs if spec.block == "bottleneck" else None
        rows.append(FamilyRow(name, plan(spec, SIZE), MULTIPLY_ADDS[name].value, v1))
    return tuple(rows)


def stage_layers(stage: Stage) -> tuple[str, ...]:
    """The convolutions of a stage's blocks as Table 1 writes them: `3×3, 64`."""
    convolutions = [layer for layer in stage.blocks[-1].layers if layer.kind == "conv" and not layer.on_shortcut]
    return tuple(f"{layer.kernel}×{layer.kernel}, {layer.out_shape[0]}" for layer in convolutions)


def family_table(
    words: Mapping[str, str],
    count: Callable[[float, int], str],
    link: Callable[[str], str],
    current: ResNetSpec | None = None,
    *,
    costs: bool = True,
) -> str:
    """The table. `count` writes a large number with so many decimals, `link` is a network's address; without `costs` question
    marks stand in their place. `words`: `net_<name>` and the labels `family_…` of the lesson."""
    rows = family()
    stages = [(stage.paper_name, "×".join(map(str, stage.out_shape[1:]))) for stage in rows[0].plan.stages]
    numbers = [words[f"family_{key}"] for key in ("params", "macs", "paper")]
    head = [
        element("th", escape(words["family_network"]), scope="col"),
        element("th", escape(words["family_block"]), scope="col"),
    ]
    head += [element("th", escape(name), element("small", side), scope="col") for name, side in stages]
    head += [element("th", escape(name), scope="col", class_="number") for name in numbers]
    drawn = []
    for row in rows:
        spec = row.plan.spec
        cells = [_cell(words["family_block"], escape(words[f"family_{spec.block}"]))]
        for (name, side), stage in zip(stages, row.plan.stages, strict=True):
            layers = element("span", "<br>".join(map(escape, stage_layers(stage))), class_="layers")
            cells.append(_cell(f"{name}, {side}", element("span", layers, f"<b>× {len(stage.blocks)}</b>", class_="times")))
        said = _costs(row, words, count) if costs else ("?", "?", "?")
        cells += [_cell(name, value, "number") for name, value in zip(numbers, said, strict=True)]
        name = element("a", escape(words[f"net_{row.name}"]), href=link(row.name), data_name=row.name)
        is_current = spec == current
        drawn.append(
            element(
                "tr",
                element("th", name, scope="row"),
                *cells,
                data_name=row.name,
                class_="current" if is_current else None,
                aria_current="true" if is_current else None,
            )
        )
    return element(
        "table",
        element("caption", escape(words["family_same"])),
        element("thead", element("tr", *head)),
        element("tbody", *drawn),
    )


def _costs(row: FamilyRow, words: Mapping[str, str], count: Callable[[float, int], str]) -> Sequence[str]:
    paper = count(row.paper_macs, 1)
    if row.paper_stride_macs is not None:
        paper += element("small", escape(words["family_v1"].format(macs=count(row.paper_stride_macs, 2))))
    return count(row.plan.params, 1), count(row.plan.macs, 2), paper


def _cell(label: str, content: str, class_: str | None = None) -> str:
    return element("td", element("span", escape(label), class_="label"), element("span", content or " "), class_=class_)
