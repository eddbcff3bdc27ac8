"""What the network takes the picture for, and what removed skips changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw.guess_bars import Guess, guess_bars, percent
from resnet_viz.draw.svg import element
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import natural_side, preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest
from resnet_viz.text import Lesson
from resnet_viz.ui.components.gallery import thumbnail
from resnet_viz.ui.kit import image_input, inference, provenance, url_state
from resnet_viz.ui.kit.figures import Download
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.turns import one_at_a_time
from resnet_viz.ui.lessons.activations.picture import PictureView

QUESTION = "activations"
TOP = 3
USUAL = preset("photo_resnet18")
"""The network of the page until somebody chooses another."""
FEW = 4
"""Skips that the option in the middle speaks of at most."""
ALIKE = 0.1
"""Sizes that differ by no larger a share of one of them are called about equal."""


def show_guesses(view: PictureView, look: inference.Look, *, answered: bool) -> None:
    """The picture as the network sees it and its first guesses. What a removed skip changes waits for the answer to the
    prediction."""
    words, told_of = view.words, may_be_told(view, answered=answered)
    name = words.labels.get(f"sample_{view.code}", view.code)
    said = words.say("sees", name=name, side=view.square.width)
    picture = element("img", src=thumbnail(view.square, 256), alt=said, class_="seen")
    st.html(element("div", picture, element("span", escape(said)), class_="rv-seen"))
    card = inference.card_of(view.source)
    if card is None:
        st.markdown(words.say("untrained_guess", seed=url_state.get(SEED)))
        return
    before = whole_look(told_of)
    shown = look.probabilities if told_of is view else told_of.look().probabilities
    rows = guesses_of(shown, before.probabilities if before else None)
    named = [Guess(view.class_name(index), now, then) for index, now, then in rows]
    told = words.listed(f"{guess.name} {percent(guess.now)}" for guess in named)
    alt = words.say("guesses_alt", guesses=told)
    st.html(guess_bars(named, before=words.labels["before"], now=words.labels["now"], alt=alt))


def say_head(view: PictureView) -> None:
    """How the network gets to its guesses."""
    if inference.card_of(view.source):
        channels, classes = view.plan.stages[-1].out_shape[0], view.plan.spec.classes
        st.caption(view.words.say("head_step", channels=channels, classes=classes))


def say_weights(source: inference.WeightsSource, words: Lesson) -> None:
    """What is known of trained weights."""
    card = inference.card_of(source)
    if card:
        key = "shipped_note" if source.kind == "shipped" else "imagenet_note"
        data = provenance.pictures(card.data)
        st.caption(words.say(key, accuracy=card.test_accuracy, data=data, classes=len(card.classes), side=card.size))


def guesses_of(now: npt.NDArray[np.floating], before: npt.NDArray[np.floating] | None) -> list[tuple[int, float, float | None]]:
    """(class, probability, probability before) of the first guesses, and of the first guess before where it is none of them."""
    first = [index for index, _ in inference.top(now, TOP)]
    if before is not None:
        first += [index for index, _ in inference.top(before, 1) if index not in first]
    return [(index, float(now[index]), None if before is None else float(before[index])) for index in first]


def whole(view: PictureView) -> PictureView:
    """The same picture in the network with all its skips; the view itself where nothing has been taken from it."""
    spec = view.plan.spec
    if spec.skips in ("all", "none") or view.source.kind == "untrained":  # without any it has weights of its own
        return view
    return view._replace(plan=plan(spec.residual(), view.plan.input_shape[1:]))


def whole_look(view: PictureView) -> inference.Look | None:
    """What becomes of the picture there; None where nothing has been taken from the network."""
    intact = whole(view)
    return None if intact is view else intact.look()


def may_be_told(view: PictureView, *, answered: bool) -> PictureView:
    """The view whose guesses may be told: that of the whole network until it has been predicted what a removed skip changes."""
    return view if answered else whole(view)


class Lesioned(NamedTuple):
    """What the sentence on removed skips is made of."""

    cut: int
    all: int
    before: tuple[str, float]
    after: tuple[str, float]


def lesion_sentence(found: Lesioned, words: Lesson) -> str:
    """What taking skips away did to the first guess."""
    (name, was), (other, now) = found.before, found.after
    values = {
        "cut": found.cut,
        "all": found.all,
        "before": words.separated(",", (name, percent(was))),
        "after": words.separated(",", (other, percent(now))),
    }
    return words.say("lesion_same" if name == other else "lesion_changed", **values)


def say_lesion(view: PictureView, look: inference.Look) -> None:
    """The sentence below the diagram: what the removed skips changed."""
    spec, words = view.plan.spec, view.words
    if spec.skips == "none" and view.source.kind != "untrained":
        st.info(words.labels["plain_note"], icon=":material/content_cut:")
    before = whole_look(view)
    if before is None:
        return
    cut = sum(not spec.has_skip(name) for name in spec.blocks)
    first = [(view.class_name(i), p) for one in (before, look) for i, p in inference.top(one.probabilities, 1)]
    st.info(lesion_sentence(Lesioned(cut, len(spec.blocks), first[0], first[1]), words), icon=":material/content_cut:")


def probabilities(view: PictureView, look: inference.Look, *, answered: bool) -> Download:
    """The probabilities of all classes as a file, as far as they may be told."""
    told_of = may_be_told(view, answered=answered)
    found = (look if told_of is view else told_of.look()).probabilities
    file = f"{told_of.net}-{told_of.code}-probabilities.csv"
    return Download(view.words.labels["file_probabilities"], file, "text/csv", partial(_table, told_of, found))


def _table(view: PictureView, found: npt.NDArray[np.floating]) -> str:
    rows = [(index, view.class_name(index), f"{probability:.6f}") for index, probability in inference.top(found, len(found))]
    return table([("class", "name", "probability"), *rows])


def predict_lesion(spec: ResNetSpec, picture: Image.Image, words: Lesson) -> bool:
    """In how many blocks does removing one skip change the first guess on this picture?

    Asked of the page's network with all its skips where its weights ship, else of the usual one.
    """
    asked = _asked(spec)

    def measure() -> Question:
        changed = without_each_skip(asked, picture).changed
        answer = 0 if not changed else 1 if len(changed) <= FEW else 2
        return Question(answer, because(changed, len(asked.blocks), title(asked), words))

    ask = words.say("predict_ask", name=title(asked), all=len(asked.blocks))
    return predict(measure, ask, [words.labels[f"predict_{i}"] for i in range(3)], key=QUESTION)


def _asked(spec: ResNetSpec) -> ResNetSpec:
    whole = spec.residual()
    return whole if inference.source_of(whole, "trained").kind == "shipped" else USUAL


def say_sizes(spec: ResNetSpec, picture: Image.Image, words: Lesson) -> None:
    """Once that has been answered: whether the sizes of the branches are the reason."""
    asked = _asked(spec)
    if said := size_sentence(without_each_skip(asked, picture), title(asked), words):
        st.container(key=f"answered_{QUESTION}_sizes").markdown(said)


def because(changed: Sequence[str], every: int, name: str, words: Lesson) -> str:
    """How many of all skips of the network `name` change the first guess, and of which blocks they are."""
    key = {0: "predict_because_none", 1: "predict_because_one"}.get(len(changed), "predict_because")
    which = words.listed(block.removeprefix("layer") for block in changed)
    return words.say(key, changed=len(changed), which=which, all=every, name=name)


class SkipEffects(NamedTuple):
    """What each skip of a network is to one picture."""

    blocks: tuple[str, ...]
    changed: tuple[str, ...]
    """Those whose skip, removed alone, changes the first guess."""
    ratios: tuple[float, ...]
    """‖F(x)‖ / ‖x‖ of each block of the whole network, x being what the shortcut hands on."""


def size_sentence(found: SkipEffects, name: str, words: Lesson) -> str:
    """Whether the size of F(x) against x tells the blocks of the network `name` whose skip matters from the others; empty where
    they are all or none.

    Small F(x) and an early place mostly go together, so where both hold neither is called the cause.
    """
    groups: tuple[list[float], list[float]] = ([], [])
    places: tuple[list[int], list[int]] = ([], [])
    for place, (block, ratio) in enumerate(zip(found.blocks, found.ratios, strict=True)):
        groups[block not in found.changed].append(ratio)
        places[block not in found.changed].append(place)
    if not all(groups) or not np.isfinite(found.ratios).all():
        return ""
    changed, rest = (float(np.median(group)) for group in groups)
    less = changed < rest * (1 - ALIKE)
    verdict = "less" if less else "more" if changed > rest * (1 + ALIKE) else "alike"
    told = [words.say(f"size_{verdict}", name=name, changed=changed, rest=rest)]
    middle = np.median(places[1])
    early = sum(place < middle for place in places[0])
    if less and early > len(places[0]) / 2:
        told.append(words.labels["size_early" if early == len(places[0]) else "size_mostly_early"])
    return words.joined(told)


def without_each_skip(spec: ResNetSpec, picture: Image.Image) -> SkipEffects:
    """A shipped network on a picture: which skips, removed alone, change its first guess, and how large each branch is."""
    square = image_input.squared(picture, natural_side(spec))
    return _without_each(short_name(spec), digest(square), square)


@st.cache_data(max_entries=512, show_spinner=False)
def _without_each(net: str, digest: str, _square: Image.Image) -> SkipEffects:
    import torch

    from resnet_viz.probes.lesion import skip_lesion
    from resnet_viz.probes.responses import responses

    source = inference.WeightsSource("shipped", net)
    network = inference.model(net, source, 0)
    x = inference.network_input(_square, source, network.spec.in_channels)
    with one_at_a_time, torch.no_grad():
        first = network(x).argmax(1)  # (1,)
        changed = tuple(found.block for found in skip_lesion(network, x, first) if found.score.error > 0)
        branches = responses(network, x).blocks
    return SkipEffects(tuple(block.name for block in branches), changed, tuple(block.ratio for block in branches))
