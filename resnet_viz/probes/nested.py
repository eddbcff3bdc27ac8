"""Nested function classes (the argument of Dive into Deep Learning, section 8.6.1), on functions of one number.

A layer is a bent line, two ReLUs and an offset: g(y) = c + r·relu(y − b) − l·relu(b − y), or it is zero. A *family* is a
handful of them. The class of depth d is every function on [−1, 1] that d layers of the family reach, one after the other:
y ← g(y) without the identity, y ← y + g(y) with it. Classes are finite and enumerated whole, so a best fit is the best there is
and no optimiser's.

Slopes are multiples of 1/2, bends and offsets of 1/4, points of 1/32: up to six layers float32 rounds nothing, and two functions
are the same on the points exactly when their values are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Layer = Callable[[Values], Values]

DEPTHS = 6
FAMILIES = 100
BENDS = 5
"""Layers of a family beside the zero."""
SLOPES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0)
PLACES = (-0.5, -0.25, 0.0, 0.25, 0.5)
POINTS: Values = np.linspace(-1, 1, 65, dtype=np.float32)  # (P,)

_X = POINTS.astype(np.float64)
TARGETS: dict[str, Floats] = {
    "tent": 0.9 - 1.6 * np.abs(_X),
    "bell": 1.2 * np.exp(-8 * _X**2) - 0.4,
    "wave": 0.8 * np.sin(1.5 * np.pi * _X),
    "step": np.where(_X > 0, 0.6, -0.6),
    "line": _X,
}
"""What is to be fitted, by name: values at the points."""

_FAR = 2.2
"""How many edges from the target the functions on the map may lie."""
_LEAST_EDGE = 0.25


@dataclass(frozen=True)
class Bend:
    """A line of slope `left` before `at` and `right` after it, of height `level` there."""

    left: float
    right: float
    at: float
    level: float

    def __call__(self, y: Values) -> Values:
        """The layer's values, of y's shape.

        >>> Bend(0, 1, 0.5, 0.25)(np.float32([0, 1]))
        array([0.25, 0.75], dtype=float32)
        """
        at, none = np.float32(self.at), np.float32(0)
        right = np.float32(self.right) * np.maximum(y - at, none)
        return np.asarray(np.float32(self.level) + right - np.float32(self.left) * np.maximum(at - y, none))


def family(number: int) -> tuple[Bend, ...]:
    """The bends of one family, drawn at random by its number, 0 to 99. Straight lines are left out: one of them is the identity.

    >>> family(0) == family(0), len(set(family(0)))
    (True, 5)
    """
    if not 0 <= number < FAMILIES:
        raise ValueError(f"families are numbered 0 to {FAMILIES - 1}, got {number}")
    generator = Random(number)
    found: list[Bend] = []
    while len(found) < BENDS:
        bend = Bend(generator.choice(SLOPES), generator.choice(SLOPES), generator.choice(PLACES), generator.choice(PLACES))
        if bend.left != bend.right and bend not in found:
            found.append(bend)
    return tuple(found)


def layers(number: int, *, skip: bool, same: bool = False) -> list[Layer]:
    """What one layer can do: zero or a bend of the family, `same` adds the identity to the choice, `skip` adds y to each."""
    own: list[Layer] = [np.zeros_like, *family(number)]
    if same:
        own.append(np.copy)
    return [_skipped(layer) for layer in own] if skip else own


def _skipped(layer: Layer) -> Layer:
    return lambda y: y + layer(y)


def distinct(functions: Values) -> Values:
    """The rows (F, P) that differ from each other."""
    rows = np.ascontiguousarray(functions + np.float32(0))  # −0 becomes 0
    keys = rows.view(np.dtype((np.void, rows.strides[0]))).ravel()
    return rows[np.unique(keys, return_index=True)[1]]


def classes(choice: Sequence[Layer], depth: int = DEPTHS) -> list[Values]:
    """For each depth from 1 all functions that this number of layers of the choice reaches, each once: (F_d, P)."""
    if not 1 <= depth <= DEPTHS:
        raise ValueError(f"depth must be from 1 to {DEPTHS}, beyond which float32 rounds, got {depth}")
    reached, found = POINTS[None], []
    for _ in range(depth):
        reached = distinct(np.concatenate([layer(reached) for layer in choice]))
        found.append(reached)
    return found


def distances(functions: Values, goal: Floats) -> Floats:
    """How far each function (F, P) is from the target (P,): root mean square over the points, (F,)."""
    return np.asarray(np.sqrt(((functions - goal) ** 2).mean(1)))


def still_reached(smaller: Values, larger: Values) -> Flags:
    """Which functions of one class (F, P) another has too, (F,)."""
    found = {row.tobytes() for row in larger + np.float32(0)}  # −0 becomes 0
    return np.array([row.tobytes() in found for row in smaller + np.float32(0)], bool)


class FunctionClasses(NamedTuple):
    """One way of stacking layers; every list runs over the depths from 1."""

    errors: list[float]
    """Root mean square difference of the best fit to the target."""
    fits: list[Values]
    """The best fit itself, (P,)."""
    sizes: list[int]
    """How many functions this number of layers reaches."""
    kept: list[int]
    """How many of the functions of one layer fewer they still reach; 0 for one layer."""
    places: list[Floats]
    """The functions near the target on the map, (N, 2)."""
    stay: list[Flags]
    """Which of them one layer more still reaches, (N,); of the greatest depth all are taken to stay."""
    marks: list[tuple[float, float]]
    """The best fit on the map."""

    def rises(self, depth: int) -> bool:
        """Whether the best fit of this depth is worse than that of one layer fewer, in the third digit."""
        return depth > 1 and round(self.errors[depth - 1], 3) > round(self.errors[depth - 2], 3)


class NestedComparison(NamedTuple):
    """Both ways on one target, on one map: a half-plane with the target at (0, 0)."""

    goal: Floats
    plain: FunctionClasses
    residual: FunctionClasses
    start: tuple[float, float]
    """Where the identity is on the map, the function of no layer at all: (−its distance from the target, 0)."""
    edge: float
    """How far from the target the map has to reach: to the identity and to the worst of the best fits."""


def compare(goal: Floats, number: int, *, same: bool = False) -> NestedComparison:
    """The classes of one family without and with the identity inside, against a target (P,).

    On the map a function's distances from the target and from the identity are its true ones: the first number is how far it
    lies along the way from the identity to the target, the second how far beside it. Functions to all sides of that way
    share the half-plane. With `same` the layers without the skip may be the identity too.
    """
    sides = [classes(layers(number, skip=False, same=same)), classes(layers(number, skip=True))]
    far = [[distances(functions, goal) for functions in side] for side in sides]
    way = goal - _X  # from the identity
    length = _length(way)
    ahead = way / length if length else goal / _length(goal)
    edge = max(_LEAST_EDGE, length, *(float(d.min()) for side in far for d in side))
    made = []
    for side, d in zip(sides, far, strict=True):
        fits = [functions[best.argmin()] for functions, best in zip(side, d, strict=True)]
        stay = [still_reached(a, b) for a, b in pairwise(side)] + [np.ones(len(side[-1]), bool)]
        near = [best < _FAR * edge for best in d]
        made.append(
            FunctionClasses(
                errors=[float(best.min()) for best in d],
                fits=fits,
                sizes=[len(functions) for functions in side],
                kept=[0, *(int(both.sum()) for both in stay[:-1])],
                places=[_place(f[seen] - goal, ahead) for f, seen in zip(side, near, strict=True)],
                stay=[both[seen] for both, seen in zip(stay, near, strict=True)],
                marks=[(float(x), float(y)) for x, y in _place(np.stack(fits) - goal, ahead)],
            )
        )
    return NestedComparison(goal, made[0], made[1], (-length, 0.0), edge)


def rising(goal: Floats, *, skip: bool) -> int:
    """In how many of the families the best fit gets worse with one more layer somewhere, in the third digit."""
    count = 0
    for number in range(FAMILIES):
        best = [round(float(distances(f, goal).min()), 3) for f in classes(layers(number, skip=skip))]
        count += best != sorted(best, reverse=True)
    return count


def _length(difference: Floats) -> float:
    """Root mean square, the distance that all numbers here are in."""
    return float(np.sqrt((difference**2).mean()))


def _place(rows: Floats, ahead: Floats) -> Floats:
    """Differences to the target (N, P) on the map, (N, 2): along the direction (P,) of length 1, and beside it."""
    along = rows @ ahead / len(ahead)
    beside = (rows**2).mean(1) - along**2
    return np.stack([along, np.sqrt(np.maximum(beside, 0))], 1)
