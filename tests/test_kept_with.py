"""What is made of a picture lives as long as the picture."""

from __future__ import annotations

import gc
import weakref

from PIL import Image

from resnet_viz.kept_with import kept_with
from resnet_viz.ui.components.gallery import exactly, picture_address, thumbnail


def test_it_is_made_once_for_each_picture_and_each_way() -> None:
    asked: list[tuple[int, int]] = []

    @kept_with
    def sized(picture: Image.Image, side: int = 3) -> Image.Image:
        asked.append((id(picture), side))
        return picture.resize((side, side))

    one, other = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8))
    first = sized(one, 4)
    assert sized(one, 4) is first
    assert sized(one, side=4).size == sized(other, 4).size == (4, 4)
    assert sized(one).size == (3, 3)
    assert len(asked) == len(set(asked)) + 1, "a name and a place are two ways to say it"


def test_nothing_is_left_of_a_picture_that_is_gone() -> None:
    made = kept_with(lambda picture: picture.resize((4, 4)))
    picture = Image.new("RGB", (8, 8))
    gone = weakref.ref(made(picture))
    assert gone() is made(picture)
    del picture
    gc.collect()
    assert gone() is None


def test_another_picture_in_the_same_place_is_another() -> None:
    """Pictures come and go, and an address in memory is used again."""
    for shade in range(40):
        picture = Image.new("RGB", (16, 16), (shade, 2 * shade, 3 * shade))
        assert exactly(picture) == picture_address(picture, lossless=True, method=2)
        assert thumbnail(picture, 16) == picture_address(picture.resize((16, 16), Image.Resampling.NEAREST), quality=75)
        del picture
