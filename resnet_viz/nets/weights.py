"""Trained weights: the ones that ship with the package, and torchvision's ImageNet weights when the user asks for them."""

from __future__ import annotations

import hashlib
import http.client
import importlib.resources
import json
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor

from resnet_viz.nets.presets import TORCHVISION, preset
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all)."""

_CHUNK = 1 << 18
_TIMEOUT = 20  # seconds without an answer


class WeightsUnavailable(RuntimeError):
    """Weights that cannot be had here. The message is one sentence for the user; `code` and `values` say the same to a page."""

    def __init__(self, message: str, code: str, **values: str) -> None:
        super().__init__(message)
        self.code, self.values = code, values


class Card(NamedTuple):
    """What is known of a set of trained weights."""

    name: str
    spec: ResNetSpec
    classes: tuple[str, ...]
    size: int
    """Side of the pictures it was trained on, in pixels."""
    mean: tuple[float, ...]
    std: tuple[float, ...]
    facts: Mapping[str, Any]
    """Data, recipe, seed, accuracy, command: as the recorder wrote them."""


# Weights that ship with the package


def _folder() -> Path:
    return Path(str(importlib.resources.files("resnet_viz.nets"))) / "trained"


@lru_cache
def shipped() -> tuple[str, ...]:
    """The names of the networks whose weights come with the package."""
    cards = {path.name for path in _folder().glob("*.json")} - {path.name for path in _folder().glob("*.history.json")}
    return tuple(sorted(name.removesuffix(".json") for name in cards))


@lru_cache
def card(name: str) -> Card:
    """The card of weights that ship with the package."""
    if name not in shipped():
        raise WeightsUnavailable(
            f"No trained weights called {name!r} come with the package; there are {', '.join(shipped())}.", "absent"
        )
    facts = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    return Card(
        name,
        ResNetSpec.parse(facts["spec"]),
        tuple(facts["classes"]),
        facts["size"],
        tuple(facts["mean"]),
        tuple(facts["std"]),
        facts,
    )


@lru_cache
def history(name: str) -> Mapping[str, Any]:
    """How shipped weights were trained: `epochs` (a dict each, of losses and errors), `steps` and the `layers` noted at them."""
    found: Mapping[str, Any] = json.loads((_folder() / f"{card(name).name}.history.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=4)
def shipped_state(name: str) -> dict[str, Tensor]:
    """The shipped weights as float32, checked against the card's checksum."""
    facts = card(name).facts
    path = _folder() / f"{name}.safetensors"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != facts["sha256"]:
        message = f"The weights file {path.name} is missing or damaged; reinstalling the package restores it."
        raise WeightsUnavailable(message, "broken", name=name, file=path.name, folder=str(path.parent))
    return {key: value.float() if value.is_floating_point() else value for key, value in load_file(path).items()}


def trained(name: str, spec: ResNetSpec | None = None) -> ResNet:
    """A network with shipped weights, in evaluation mode.

    `spec` may differ from the weights' own network in its skips: the weights of a removed projection are left out.
    """
    return load(build(spec or card(name).spec), shipped_state(name)).eval()


def load(model: ResNet, state: Mapping[str, Tensor]) -> ResNet:
    """Put `state` into `model`, which may lack some of the projections that `state` has weights for."""
    wanted = model.state_dict()
    missing = sorted(set(wanted) - set(state))
    extra = sorted(key for key in set(state) - set(wanted) if ".downsample." not in key)
    if missing or extra:
        raise ValueError(f"the weights do not fit {model.spec}: missing {missing[:3]}, left over {extra[:3]}")
    model.load_state_dict({key: state[key] for key in wanted})
    return model


# torchvision's ImageNet weights


def pretrained(name: str, spec: ResNetSpec | None = None, *, download: bool = True, progress: Progress | None = None) -> ResNet:
    """One of torchvision's ten networks with its first ImageNet weights (`IMAGENET1K_V1`), in evaluation mode.

    The file is looked for in torch's usual cache and, with `download`, fetched there. Raises `WeightsUnavailable` when it is
    not there and cannot be fetched, and `ValueError` for a name torchvision has no residual network by.
    """
    path = pretrained_path(name)
    if not path.is_file():
        if not download:
            raise _unavailable("absent", name, path)
        _fetch(name, path, progress)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged file makes the unpickler say
        raise _unavailable("damaged", name, path) from error
    return load(build(spec or preset(name)), state).eval()


@lru_cache
def _torchvision_weights(name: str) -> Any:
    if name not in TORCHVISION:
        raise ValueError(f"torchvision has no weights called {name!r}; it has {', '.join(TORCHVISION)}")
    from torchvision.models import get_model_weights  # 4 s of imports: only when asked for

    return get_model_weights(name).IMAGENET1K_V1 if name != "resnext101_64x4d" else get_model_weights(name).DEFAULT


def pretrained_path(name: str) -> Path:
    """Where torch's cache has, or would have, the file."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(_torchvision_weights(name).url).name


def pretrained_card(name: str) -> Card:
    """The card of torchvision's weights."""
    weights = _torchvision_weights(name)
    how = weights.transforms()
    facts = {
        "source": f"torchvision {weights}",
        "test_accuracy": weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100,
        "data": "ImageNet-1K",
    }
    return Card(name, preset(name), tuple(weights.meta["categories"]), how.crop_size[0], tuple(how.mean), tuple(how.std), facts)


_REASONS = {
    "absent": "they are not on this machine yet",
    "damaged": "the file there is damaged; delete it and try again",
    "offline": "the download failed, this machine may be offline",
    "spoiled": "the download was damaged",
}


def _unavailable(code: str, name: str, path: Path) -> WeightsUnavailable:
    advice = f"put the file {path.name} into {path.parent} to use them offline"
    message = f"The ImageNet weights of {name} cannot be used: {_REASONS[code]} ({advice})."
    return WeightsUnavailable(message, code, name=name, file=path.name, folder=str(path.parent))


def _fetch(name: str, path: Path, progress: Progress | None) -> None:
    """Download to a temporary file beside the target, check the hash in its name, then move it into place."""
    url: str = _torchvision_weights(name).url
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer, temporary.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length") or 0), 0
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                if progress:
                    progress(done, total)
        if not digest.hexdigest().startswith(path.stem.rsplit("-", 1)[1]):
            raise _unavailable("spoiled", name, path)
        temporary.replace(path)
    except (OSError, http.client.HTTPException) as error:
        raise _unavailable("offline", name, path) from error
    finally:
        temporary.unlink(missing_ok=True)
