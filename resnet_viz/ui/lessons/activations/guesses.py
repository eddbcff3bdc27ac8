"""What the network takes the picture for, and what removed skips changed."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.presets import preset, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, inference
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.lessons.activations.picture import PictureView


def show_guesses(view: PictureView, look: inference.Look) -> None:
    words = view.words
    st.subheader(words.labels["guesses"], anchor=False)
    for index, probability in inference.top(look.probabilities):
        st.progress(probability, f"{view.class_name(index)} · **{probability:.1%}**")
    badge("measured")
    st.caption(words.say("forward_time", ms=look.ms))
    card = inference.card_of(view.source)
    if card is None:
        st.caption(words.labels["untrained_note"])
    else:
        key = "shipped_note" if view.source.kind == "shipped" else "imagenet_note"
        st.caption(words.say(key, accuracy=card.test_accuracy, data=card.data))
    _lesioned(view, look)


def _lesioned(view: PictureView, look: inference.Look) -> None:
    """What the removed skips changed, and what that is not."""
    spec = view.plan.spec
    cut = [name for name in spec.blocks if not spec.has_skip(name)]
    if not cut or view.source.kind == "untrained":
        return
    if spec.skips == "none":  # its weights are its own
        st.info(view.words.labels["plain_note"], icon=":material/content_cut:")
        return
    before = view.look(spec=spec.residual())
    st.info(
        view.words.say(
            "lesioned",
            cut=len(cut),
            all=len(spec.blocks),
            before=view.guess(before.probabilities),
            after=view.guess(look.probabilities),
        ),
        icon=":material/content_cut:",
    )


def predict_lesion(words: Lesson) -> None:
    """In how many blocks does removing one skip change the shipped network's guess? Measured on the picture that is there."""
    spec = preset("cifar_resnet20")

    def measure() -> Question:
        source = inference.source_of(spec, "trained")
        square = to_square(image_input.current()[1], 32)

        def guess(network: ResNetSpec) -> int:
            look = inference.look(short_name(network), source, 0, digest(square), (), square)
            return inference.top(look.probabilities, 1)[0][0]

        before = guess(spec)
        changed = sum(guess(spec.with_skip(name, False)) != before for name in spec.blocks)
        answer = 0 if changed == 0 else 1 if changed <= len(spec.blocks) // 2 else 2
        return Question(answer, words.say("predict_because", changed=changed, all=len(spec.blocks), name=title(spec)))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="activations")
