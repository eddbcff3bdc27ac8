"""Classes with their pictures, a row each, and the way from a picture to a guess: HTML that wraps on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from resnet_viz.draw.svg import element, stylesheet

_STYLE = stylesheet("class_rows.css")


class ClassRow(NamedTuple):
    """One class."""

    name: str
    thumbnails: Sequence[str]
    """Data URLs of the pictures that are shown."""
    total: int
    """Of all its pictures."""


def class_rows(rows: Sequence[ClassRow], *, empty: str) -> str:
    """The rows below each other. `empty` is said of a class that has no pictures."""
    drawn: list[str] = []
    for row in rows:
        images = [element("img", src=source, alt="") for source in row.thumbnails]
        more = row.total - len(row.thumbnails)
        rest = element("span", f"+{more}", class_="more") if more else ""
        said = "" if row.total else element("span", escape(empty), class_="more")
        name = element("span", escape(row.name), class_="name")
        count = element("span", str(row.total), class_="count")
        drawn.append(element("div", name, count, element("span", *images, rest, said, class_="images"), class_="row"))
    return f"<style>{_STYLE}</style>" + element("div", *drawn, class_="rv-classes")


def flow(stations: Sequence[tuple[str, str]]) -> str:
    """Stations in a row with arrows between them, each its kind (`frozen`, with a snowflake, `trained` or nothing) and words."""
    drawn: list[str] = []
    for kind, words in stations:
        mark = element("span", "❄", class_="mark", aria_hidden="true") if kind == "frozen" else ""
        arrow = element("span", "→", class_="to", aria_hidden="true") if drawn else ""
        drawn.append(element("span", arrow, mark, escape(words), class_=f"station {kind}".strip()))
    return f"<style>{_STYLE}</style>" + element("div", *drawn, class_="rv-flow")
