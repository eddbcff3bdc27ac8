"""What is known of trained weights: the card and the history of a training that ship beside them, read and checked.

torch is not needed here: whoever only wants to know which networks there are does not wait for it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

from resnet_viz.nets.plan import plan
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Coded

T = TypeVar("T")


class WeightsUnavailable(Coded, RuntimeError):
    """Trained weights, or what is known of them, that cannot be had here: what is wrong and what to do, for the user."""

    words = "weights"


class Garbled(ValueError):
    """An entry of a card or history that is not what it has to be. `where` quotes the entry without words of any language."""

    def __init__(self, entry: str, accepted: str, *given: object) -> None:
        shown = ", ".join(_short(value) for value in given)
        super().__init__(f"{entry} must be {accepted}, {f'got {shown}' if given else 'and is missing'}")
        self.where = f"{entry} = {shown}" if given else entry


class Card(NamedTuple):
    """What is known of a set of trained weights."""

    name: str
    spec: ResNetSpec
    classes: tuple[str, ...]
    size: int
    """Side of the pictures it was trained on, in pixels."""
    mean: tuple[float, ...]
    std: tuple[float, ...]
    data: str
    """What the pictures are called."""
    test_accuracy: float
    facts: Mapping[str, Any]
    """Everything that the recorder wrote, the fields above and below included."""
    recipe: str = ""
    seed: int = 0
    machine: str = ""
    sha256: str = ""
    """Checksum of the weights' file."""
    data_sha256: str = ""
    """Checksum of the pictures and labels, as the recorder computes it."""
    train_pictures: int = 0
    test_pictures: int = 0
    test_loss: float = 0.0
    """Mean cross-entropy on the test pictures, nats."""
    experiment: str = ""
    """The run whose pictures these are, as `Experiment.parse` reads it; empty for weights that were trained otherwise."""
    train_error: float | None = None


class History(NamedTuple):
    """How weights were trained."""

    epochs: tuple[Mapping[str, float], ...]
    """For each epoch the mean `train_loss` and `test_loss` (nats), `train_error` and `test_error`; empty where only steps were
    recorded."""
    steps: tuple[int, ...]
    """Updates made before each of the notes in `layers`."""
    layers: Mapping[str, Mapping[str, Sequence[float]]]
    """Layer to what was noted of it, a value a step: `weight_norm` and `weight_grad_norm` of every weight, for one."""


def parse_card(name: str, text: str) -> Card:
    """The card of the weights called `name`. Raises `Garbled`, a `ValueError`, that quotes the entry that is wrong."""
    facts = _object(text)
    spec = _entry(facts, "spec", "a network's description", ResNetSpec.parse)
    channels = f"{spec.in_channels} numbers from 0 to 1"
    return Card(
        name,
        spec,
        _entry(facts, "classes", f"{spec.classes} names", lambda v: tuple(_text(one) for one in _list(v, spec.classes))),
        _entry(facts, "size", "a whole number from 1 to 1024", lambda v: _whole(v, 1, 1024)),
        _entry(facts, "mean", channels, lambda v: tuple(_number(one, 0, 1) for one in _list(v, spec.in_channels))),
        _entry(facts, "std", f"{channels}, none of them 0", lambda v: tuple(_above_0(one) for one in _list(v, spec.in_channels))),
        _entry(facts, "data", "a name", _text),
        _entry(facts, "test_accuracy", "a number from 0 to 1", lambda v: _number(v, 0, 1)),
        facts,
        _entry(facts, "recipe", "a description", _text),
        _entry(facts, "seed", "a whole number from 0", lambda v: _whole(v, 0, 2**63)),
        _entry(facts, "machine", "a description", _text),
        _entry(facts, "sha256", "64 hexadecimal digits", _sha256),
        _entry(facts, "data_sha256", "64 hexadecimal digits", _sha256),
        _entry(facts, "train_pictures", "a whole number from 1", lambda v: _whole(v, 1, 2**63)),
        _entry(facts, "test_pictures", "a whole number from 1", lambda v: _whole(v, 1, 2**63)),
        _entry(facts, "test_loss", "a number from 0", lambda v: _number(v, 0)),
        _entry(facts, "experiment", "a run's description", _text) if "experiment" in facts else "",
        _entry(facts, "train_error", "a number from 0 to 1", lambda v: _number(v, 0, 1)) if "train_error" in facts else None,
    )


