"""Bars beside their words and numbers, as HTML: they keep their letters' size on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

from resnet_viz.draw.svg import element, stylesheet

Kind = Literal["residual", "plain", "slate", "purple", "green", "ghost"]
"""What a bar stands for: its colour. `ghost` is only outlined: what somebody claims, or what is not there."""
_STYLE = stylesheet("bars.css")


class ValueBar(NamedTuple):
    """One row."""

    name: str
    value: float
    """Not negative."""
    text: str
    """The value as it is read."""
    kind: Kind = "slate"
    mark: bool = False
    """Whether the row is the one in question: written in bold."""


def bars(rows: Sequence[ValueBar], alt: str, most: float | None = None) -> str:
    """The rows below each other, the largest value (or `most`) as long as there is room for."""
    longest = most or max((row.value for row in rows), default=0) or 1
    drawn = []
    for row in rows:
        # a value that is there can be seen, however small it is
        width = max(row.value / longest * 100, 0.4 if row.value else 0)
        drawn.append(
            element(
                "div",
                element("span", escape(row.name), class_="name"),
                element("span", element("span", " ", class_=f"bar {row.kind}", style=f"width:{width:.2f}%"), class_="track"),
                element("span", escape(row.text), class_="value"),
                class_="row marked" if row.mark else "row",
            )
        )
    return f"<style>{_STYLE}</style>" + element("div", *drawn, class_="rv-bars", role="img", aria_label=alt)
