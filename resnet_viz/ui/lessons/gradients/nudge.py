"""A picture is changed a little: how far apart the two are after each block of an untrained network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, partial
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
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients import comparison
from resnet_viz.ui.lessons.gradients.comparison import DASHES, Setup, default_spec, tone
from resnet_viz.ui.lessons.gradients.params import AMOUNT, CHANGE, DOT, SIDE, STAGE
from resnet_viz.ui.lessons.gradients.verdict import nudge_sentence

if TYPE_CHECKING:
    from PIL import Image

    from resnet_viz.probes.nudge import Nudge

CROWD = 64
"""Pictures whose statistics BN uses, and whose distances are the unit."""
TILES = 8
OPTIONS = (0.0, 0.1, 1.0)
"""The distances that one may predict."""
VIEW = ProfileView("apart", log=False, mark=1.0, unit=True)
_DOT = "touch_dot"
_SHOWN = 128
"""Pixels a side at which the pictures are shown."""


def controls(words: Lesson) -> None:
    """Both pictures, how much they differ, and the networks; the rest folded."""
    square = current_square()
    left, right = st.container(key="two_pictures").columns(2, gap="small")
    with left:
        st.image(_enlarged(np.asarray(square)), caption=words.labels["picture_before"], alt=words.labels["picture_before"])
    with right:
        _changed_picture(square, words)
    url_state.view(st.select_slider, words.labels["amount"], of=AMOUNT, format_func=lambda v: f"{v:g}%")
    comparison.choose(words, "nudge")
    more = st.expander(words.labels["more"], icon=":material/tune:", key="w_nudge_more", on_change="rerun")
    if more.open:
        with more:
            url_state.view(
                st.segmented_control, words.labels["change"], of=CHANGE, format_func=url_state.labels(words.labels, "change_")
            )
            image_input.choose()


def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """The distances block by block, and the sentence that they make; the verdict `beside` them."""
    options = [words.labels[f"nudge_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["nudge_ask"], options, "nudge", beside)
    setup, square = comparison.chosen(), current_square()
    found = [nudged_now(spec, setup.seed, square) for spec in setup.networks] if shown else []
    names = [words.labels["input"], *setup.spec.blocks]
    lines = [
        Profile(
            setup.name(spec, words),
            tone(spec),
            names,
            [[[found[i].input, *found[i].values] if shown else [math.nan] * len(names)]],
            dash=DASHES[tone(spec)],
        )
        for i, spec in enumerate(setup.networks)
    ]
    rows = partial(_numbers, setup.networks, found)
    files = [Download(words.labels["file_nudge"], "nudge.csv", "text/csv", rows)] if shown else []
    with figure("nudge", words.labels["nudge_caption"], kind="measured" if shown else "", note=setup.made(words), files=files):
        profiles(lines, views=[VIEW], words=words.labels, key="nudge_profiles", axis="blocks")
    if shown:
        apart = [(setup.name(spec, words), one.values[-1]) for spec, one in zip(setup.networks, found, strict=True)]
        normalised = setup.spec.norm == "batch"
        st.markdown(nudge_sentence(apart, found[0].input, url_state.get(AMOUNT), normalised, words))


def _question(words: Lesson) -> Question:
    """The question is about the view that the page opens with, whatever has been chosen since."""
    spec = default_spec()
    square = image_input.squared(image_input.every()[image_input.USUAL], SIDE)
    about = ("noise", AMOUNT.default, DOT.default)
    plain, residual = (nudged(str(net), 0, digest(square), *about, square).values[-1] for net in (spec.plain(), spec))
    answer = min(range(3), key=lambda i: abs(plain - OPTIONS[i]))
    return Question(answer, words.say("nudge_because", plain=scientific(plain), residual=scientific(residual)))


def current_square() -> Image.Image:
    """This session's picture, as large as the networks take it."""
    return image_input.squared(image_input.current()[1], SIDE)


def nudged_now(spec: ResNetSpec, seed: int, square: Image.Image) -> Nudge:
    """What this session's change does in a network."""
    return nudged(str(spec), seed, digest(square), url_state.get(CHANGE), url_state.get(AMOUNT), url_state.get(DOT), square)


def _numbers(specs: Sequence[ResNetSpec], found: Sequence[Nudge]) -> str:
    """CSV: a row a network and block."""
    rows = [["network", "block", "distance"]]
    for spec, one in zip(specs, found, strict=True):
        rows.append([str(spec), "input", str(one.input)])
        rows += [[str(spec), name, str(value)] for name, value in zip(one.names, one.values, strict=True)]
    return table(rows)


# The picture


def _changed_picture(square: Image.Image, words: Lesson) -> None:
    """The changed picture; with a dot, the place to put it."""
    if url_state.get(CHANGE) == "dot":
        dot(np.asarray(square), url_state.get(DOT), label=words.labels["dot_label"], key=_DOT, on_at=_moved)
        st.caption(words.labels["dot_hint"])
        return
    amount = url_state.get(AMOUNT)
    x = inference.network_input(square, inference.WeightsSource("untrained", ""), 3)
    shown = _changed(x, amount / 100, None)[0].permute(1, 2, 0).numpy() * 0.25 + 0.5
    caption = words.say("picture_after", percent=f"{amount:g}")
    st.image(_enlarged(np.clip(shown * 255, 0, 255).round().astype(np.uint8)), caption=caption, alt=caption)


def _enlarged(pixels: Any) -> Any:
    """(SIDE, SIDE, 3) as squares that can be told apart."""
    return np.kron(pixels, np.ones((_SHOWN // SIDE, _SHOWN // SIDE, 1), np.uint8))


def _moved(at: tuple[int, int]) -> None:
    if max(at) < SIDE:
        url_state.put(DOT, at)


def _changed(x: Any, amount: float, at: tuple[int, int] | None) -> Any:
    from resnet_viz.probes.nudge import dotted, noisy

    return noisy(x, amount) if at is None else dotted(x, at, amount)


@lru_cache(maxsize=1)
def crowd() -> Any:
    """(CROWD, 3, SIDE, SIDE): pieces of the sample photographs, the same ones every time, whatever drawings there are."""
    import torch

    squares = [np.asarray(to_square(sample.load(), 2 * SIDE)) for sample in samples() if sample.is_photograph]
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


# Its maps


def show_maps(setup: Setup, words: Lesson) -> None:
    """The same maps of the picture and of its copy, in both networks."""
    square = current_square()
    last, blocks = ends(setup.spec), setup.spec.blocks
    url_state.view(
        st.segmented_control,
        words.labels["tiles_at"],
        of=STAGE,
        format_func=lambda stage: words.say("after_block", n=blocks.index(last[stage - 1]) + 1, of=len(blocks)),
    )
    where = last[url_state.get(STAGE) - 1]
    with figure("maps", words.labels["tiles_rows"], kind="measured", note=setup.made(words)):
        for column, spec in zip(st.columns(len(setup.networks), gap="large"), setup.networks, strict=True):
            before, after = (maps[0].numpy() for maps in nudged_now(spec, setup.seed, square).maps[where])
            with column:
                st.markdown(f"**{setup.name(spec, words)}**")
                st.image(
                    tiles.rows([before, after, after - before], TILES, shared=True),
                    width="stretch",
                    alt=words.labels["tiles_rows"],
                )
