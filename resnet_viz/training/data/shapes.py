"""Which *Shapes*: ten classes of small pictures, drawn from a seed in a fraction of a second and never downloaded.

Only the shape tells the class. Position, size, colours, the background's gradient and the noise are random and say nothing.
`draw_shapes` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.refused import Refused

CLASSES = ("disc", "square", "triangle", "cross", "ring", "star", "bar", "two dots", "crescent", "L")
LEVELS = ("rotation", "clutter", "noise", "large")
"""What makes the pictures harder, each on its own: any angle; bits of other shapes; noise of 0.2 for 0.05; 32×32 pixels."""


@dataclass(frozen=True)
class Shapes:
    """Which shapes. `str` and `parse` are each other's inverse: `shapes`, `shapes-rotation-noise`."""

    levels: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := sorted(self.levels - set(LEVELS)):
            raise Refused("choice", field="levels", words=", ".join(LEVELS), given=unknown[0])

    def __str__(self) -> str:
        return "-".join(["shapes", *(level for level in LEVELS if level in self.levels)])

    @classmethod
    def parse(cls, text: str) -> Shapes:
        """Raises `ValueError` that quotes what it does not know.

        >>> str(Shapes.parse("shapes-noise-rotation"))
        'shapes-rotation-noise'
        """
        name, *levels = text.split("-")
        if name != "shapes" or len(set(levels)) != len(levels):
            raise Refused("pictures", words=", ".join(LEVELS), given=text[:60])
        return cls(frozenset(levels))

    @property
    def size(self) -> int:
        """Side in pixels."""
        return 32 if "large" in self.levels else 16
