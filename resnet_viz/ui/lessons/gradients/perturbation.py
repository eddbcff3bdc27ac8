"""A picture is changed a little: how far its features move, and in which direction its gradients point."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.samples import samples
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.components.pixel_picker import dot
from resnet_viz.ui.kit import image_input, inference, url_state
from resnet_viz.ui.kit.figures import Download, badge
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.comparison import DASHES, Setup, tone
from resnet_viz.ui.lessons.gradients.params import AMOUNT, CHANGE, DOT, SIDE

if TYPE_CHECKING:
    from PIL import Image

    from resnet_viz.probes.nudge import Correlation, Nudge

CROWD = 64
"""Pictures whose statistics BN uses, and whose distances are the unit."""
POINTS = 257
"""On the line between two pictures; neighbours are 1/256 of it apart."""
SHOWN_LAGS = 33
TILES = 8
_DOT = "touch_dot"


def show(setup: Setup, words: Lesson) -> None:
    """Change the picture, see the features part."""
    square = to_square(image_input.current()[1], SIDE)
    changed, right = st.columns([1, 3], gap="large")
    with changed:
        _controls(words)
        _point(square, words)
    found = [
        nudged(
            str(spec),
            setup.seed,
            digest(square),
            url_state.get(CHANGE),
            url_state.get(AMOUNT),
            url_state.get(DOT),
            square,
        )
        for spec in setup.networks
    ]
    with right:
        names = found[0].names
        lines = [_line(setup, spec, one, words) for spec, one in zip(setup.networks, found, strict=True)]
        view = ProfileView("apart", log=False, mark=1.0, unit=True)
        profiles(lines, views=[view], words=words.labels, key="touch_profiles", axis="blocks")
        badge("measured")
        st.markdown(
            words.say(
                "touch_said",
                much=f"{url_state.get(AMOUNT):g}",
                plain=found[0].values[-1],
                residual=found[1].values[-1],
                depth=setup.spec.depth,
            )
        )
    _tiles(setup, found, names, words)


def files(setup: Setup, words: Lesson) -> list[Download]:
    """The distances block by block, and the cosines by distance on the line."""
    square = to_square(image_input.current()[1], SIDE)
    key = digest(square)
    touch = url_state.get(CHANGE), url_state.get(AMOUNT), url_state.get(DOT)

    def distances() -> str:
        rows = [["network", "block", "distance"]]
        for spec in setup.networks:
            found = nudged(str(spec), setup.seed, key, *touch, square)
            rows += [[str(spec), name, str(value)] for name, value in zip(found.names, found.values, strict=True)]
        return table(rows)

    def cosines() -> str:
        rows = [["network", "share_of_the_line", "cosine"]]
        for spec in setup.networks:
            found = along(str(spec), setup.seed, key, square)
            rows += [[str(spec), str(lag), str(value)] for lag, value in zip(found.lags, found.values, strict=True)]
        return table(rows)

    return [
        Download(words.labels["file_touch"], "nudge.csv", "text/csv", distances),
        Download(words.labels["file_directions"], "directions.csv", "text/csv", cosines),
    ]


def _line(setup: Setup, spec: ResNetSpec, found: Nudge, words: Lesson) -> Profile:
    values = [found.input, *found.values]
    names = [words.labels["input"], *found.names]
    return Profile(setup.name(spec, words), tone(spec), names, [[values]], dash=DASHES[tone(spec)])


def _controls(words: Lesson) -> None:
    say = words.labels
    url_state.view(
        st.segmented_control,
        say["touch"],
        of=CHANGE,
        format_func=url_state.labels(say, "touch_"),
    )
    url_state.view(
        st.select_slider,
        say["much"],
        of=AMOUNT,
        format_func=lambda v: f"{v:g} %",
    )


def _point(square: Image.Image, words: Lesson) -> None:
    """The changed picture; with a dot, the place to put it."""
    pixels = np.asarray(square)
    row, column = url_state.get(DOT)
    if url_state.get(CHANGE) == "dot":
        dot(pixels, (row, column), label=words.labels["dot_label"], key=_DOT, on_at=_moved)
        st.caption(words.labels["dot_hint"])
        return
    amount = url_state.get(AMOUNT) / 100
    x = inference.network_input(square, inference.WeightsSource("untrained", ""), 3)
    shown = _changed(x, amount, None)[0].permute(1, 2, 0).numpy() * 0.25 + 0.5
    st.image(
        np.clip(shown * 255, 0, 255).round().astype(np.uint8),
        width=260,
        caption=words.labels["noise_shown"],
        alt=words.labels["noise_shown"],
    )


def _moved(at: tuple[int, int]) -> None:
    if max(at) < SIDE:
        url_state.put(DOT, at)


def _changed(x: Any, amount: float, at: tuple[int, int] | None) -> Any:
    from resnet_viz.probes.nudge import dotted, noisy

    return noisy(x, amount) if at is None else dotted(x, at, amount)


@lru_cache(maxsize=1)
def crowd() -> Any:
    """(CROWD, 3, SIDE, SIDE): pieces of the sample photographs, the same ones every time."""
    import torch

    squares = [np.asarray(to_square(sample.load(), 2 * SIDE)) for sample in samples()]
    places = np.random.default_rng(0).integers(0, SIDE + 1, (CROWD, 2))
    cut = [squares[i % len(squares)][row : row + SIDE, column : column + SIDE] for i, (row, column) in enumerate(places.tolist())]
    return (torch.from_numpy(np.stack(cut)).permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.25


@st.cache_data(max_entries=128, show_spinner=False)
def nudged(net: str, seed: int, digest: str, touch: str, percent: float, at: tuple[int, int], _square: Image.Image) -> Nudge:
    """How far the features of the changed picture are from its own, in an untrained network; with the last maps of each stage."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.nudge import nudge

    spec = ResNetSpec.parse(net)
    x = inference.network_input(_square, inference.WeightsSource("untrained", ""), 3)
    other = _changed(x, percent / 100, at if touch == "dot" else None)
    with measuring():
        return nudge(build(spec, seed), x, other=other, among=crowd(), keep=ends(spec))


