"""Any picture a person may bring, read safely: upright, in RGB, without its metadata.

>>> import io
>>> buffer = io.BytesIO()
>>> Image.new("L", (3, 2), 128).save(buffer, "PNG")
>>> read_picture(buffer.getvalue()).size
(3, 2)
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import io
import math
import threading
import warnings
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError, features

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2048
"""Larger pictures are thinned to this: no network here sees more than 512 pixels."""

_FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", *(["AVIF"] if features.check("avif") else [])]
_HAS_HEIF = importlib.util.find_spec("pillow_heif") is not None
_SENTENCES = {
    "empty": "The file is empty; choose a picture of up to {limit_mb} MB.",
    "too-heavy": "The file has {given_mb:.1f} MB; pictures of up to {limit_mb} MB are accepted.",
    "format": "The file is not a picture this page can read; accepted are {formats}.",
    "too-many-pixels": "The picture has {width} × {height} pixels; up to {limit_mp} megapixels are accepted.",
    "bomb": "The picture has far more pixels than the {limit_mp} megapixels that are accepted.",
    "damaged": "The picture is damaged or incomplete; save it again, as PNG or JPEG for example.",
}
_heif_lock = threading.Lock()


class PictureError(ValueError):
    """Bytes that are no picture we take. The message is for the user; `code` and `values` say the same to a page."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values: Mapping[str, object] = {
            "limit_mb": MAX_BYTES // 2**20,
            "limit_mp": MAX_PIXELS // 1_000_000,
            "formats": ", ".join([*_FORMATS, *(["HEIC"] if _HAS_HEIF else [])]),
            **values,
        }
        super().__init__(_SENTENCES[code].format(**self.values))


def read_picture(data: bytes) -> Image.Image:
    """The picture in these bytes: the first frame, turned upright, flattened on white, RGB, at most `MAX_SIDE` a side.

    Raises `PictureError`, and nothing else, for anything that is not a picture within the limits.
    """
    if not data:
        raise PictureError("empty")
    if len(data) > MAX_BYTES:
        raise PictureError("too-heavy", given_mb=len(data) / 2**20)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata, which is thrown away, and of size, which is checked
            return _read(data)
    except PictureError:
        raise
    except Exception as error:  # decoders of seven formats fail in more ways than can be listed
        raise PictureError("damaged") from error


def _read(data: bytes) -> Image.Image:
    with _open(data) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise PictureError("too-many-pixels", width=width, height=height)
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG only: decodes at a half, a quarter or an eighth of its size
        image.load()
        upright = ImageOps.exif_transpose(image) or image
        rgb = _rgb(upright)
    scale = MAX_SIDE / max(rgb.size)
    if scale < 1:
        rgb = rgb.resize(
            (max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale))), Image.Resampling.LANCZOS, reducing_gap=2.0
        )
    return Image.fromarray(np.asarray(rgb))  # pixels alone: no profile, no place, no comment


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError("bomb") from error  # Pillow refuses it without its size
    except UnidentifiedImageError as error:
        if not (_HAS_HEIF and data[4:8] == b"ftyp"):
            raise PictureError("format") from error
    with _heif_lock:
        heif = importlib.import_module("pillow_heif")
    try:
        found = heif.open_heif(data, convert_hdr_to_8bit=True)
    except Exception as error:
        raise PictureError("damaged" if heif.is_supported(data) else "format") from error
    width, height = found.size
    if width * height > MAX_PIXELS:
        raise PictureError("too-many-pixels", width=width, height=height)
    opened: Image.Image = found.to_pillow()
    opened.info.pop("exif", None)  # libheif has turned it upright already
    return opened


def _rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB: deep greys scaled to 8 bits, transparency flattened on white."""
    if image.mode.startswith("I") or image.mode == "F":
        return _deep_grey(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(white, with_alpha).convert("RGB")
    return image.convert("RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    """16-bit greys are divided by 257; 32-bit and floating ones, which have no agreed range, are stretched over theirs."""
    values = np.asarray(image).astype(np.float64)
    if image.mode.startswith("I;16") or (values.min() >= 0 and image.mode == "I" and values.max() <= 65535):
        grey = values / 257
    else:
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = values.min(), values.max()
        grey = (values - low) / (high - low) * 255 if high > low else np.zeros_like(values)
    return Image.fromarray(np.round(grey).astype(np.uint8)).convert("RGB")


def to_square(image: Image.Image, size: int) -> Image.Image:
    """The middle of a picture, cut to a square and resized to `size` × `size` pixels: what a network sees."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    left, top = math.floor(left), math.floor(top)
    square = image.crop((left, top, left + side, top + side))
    return square if side == size else square.resize((size, size), Image.Resampling.LANCZOS)


def digest(image: Image.Image) -> str:
    """A key for caches: equal pixels, equal digest."""
    return hashlib.blake2b(image.tobytes() + repr(image.size).encode(), digest_size=16).hexdigest()
