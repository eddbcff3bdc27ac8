"""A block taken apart, one operation at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.draw.diagram import block_figure
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.components.stepper import shown_channels, stepper
from resnet_viz.ui.kit import hand_over, image_input, inference, url_state, weights_picker
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.block.params import BRANCH, FOLLOW, STEP

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps
from resnet_viz.ui.lessons.block.files import files

_KEY = "stepper"


@sentence_instead()
def show(p: Plan, block: str, words: Lesson) -> None:
    """The stepper, the sentence below it and the files; or the sentence that says why not."""
    source = weights_picker.usable(p, text("activations"))
    if source is None:
        return
    square = to_square(image_input.current()[1], p.input_shape[1])
    net, seed = short_name(p.spec), url_state.get(SEED)
    found, ms = inference.steps(net, source, seed, digest(square), block, url_state.get(BRANCH) == "zero", square)
    from resnet_viz.probes.steps import by_hand  # with torch, which has come by now

    labels = [_label(p.spec, found, i, words) for i in range(len(found.steps))]
    place = _place(found, shown_channels(found))
    hands = by_hand(inference.model(net, source, seed), found, place)
    start, turn = hand_over.hand_over(_KEY, url_state.get(STEP))
    stepper(
        found,
        hands,
        labels,
        _formula(found, words),
        svg=block_figure(p, block, words=text("diagram").labels),
        place=place,
        start=start,
        turn=turn,
        words=words.labels,
        key=_KEY,
        on_step=_stepped,
        on_place=partial(url_state.put, FOLLOW),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        badge("measured")
        st.caption(words.say("measured_how", ms=ms, weights=_weights(source, words)), width="content")
    st.markdown(_sentence(found, words))
    files(p, found, hands, words)


def _weights(source: inference.WeightsSource, words: Lesson) -> str:
    return words.labels["weights_initial"] if source.kind == "untrained" else words.say("weights_of", name=source.name)


def _stepped(step: int) -> None:
    hand_over.reported(_KEY, step)
    url_state.put(STEP, step)


def _place(found: BlockSteps, counts: list[int]) -> tuple[int, int, int]:
    """The number to follow: the chosen one, or where the residual branch changes the most."""
    _, _, height, width = found.steps[-1].value.shape
    last = (counts[-1] - 1, height - 1, width - 1)
    fits = all(at <= most for at, most in zip(url_state.get(FOLLOW) or (), last, strict=False))
    chosen: tuple[int, int, int] | None = url_state.fitting(
        FOLLOW, fits, "no_place", channel=last[0], row=last[1], column=last[2]
    )
    if chosen is None:
        branch = found.steps[-1] if found.silenced else found.of_term("F") or found.steps[-1]
        size = branch.value[0, : counts[-1]].abs()
        channel, rest = divmod(int(size.argmax()), height * width)
        chosen = (channel, *divmod(rest, width))
    return chosen


def _formula(found: BlockSteps, words: Lesson) -> list[tuple[str, str]]:
    """The block's equation, piece by piece, each with the term it belongs to."""
    terms = [step.term for step in found.steps]
    inner = [("F(x)", "F")]
    if "+" in terms:
        inner += [("+", "+"), (_shortcut(found, words), "x")]
    else:
        inner = [("F(", "F"), ("x", "x"), (")", "F")]
    if terms[-1] == "relu":
        return [("y = ", ""), ("ReLU(", "relu"), *inner, (")", "relu")]
    return [("y = ", ""), *inner]


def _shortcut(found: BlockSteps, words: Lesson) -> str:
    kinds = [step.kind for step in found.steps if step.term == "x"]
    return words.labels["padded" if "zero-pad" in kinds else "projected"] if len(kinds) > 1 else "x"


def _label(spec: ResNetSpec, found: BlockSteps, i: int, words: Lesson) -> str:
    """What the value of a step is called above its tiles."""
    step, last = found.steps[i], i == len(found.steps) - 1
    if last:
        return "y"
    if step.kind == "input":
        return "x"
    if step.term == "x":
        return _shortcut(found, words)
    if step.term == "+":
        return f"F(x) + {_shortcut(found, words)}"
    return "F(x)" if step is found.of_term("F") else "out"


def _sentence(found: BlockSteps, words: Lesson) -> str:
    """What the numbers of this block say."""
    first, branch, last = found.steps[0], found.of_term("F"), found.steps[-1]
    if not any(step.term == "+" for step in found.steps):
        return words.labels["said_plain"]
    carried = found.of_term("x")
    assert branch
    assert carried
    if not found.silenced:
        f, x = float(branch.value.norm()), float(carried.value.norm())
        return words.say("said", block=found.block, branch=f, shortcut=x, ratio=f / x if x else float("nan"))
    if carried is not first:
        return words.labels["said_silent_change"]
    count = last.value.numel()
    equal = int((last.value == first.value).sum())
    return words.say("said_silent", equal=f"{equal:,}", count=f"{count:,}")


def predict_silence(words: Lesson) -> None:
    """What is left of a block whose branch is silent? Measured on the shipped network and the picture that is there."""

    def measure() -> Question:
        source = inference.source_of(_shipped(), "trained")
        square = to_square(image_input.current()[1], 32)
        found, _ = inference.steps(short_name(_shipped()), source, 0, digest(square), "layer1.1", True, square)
        x, y = found.steps[0].value, found.steps[-1].value
        answer = 1 if bool((x == y).all()) else 0 if not y.any() else 2
        difference = float((x - y).abs().max())
        return Question(answer, words.say("predict_because", count=f"{y.numel():,}", difference=difference))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="block")


def _shipped() -> ResNetSpec:
    return preset("cifar_resnet20")
