"""The tour: steps through the pages, written in text/<language>/tour.md.

A section is a step. Its first line is `/page?name=value → key`: the view that it opens, as a link of the app, and the container
that it lights, by the key that the page gives it. What follows is one or two sentences. Where they tell what a question of the
page asks, the line ends with `after` and the question's key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from resnet_viz.text import lesson

_FIRST_LINE = re.compile(r"/(?P<page>[a-z]*)(?:\?(?P<link>\S+))? → (?P<light>[a-z][a-z0-9_]*)(?: after (?P<after>[a-z_]+))?")


class Stop(NamedTuple):
    """One stop."""

    page: str
    """A page's name."""
    link: Mapping[str, str]
    """Its parameters, as texts."""
    light: str
    """The key of the container that is lit."""
    words: str
    after: str
    """The question that they answer; empty where they give nothing away."""


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
    Stop(page='block', link={'step': '6', 'lang': 'en'}, light='picture_block', words='Here it is added.', after='')
    """
    first, _, words = body.partition("\n")
    found = _FIRST_LINE.fullmatch(first.strip())
    if not found:
        form = "'/page?name=value → key', perhaps with 'after question'"
        raise ValueError(f"the step {key!r} of a tour begins with {form}, got {first!r}")
    link = dict(parse_qsl(found["link"] or ""))
    return Stop(found["page"] or "home", link, found["light"], " ".join(words.split()), found["after"] or "")
