"""Networks that really run: built, timed and looked into, with the limits that keep one class from stopping another.

torch is imported inside the functions: the first visitor's page is painted before it is needed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.nets.cards import Card, WeightsUnavailable
from resnet_viz.nets.cost import cost
from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import TORCHVISION, parse_network, preset_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui.kit.kept import kept
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.turns import building, one_at_a_time

if TYPE_CHECKING:
    import torch

    from resnet_viz.nets.resnet import ResNet
    from resnet_viz.probes.steps import BlockSteps

MAX_DEPTH = 1_300
MAX_PARAMS = 130_000_000
"""The largest network on offer has 127 million; that is half a gigabyte."""
MAX_MACS = 60_000_000_000
MAX_PASS_BYTES = 256 * 2**20
"""Results that a pass holds at once, besides the weights; the largest network on offer needs half of it at 512 pixels."""
MAX_KEPT_BYTES = 768 * 2**20
"""Weights of the networks that stay in memory, together with those of the one that is being made."""


def warm_up() -> None:
    """Import torch and run the shipped network once."""
    import torch

    from resnet_viz.nets.weights import shipped, trained

    torch.set_num_threads(1)  # two spinning threads a session would starve a class
    for name in shipped():
        try:
            model = trained(name)
        except WeightsUnavailable:  # the pages that need it say so
            continue
        with torch.no_grad():
            model(torch.zeros(1, 3, 32, 32))
        break


class Refusal(NamedTuple):
    """Why a network is not run here. `key` names the sentence in common.md."""

    key: str
    given: str
    limit: str


def refusal(p: Plan, *, looked_into: bool = False) -> Refusal | None:
    """What forbids building this network and running it on one picture, if anything does.

    A network that is `looked_into` gives away the result of every block, and has been settled.
    """
    found = cost(p.spec, p.input_shape[1])
    held = found.inference_bytes
    if looked_into:
        from resnet_viz.nets.settled import SETTLING

        count, side = SETTLING
        held = max(found.capture_bytes, cost(p.spec, side, count).inference_bytes)
    if p.depth > MAX_DEPTH:
        return Refusal("limit_depth", f"{p.depth:,}", f"{MAX_DEPTH:,}")
    if p.params > MAX_PARAMS:
        return Refusal("limit_params", big(p.params, 0), big(MAX_PARAMS, 0))
    if p.macs > MAX_MACS:
        return Refusal("limit_macs", big(p.macs), big(MAX_MACS, 0))
    if held > MAX_PASS_BYTES:
        return Refusal("limit_bytes", f"{held / 2**20:,.0f} MiB", f"{MAX_PASS_BYTES / 2**20:,.0f} MiB")
    return None


# Built live


class Built(NamedTuple):
    """A network that was built and run on one picture of noise."""

    params: int
    out_shape: tuple[int, ...]
    build_ms: float
    forward_ms: float


@st.cache_data(max_entries=256, show_spinner=False)
def build_live(net: str, size: int, seed: int) -> Built:
    """Build the network, count its parameters, run it once. One network at a time: a class shares two cores."""
    import torch

    from resnet_viz.nets.resnet import build

    spec = parse_network(net)
    with building, torch.no_grad():
        start = time.perf_counter()
        model = build(spec, seed).eval()
        built = time.perf_counter() - start
        x = torch.randn(1, spec.in_channels, size, size, generator=torch.Generator().manual_seed(seed))
        with one_at_a_time:
            start = time.perf_counter()
            y = model(x)
            run = time.perf_counter() - start
        return Built(sum(p.numel() for p in model.parameters()), tuple(y.shape), built * 1e3, run * 1e3)


@st.cache_data(max_entries=16, show_spinner=False)
def torchvision_params(name: str) -> int:
    """What torchvision's own network of this name has, counted on the meta device (no weights are made)."""
    import torch
    from torchvision.models import get_model

    with torch.device("meta"):
        return sum(p.numel() for p in get_model(name).parameters())


# Looked into


