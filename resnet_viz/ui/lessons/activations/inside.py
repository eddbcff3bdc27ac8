"""Diagram, input picture and first guesses on one screen, and the maps below: all from one pass of the picture."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.plan import Plan
from resnet_viz.pictures import digest
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, inference, network_picker, prediction, weights_picker
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.activations import guesses
from resnet_viz.ui.lessons.activations.feature_maps import show_maps, shown_of
from resnet_viz.ui.lessons.activations.picture import PictureView

_COLUMNS = 6
"""Blocks on a line of the diagram, which shares the screen with a panel."""


def show(p: Plan, words: Lesson) -> PictureView | None:
    """The whole lesson but its prose and its further experiments, and what is on the screen. Where the network cannot be run,
    nothing but the diagram and the sentence that says why.

    On a phone, where the panel is below the diagram, the guesses stand above it and stay in view while arcs are cut.
    """
    picture, panel = stage("activations")
    with panel:
        source = weights_picker.usable(p, words)
    code, original = image_input.current(inference.known_classes(p.spec))
    square = image_input.squared(original, p.input_shape[1])
    view = PictureView(p, source, code, square, digest(square), words) if source else None
    answered = prediction.answered(guesses.QUESTION)
    shown = shown_of(p, words)
    look: inference.Look | None = None
    narrow = network_picker.is_narrow()
    above = picture.container(key="guesses_above") if narrow else panel
    with picture, sentence_instead():
        if view:
            look = view.look([name for name, _ in shown.steps])  # the one pass from which everything below is taken
        _diagram(p, view, look, words, answered=answered)
        if view and look and answered:
            guesses.say_lesion(view, look)
    with panel:
        network_picker.choose(p.spec)
        image_input.choose_known(view.classes if view else (), code)
    if view and look:
        with above:
            guesses.show_guesses(view, look, answered=answered)
    with panel if answered and not narrow else picture:  # the verdict stands where the diagram stays in view
        guesses.predict_lesion(p.spec, original, words)
    if answered:
        with picture, sentence_instead():
            guesses.say_sizes(p.spec, original, words)
    with panel:
        if view and look:
            guesses.say_head(view)
        _more(p, view, code, words)
    if view and look:
        with sentence_instead():
            show_maps(view, shown, look)
    return view


def _diagram(p: Plan, view: PictureView | None, look: inference.Look | None, words: Lesson, *, answered: bool) -> None:
    how = words.say("measured_how", ms=look.ms) if look else ""
    files = []
    if view and look and view.source.kind != "untrained":
        files.append(guesses.probabilities(view, look, answered=answered))
    with figure("inside", words.say("caption", network=title(p.spec)), "measured" if look else "", how, files):
        network_picker.show_diagram(p, key="diagram_activations", hint=words.labels["hint"], columns=_COLUMNS)


def _more(p: Plan, view: PictureView | None, code: str, words: Lesson) -> None:
    """Pictures of other things, and size, weights and one's own picture: not drawn until they are opened."""
    known = view.classes if view else ()
    if image_input.has_known(known):
        # once open, another picture does not fold it up
        st.session_state.setdefault("w_unseen", image_input.is_unknown(known, code))
        unseen = st.expander(words.labels["unseen"], key="w_unseen", on_change="rerun", icon=":material/psychology_alt:")
        if unseen.open:
            with unseen:
                image_input.choose_unknown(known, code)
    fold = st.expander(words.labels["more"], key="w_more_activations", on_change="rerun", icon=":material/tune:")
    if fold.open:
        with fold:
            network_picker.choose_size(p.spec)
            weights_picker.choose_weights(p.spec, words)
            if view:
                guesses.say_weights(view.source, words)
            st.caption(words.labels["paste_hint"])
            image_input.choose_own()
