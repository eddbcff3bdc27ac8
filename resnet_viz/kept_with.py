"""`kept_with`: what is made of a picture is kept as long as the picture itself."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
Thing = TypeVar("Thing")
Made = TypeVar("Made")


def kept_with(make: Callable[Concatenate[Thing, P], Made]) -> Callable[Concatenate[Thing, P], Made]:
    """Decorates a function of something that nobody changes any more: it is asked once for the same thing and arguments. What it
    makes must be another thing: it would keep itself.

    Samples are the same objects for all sessions; a session's own picture takes along what was made of it.

    >>> class Picture: ...
    >>> asked = []
    >>> sized = kept_with(lambda picture, side: asked.append(side) or side)
    >>> here = Picture()
    >>> sized(here, 3), sized(here, 3), sized(here, 5), asked
    (3, 3, 5, [3, 5])
    """
    known: dict[int, dict[Hashable, Made]] = {}

    @wraps(make)
    def found(thing: Thing, /, *args: P.args, **kwargs: P.kwargs) -> Made:
        if id(thing) not in known:
            known[id(thing)] = {}
            weakref.finalize(thing, known.pop, id(thing), None).atexit = False
        own, key = known[id(thing)], (args, tuple(sorted(kwargs.items())))
        if key not in own:
            own[key] = make(thing, *args, **kwargs)
        return own[key]

    return found