_FIGURES = ("train_loss", "train_error", "test_loss", "test_error")
_NORMS = ("weight_norm", "weight_grad_norm")


def parse_history(card: Card, text: str) -> History:
    """The history of a card's training. Raises `Garbled`, a `ValueError`, that quotes the entry that is wrong."""
    facts = _object(text)
    epochs: tuple[Mapping[str, float], ...] = ()
    if "epochs" in facts or not card.experiment:
        figures = f"at least one set of {', '.join(_FIGURES)}"
        epochs = _entry(facts, "epochs", figures, lambda v: tuple(_figures(one) for one in _list(v)))
    steps = _entry(facts, "steps", "rising whole numbers", _rising)
    noted = _entry(facts, "layers", "notes by layer", _dictionary)
    every = f"lists of {len(steps)} numbers"
    layers = {name: _entry(noted, name, every, lambda v: _series(v, len(steps))) for name in noted}
    for layer in plan(card.spec).layers:
        if layer.kind in ("conv", "linear"):
            own = _entry(layers, layer.name, "noted", lambda v: v)
            for norm in _NORMS:
                _entry(own, norm, f"noted of {layer.name}", lambda v: v)
    return History(epochs, steps, layers)


def read(path: Path) -> str:
    """The text of a card or history. Raises `WeightsUnavailable`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WeightsUnavailable("gone", file=path.name) from error
    except ValueError as error:
        raise WeightsUnavailable("garbled", file=path.name, where="UTF-8") from error


# What an entry may be


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Garbled(f"JSON:{error.lineno}:{error.colno}", "JSON", text[error.pos : error.pos + 20]) from error
    except Garbled:  # of `_no_number`
        raise
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
        raise Garbled("JSON", "JSON", text[:20]) from error
    if not isinstance(found, dict):
        raise Garbled("JSON", "an object", found)
    return found


def _no_number(name: str) -> NoReturn:
    raise Garbled("JSON", "finite numbers", name)


def _entry(facts: Mapping[str, Any], key: str, accepted: str, parse: Callable[[Any], T]) -> T:
    if key not in facts:
        raise Garbled(key, accepted)
    try:
        return parse(facts[key])
    except (ValueError, TypeError, OverflowError) as error:  # the last: a whole number that no float can hold
        raise Garbled(key, accepted, facts[key]) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _sha256(value: Any) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", _text(value)):
        raise ValueError
    return str(value)


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def _number(value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not low <= value <= high:
        raise ValueError
    return float(value)


def _above_0(value: Any) -> float:
    if _number(value, 0, 1) == 0:
        raise ValueError
    return float(value)


def _list(value: Any, length: int = 0) -> list[Any]:
    if not isinstance(value, list) or not value or (length and len(value) != length):
        raise ValueError
    return value


def _dictionary(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _rising(value: Any) -> tuple[int, ...]:
    steps = tuple(_whole(one, 0, 2**53) for one in _list(value))
    if any(a >= b for a, b in pairwise(steps)):
        raise ValueError
    return steps


def _figures(value: Any) -> Mapping[str, float]:
    found = {name: _number(one) for name, one in _dictionary(value).items()}
    if not set(_FIGURES) <= set(found):
        raise ValueError
    return found


def _series(value: Any, length: int) -> Mapping[str, Sequence[float]]:
    return {name: tuple(_number(one) for one in _list(own, length)) for name, own in _dictionary(value).items()}


def _short(value: object) -> str:
    return repr(value)[:60]
