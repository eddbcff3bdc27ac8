"""The picture in question, for those questions that have one: a function each, named after its question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from resnet_viz.draw.bars import Kind, ValueBar, bars
from resnet_viz.studies.quiz import claim_of
from resnet_viz.studies.quiz.answer import Answer
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims.measurement import measured
from resnet_viz.ui.lessons.claims.pictures import draw

Picture = Callable[[Answer, Lesson], None]


def picture_of(question: str) -> Picture | None:
    """What draws the picture of a question: its own function, or that of the claim that answers it."""
    own: Picture | None = globals().get(question)
    if own or not (claim := claim_of(question)):
        return own
    return partial(_of_claim, claim, f"quiz_figure_{question}")


def _of_claim(claim: str, key: str, _found: Answer, _words: Lesson) -> None:
    draw(claim, measured(claim), text("claims"), key)


def _bars(question: str, rows: list[tuple[str, float, str]], right: int, words: Lesson, found: Answer) -> None:
    """Bars with the one in question in blue."""
    kinds: list[Kind] = ["residual" if i == right else "slate" for i in range(len(rows))]
    drawn = [ValueBar(name, value, said, kinds[i], i == right) for i, (name, value, said) in enumerate(rows)]
    figure(bars(drawn, words.say(f"because_{question}", **found.numbers)), key=f"quiz_figure_{question}")


def activations_size(found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.tiles import atlas
    from resnet_viz.nets.presets import preset
    from resnet_viz.pictures import digest, to_square
    from resnet_viz.samples import samples

    spec = preset("cifar_resnet20")
    first, last = "relu", spec.blocks[-1]
    picture = to_square(next(sample for sample in samples() if sample.code == "cat").load(), 32)
    look = inference.look("cifar_resnet20", inference.source_of(spec, "trained"), 0, digest(picture), (first, last), picture)
    for column, name in zip(st.columns(2), (first, last), strict=True):
        said = words.say("picture_maps", side=look.maps[name].shape[-1])
        column.image(atlas(look.maps[name], tile=64, limit=16), width="stretch", caption=said, alt=said)


def transfer_forgotten(found: Answer, words: Lesson) -> None:
    shares = [(way, found.numbers[way]) for way in ("evaluation", "alone", "chance")]
    rows = [(words.labels[f"bar_{way}"], share, f"{share:.0%}") for way, share in shares]
    _bars("transfer_forgotten", rows, 1, words, found)


def transfer_pixels(found: Answer, words: Lesson) -> None:
    shares = [(source, found.numbers[source]) for source in ("trained", "untrained", "pixels", "chance")]
    rows = [(words.labels[f"bar_{source}"], share, f"{share:.0%}") for source, share in shares]
    _bars("transfer_pixels", rows, 2, words, found)


def activations_skip(found: Answer, words: Lesson) -> None:
    numbers = found.numbers
    rows = [
        (
            f"ResNet-{numbers[size]}: {words.labels[f'bar_{state}']}",
            numbers[f"{state}_{size}"],
            f"{numbers[f'{state}_{size}']:.0%}",
        )
        for size in ("few", "many")
        for state in ("whole", "cut")
    ]
    _bars("activations_skip", rows, len(rows) - 1, words, found)


def why_paths(found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.lines import Line, lines

    drawn = lines(
        [Line(words.labels["line_paths"], [float(count) for count in found.numbers["counts"]], "residual")],
        across=words.labels["length"],
        up=words.labels["paths"],
        alt=words.say("because_why_paths", **found.numbers),
        write=big,
        first=0,
    )
    figure(drawn, key="quiz_figure_why_paths")


def mixing_pixel(found: Answer, words: Lesson) -> None:
    import numpy as np

    from resnet_viz.draw.tiles import atlas
    from resnet_viz.studies.quiz.parts import pixel_change

    maps = np.stack([pixel_change(kernel) for kernel in (1, 3)])
    st.image(
        atlas(maps, tile=180, gap=10),
        alt=words.say("because_mixing_pixel", **found.numbers),
        caption=words.labels["picture_mixing"],
    )


def bottleneck_pair(_found: Answer, words: Lesson) -> None:
    from resnet_viz.draw.blockscale import Scaled, blockscale
    from resnet_viz.nets.blockcost import PAPER, terms

    labels = text("bottleneck").labels
    pair = [
        Scaled(words.separated(",", (labels[block], str(channels))), terms(block, channels, 56, 56))
        for block, channels in PAPER.items()
    ]
    for i, column in enumerate(st.columns(2)):
        with column:
            figure(blockscale(pair, words, only=i), key=f"quiz_figure_bottleneck_pair_{i}")


def bottleneck_most(found: Answer, words: Lesson) -> None:
    rows = [(words.labels[f"option_bottleneck_most_{i}"], float(macs), big(macs)) for i, macs in enumerate(found.numbers["macs"])]
    _bars("bottleneck_most", rows, found.right, words, found)


def build_params(found: Answer, words: Lesson) -> None:
    names, params = found.options, found.numbers["params"]
    rows = [(name, float(count), big(count)) for name, count in zip(names, params, strict=True)]
    _bars("build_params", rows, found.right, words, found)


def build_head(found: Answer, words: Lesson) -> None:
    numbers = found.numbers
    rows = [(words.labels[f"bar_{key}"], float(numbers[key]), big(numbers[key])) for key in ("params", "pooled", "whole_map")]
    _bars("build_head", rows, 2, words, found)
