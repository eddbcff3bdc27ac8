"""What is measured on this page: features, once a picture, and how well a linear layer does on them.

Of a set that ships, once for all sessions. Of the session's own pictures, in the session's memory, as long as they are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.nets.cards import Card, WeightsUnavailable
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.inference import WeightsSource
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.turns import measuring, one_at_a_time
from resnet_viz.ui.lessons.transfer import classes
from resnet_viz.ui.lessons.transfer.classes import Taught
from resnet_viz.ui.lessons.transfer.params import BACKBONE, OWN

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_viz.nets.resnet import ResNet
    from resnet_viz.probes.few_pictures import ByCount
    from resnet_viz.probes.linear_head import Head
    from resnet_viz.studies.transfer import Modes

_FEATURES, _FOUND = "transfer_features", "transfer_found"
_CHUNK = 8
"""Pictures that run before another page may have the processor."""


class Backbone(NamedTuple):
    """The trained network that is used, frozen."""

    net: str
    card: Card

    @property
    def weights(self) -> WeightsSource:
        return WeightsSource("shipped", self.net)

    @property
    def title(self) -> str:
        return title(self.card.spec)


def backbone() -> Backbone:
    """The network that the link names, or that with the largest pictures. Raises `WeightsUnavailable` where none ships."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.transfer import backbones

    every = backbones()
    if not every:
        raise WeightsUnavailable("unknown", name="", names="")
    wanted = url_state.fitting(BACKBONE, url_state.get(BACKBONE) in every, "one_of", words=", ".join(every)) or every[0]
    return Backbone(wanted, card(wanted))


def features(taught: Taught, of: Backbone, source: str = "trained") -> Tensor:
    """(N, F) of the pictures, class after class. Raises `WeightsUnavailable` and `Refused`."""
    import torch

    if taught.code != OWN:
        return torch.from_numpy(_shipped_features(taught.code, of.net, source))
    known: dict[tuple[str, str, str], np.ndarray] = st.session_state.setdefault(_FEATURES, {})
    keys = [(of.net, source, picture.digest) for picture in taught.pictures]
    missing = [(key, picture.image) for key, picture in zip(keys, taught.pictures, strict=True) if key not in known]
    if missing:
        rows = _compute([image for _, image in missing], of, source)
        known.update((key, row) for (key, _), row in zip(missing, rows, strict=True))
        there = {picture.digest for one in classes.own() for picture in one.pictures}
        for key in [key for key in known if key[0] != of.net or key[2] not in there]:
            del known[key]
    return torch.from_numpy(np.stack([known[key] for key in keys]))


@st.cache_data(max_entries=64, show_spinner=False)
def _shipped_features(code: str, net: str, source: str) -> np.ndarray:
    from resnet_viz.nets.weights import card

    pictures = [picture.image for _, taught, _ in classes.shipped(code) for picture in taught]
    return np.stack(_compute(pictures, Backbone(net, card(net)), source))


def _compute(images: Sequence[Image.Image], of: Backbone, source: str) -> list[np.ndarray]:
    """(F,) of each picture."""
    from resnet_viz.probes.features import features as of_network
    from resnet_viz.studies.transfer import as_input, pixels

    if source == "pixels":
        return list(pixels(images, of.card).numpy())
    network, found = _network(of, source), []
    for start in range(0, len(images), _CHUNK):
        x = as_input(images[start : start + _CHUNK], of.card)
        with one_at_a_time:
            found += list(of_network(network, x).numpy())
    return found


def _network(of: Backbone, source: str) -> ResNet:
    from resnet_viz.studies.transfer import plain_twin

    if source == "untrained":
        return inference.model(of.net, WeightsSource("untrained", ""), 0)
    net = plain_twin(of.net) if source == "plain" else of.net
    assert net is not None, "a source that there is"
    return inference.model(net, WeightsSource("shipped", net), 0)


def labels(taught: Taught) -> Tensor:
    """(N,)."""
    from resnet_viz.studies.transfer import labels_of

    return labels_of([one.pictures for one in taught.classes])


def head(taught: Taught, of: Backbone) -> Head:
    """The linear layer, trained on all pictures."""
    return train(taught, of) if taught.code == OWN else _shipped_head(taught.code, of.net, taught)


@st.cache_resource(max_entries=16, show_spinner=False)
def _shipped_head(code: str, net: str, _taught: Taught) -> Head:
    from resnet_viz.nets.weights import card

    return train(_taught, Backbone(net, card(net)))


def train(taught: Taught, of: Backbone) -> Head:
    """The same layer, trained now."""
    from resnet_viz.probes.linear_head import train_head

    return train_head(features(taught, of), labels(taught), len(taught.classes))


def by_count(taught: Taught, of: Backbone, source: str) -> tuple[ByCount, ...]:
    """How often the layer is right, by pictures a class. Raises `Refused` where too many measure already."""
    if taught.code != OWN:
        return _shipped_by_count(taught.code, of.net, source, taught)
    key = (taught.digest, of.net, source)
    known = _of_session(taught.digest)
    if key not in known:
        known[key] = _by_count(taught, of, source)
    found: tuple[ByCount, ...] = known[key]  # type: ignore[assignment]  # under this key stands nothing else
    return found


def _of_session(digest: str) -> dict[tuple[str, str, str], object]:
    """What was found for the session's own pictures as they are now; what was found for others is forgotten."""
    known: dict[tuple[str, str, str], object] = st.session_state.setdefault(_FOUND, {})
    for key in [key for key in known if key[0] != digest]:
        del known[key]
    return known


@st.cache_data(max_entries=64, show_spinner=False)
def _shipped_by_count(code: str, net: str, source: str, _taught: Taught) -> tuple[ByCount, ...]:
    from resnet_viz.nets.weights import card

    return _by_count(_taught, Backbone(net, card(net)), source)


def _by_count(taught: Taught, of: Backbone, source: str) -> tuple[ByCount, ...]:
    from resnet_viz.probes.few_pictures import accuracy_by_count

    rows = features(taught, of, source)
    with measuring():
        return accuracy_by_count(rows, labels(taught), len(taught.classes))


def sources(of: Backbone) -> tuple[str, ...]:
    """What the linear layer may read, of `studies.transfer.SOURCES`."""
    from resnet_viz.studies.transfer import sources as of_net

    return of_net(of.net)


def modes(taught: Taught, of: Backbone) -> Modes:
    """What becomes of the trained layer when the network is left in training mode, or its pictures are not normalised."""
    if taught.code != OWN:
        return _shipped_modes(taught.code, of.net, taught)
    known, key = _of_session(taught.digest), (taught.digest, of.net, "modes")
    if key not in known:
        known[key] = _modes(taught, of)
    found: Modes = known[key]  # type: ignore[assignment]  # under this key stands nothing else
    return found


@st.cache_data(max_entries=16, show_spinner=False)
def _shipped_modes(code: str, net: str, _taught: Taught) -> Modes:
    from resnet_viz.nets.weights import card

    return _modes(_taught, Backbone(net, card(net)))


def _modes(taught: Taught, of: Backbone) -> Modes:
    from resnet_viz.studies.transfer import modes as of_network

    images = [picture.image for picture in taught.pictures]
    with measuring():
        return of_network(_network(of, "trained"), images, of.card, labels(taught), len(taught.classes))