class WeightsSource(NamedTuple):
    """Which weights a network runs with."""

    kind: str
    """`shipped`, `imagenet` or `untrained`."""
    name: str
    """The name of the weights; empty when untrained."""


def source_of(spec: ResNetSpec, wanted: str) -> WeightsSource:
    """The weights for this network: trained ones where they are at hand and wanted."""
    from resnet_viz.nets.weights import pretrained_path, shipped

    if wanted != "trained":
        return WeightsSource("untrained", "")
    whole = spec if spec.skips == "none" else spec.residual()  # a plain network has weights of its own
    for name in shipped():
        if parse_network(name) == whole:
            return WeightsSource("shipped", name)
    name = preset_name(whole) or ""
    if name in TORCHVISION and pretrained_path(name).is_file():
        return WeightsSource("imagenet", name)
    return WeightsSource("untrained", "")


def card_of(source: WeightsSource) -> Card | None:
    """What is known of the weights."""
    from resnet_viz.nets.weights import card, pretrained_card

    if source.kind == "untrained":
        return None
    return card(source.name) if source.kind == "shipped" else pretrained_card(source.name)


def known_classes(spec: ResNetSpec) -> tuple[str, ...]:
    """The classes that this network's trained weights tell apart; none where there are no such weights here."""
    try:
        card = card_of(source_of(spec, "trained"))
    except WeightsUnavailable:  # the page says what is wrong with them
        return ()
    return tuple(card.classes) if card else ()


def check(source: WeightsSource) -> None:
    """Raises `WeightsUnavailable` where `model` would for these weights, without building the network."""
    from resnet_viz.nets.weights import check_pretrained, shipped_state

    if source.kind == "shipped":
        shipped_state(source.name)
    elif source.kind == "imagenet":
        check_pretrained(source.name)


def _model_bytes(net: str, source: WeightsSource, seed: int) -> int:
    return cost(parse_network(net), 32).weight_bytes


@kept(most=MAX_KEPT_BYTES, size=_model_bytes, turn=lambda: building)
def model(net: str, source: WeightsSource, seed: int) -> ResNet:
    """The network in evaluation mode, shared by all sessions: never change it."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.nets.settled import settled
    from resnet_viz.nets.weights import pretrained, trained

    spec = parse_network(net)
    if source.kind == "shipped":
        made = trained(source.name, spec)
    elif source.kind == "imagenet":
        made = pretrained(source.name, spec, download=False)
    else:
        made = settled(build(spec, seed), seed)
    with torch.no_grad():
        made(torch.zeros(1, spec.in_channels, 32, 32))  # the first pass sets things up and would be timed too long
    return made.requires_grad_(False)


class Look(NamedTuple):
    """What one picture becomes inside one network."""

    maps: dict[str, np.ndarray]
    """Module name to (C, H, W), float32."""
    last: np.ndarray
    """What the last stage puts out, (C, h, w), float32: Grad-CAM goes on from there."""
    probabilities: np.ndarray
    """(classes,)."""
    network_range: tuple[float, float]
    """Smallest and largest value of any block's output."""
    ms: float


@st.cache_data(max_size="256MiB", show_spinner=False)
def look(net: str, source: WeightsSource, seed: int, digest: str, names: tuple[str, ...], _picture: Image.Image) -> Look:
    """One forward pass of the square picture, with the outputs of the named modules. `digest` stands for the picture.

    Raises `Refused` that names the first block whose output is not finite.
    """
    import torch

    from resnet_viz.probes.capture import capture
    from resnet_viz.probes.finite import check_finite

    network = model(net, source, seed)
    spec = network.spec
    x = network_input(_picture, source, spec.in_channels)
    start = time.perf_counter()
    with one_at_a_time:
        outputs = capture(network, x, [*names, *spec.blocks, "fc"])
    ms = (time.perf_counter() - start) * 1e3
    for name in (*spec.blocks, "fc"):
        check_finite(name, outputs[name])
    blocks = [outputs[name] for name in spec.blocks]
    low, high = min(float(t.min()) for t in blocks), max(float(t.max()) for t in blocks)
    probabilities = torch.softmax(outputs["fc"][0], 0).numpy()
    maps = {name: outputs[name][0].numpy() for name in names}
    return Look(maps, blocks[-1][0].numpy(), probabilities, (low, high), ms)


