"""Beside the picture: which set is taught, one's own classes and their pictures, and which network is used."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.components.gallery import gallery
from resnet_viz.ui.kit import provenance, url_state
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.transfer import arrive, classes
from resnet_viz.ui.lessons.transfer.measured import Backbone
from resnet_viz.ui.lessons.transfer.params import BACKBONE, OWN, SET

_CLASS, _PICTURE = "transfer_class", "transfer_picture"


def choose(of: Backbone, words: Lesson) -> None:
    """All controls of the section. The network is folded away."""
    url_state.view(st.segmented_control, words.labels["set"], of=SET, format_func=url_state.labels(words.labels, "set_"))
    st.caption(words.labels[f"about_{url_state.get(SET)}"])
    if url_state.get(SET) == OWN:
        _edit(words)
    fold = st.expander(words.labels["more"], key="w_more_transfer", on_change="rerun", icon=":material/tune:")
    if fold.open:
        with fold:
            _choose_backbone(of, words)


def _choose_backbone(of: Backbone, words: Lesson) -> None:
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.transfer import backbones

    def named(name: str) -> str:
        return Backbone(name, card(name)).title

    take = lambda name: url_state.put(BACKBONE, name)  # noqa: E731  # a callback of one line
    url_state.control(
        st.selectbox, words.labels["backbone"], list(backbones()), value=of.net, then=take, key="from", format_func=named
    )
    trained_on = {"data": provenance.pictures(of.card.data), "count": len(of.card.classes), "side": of.card.size}
    st.caption(words.say("backbone_note", **trained_on, accuracy=of.card.test_accuracy))


# One's own classes


def chosen_class() -> int:
    """The class that pictures are given to."""
    index: int = st.session_state.get(_CLASS, 0)
    return index if index < len(classes.own()) else 0


def _choose_class(index: int | None) -> None:
    if index is not None:
        st.session_state[_CLASS] = index
        st.session_state.pop(_PICTURE, None)


def _edit(words: Lesson) -> None:
    every, index = classes.own(), chosen_class()

    def named(k: int) -> str:
        return every[k].name or classes.unnamed(k, words)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        url_state.control(
            st.segmented_control,
            words.labels["give_to"],
            list(range(len(every))),
            value=index,
            then=_choose_class,
            key="transfer_class",
            format_func=named,
        )
        full = len(every) == classes.MAX_CLASSES
        st.button(words.labels["class_add"], key="w_class_add", icon=":material/add:", on_click=_add_class, disabled=full)
    here = every[index]
    url_state.control(
        st.text_input,
        words.labels["class_name"],
        value=here.name,
        then=lambda name: classes.rename(index, name),
        key=f"transfer_name_{index}",
        max_chars=classes.MAX_NAME,
        placeholder=classes.unnamed(index, words),
    )
    arrive.files(words, words.say("bring", name=named(index)), arrive.to_class(index), key="class", several=True)
    arrive.camera(words, arrive.to_class(index), key="class")
    _pictures(here, index, words)
    arrive.tell(words)
    st.caption(words.say("bounds", classes=classes.MAX_CLASSES, pictures=classes.MAX_PICTURES, side=classes.SIDE))


def _pictures(here: classes.TaughtClass, index: int, words: Lesson) -> None:
    """The pictures of the class, to take one out of it; what is pasted is given to this class."""
    marked: str = st.session_state.get(_PICTURE, "")
    items = [
        (picture.digest, words.say("picture_of", number=n + 1), picture.thumbnail) for n, picture in enumerate(here.pictures)
    ]
    own_words = {
        "pictures": here.name,
        "paste_hint": words.labels["paste_here"],
        "paste_heavy": text("activations").labels["paste_heavy"],
    }
    gallery(items, chosen=marked, words=own_words, key="transfer_own", on_chosen=_mark, on_pasted=arrive.to_class(index).pasted)
    with st.container(horizontal=True):
        if marked in {picture.digest for picture in here.pictures}:
            st.button(
                words.labels["picture_remove"],
                key="w_picture_remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(index, marked),
            )
        st.button(
            words.labels["class_remove"],
            key="w_class_remove",
            icon=":material/delete_sweep:",
            on_click=_remove_class,
            args=(index,),
            type="tertiary",
        )


def _mark(picture: str) -> None:
    st.session_state[_PICTURE] = picture


def _add_class() -> None:
    classes.add_class()
    _choose_class(len(classes.own()) - 1)


def _remove(index: int, picture: str) -> None:
    classes.remove(index, picture)
    st.session_state.pop(_PICTURE, None)


def _remove_class(index: int) -> None:
    classes.remove_class(index)
    _choose_class(0)
