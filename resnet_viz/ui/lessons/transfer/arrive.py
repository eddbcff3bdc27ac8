"""Pictures that a user brings: files, camera, clipboard. Each is read apart, made small, and its bytes are let go of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from PIL import Image

from resnet_viz.file_limits import MAX_PICTURE, MAX_WAITING
from resnet_viz.picture_process import read_pictures_apart
from resnet_viz.pictures import FORMATS, PictureError
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.uploader import uploader
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.transfer import classes
from resnet_viz.ui.streamlit_uploads import forget_upload, is_upload

_NEWS, _NEW = "transfer_news", "transfer_new"
_READ_SIDE = 2 * classes.SIDE
"""Of a wide picture the reader chooses the square: twice as wide as high keeps all its pixels."""
MOST_AT_ONCE = 50
"""Files that are read from one drop."""


@dataclass(frozen=True)
class Destination:
    """Where pictures go."""

    put: Callable[[Sequence[Image.Image]], tuple[int, int]]
    """Takes pictures; says how many were new, and how many were there already."""

    def pasted(self, data: bytes) -> None:
        """What came from the clipboard."""
        self.take([data], 0)

    def take(self, files: Sequence[bytes], lost: int) -> None:
        """Read the files, keep what can be kept, and remember what is to be told of the others."""
        read = read_pictures_apart(files[:MOST_AT_ONCE], _READ_SIDE)
        good = [picture for picture in read if isinstance(picture, Image.Image)]
        wrong = [picture for picture in read if isinstance(picture, PictureError)]
        taken, known = self.put(good)
        no_room = len(good) - taken - known
        st.session_state[_NEWS] = Arrivals(known, no_room, lost + max(0, len(files) - MOST_AT_ONCE), tuple(wrong))


@dataclass(frozen=True)
class Arrivals:
    """What became of the pictures that came last, as far as they were not taken."""

    known: int = 0
    no_room: int = 0
    lost: int = 0
    """Too many, or too large together, to wait for being read."""
    wrong: tuple[PictureError, ...] = ()


def to_class(index: int) -> Destination:
    """To a class of one's own."""
    return Destination(partial(classes.add, index))


def to_be_asked() -> Destination:
    """To be asked about: the last one stays, as wide as it came."""

    def put(images: Sequence[Image.Image]) -> tuple[int, int]:
        if images:
            st.session_state[_NEW] = images[-1]
        return len(images), 0

    return Destination(put)


def new_one() -> Image.Image | None:
    """The picture that this session asks about, if it has brought one."""
    found: Image.Image | None = st.session_state.get(_NEW)
    return found


def files(
    words: Lesson, label: str, to: Destination, *, key: str, several: bool, then: Callable[[], None] = lambda: None
) -> None:
    """A place for files. Once they have been read it is empty again."""
    turn: int = st.session_state.get(f"transfer_turn_{key}", 0)
    name = f"w_transfer_{key}_{turn}"

    def brought() -> None:
        sent = st.session_state[name] or []
        every = list(sent) if several else [sent]
        arrived = [file for file in every if is_upload(file)]
        if every:
            to.take([file.getvalue() for file in arrived], len(every) - len(arrived))
            then()
        for file in arrived:
            forget_upload(file)
        st.session_state[f"transfer_turn_{key}"] = turn + 1

    # any file may be chosen: browsers know neither .heic nor a picture without an ending, so its bytes decide
    most = MAX_PICTURE // 2**20
    accepted = words.say("bring_help", formats=", ".join(FORMATS), limit=most, all=MAX_WAITING // 2**20)
    uploader(label, key=name, on_change=brought, help=accepted, most=most, several=several)


def camera(words: Lesson, to: Destination, *, key: str, then: Callable[[], None] = lambda: None) -> None:
    """The camera, once it is wanted."""
    common, name = text("activations").labels, f"w_transfer_camera_{key}"

    def taken() -> None:
        file = st.session_state[name]
        if is_upload(file):
            to.take([file.getvalue()], 0)
            then()
            forget_upload(file)

    if st.toggle(common["camera"], key=f"w_transfer_use_camera_{key}"):
        st.camera_input(common["camera_take"], key=name, on_change=taken)


def tell(words: Lesson) -> None:
    """What became of the pictures that came last, once."""
    news: Arrivals = st.session_state.pop(_NEWS, Arrivals())
    problems = text("activations").labels
    said = [
        *(words.say(key, count=count) for key, count in _counted(news) if count),
        *dict.fromkeys(problems[f"picture_{error.code}"].format(**error.values) for error in news.wrong),
    ]
    if news.wrong:
        said.insert(0, words.say("news_wrong", count=len(news.wrong)))
    if said:
        st.warning(words.joined(said), icon=":material/broken_image:")


def _counted(news: Arrivals) -> list[tuple[str, int]]:
    return [("news_known", news.known), ("news_no_room", news.no_room), ("news_lost", news.lost)]
