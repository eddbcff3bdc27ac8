"""The network for photographs on pictures of its own classes: each branch deleted in turn, and each skip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import Kind, ValueBar, bars
from resnet_viz.nets.presets import preset
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.turns import one_at_a_time
from resnet_viz.ui.kit.words import sentence_instead

NAME = "photo_resnet18"


class PhotoLesions(NamedTuple):
    """On how many of the pictures the first guess changes, block by block."""

    blocks: tuple[str, ...]
    branch: tuple[int, ...]
    """Without the block's residual branch."""
    skip: tuple[int, ...]
    """Without its skip."""
    pictures: int


@sentence_instead()
def show(words: Lesson) -> None:
    """Bars for both lesions, and what they come to."""
    found = measured()
    kinds: tuple[tuple[str, Kind, Sequence[int]], ...] = (("branch", "slate", found.branch), ("skip", "residual", found.skip))
    said = sentence(found, words)
    files = [Download(words.labels["file_csv"], f"{NAME}-lesions.csv", "text/csv", partial(_numbers, found))]
    caption = words.say("photo_caption", name=title(preset(NAME)), pictures=found.pictures)
    with figure("photo", caption, "measured", files=files):
        for column, (key, kind, counts) in zip(st.columns(2, gap="large"), kinds, strict=True):
            with column:
                st.markdown(f"**{words.labels[f'photo_{key}']}**")
                rows = [ValueBar(name, count, str(count), kind) for name, count in zip(found.blocks, counts, strict=True)]
                drawing(bars(rows, said, most=found.pictures), key=f"photo_bars_{key}")
    st.markdown(said)


@st.cache_data(max_entries=1, show_spinner=False)
def measured() -> PhotoLesions:
    """On the samples of the network's own classes, which are the same for everybody. Raises `WeightsUnavailable`."""
    import torch

    from resnet_viz.nets.weights import card
    from resnet_viz.probes.lesion import lesion, skip_lesion

    facts, source = card(NAME), inference.WeightsSource("shipped", NAME)
    own = [sample.load() for sample in samples() if {*sample.classes} & {*facts.classes}]
    x = torch.cat([inference.network_input(to_square(image, facts.size), source, 3) for image in own])  # (N, 3, S, S)
    network = inference.model(NAME, source, 0)
    with one_at_a_time, torch.no_grad():
        first = network(x).argmax(1)  # (N,)
        branch, skip = (
            tuple(round(one.score.error * len(own)) for one in probe(network, x, first) if one.block)
            for probe in (lesion, skip_lesion)
        )
    return PhotoLesions(facts.spec.blocks, branch, skip, len(own))


def sentence(found: PhotoLesions, words: Lesson) -> str:
    """What a branch and what a skip are worth to this network."""
    values = {"pictures": found.pictures}
    for key, counts in (("branch", found.branch), ("skip", found.skip)):
        values |= {f"{key}_most": max(counts), f"{key}_sum": sum(counts)}
    compared = "photo_skip_more" if sum(found.skip) > sum(found.branch) else "photo_skip_no_more"
    return words.joined([words.say("photo_said", all=found.pictures * len(found.blocks), **values), words.labels[compared]])


def _numbers(found: PhotoLesions) -> str:
    rows = [(*row, found.pictures) for row in zip(found.blocks, found.branch, found.skip, strict=True)]
    return table([("block", "changed without its branch", "changed without its skip", "pictures"), *rows])
