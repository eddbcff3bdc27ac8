"""Trained weights: the ones that ship with the package, and torchvision's ImageNet weights when the user asks for them."""

from __future__ import annotations

import hashlib
import importlib.resources
from functools import lru_cache
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from resnet_viz.download import DownloadFailed, Progress, downloads
from resnet_viz.nets.cards import Card, Garbled, History, WeightsUnavailable, parse_card, parse_history, read
from resnet_viz.nets.checkpoint import differences, load, unwrap
from resnet_viz.nets.presets import TORCHVISION, parse_network, preset
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.torch_internals import imagenet_accuracy

# Weights that ship with the package

_SUFFIXES = (".history.json", ".json", ".safetensors")


@lru_cache
def _folder() -> Path:
    return Path(str(importlib.resources.files("resnet_viz.nets"))) / "trained"


def shipped() -> tuple[str, ...]:
    """The names of the networks whose weights come with the package. `parse_network` reads them.

    No file is opened: one that is damaged is found by whoever needs it, and hides no other network.
    """
    return _shipped(_folder(), _folder().stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _shipped(folder: Path, _changed: int) -> tuple[str, ...]:
    """A page asks some twenty times; the folder is read again once a file has come or gone."""
    names = set()
    for path in folder.iterdir():
        suffix = next((suffix for suffix in _SUFFIXES if path.name.endswith(suffix)), None)
        if suffix and _is_network(name := path.name.removesuffix(suffix)):
            names.add(name)
    return tuple(sorted(names))


def has_weights(name: str) -> bool:
    """Whether the weights themselves ship, and not only what is known of their training. The file is not opened."""
    return (_folder() / f"{name}.safetensors").is_file()


@lru_cache(maxsize=256)
def _is_network(name: str) -> bool:
    try:
        parse_network(name)
    except ValueError:
        return False
    return True


def card(name: str) -> Card:
    """The card of weights that ship with the package. Raises `WeightsUnavailable`."""
    return _card(_folder(), name)


@lru_cache(maxsize=64)
def _card(folder: Path, name: str) -> Card:
    if name not in shipped():
        raise WeightsUnavailable("unknown", name=name, names=", ".join(shipped()))
    path = folder / f"{name}.json"
    try:
        found = parse_card(name, read(path))
        if found.spec != parse_network(name):
            raise Garbled("spec", f"the network that the file is named after, {name}", found.facts["spec"])
    except Garbled as error:
        raise WeightsUnavailable("garbled", file=path.name, where=error.where) from error
    return found


def history(name: str) -> History:
    """How shipped weights were trained. Raises `WeightsUnavailable`."""
    return _history(_folder(), card(name).name)


@lru_cache(maxsize=64)
def _history(folder: Path, name: str) -> History:
    path = folder / f"{name}.history.json"
    try:
        return parse_history(_card(folder, name), read(path))
    except Garbled as error:
        raise WeightsUnavailable("garbled", file=path.name, where=error.where) from error


def shipped_state(name: str) -> dict[str, Tensor]:
    """The shipped weights as float32: those that the card's checksum names, finite, and of the card's network.

    Raises `WeightsUnavailable`. The tensors are shared: never write to them.
    """
    return _shipped_state(_folder(), name)


@lru_cache(maxsize=16)
def _shipped_state(folder: Path, name: str) -> dict[str, Tensor]:
    known, content = card(name), _content(folder, name)
    broken = WeightsUnavailable("broken", file=f"{name}.safetensors")
    try:
        saved = safetensors.torch.load(content)
    except SafetensorError as error:
        raise broken from error
    state = {key: value.float() if value.is_floating_point() else value for key, value in saved.items()}
    if any(differences(known.spec, state)) or not all(bool(value.isfinite().all()) for value in state.values()):
        raise broken
    return state


def weights_file(name: str) -> bytes:
    """The shipped file itself, the one that the card's checksum names. Raises `WeightsUnavailable`."""
    return _content(_folder(), name)


def _content(folder: Path, name: str) -> bytes:
    known, path = card(name), folder / f"{name}.safetensors"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsUnavailable("gone", file=path.name) from error
    if hashlib.sha256(content).hexdigest() != known.sha256:
        raise WeightsUnavailable("broken", file=path.name)
    return content


def trained(name: str, spec: ResNetSpec | None = None) -> ResNet:
    """A network with shipped weights, in evaluation mode. Raises `WeightsUnavailable`.

    `spec` may differ from the weights' own network in its skips: the weights of a removed projection are left out.
    """
    state = shipped_state(name)  # before the network is built, which damaged weights would make for nothing
    return load(build(spec or card(name).spec), state).eval()


# torchvision's ImageNet weights


def pretrained(
    name: str, spec: ResNetSpec | None = None, *, download: bool = True, progress: Progress = lambda done, total: None
) -> ResNet:
    """One of torchvision's ten networks with its first ImageNet weights (`IMAGENET1K_V1`), in evaluation mode.

    The file is looked for in torch's usual cache and, with `download`, fetched there. Raises `WeightsUnavailable` when it is
    not there and cannot be fetched or does not hold these weights, and `ValueError` for a name torchvision has no residual
    network by.
    """
    if download:
        fetch_pretrained(name, progress)
    state = _pretrained_state(name)
    return load(build(spec or preset(name)), state).eval()


def fetch_pretrained(name: str, progress: Progress = lambda done, total: None) -> Path:
    """Where the file of ImageNet weights is; fetched first where it is not there. Raises `WeightsUnavailable`."""
    path = pretrained_path(name)
    if not path.is_file():
        try:
            downloads.fetch(_torchvision_weights(name).url, path, f"sha256:{path.stem.rpartition('-')[2]}", progress)
        except DownloadFailed as failed:
            raise _unavailable(failed.reason, name, other=failed.file) from failed
    return path


def check_pretrained(name: str) -> None:
    """Raises `WeightsUnavailable` where `pretrained` would. Builds no network; reads a file again only once it has changed."""
    path = pretrained_path(name)
    if not path.is_file():
        raise _unavailable("absent", name)
    seen = path.stat()
    _check_pretrained(name, path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=32)
def _check_pretrained(name: str, _path: Path, _modified: int, _size: int) -> None:
    _pretrained_state(name)


def _pretrained_state(name: str) -> dict[str, Tensor]:
    path = pretrained_path(name)
    if not path.is_file():
        raise _unavailable("absent", name)
    try:
        state = unwrap(torch.load(path, map_location="cpu", weights_only=True)).state
    except Exception as error:  # whatever a damaged file makes the unpickler say
        raise _unavailable("damaged", name) from error
    found = differences(preset(name), state)
    if any(found):
        raise _unavailable("misfit", name, **found.quoted())
    return state


@lru_cache
def _torchvision_weights(name: str) -> Any:
    if name not in TORCHVISION:
        raise ValueError(f"torchvision has no weights called {name!r}; it has {', '.join(TORCHVISION)}")
    from torchvision.models import get_model_weights  # 4 s of imports: only when asked for

    return get_model_weights(name).IMAGENET1K_V1


def pretrained_path(name: str) -> Path:
    """Where torch's cache has, or would have, the file."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(_torchvision_weights(name).url).name


def pretrained_card(name: str) -> Card:
    """The card of torchvision's weights."""
    weights = _torchvision_weights(name)
    how = weights.transforms()
    accuracy, data = imagenet_accuracy(weights), "ImageNet-1K"
    facts = {"source": f"torchvision {weights}", "test_accuracy": accuracy, "data": data}
    classes = tuple(weights.meta["categories"])
    return Card(name, preset(name), classes, how.crop_size[0], tuple(how.mean), tuple(how.std), data, accuracy, facts)


def _unavailable(code: str, name: str, **values: str) -> WeightsUnavailable:
    path = pretrained_path(name)
    return WeightsUnavailable(code, name=name, file=path.name, folder=str(path.parent), **values)
