"""Home's moving picture: a photograph runs through nine residual blocks, along the blocks and along the shortcuts above them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_viz.draw.palette import SLATE
from resnet_viz.draw.svg import STYLE, box, element, plus, stylesheet, wire, words_at

_WIDTH, _HEIGHT, _MIDDLE = 1240, 268, 122
_LEFT, _PITCH, _CELL = 196, 92, 50
_SECONDS = 9  # as in hero.css
_STYLE = stylesheet("hero.css")


def hero(recording: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The SVG of what `recorder.figures.hero` recorded. `words`: `hero_alt` and the classes' names, `class_<name>`."""
    tiles = recording["tiles"]
    end = _LEFT + len(tiles) * _PITCH + 6
    parts = [
        _picture(recording["picture"], 12, _MIDDLE - 74, 148),
        wire((160, _MIDDLE), (end + 22, _MIDDLE)),
    ]
    arcs = []
    for i, tile in enumerate(tiles):
        x = _LEFT + i * _PITCH
        plus_x = x + _CELL + 24
        arc = f"M{x - 12} {_MIDDLE}C{x - 12} {_MIDDLE - 84} {plus_x} {_MIDDLE - 84} {plus_x} {_MIDDLE - 9}"
        arcs.append(arc + f"L{plus_x} {_MIDDLE}")
        parts.append(element("g", element("path", d=arc), class_="arc identity"))
        parts.append(box(x, _MIDDLE - 26, _CELL, 52, "cell"))
        parts += [element("rect", x=x + 13 + 14 * j, y=_MIDDLE - 14, width=10, height=28, rx=2.5, fill=SLATE) for j in range(2)]
        parts.append(plus(plus_x, _MIDDLE, 9))
        at = -_SECONDS + 0.78 * _SECONDS * (i + 1) / (len(tiles) + 1)  # a negative delay: already running when the page opens
        parts.append(element("g", _picture(tile["png"], x - 6, _MIDDLE + 44, 64), class_="appear", style=f"--at:{at:.2f}s"))
        parts.append(words_at(x + 26, _MIDDLE + 128, tile["block"].removeprefix("layer"), "mid quiet"))
    parts += [_guess(guess, i, end + 34, words) for i, guess in enumerate(recording["guesses"])]
    path = "M160 122" + "".join(arc.replace("M", "L", 1) for arc in arcs) + f"L{end + 14} {_MIDDLE}"
    for class_, way in (("pulse main", f"M160 {_MIDDLE}L{end + 14} {_MIDDLE}"), ("pulse", path)):
        parts.append(element("circle", r=7, class_=class_, style=f"offset-path:path('{way}')"))
    return element(
        "svg", f"<style>{STYLE}{_STYLE}</style>", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="rv", role="img", aria_label=words["hero_alt"],
    )  # fmt: skip


def _picture(url: str, x: float, y: float, side: float) -> str:
    return element("image", href=url, x=x, y=y, width=side, height=side, class_="tile", preserveAspectRatio="none")


def _guess(guess: Mapping[str, Any], row: int, x: float, words: Mapping[str, str]) -> str:
    y = _MIDDLE - 40 + 38 * row
    name = words.get(f"class_{guess['class']}", guess["class"])
    width = max(2.0, 120 * guess["probability"])
    bar = element("rect", x=x, y=y + 8, width=round(width, 1), height=9, rx=4, class_="guess")
    return words_at(x, y, f"{name} {guess['probability']:.0%}", "big" if not row else "") + bar
