"""Small words for writing SVG, and the style that every diagram shares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any

from resnet_viz.draw.palette import AMBER, GREY, PURPLE, SLATE
from resnet_viz.kept_with import kept_with
from resnet_viz.nets.plan import Layer, Plan
from resnet_viz.nets.receptive_fields import receptive_fields

SYMBOLS = {  # what a layer's mark is filled with
    "1×1": PURPLE,
    "conv": SLATE,
    "bn": GREY,
    "relu": AMBER,
}


def stylesheet(name: str) -> str:
    """A style file of this folder, on one line: no comments, no indentation."""
    text = re.sub(r"/\*.*?\*/", "", (Path(__file__).parent / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text).strip()


STYLE = stylesheet("diagram.css")


@kept_with
def details(p: Plan, name: str) -> Mapping[str, Any]:
    """What a tooltip says of a part, block or layer, as data attributes."""
    thing: Any = next((part for part in p.parts if part.name == name), None)
    if thing is None:
        thing = p.block(name) if name in p.spec.blocks else p.by_name[name]
    last = thing if isinstance(thing, Layer) else thing.layers[-1]
    field = receptive_fields(p.spec).get(last.name)
    shape = "×".join(map(str, thing.out_shape))
    return {"data_shape": shape, "data_params": thing.params, "data_macs": thing.macs, "data_rf": field.size if field else None}


def colour(layer: Layer) -> str:
    """The palette's colour for a kind of layer."""
    return SYMBOLS["1×1" if layer.kind == "conv" and layer.kernel == 1 else layer.kind if layer.kind in SYMBOLS else "bn"]


def button(drawn: str, name: str, kind: str, label: str, **attributes: object) -> str:
    """A group that can be clicked and focused. Its accessible name starts with the words it shows, as voice control needs."""
    shown = unescape(" ".join(re.findall(r">([^<]+)</text>", drawn)))
    label = label if shown in label else f"{shown}: {label}"
    return element(
        "g", drawn, **{"data_name": name, "data_kind": kind, "role": "button", "tabindex": -1, "aria_label": label, **attributes}
    )


def element(tag: str, *children: str, **attributes: object) -> str:
    """One SVG element. `class_` is `class`, an underscore is a hyphen, and an attribute that is None is left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items() if value is not None
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def drawing(
    *parts: str, size: tuple[float, float], alt: str, title: str = "", look: str = "", class_: str = "rv", **attributes: object
) -> str:
    """A whole SVG of `size`, width and height, which carries its style with it: every diagram's, and `look` behind that.

    `alt` says what it shows; with a `title` both also stand inside, for who opens the file. `attributes` are the element's own.
    """
    inside = [element("title", escape(title)), element("desc", escape(alt))] if title else []
    width, height = size
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width} {height}", "class_": class_, "role": "img"}
    return element("svg", *inside, f"<style>{STYLE}{look}</style>", *parts, **frame | {"aria_label": alt} | attributes)


def words_at(x: float, y: float, content: str, class_: str = "", **attributes: object) -> str:
    """A line of text whose baseline starts at (x, y), or is centred there with class `mid`."""
    place = {"x": round(x, 1), "y": round(y, 1), "class_": class_ or None}
    return element("text", escape(content), **place, **attributes) + " "  # a blank ends the word


def box(x: float, y: float, width: float, height: float, class_: str, radius: float = 9, **attributes: object) -> str:
    """A rounded rectangle."""
    place = {"x": round(x, 1), "y": round(y, 1), "width": round(width, 1), "height": round(height, 1), "rx": radius}
    return element("rect", **place, class_=class_, **attributes)


def wire(*points: tuple[float, float], arrow: bool = True) -> str:
    """A line through points with an arrowhead at its end."""
    path = "M" + "L".join(f"{round(x, 1)} {round(y, 1)}" for x, y in points)
    drawn = element("path", d=path, class_="wire")
    if not arrow:
        return drawn
    (x0, y0), (x1, y1) = points[-2:]
    head = f"M{x1} {y1}l-8 -4.5v9z" if x1 > x0 else f"M{x1} {y1}l-4.5 -8h9z" if y1 > y0 else f"M{x1} {y1}l8 -4.5v9z"
    return drawn + element("path", d=head, class_="head")


def plus(x: float, y: float, radius: float = 10) -> str:
    """The addition."""
    arm = radius * 0.55
    return element("circle", cx=round(x, 1), cy=round(y, 1), r=radius, class_="plus") + element(
        "path", d=f"M{x - arm:.1f} {y:.1f}h{2 * arm:.1f}M{x:.1f} {y - arm:.1f}v{2 * arm:.1f}", class_="sign"
    )
