"""The picture a session looks at: a sample, or its own. Its own lives in this session's memory only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import streamlit as st
from PIL import Image

from resnet_viz.file_limits import MAX_PICTURE
from resnet_viz.kept_with import kept_with
from resnet_viz.picture_process import read_picture_apart
from resnet_viz.pictures import FORMATS, PictureError, digest, to_square
from resnet_viz.samples import samples
from resnet_viz.ui.components.gallery import gallery, thumbnail
from resnet_viz.ui.kit import crop, url_state
from resnet_viz.ui.kit.shared_params import PICTURE
from resnet_viz.ui.kit.uploader import uploader
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.streamlit_uploads import forget_upload, is_upload

OWN = "own"
USUAL = "cat"
"""The sample that is shown where nobody has chosen one and no network asks for another."""
_OWN = "own_picture"
_LOW = 512
_PROBLEM = "picture_problem"
_KEY = "gallery"


@cache
def _samples() -> dict[str, tuple[Image.Image, str]]:
    """Every sample by code, with its thumbnail."""
    loaded = {sample.code: to_square(sample.load(), 512) for sample in samples()}
    return {code: (image, thumbnail(image)) for code, image in loaded.items()}


def warm_up() -> None:
    """Load and draw every sample, so that nobody waits who opens the first gallery."""
    _samples()


def current(classes: Sequence[str] = ()) -> tuple[str, Image.Image]:
    """Code and picture, square. Until somebody chooses, it is the first sample of one of these classes, or the usual one.

    A link to somebody's own picture opens a sample: pictures do not travel with links.
    """
    code = url_state.get(PICTURE)
    if code == OWN and _OWN in st.session_state:
        return OWN, crop.square(st.session_state[_OWN], OWN)
    known = _samples()
    code = url_state.fitting(PICTURE, code in known, "own_picture" if code == OWN else "no_picture", pictures=", ".join(known))
    code = code or next(iter(_known(classes)), USUAL)
    return code, known[code][0]


@kept_with
def squared(picture: Image.Image, side: int) -> Image.Image:
    """The picture as a network of this side gets it."""
    return to_square(picture, side)


def every() -> dict[str, Image.Image]:
    """All samples and this session's own picture, square, by a key that stands for the picture in caches."""
    found = {code: image for code, (image, _) in _samples().items()}
    if _OWN in st.session_state:
        own = crop.square(st.session_state[_OWN], OWN)
        found[f"{OWN}-{digest(own)}"] = own
    return found


def uncropped(code: str) -> tuple[Image.Image, tuple[int, int, int, int]] | None:
    """This session's own picture as wide as it is kept, and the square of it that is looked at; None for a sample."""
    if code != OWN:
        return None
    own: Image.Image = st.session_state[_OWN]
    return own, crop.box(own, OWN)


def choose(classes: Sequence[str] = ()) -> None:
    """The gallery of all samples and, folded away, upload and camera. `classes` as for `current`."""
    _gallery(list(_samples()), _KEY, chosen=current(classes)[0], pastes=True)
    with st.expander(text("activations").labels["own"], icon=":material/add_photo_alternate:"):
        choose_own()


def choose_known(classes: Sequence[str], chosen: str) -> None:
    """The samples that show one of these classes, and this session's own picture; all samples where none does."""
    known = _known(classes)
    _gallery(known or list(_samples()), _KEY, chosen=chosen, pastes=True, hint=False)


def choose_unknown(classes: Sequence[str], chosen: str) -> None:
    """The samples that show none of these classes, as `choose_known` leaves them out."""
    known = _known(classes)
    _gallery([code for code in _samples() if code not in known], f"{_KEY}_unknown", chosen=chosen, own=False)


def has_known(classes: Sequence[str]) -> bool:
    """Whether a sample shows one of these classes."""
    return bool(_known(classes))


def is_unknown(classes: Sequence[str], code: str) -> bool:
    """Whether a picture is a sample that shows none of these classes."""
    return code not in (OWN, *_known(classes))


def _known(classes: Sequence[str]) -> list[str]:
    return [sample.code for sample in samples() if {*sample.classes} & {*classes}]


def _gallery(codes: Sequence[str], key: str, *, chosen: str, own: bool = True, pastes: bool = False, hint: bool = True) -> None:
    words, every = text("activations").labels, _samples()
    items = [(code, words[f"sample_{code}"], every[code][1]) for code in codes]
    if own and _OWN in st.session_state:
        items.insert(0, (OWN, words["sample_own"], st.session_state[f"{_OWN}_thumbnail"]))
    gallery(items, chosen=chosen, words=words, key=key, on_chosen=_chosen, on_pasted=take if pastes else None, hint=hint)
    if pastes and chosen == OWN:
        crop.choose(st.session_state[_OWN], OWN, then=_draw_thumbnail)
    if pastes and (problem := st.session_state.pop(_PROBLEM, None)):
        code, values = problem
        st.warning(words[f"picture_{code}"].format(**values), icon=":material/broken_image:")


def choose_own() -> None:
    """Upload and camera. The gallery tells the user which picture could not be read; the old one stays."""
    words = text("activations").labels
    # any file may be chosen: browsers know neither .heic nor a picture without an ending, so its bytes decide
    most = MAX_PICTURE // 2**20
    accepted = words["upload_help"].format(formats=", ".join(FORMATS), limit=most)
    uploader(words["upload"], key="w_upload", on_change=_uploaded, help=accepted, most=most)
    if st.toggle(words["camera"], key="w_use_camera"):
        st.camera_input(words["camera_take"], key="w_camera", on_change=_photographed)


def take(data: bytes) -> None:
    """Make these bytes this session's own picture, or remember what is wrong with them."""
    try:
        image = read_picture_apart(data)
    except PictureError as error:
        st.session_state[_PROBLEM] = (error.code, dict(error.values))
        return
    st.session_state[_OWN] = _bounded(image)
    crop.forget(OWN)
    _draw_thumbnail()
    url_state.put(PICTURE, OWN)


def _bounded(image: Image.Image) -> Image.Image:
    """Made smaller where it is larger than any network here takes, and no longer than twice that."""
    times = min(1.0, _LOW / min(image.size), 2 * _LOW / max(image.size))
    return image.resize([max(1, round(n * times)) for n in image.size], Image.Resampling.LANCZOS) if times < 1 else image


def _draw_thumbnail() -> None:
    st.session_state[f"{_OWN}_thumbnail"] = thumbnail(crop.square(st.session_state[_OWN], OWN))


def _chosen(code: str) -> None:
    if code in _samples() or (code == OWN and _OWN in st.session_state):
        url_state.put(PICTURE, code)


def _uploaded() -> None:
    _take_file("w_upload")


def _photographed() -> None:
    _take_file("w_camera")


def _take_file(key: str) -> None:
    """Take a file that has arrived, and let go of it: the picture made of it is what stays."""
    file = st.session_state[key]
    if is_upload(file):  # not where it was taken back, or let go of before
        take(file.getvalue())
        forget_upload(file)