def ends(spec: ResNetSpec) -> tuple[str, ...]:
    """The last block of each stage."""
    return tuple(f"layer{n}.{count - 1}" for n, count in enumerate(spec.stages, 1))


def _tiles(setup: Setup, found: list[Nudge], names: tuple[str, ...], words: Lesson) -> None:
    """The same maps of the picture and of its copy, in both networks."""
    options = ends(setup.spec)
    where = st.segmented_control(
        words.labels["tiles_at"],
        options,
        default=options[-1],
        key="w_touch_at",
        format_func=lambda name: words.say("after_block", n=names.index(name) + 1, of=len(names)),
    )
    for column, spec, one in zip(st.columns(len(found), gap="large"), setup.networks, found, strict=True):
        before, after = (maps[0].numpy() for maps in one.maps[where or options[-1]])
        with column:
            st.markdown(f"**{setup.name(spec, words)}**")
            st.image(
                tiles.rows([before, after, after - before], TILES, shared=True), width="stretch", alt=words.labels["tiles_rows"]
            )
    st.caption(words.labels["tiles_rows"])


# Directions


def directions(setup: Setup, words: Lesson) -> None:
    """How alike the gradients at neighbouring points of a line between two pictures are."""
    square = to_square(image_input.current()[1], SIDE)
    lines, near = [], []
    for spec in setup.networks:
        found = along(str(spec), setup.seed, digest(square), square)
        labels = [words.say("lag", lag=lag, all=POINTS - 1) for lag in range(SHOWN_LAGS)]
        values = list(found.values[:SHOWN_LAGS])
        near.append(found.values[1])
        lines.append(Profile(setup.name(spec, words), tone(spec), labels, [[values]], dash=DASHES[tone(spec)]))
    ticks = [(i / (SHOWN_LAGS - 1), f"{i}/{POINTS - 1}") for i in range(0, SHOWN_LAGS, 8)]
    view = ProfileView("cosine", log=False, mark=0.0, unit=True)
    profiles(lines, views=[view], words=words.labels, key="direction_profiles", axis="lag", ticks=ticks)
    badge("measured")
    st.markdown(words.say("direction_said", plain=near[0], residual=near[1], depth=setup.spec.depth, all=POINTS - 1))


@st.cache_data(max_entries=128, show_spinner=False)
def along(net: str, seed: int, digest: str, _square: Image.Image) -> Correlation:
    """Input gradients on the line from the picture to another one, in an untrained network."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.nudge import gradient_correlation

    x = inference.network_input(_square, inference.WeightsSource("untrained", ""), 3)[0]
    with measuring():
        return gradient_correlation(build(ResNetSpec.parse(net), seed), x, crowd()[0], POINTS, among=crowd())
