"""The tour: steps through the pages, written in text/<language>/tour.md.

A section is a step. Its first line is `/page?name=value → key`: the view that it opens, as a link of the app, and the container
that it lights, by the key that the page gives it. What follows is one or two sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from resnet_viz.text import lesson

_FIRST_LINE = re.compile(r"/(?P<page>[a-z]*)(?:\?(?P<link>\S+))? → (?P<light>[a-z][a-z0-9_]*)")


class Stop(NamedTuple):
    """One stop."""

    page: str
    """A page's name."""
    link: Mapping[str, str]
    """Its parameters, as texts."""
    light: str
    """The key of the container that is lit."""
    words: str


@lru_cache
def tour(language: str = "en") -> tuple[Stop, ...]:
    """All steps. Raises `ValueError` that quotes a first line of another form.

    >>> tour("en")[0].page
    'home'
    """
    return tuple(read_step(key, body) for key, body in lesson("tour", language).sections.items())


def read_step(key: str, body: str) -> Stop:
    """One section of the file.

    >>> read_step("sum", "/block?step=6&lang=en → picture_block\\n\\nHere it is added.")
    Stop(page='block', link={'step': '6', 'lang': 'en'}, light='picture_block', words='Here it is added.')
    """
    first, _, words = body.partition("\n")
    found = _FIRST_LINE.fullmatch(first.strip())
    if not found:
        raise ValueError(f"the step {key!r} of a tour begins with '/page?name=value → key', got {first!r}")
    return Stop(found["page"] or "home", dict(parse_qsl(found["link"] or "")), found["light"], " ".join(words.split()))
