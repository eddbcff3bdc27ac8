"""From a picture to the numbers that a network reads, as three pictures: the square, the size, the normalisation."""

from __future__ import annotations

from html import escape

import numpy as np
from PIL import Image, ImageDraw

from resnet_viz.draw.palette import AMBER
from resnet_viz.draw.svg import element
from resnet_viz.nets.cards import Card
from resnet_viz.pictures import to_square
from resnet_viz.ui.components.gallery import picture_address, thumbnail
from resnet_viz.ui.kit.words import text

_SIDE = 200


def reading_steps(
    picture: Image.Image, side: int, card: Card, box: tuple[int, int, int, int] | None = None, *, normalised: bool = True
) -> str:
    """HTML. `box` is the square of a picture that is not one, `side` the network's input, `card` says by which mean and deviation
    it is normalised, where it is."""
    words = text("transfer")
    small = to_square(picture.crop(box) if box else picture, side)
    normal = (np.asarray(small, dtype=np.float64) / 255 - card.mean) / card.std  # (S, S, 3)
    low, high = float(normal.min()), float(normal.max())
    stretched = Image.fromarray(np.round((normal - low) / ((high - low) or 1.0) * 255).astype(np.uint8))
    numbers = {"mean": _three(card.mean), "std": _three(card.std), "low": f"{low:.2f}".replace("-", "−"), "high": f"{high:.2f}"}
    steps = [
        (_marked(picture, box), words.labels["reading_square"]),
        (small, words.say("reading_small", side=side)),
        (stretched, words.say("reading_normal", **numbers)),
    ]
    each = [
        element("figure", element("img", src=_source(image), alt=""), element("figcaption", escape(said)))
        for image, said in steps[: 3 if normalised else 2]
    ]
    return element("div", *each, class_="rv-three")


def _three(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _marked(picture: Image.Image, box: tuple[int, int, int, int] | None) -> Image.Image:
    """The picture as it came, with the square that is looked at."""
    if not box:
        return picture
    marked = picture.copy()
    left, top, right, bottom = box
    ImageDraw.Draw(marked).rectangle((left, top, right - 1, bottom - 1), outline=AMBER, width=max(2, marked.height // 60))
    return marked


def _source(image: Image.Image) -> str:
    wide = image.resize((max(1, round(_SIDE * image.width / image.height)), _SIDE), Image.Resampling.NEAREST)
    return thumbnail(wide, _SIDE) if wide.width == wide.height else picture_address(wide, quality=85)
