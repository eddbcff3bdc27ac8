"""`kept`: results that take much memory, made one at a time and kept up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Kept(Generic[P, T]):
    """A function whose results are remembered by its arguments, the one that was used last the longest.

    Before a result is made, as many others are dropped as it needs room: `most` bytes hold all of them and the one that is being
    made. Two that ask for the same result get the same; what is there already is given without waiting.
    """

    def __init__(
        self, make: Callable[P, T], most: int, size: Callable[P, int], turn: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self.make, self.most, self.size, self.turn = make, most, size, turn
        self._found: OrderedDict[object, tuple[int, T]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (args, tuple(sorted(kwargs.items())))
        found = self._get(key)
        if found is not None:
            return found
        with self.turn():
            found = self._get(key)  # somebody may have made it while we waited
            if found is not None:
                return found
            bytes_ = self.size(*args, **kwargs)
            self._make_room(bytes_)
            made = self.make(*args, **kwargs)
            with self._lock:
                self._found[key] = bytes_, made
            return made

    def _get(self, key: object) -> T | None:
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][1]

    def _make_room(self, wanted: int) -> None:
        with self._lock:
            while self._found and sum(size for size, _ in self._found.values()) + wanted > self.most:
                self._found.popitem(last=False)

    @property
    def bytes(self) -> int:
        """Of all that is kept."""
        with self._lock:
            return sum(size for size, _ in self._found.values())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()


def kept(
    *, most: int, size: Callable[P, int], turn: Callable[[], AbstractContextManager[Any]]
) -> Callable[[Callable[P, T]], Kept[P, T]]:
    """Decorates a function: `size` says from the same arguments how many bytes its result takes, `turn` is taken to make it."""

    def wrap(make: Callable[P, T]) -> Kept[P, T]:
        return Kept(make, most, size, turn)

    return wrap
