"""The classes with their pictures, and how often a linear layer is right about a picture it has not seen, by how many it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.accuracy_lines import AccuracyLine, accuracy_lines
from resnet_viz.draw.class_rows import ClassRow, class_rows, flow
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import big, percent
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import choose, classes, measured
from resnet_viz.ui.lessons.transfer.classes import Taught
from resnet_viz.ui.lessons.transfer.measured import Backbone

if TYPE_CHECKING:
    from resnet_viz.probes.few_pictures import ByCount

QUESTION = "transfer"
GOOD, FEW = 0.8, 5
"""Right guesses that the question asks for, and pictures a class that are called few."""
_KINDS = {"trained": "residual", "plain": "plain", "untrained": "slate", "pixels": "slate"}
_MOST_SHOWN = 14
_ANY_COUNT = (1, 5, 10, 100, 1_000, 10_000)
"""The places on the axis before anything has been measured: room for every answer to the question."""


def show(words: Lesson) -> None:
    """The whole section. Where the own classes have too few pictures, the axes and a sentence that says what is missing."""
    with sentence_instead():
        of, taught = measured.backbone(), classes.teachable(words)
        picture, panel = stage("transfer")
        options = [words.labels[f"predict_{n}"] for n in range(3)]
        with panel if answered(QUESTION) else picture:
            seen = predict(lambda: _question(taught, of, words), words.labels["predict_ask"], options, key=QUESTION)
        with panel:
            choose.choose(of, words)
        with picture:
            _picture(taught, of, words, seen=seen)


def _question(taught: Taught | None, of: Backbone, words: Lesson) -> Question:
    """Measured on the classes that are shown; on the first set that ships where those have too few pictures."""
    about = taught or classes.of_first_set(words)
    return answer(measured.by_count(about, of, "trained"), words)


def answer(points: Sequence[ByCount], words: Lesson) -> Question:
    """Few pictures are enough where the layer is right often enough with them; where it never is, nobody has measured how many
    it takes."""
    enough = next((point for point in points if point.accuracy >= GOOD), None)
    said = enough or points[-1]
    key = "because_never" if enough is None else "because_one" if enough.pictures == 1 else "because_some"
    because = words.say(key, count=said.pictures, accuracy=percent(said.accuracy, bounds=(GOOD,)), good=GOOD)
    return Question(None if enough is None else 0 if enough.pictures <= FEW else 1, because)


def _picture(taught: Taught | None, of: Backbone, words: Lesson, *, seen: bool) -> None:
    found: dict[str, Sequence[ByCount]] = {}
    if taught and seen:
        found = {source: measured.by_count(taught, of, source) for source in measured.sources(of)}
    files = [Download(words.labels["file_accuracy"], "pictures-a-class.csv", "text/csv", lambda: _csv(found))] if found else []
    name = words.say("caption", network=of.title, data=provenance.pictures(of.card.data))
    with figure("transfer", name, "measured" if found else "", files=files):
        everything = classes.shown(words)
        st.html(class_rows([_row(one) for one in everything.classes], empty=words.labels["no_pictures"]))
        st.html(flow(_flow(taught or everything, of, words)))
        counts = [point.pictures for point in found["trained"]] if found else _ANY_COUNT
        shown = [AccuracyLine(_name(source, words), _points(found, source), _KINDS[source]) for source in measured.sources(of)]
        chance = 1 / len(taught.classes) if taught else None
        drawing(
            accuracy_lines(
                shown,
                counts,
                across=words.labels["across"],
                up=words.labels["up"],
                alt=words.labels["chart_alt"],
                chance=None if chance is None else (chance, words.labels["chance"]),
            ),
            key="transfer_lines",
        )
    if taught is None:
        st.info(words.labels["too_few"], icon=":material/add_photo_alternate:")
    elif found:
        st.markdown(compared(found, words))


def _row(one: classes.TaughtClass) -> ClassRow:
    return ClassRow(one.name, [p.thumbnail for p in one.pictures[:_MOST_SHOWN]], len(one.pictures))


def _flow(taught: Taught, of: Backbone, words: Lesson) -> list[tuple[str, str]]:
    """(kind, words) of each station from the pictures to the guess."""
    from resnet_viz.nets.plan import plan

    p = plan(of.card.spec, of.card.size)
    width, count = p.stages[-1].out_shape[0], len(taught.classes)
    body = p.params - p.by_name["fc"].params
    return [
        ("", words.say("flow_pictures", count=len(taught.pictures))),
        ("frozen", words.say("flow_network", network=of.title, params=big(body))),
        ("", words.say("flow_features", count=width)),
        ("trained", words.say("flow_head", width=width, classes=count, weights=f"{(width + 1) * count:,}")),
    ]


def _name(source: str, words: Lesson) -> str:
    return words.labels[f"source_{source}"]


def _points(found: Mapping[str, Sequence[ByCount]], source: str) -> list[float]:
    return [point.accuracy for point in found.get(source, ())]


def compared(found: Mapping[str, Sequence[ByCount]], words: Lesson) -> str:
    """What the same linear layer makes of the features and of what they are compared with, at the same number of pictures."""
    trained = found["trained"]
    place = max((i for i, point in enumerate(trained) if point.pictures <= FEW), default=0)
    ends = {source: points[place].accuracy for source, points in found.items()}
    others = {source: share for source, share in ends.items() if source != "trained"}
    listed = words.listed(words.say("compared_one", source=_name(name, words), accuracy=share) for name, share in others.items())
    unlearned = max(share for source, share in others.items() if source != "plain")
    key = (
        "compared_not"
        if ends["trained"] <= unlearned
        else "compared_twin"
        if ends.get("plain", 0) >= ends["trained"]
        else "compared_best"
    )
    said = "compared_singular" if trained[place].pictures == 1 else "compared"
    told = words.say(said, count=trained[place].pictures, accuracy=ends["trained"], others=listed)
    return words.joined([told, words.labels[key]])


def _csv(found: Mapping[str, Sequence[ByCount]]) -> str:
    rows = [(source, point.pictures, f"{point.accuracy:.4f}") for source, points in found.items() for point in points]
    return table([("features", "pictures_a_class", "accuracy"), *rows])
