"""`kept_up_to`: what was made is kept, as far as all of it together is not too much."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Made = TypeVar("Made")


def kept_up_to(most: int, weigh: Callable[[Made], int]) -> Callable[[Callable[P, Made]], Callable[P, Made]]:
    """As `functools.lru_cache`, but what is kept is bounded by what it weighs and not by how many there are.

    A link may name anything; a count that is right for what is usual would let the largest fill the memory. What weighs more
    than `most` by itself is not kept.

    >>> asked = []
    >>> row = kept_up_to(5, len)(lambda n: asked.append(n) or [0] * n)
    >>> row(2) is row(2), row(3) is row(3), row(2) is row(2), row(9) is row(9), asked
    (True, True, True, False, [2, 3, 9, 9])
    """

    def keeping(make: Callable[P, Made]) -> Callable[P, Made]:
        known: OrderedDict[Hashable, Made] = OrderedDict()
        lock, total = threading.Lock(), 0

        @wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> Made:
            nonlocal total
            key = (args, *sorted(kwargs.items()))
            with lock:
                if key in known:
                    known.move_to_end(key)
                    return known[key]
            made = make(*args, **kwargs)
            with lock:
                if key not in known and weigh(made) <= most:
                    known[key] = made
                    total += weigh(made)
                while total > most:
                    total -= weigh(known.popitem(last=False)[1])
            return made

        return found

    return keeping
