"""What a training step showed, as a value with names, and the same as plain lists for a message or a file.

>>> record = StepRecord(1, 2.5, 0.9, 2.5, 0.9, 800.0, {"fc": LayerNote(1.0, 0.5, 0.01)})
>>> StepRecord.from_json(record.to_json()) == record
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class LayerNote(NamedTuple):
    """One layer at one step."""

    weight_norm: float
    grad_norm: float
    update_ratio: float
    """Length of the step just taken by this layer's weights, divided by the length of the weights."""


class Glimpse(NamedTuple):
    """What can be seen of the network at one step."""

    filters: list[list[float]]
    """The first convolution's weights, a list a filter, (in · k · k) each."""
    guesses: list[tuple[int, float]]
    """First guess and its probability for each of the test pictures that are watched; BN uses its running statistics."""


class StepRecord(NamedTuple):
    """What one training step showed."""

    step: int
    """From 1."""
    loss: float
    """Mean cross-entropy of the batch before the update, in nats."""
    error: float
    """Share of the batch whose class was not the first guess."""
    smooth_loss: float
    smooth_error: float
    rate: float
    """Pictures a second, over this step."""
    layers: dict[str, LayerNote] | None = None
    """Every convolution and the last layer, on the first ten steps, every tenth and the last."""
    glimpse: Glimpse | None = None
    """On every twentieth step and the first and last."""
    stopped: str = ""
    """Why the run ends before its last step: `diverged`, when the loss is no number or far above guessing."""

    def to_json(self) -> list[Any]:
        """The fields in order, as numbers, lists and a dictionary of lists."""
        layers = {name: list(note) for name, note in self.layers.items()} if self.layers else None
        glimpse = [self.glimpse.filters, [list(guess) for guess in self.glimpse.guesses]] if self.glimpse else None
        return [*self[:6], layers, glimpse, self.stopped]

    @classmethod
    def from_json(cls, fields: Sequence[Any]) -> StepRecord:
        """Inverts `to_json`. Lists may have become tuples on the way; older files lack `stopped`."""
        step, loss, error, smooth_loss, smooth_error, rate, layers, glimpse, *stopped = fields
        notes = {name: LayerNote(*note) for name, note in layers.items()} if layers else None
        seen = Glimpse([list(row) for row in glimpse[0]], [(int(i), float(p)) for i, p in glimpse[1]]) if glimpse else None
        return cls(int(step), loss, error, smooth_loss, smooth_error, rate, notes, seen, *stopped)
