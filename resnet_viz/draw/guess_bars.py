"""The first guesses of a network as bars, before and after an injury, as HTML: they keep their letters' size on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from resnet_viz.draw.svg import element, stylesheet

_STYLE = stylesheet("guess_bars.css")


class Guess(NamedTuple):
    """One class with its probability."""

    name: str
    now: float
    before: float | None = None
    """In the whole network; None where nothing has been taken from it."""


def guess_bars(guesses: Sequence[Guess], *, before: str, now: str, alt: str) -> str:
    """The guesses below each other. `before` and `now` name the two bars of a class where there are two."""
    two = any(guess.before is not None for guess in guesses)
    key = [element("span", "<i></i>", escape(name), class_=kind) for kind, name in (("before", before), ("now", now))]
    head = element("div", *key, class_="head") if two else ""
    rows = [element("div", element("span", escape(guess.name), class_="name"), *_bars(guess), class_="row") for guess in guesses]
    return f"<style>{_STYLE}</style>" + element("div", head, *rows, class_="rv-guesses", role="img", aria_label=alt)


def _bars(guess: Guess) -> list[str]:
    drawn = []
    for kind, value in (("before", guess.before), ("now", guess.now)):
        if value is not None:
            bar = element("span", " ", class_=f"bar {kind}", style=f"width:{max(0.0, min(value, 1.0)) * 100:.2f}%")
            drawn += [bar, element("span", percent(value), class_="value")]
    return drawn


def percent(share: float) -> str:
    """A probability as one reads it: never 0 % or 100 % where it is neither.

    >>> percent(0.978), percent(0.9999), percent(0.0001), percent(1.0)
    ('97.8%', '>99.9%', '<0.1%', '100%')
    """
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return "100%" if share == 1 else f"{share:.1%}"
