"""A block taken apart, one operation at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.draw.number_wire import number_wire
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import parse_network, preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest
from resnet_viz.text import Lesson
from resnet_viz.ui.components.stepper import shown_channels, stepper
from resnet_viz.ui.kit import hand_over, image_input, inference, url_state, weights_picker
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.block import step_words
from resnet_viz.ui.lessons.block.files import files
from resnet_viz.ui.lessons.block.params import BRANCH, FOLLOW, STEP
from resnet_viz.ui.lessons.block.verdict import numbers_of, sentence

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps

_KEY = "stepper"
QUESTION = "block"


@sentence_instead()
def show(p: Plan, block: str, words: Lesson, *, answered: bool) -> None:
    """The stepper and the sentence below it; or the sentence that says why not. The branch is silent only once `answered`."""
    source = weights_picker.usable(p, text("activations"))
    if source is None:
        return
    square = image_input.squared(image_input.current(inference.known_classes(p.spec))[1], p.input_shape[1])
    net, seed = short_name(p.spec), url_state.get(SEED)
    silent = answered and url_state.get(BRANCH) == "zero"
    found, ms = inference.steps(net, source, seed, digest(square), block, silent, square)
    from resnet_viz.probes.steps import by_hand  # with torch, which has come by now

    counts = shown_channels(found)
    speaking = inference.steps(net, source, seed, digest(square), block, False, square)[0] if silent else found
    place = _place(speaking, counts)
    hands = by_hand(inference.model(net, source, seed), found, place)
    url_state.put(STEP, min(url_state.get(STEP), len(found.steps) - 1))
    start, turn = hand_over.hand_over(_KEY, url_state.get(STEP))
    weights = "untrained" if source.kind == "untrained" else "trained"
    steps = range(len(found.steps))
    names = [step.name for step in found.steps]
    diagram, wires = text("diagram").labels, step_words.wire_names(found, words)
    how = words.say("measured_how", ms=ms, weights=_weights(source, words))
    caption = words.say("caption", block=block, network=title(p.spec), sum=step_words.written_sum(found, words))
    with figure("block", caption, "measured", how, files(p, found, hands, words)):
        stepper(
            found,
            hands,
            [step_words.label(found, i, words) for i in steps],
            [step_words.why(p.block(block), found, i, weights, words) for i in steps],
            step_words.formula(found, words),
            svgs=[number_wire(p.block(block), names, diagram, wires, tall=tall) for tall in (False, True)],
            place=place,
            start=start,
            turn=turn,
            words=words.labels,
            key=_KEY,
            on_step=_stepped,
            on_place=partial(url_state.put, FOLLOW),
        )
    st.caption(which_channels(counts, found, words))
    st.markdown(sentence(numbers_of(found), words))


def which_channels(counts: Sequence[int], found: BlockSteps, words: Lesson) -> str:
    """How many channels are shown where not all are, and how they are counted. `counts` has the shown ones of each step."""
    every = found.steps[-1].value.shape[1]
    some = [words.say("step_some", count=max(counts), all=every)] if counts[-1] < every else []
    return words.joined([*some, words.labels["step_counts"]])


def _weights(source: inference.WeightsSource, words: Lesson) -> str:
    if source.kind == "untrained":
        return words.labels["weights_initial"]
    return words.say("weights_of", name=title(parse_network(source.name)))


def _stepped(step: int) -> None:
    hand_over.reported(_KEY, step)
    url_state.put(STEP, step)


def _place(speaking: BlockSteps, counts: list[int]) -> tuple[int, int, int]:
    """The number to follow: the chosen one, or the telling one. `speaking` is the block before its branch is silenced.

    So it stays the same number when the branch is set to zero or the skip is removed.
    """
    _, _, height, width = speaking.steps[-1].value.shape
    last = (counts[-1] - 1, height - 1, width - 1)
    fits = all(at <= most for at, most in zip(url_state.get(FOLLOW) or (), last, strict=False))
    chosen: tuple[int, int, int] | None = url_state.fitting(
        FOLLOW, fits, "no_place", channel=last[0], row=last[1], column=last[2]
    )
    return chosen or telling_place(speaking, counts[-1])


def telling_place(found: BlockSteps, shown: int) -> tuple[int, int, int]:
    """Channel, row and column where the residual branch adds most to what is not 0, among the first `shown` channels."""
    x, branch = found.steps[0].value, (found.of_term("F") or found.steps[-1]).value
    size = (branch * (x != 0) if x.shape == branch.shape else branch)[0, :shown].abs()
    channel, row, column = (int(at) for at in (size == size.max()).nonzero()[0])
    return channel, row, column


def predict_silence(words: Lesson) -> bool:
    """What is left of a block whose branch is silent? Measured on the shipped network and the picture that is there."""

    def measure() -> Question:
        source = inference.source_of(_shipped(), "trained")
        square = image_input.squared(image_input.current()[1], 32)
        found, _ = inference.steps(short_name(_shipped()), source, 0, digest(square), _shipped().blocks[0], True, square)
        x, out = found.steps[0].value, found.steps[-1].value
        answer = 1 if bool((x == out).all()) else 0 if not out.any() else 2
        equal = int((x == out).sum())
        return Question(
            answer, words.say("predict_because", block=_shipped().blocks[0], count=f"{out.numel():,}", equal=f"{equal:,}")
        )

    return predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key=QUESTION)


def _shipped() -> ResNetSpec:
    return preset("cifar_resnet20")
