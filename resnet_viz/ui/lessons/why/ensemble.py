"""An ensemble of shallow networks: what deleting blocks does to trained twins, and through which paths their gradient comes."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.prediction import answered, waits
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.why import block_deletion, gradient_paths, photo_lesions
from resnet_viz.ui.lessons.why.params import DELETED, DELETION, PAIR


def controls(words: Lesson) -> None:
    """The twins and what is done to them."""

    def take(code: str) -> None:
        url_state.put(PAIR, code)
        url_state.put(DELETED, ())

    url_state.control(
        st.selectbox,
        words.labels["pair"],
        PAIR.options,
        value=url_state.get(PAIR),
        then=take,
        key="pair",
        format_func=url_state.labels(words.labels, "pair_"),
        help=words.labels["pair_help"],
    )
    url_state.view(
        st.segmented_control,
        words.labels["deletion"],
        of=DELETION,
        format_func=url_state.labels(words.labels, "deletion_"),
        **waits("lesion"),
    )


show = block_deletion.show


def rest(words: Lesson) -> None:
    """What deleting means, how strong it is, and the paths."""
    explain(words, "lesion")
    explain(words, "evidence_lesion", after="lesion")
    further(words, "paths", partial(gradient_paths.show, words))
    if answered("lesion"):
        further(words, "photo", partial(photo_lesions.show, words))