@st.cache_data(max_size="64MiB", show_spinner=False)
def steps(
    net: str, source: WeightsSource, seed: int, digest: str, block: str, silent: bool, _picture: Image.Image
) -> tuple[BlockSteps, float]:
    """One block taken apart on this picture, and the milliseconds of the forward pass."""
    from resnet_viz.probes.finite import check_finite
    from resnet_viz.probes.steps import block_steps

    network = model(net, source, seed)
    x = network_input(_picture, source, network.spec.in_channels)
    start = time.perf_counter()
    with one_at_a_time:
        found = block_steps(network, x, block, zero_branch=silent)
    for step in found.steps:
        check_finite(step.name, step.value)
    return found, (time.perf_counter() - start) * 1e3


@st.cache_data(max_size="32MiB", show_spinner=False)
def carried(net: str, source: WeightsSource, seed: int, digest: str, block: str, _picture: Image.Image) -> dict[str, np.ndarray]:
    """What enters a block that changes the shape (`x`), and what zero-padding (`A`) and a projection (`B`) make of it.

    The network's own shortcut is used where it is one of the two; the other is as the seed makes it.
    """
    import torch

    spec = parse_network(net)
    name = next(layer.inputs[0] for layer in plan(spec, _picture.height).block(block).layers)
    x = look(net, source, seed, digest, (name,), _picture).maps[name]
    found = {"x": x}
    for option in ("A", "B"):
        own = spec.shortcut == option or (option == "B" and spec.shortcut == "C")
        network = (
            model(net, source, seed) if own else model(str(replace(spec, shortcut=option)), WeightsSource("untrained", ""), seed)
        )
        with one_at_a_time, torch.no_grad():
            found[option] = network.get_submodule(f"{block}.downsample")(torch.from_numpy(x)[None])[0].numpy()
    return found


@st.cache_data(max_size="32MiB", show_spinner=False)
def evidence(net: str, source: WeightsSource, seed: int, digest: str, target: int, _look: Look) -> np.ndarray:
    """Grad-CAM of one class on the last stage, (h, w) from 0 to 1. Only what follows the last stage runs once more."""
    import torch

    from resnet_viz.probes.cam import grad_cam

    behind = behind_last_stage(model(net, source, seed))
    head = cast("ResNet", torch.nn.Sequential(torch.nn.Identity(), *behind).eval())  # with a layer named, any network will do
    with one_at_a_time:
        return grad_cam(head, torch.from_numpy(_look.last)[None], target, layer="0").numpy()


def behind_last_stage(network: ResNet) -> list[torch.nn.Module]:
    """The modules that follow the last stage, in the order in which they run; the last of them is the linear layer."""
    names = [name for name, _ in network.named_children()]
    return list(network.children())[names.index(f"layer{len(network.spec.stages)}") + 1 :]


def network_input(picture: Image.Image, source: WeightsSource, channels: int, *, normalised: bool = True) -> Any:
    """(1, C, H, W): the picture normalised as the weights expect it, its colours averaged or repeated where C is not 3.

    Its numbers as they are, from 0 to 1, where it is not to be `normalised`.
    """
    import torch

    card = card_of(source)
    mean, std = (card.mean, card.std) if card else ((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    pixels = torch.from_numpy(np.asarray(picture, dtype=np.float32)).permute(2, 0, 1) / 255  # (3, H, W)
    x = (pixels - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None] if normalised else pixels
    if channels != 3:
        x = x.mean(0, keepdim=True).expand(channels, -1, -1)
    return x[None]


def top(probabilities: Sequence[float] | np.ndarray, count: int = 5) -> list[tuple[int, float]]:
    """The most probable classes and their probabilities, first guess first."""
    order = np.argsort(probabilities)[::-1][:count]
    return [(int(i), float(probabilities[i])) for i in order]
