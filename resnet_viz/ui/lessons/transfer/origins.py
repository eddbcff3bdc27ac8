"""The same classes on the features of every network that ships: what it was trained on decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import classes, measured

if TYPE_CHECKING:
    from resnet_viz.probes.few_pictures import ByCount

FEW = 5


class TrainedOn(NamedTuple):
    """One network."""

    name: str
    """With the pictures that it was trained on."""
    accuracy: float


@sentence_instead()
def show(words: Lesson) -> None:
    """A bar a network."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.transfer import backbones

    taught = classes.teachable(words) or classes.of_first_set(words)
    found, count = [], 0
    for net in backbones():
        of = measured.Backbone(net, card(net))
        point = _few(measured.by_count(taught, of, "trained"))
        name = words.say("backbone_one", network=of.title, data=provenance.pictures(of.card.data), side=of.card.size)
        found.append(TrainedOn(name, point.accuracy))
        count = point.pictures
    said = sentence(found, words)
    caption = words.labels["origins_caption_one"] if count == 1 else words.say("origins_caption", count=count)
    rows = [("network", "accuracy"), *((one.name, f"{one.accuracy:.4f}") for one in found)]
    with figure(
        "origins",
        caption,
        "measured",
        files=[Download(words.labels["file_accuracy"], "networks.csv", "text/csv", lambda: table(rows))],
    ):
        drawing(
            bars([ValueBar(one.name, one.accuracy, f"{one.accuracy:.0%}", "residual") for one in found], said, most=1.0),
            key="transfer_origins_bars",
        )
    st.markdown(said)


def _few(points: Sequence[ByCount]) -> ByCount:
    """The most pictures a class that still count as few."""
    return max((point for point in points if point.pictures <= FEW), default=points[0], key=lambda point: point.pictures)


def sentence(found: Sequence[TrainedOn], words: Lesson) -> str:
    """The best and the worst, all that come to the same percentage."""
    by_share: dict[str, list[str]] = {}
    for one in sorted(found, key=lambda one: -one.accuracy):
        by_share.setdefault(f"{one.accuracy:.0%}", []).append(one.name)
    (most, best), *_, (least, worst) = *by_share.items(), *by_share.items()
    if len(by_share) == 1:
        return words.say("origins_alike", share=most)
    return words.say("origins_said", best=words.listed(best), most=most, worst=words.listed(worst), least=least)
