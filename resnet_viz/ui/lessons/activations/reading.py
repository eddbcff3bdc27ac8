"""What the network reads of the picture, step by step, and what it says of a picture that was not normalised."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from resnet_viz.draw.guess_bars import Guess, guess_bars, percent
from resnet_viz.ui.kit import image_input, inference, provenance, url_state
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.kit.reading_steps import reading_steps
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.turns import one_at_a_time
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.activations.guesses import QUESTION, guesses_of, may_be_told
from resnet_viz.ui.lessons.activations.params import READ
from resnet_viz.ui.lessons.activations.picture import PictureView


@sentence_instead()
def show(view: PictureView) -> None:
    """The steps, the switch, and the guesses; without normalising beside those with it."""
    view = may_be_told(view, answered=answered(QUESTION))
    words, card = view.words, inference.card_of(view.source)
    assert card, "the page offers this of trained networks"
    normalised = url_state.get(READ) == "normalised"

    def switch(on: bool) -> None:
        url_state.put(READ, "normalised" if on else "bare")

    url_state.control(st.toggle, words.labels["reading_switch"], value=normalised, then=switch, key="read")
    with_it = view.look().probabilities
    shown = with_it if normalised else bare_guesses(view)
    rows = guesses_of(shown, None if normalised else with_it)
    named = [Guess(view.class_name(index), now, before) for index, now, before in rows]
    told = words.listed(f"{guess.name} {percent(guess.now)}" for guess in named)
    picture, box = image_input.uncropped(view.code) or (view.square, None)
    with figure("reading", words.say("reading_caption", network=title(view.plan.spec)), "measured"):
        st.html(reading_steps(picture, view.square.width, card, box, normalised=normalised))
        alt = words.say("guesses_alt", guesses=told)
        st.html(guess_bars(named, before=words.labels["reading_with"], now=words.labels["reading_without"], alt=alt))
    said = words.say("reading_whose", data=provenance.pictures(card.data))
    if not normalised:
        (first, chance), (other, now) = (inference.top(found, 1)[0] for found in (with_it, shown))
        values = {
            "before": words.separated(",", (view.class_name(first), percent(chance))),
            "after": words.separated(",", (view.class_name(other), percent(now))),
        }
        said = words.joined((said, words.say("reading_same" if first == other else "reading_other", **values)))
    st.markdown(said)


def bare_guesses(view: PictureView) -> npt.NDArray[np.floating]:
    """(classes,): the probabilities of the picture's numbers as they are, from 0 to 1."""
    return _bare_guesses(view.net, view.source, url_state.get(SEED), view.digest, view.square)


@st.cache_data(max_entries=512, show_spinner=False)
def _bare_guesses(
    net: str, source: inference.WeightsSource, seed: int, digest: str, _square: Image.Image
) -> npt.NDArray[np.floating]:
    import torch

    network = inference.model(net, source, seed)
    x = inference.network_input(_square, source, network.spec.in_channels, normalised=False)
    with one_at_a_time, torch.no_grad():
        found: npt.NDArray[np.floating] = torch.softmax(network(x)[0], 0).numpy()
    return found
