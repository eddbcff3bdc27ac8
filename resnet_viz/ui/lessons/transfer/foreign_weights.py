"""Other people's weights: which network a file is of, or why it is none."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from resnet_viz.file_limits import MAX_PICTURE, MAX_WEIGHTS
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import natural_side, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import navigation, url_state
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.shared_params import LANGUAGE, NETWORK
from resnet_viz.ui.kit.turns import exporting
from resnet_viz.ui.kit.uploader import uploader
from resnet_viz.ui.kit.words import quoted, said
from resnet_viz.ui.server import large_files
from resnet_viz.ui.streamlit_uploads import forget_upload, is_gone, is_upload

_FOUND, _READ, _KEY = "transfer_weights", "transfer_weights_read", "w_transfer_weights"

_SMALL, _MINUTES = MAX_PICTURE // 2**20, round(large_files.SECONDS / 60)


class Recognised(NamedTuple):
    """What a file is of. The weights themselves are not kept."""

    spec: ResNetSpec
    undone: tuple[str, ...]
    """Entries, and beginnings of names, that were taken off or are others in this app."""


def show(words: Lesson) -> None:
    """A place for a file, and what it is of."""
    st.markdown(words.sections["weights"])
    most = MAX_WEIGHTS // 10**6
    accepted = words.say("weights_help", limit=most, small=_SMALL, minutes=_MINUTES)
    uploader(words.labels["weights_bring"], key=_KEY, on_change=_brought, help=accepted, most=most)
    found = st.session_state.get(_FOUND)
    if isinstance(found, Refused):
        st.warning(said(found), icon=":material/broken_image:")
    elif isinstance(found, Recognised):
        _tell(found, words)


def _tell(found: Recognised, words: Lesson) -> None:
    p = plan(found.spec, natural_side(found.spec))
    values = {"network": title(found.spec), "depth": p.depth, "params": big(p.params), "classes": found.spec.classes}
    st.success(words.say("weights_found", **values), icon=":material/check_circle:")
    if found.undone:
        st.caption(words.say("weights_undone", names=", ".join(map(quoted, found.undone))))
    link = {LANGUAGE.name: url_state.get(LANGUAGE), NETWORK.name: short_name(found.spec)}
    st.page_link(
        navigation.page("build"), label=words.labels["weights_build"], icon=":material/arrow_forward:", query_params=link
    )


def _brought() -> None:
    file = st.session_state[_KEY]
    if is_upload(file):
        st.session_state[_READ] = file.file_id
        try:
            with exporting():
                st.session_state[_FOUND] = recognise(file.getvalue())
        except Refused as problem:
            st.session_state[_FOUND] = problem
        finally:
            forget_upload(file)
    elif is_gone(file) and file.file_id != st.session_state.get(_READ):
        st.session_state[_FOUND] = Refused("weights_gone", small=_SMALL, minutes=_MINUTES, seconds=large_files.WAIT)


def recognise(data: bytes) -> Recognised:
    """What the file is of. Raises `Refused`."""
    from resnet_viz.nets.checkpoint import unwrap
    from resnet_viz.nets.find import find_network
    from resnet_viz.nets.weights_file import open_weights

    inside = unwrap(open_weights(data))
    found = find_network(inside.state)
    return Recognised(found.spec, (*inside.wrappers, *found.renamed))
