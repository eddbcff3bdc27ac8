"""Small words for writing SVG, and the style that every diagram shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from resnet_viz.nets.plan import Layer, Plan, receptive_fields

BLUE, GREEN, PURPLE, SLATE, GREY, AMBER = "#0072B2", "#009E73", "#CC79A7", "#64748B", "#9CA3AF", "#E69F00"
SYMBOLS = {  # what a layer's mark is filled with
    "1×1": PURPLE, "conv": SLATE, "bn": GREY, "relu": AMBER,
}

STYLE = f"""
svg.rv{{--ink:var(--st-text-color,#1f2937);--paper:var(--st-background-color,#fff);--soft:var(--st-secondary-background-color,#f4f6f9);
--edge:color-mix(in srgb,var(--ink) 38%,var(--paper));--blue:{BLUE};--green:{GREEN};font-family:var(--st-font,system-ui,sans-serif);color:var(--ink)}}
svg.rv.dark{{--blue:#4da8da;--green:#35c39a}}
svg.rv text{{fill:var(--ink);font-size:14px}}
svg.rv text.big{{font-size:17px;font-weight:600}} svg.rv text.quiet{{fill-opacity:.78;font-size:13px}} svg.rv text.mid{{text-anchor:middle}}
svg.rv .cell,svg.rv .plus{{fill:var(--paper);stroke:var(--edge);stroke-width:1.3}} svg.rv .under{{fill:var(--paper);stroke:var(--edge)}}
svg.rv .wire{{fill:none;stroke:var(--edge);stroke-width:1.8}} svg.rv .head{{fill:var(--edge)}}
svg.rv .sign{{stroke:var(--ink);stroke-width:1.8;fill:none;pointer-events:none}} svg.rv .panel{{fill:var(--paper);stroke:var(--blue);stroke-width:1.6}}
svg.rv .band{{fill:var(--soft)}} svg.rv .cell{{fill:var(--paper)}} svg.rv .cell.bare{{fill:transparent;stroke:none}} svg.rv .selected>.cell.bare,svg.rv :focus-visible>.cell.bare{{stroke:var(--blue);stroke-width:2.4}}
svg.rv .arc path{{fill:none;stroke:var(--blue);stroke-width:3}} svg.rv .arc text{{fill:var(--blue);font-size:13px;font-weight:600;text-anchor:middle}}
svg.rv .arc .hit{{stroke:none;fill:transparent;pointer-events:all}}
svg.rv .arc.projection path{{stroke:var(--green)}} svg.rv .arc.projection text{{fill:var(--green)}}
svg.rv .arc.zero-pad path{{stroke-dasharray:8 5}}
svg.rv .arc.off path{{stroke:var(--edge);stroke-dasharray:1.5 5;stroke-width:2.4;stroke-linecap:round}} svg.rv .arc.off text{{fill:var(--ink);fill-opacity:.75}}
svg.rv .arc.off path.hit,svg.rv .arc path.hit{{stroke:none}} svg.rv .arc .gone,svg.rv .arc.off .kept{{display:none}} svg.rv .arc.off .gone{{display:inline}}
svg.rv [data-name]:not(text){{cursor:pointer}} svg.rv [data-name]:focus{{outline:none}}
svg.rv .selected>.cell{{stroke:var(--blue);stroke-width:3.2}} svg.rv [data-name]:hover>.cell{{stroke:var(--blue)}}
svg.rv :focus-visible>.cell,svg.rv .fold:focus-visible .cell{{stroke:var(--ink);stroke-width:3.4}}
svg.rv .arc:hover path:not(.hit){{stroke-width:5}} svg.rv .arc:focus-visible path:not(.hit){{stroke-width:6}} svg.rv .arc:focus-visible text{{text-decoration:underline}}
svg.rv .title:focus-visible,svg.rv .title:hover{{text-decoration:underline}} svg.rv .title.selected text.big{{fill:var(--blue)}}
@media (prefers-color-scheme:dark){{svg.rv.file{{--ink:#e5e9f0;--paper:#0f141b;--soft:#1a212b;--blue:#4da8da;--green:#35c39a;background:#0f141b}}}}
""".replace("\n", "")


@lru_cache(maxsize=4096)
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
    """A group that can be clicked and focused. The first of a diagram takes the focus when somebody tabs into it."""
    return element("g", drawn, **{"data_name": name, "data_kind": kind, "role": "button", "tabindex": -1, "aria_label": label, **attributes})


def element(tag: str, *children: str, **attributes: object) -> str:
    """One SVG element. `class_` is `class`, an underscore is a hyphen, and an attribute that is None is left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items() if value is not None
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def words_at(x: float, y: float, content: str, class_: str = "") -> str:
    """A line of text whose baseline starts at (x, y), or is centred there with class `mid`."""
    return element("text", escape(content), x=round(x, 1), y=round(y, 1), class_=class_ or None)


def box(x: float, y: float, width: float, height: float, class_: str, radius: float = 9) -> str:
    """A rounded rectangle."""
    return element("rect", x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1), rx=radius, class_=class_)


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


def compact(count: float) -> str:
    """25557032 as 25.6 M.

    >>> compact(25557032), compact(36864), compact(0)
    ('25.6 M', '36.9 k', '0')
    """
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(count) >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f}"
