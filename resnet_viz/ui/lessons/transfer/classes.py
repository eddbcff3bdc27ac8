"""The classes that are taught: of a set that ships, or the session's own, which are in its memory alone and bounded."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import streamlit as st
from PIL import Image

from resnet_viz.pictures import digest, to_square
from resnet_viz.samples.to_teach import SETS, set_to_teach
from resnet_viz.text import Lesson
from resnet_viz.ui.components.gallery import thumbnail
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.lessons.transfer.params import OWN, SET

MIN_CLASSES, MAX_CLASSES, MAX_PICTURES, MAX_NAME = 2, 5, 100, 24
SIDE = 256
"""Pixels a side to which a picture is made smaller when it arrives; as many as any network here looks at."""
_OWN = "transfer_classes"
_THUMB = 64


class Picture(NamedTuple):
    """One square picture."""

    image: Image.Image
    digest: str
    thumbnail: str
    """As a data URL."""


class TaughtClass(NamedTuple):
    """A class by its name, with its pictures."""

    name: str
    pictures: tuple[Picture, ...]


class Taught(NamedTuple):
    """What a linear layer is taught."""

    code: str
    """Of the set."""
    classes: tuple[TaughtClass, ...]

    @property
    def pictures(self) -> list[Picture]:
        """All of them, class after class."""
        return [picture for one in self.classes for picture in one.pictures]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.classes]

    @property
    def digest(self) -> str:
        """Of the pictures and of which belong together."""
        return blake2b(repr([[p.digest for p in one.pictures] for one in self.classes]).encode(), digest_size=12).hexdigest()


def shown(words: Lesson) -> Taught:
    """Every class that is on the page, those without pictures too."""
    code = url_state.get(SET)
    if code == OWN:
        return Taught(OWN, tuple(one._replace(name=one.name or unnamed(k, words)) for k, one in enumerate(own())))
    return of_set(code, words)


def of_first_set(words: Lesson) -> Taught:
    """The first of the sets that ship."""
    return of_set(SETS[0], words)


def of_set(code: str, words: Lesson | None = None) -> Taught:
    """One of the sets that ship; without words its classes are called by their codes."""
    found = shipped(code)
    return Taught(code, tuple(TaughtClass(words.labels[f"class_{name}"] if words else name, taught) for name, taught, _ in found))


def teachable(words: Lesson) -> Taught | None:
    """The classes with two pictures at least, so that one can be left out; None where there are not two such classes."""
    found = shown(words)
    ready = tuple(one for one in found.classes if len(one.pictures) >= 2)
    return found._replace(classes=ready) if len(ready) >= MIN_CLASSES else None


def picture_of(image: Image.Image, side: int = SIDE) -> Picture:
    """A picture as it is kept: square, at most `side` pixels a side."""
    square = to_square(image, min(side, *image.size))
    return Picture(square, digest(square), thumbnail(square, _THUMB))


@st.cache_resource(show_spinner=False)
def shipped(code: str) -> tuple[tuple[str, tuple[Picture, ...], tuple[Picture, ...]], ...]:
    """(class, pictures to learn from, pictures to ask about) of a set that ships, made once for all sessions."""
    made = set_to_teach(code)
    return tuple(
        (name, tuple(map(picture_of, taught)), tuple(map(picture_of, kept)))
        for name, taught, kept in zip(made.classes, made.taught, made.kept, strict=True)
    )


def kept(code: str) -> dict[str, Picture]:
    """The pictures of a set that ships of which none was learned from, by what a link calls them."""
    return {f"{name}-{n}": picture for name, _, rest in shipped(code) for n, picture in enumerate(rest)} if code != OWN else {}


# The session's own


def own() -> tuple[TaughtClass, ...]:
    """The session's classes, two without pictures at first; a class that has no name yet has an empty one."""
    found: tuple[TaughtClass, ...] = st.session_state.get(_OWN, (TaughtClass("", ()),) * MIN_CLASSES)
    return found


def unnamed(index: int, words: Lesson) -> str:
    """What a class is called that has no name yet."""
    return words.say("unnamed", number=index + 1)


def room() -> int:
    """How many more pictures there is room for."""
    return MAX_PICTURES - sum(len(one.pictures) for one in own())


def put(index: int, changed: TaughtClass) -> None:
    """Put a class in the place of another."""
    st.session_state[_OWN] = tuple(changed if k == index else one for k, one in enumerate(own()))


def rename(index: int, name: str) -> None:
    """Name a class."""
    put(index, own()[index]._replace(name=as_name(name)))


def as_name(written: str) -> str:
    """What a user has written as the name of a class: letters, marks, digits, pictographs and hyphens, of many the first.

    So no name is Markdown, a link or an icon where a page says it.

    >>> as_name(" my **cat**\\n"), as_name("[a](www.b.c) :smile:"), as_name("猫 🐱 x-1")
    ('my cat', 'awwwbc smile', '猫 🐱 x-1')
    """
    good = "".join(
        c if c == "-" or unicodedata.category(c)[0] in "LMN" or unicodedata.category(c) == "So" else " " * c.isspace()
        for c in written
    )
    return " ".join(good.split())[:MAX_NAME].strip("- ")


def add(index: int, images: Sequence[Image.Image]) -> tuple[int, int]:
    """Give pictures to a class. Returns how many it took, and how many were there already, in this class or in another.

    What there is no room for is left out.
    """
    known = {picture.digest for one in own() for picture in one.pictures}
    fresh = {picture.digest: picture for picture in map(picture_of, images)}
    new = [picture for key, picture in fresh.items() if key not in known]
    taken = new[: room()]
    here = own()[index]
    put(index, here._replace(pictures=(*here.pictures, *taken)))
    return len(taken), len(images) - len(new)


def remove(index: int, picture: str) -> None:
    """Take a picture, by its digest, out of a class."""
    here = own()[index]
    put(index, here._replace(pictures=tuple(p for p in here.pictures if p.digest != picture)))


def add_class() -> None:
    """One class more, as long as there is room for one."""
    if len(own()) < MAX_CLASSES:
        st.session_state[_OWN] = (*own(), TaughtClass("", ()))


def remove_class(index: int) -> None:
    """A class with its pictures; the last two only lose theirs."""
    rest = tuple(one for k, one in enumerate(own()) if k != index)
    st.session_state[_OWN] = rest if len(rest) >= MIN_CLASSES else (*rest, TaughtClass("", ()))
