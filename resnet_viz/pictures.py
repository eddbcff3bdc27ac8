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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PIL import ExifTags, Image, UnidentifiedImageError, features

from resnet_viz import picture_cost
from resnet_viz.file_limits import MAX_PICTURE

MAX_SIDE = 2048
"""Larger pictures are shrunk to this: no network here sees more than 512 pixels."""
AT_ONCE = 2
"""Pictures that one process decodes at a time."""
MAX_WAIT = 20.0
"""Seconds that a picture waits for its turn."""
MAX_SECONDS = 10
"""Seconds of one core that a picture may take where it is read apart (`picture_process`)."""

_TILE = 1024
"""Side of the square of source pixels that is shrunk at a time."""
_LANCZOS_REACH = 3
"""Pixels of the result that a Lanczos filter looks to either side."""
_FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", *(["AVIF"] if features.check("avif") else [])]
_HAS_HEIF = importlib.util.find_spec("pillow_heif") is not None
FORMATS = (*_FORMATS, *(["HEIC"] if _HAS_HEIF else []))
"""What can be read here, by the names that people know."""
_SENTENCES = {
    "empty": "The file is empty; choose a picture of up to {limit_mb} MB.",
    "too-heavy": "The file has {given_mb:.1f} MB; pictures of up to {limit_mb} MB are accepted.",
    "format": "The file is not a picture this page can read; accepted are {formats}.",
    "too-many-pixels": "The picture has {width} × {height} pixels; as {format}, up to {limit_mp} megapixels are accepted.",
    "bomb": "The picture has far more pixels than the {limit_mp} megapixels that are accepted.",
    "too-costly": "Opening this picture takes more than the {limit_memory} MB of memory or {limit_seconds} seconds that are"
    " allowed; save it again, as PNG or JPEG of up to {limit_mp} megapixels.",
    "damaged": "The picture is damaged or incomplete; save it again, as PNG or JPEG for example.",
    "busy": "Many pictures are being opened right now, and yours has waited for {limit_wait} seconds;"
    " choose it again in a moment.",
}
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""
_turns = threading.BoundedSemaphore(AT_ONCE)
_heif_lock = threading.Lock()


class PictureError(ValueError):
    """Bytes that are no picture we take. The message is for the user; `code` and `values` say the same to a page."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values: Mapping[str, object] = {
            "limit_mb": MAX_PICTURE // 2**20,
            "limit_mp": picture_cost.MAX_PIXELS // 1_000_000,
            "limit_memory": picture_cost.MAX_MEMORY // 2**20,
            "limit_seconds": MAX_SECONDS,
            "limit_wait": round(MAX_WAIT),
            "formats": ", ".join(FORMATS),
            **values,
        }
        super().__init__(_SENTENCES[code].format(**self.values))


def read_picture(data: bytes, side: int = MAX_SIDE) -> Image.Image:
    """The picture in these bytes: the first frame, turned upright, flattened on white, RGB, at most `side` pixels a side.

    At most `AT_ONCE` are decoded at a time, each within `picture_cost.MAX_MEMORY` as its header tells it. A file whose header
    lies may take more: `picture_process` reads what strangers send.

    Raises `PictureError`, and nothing else, for anything that is not a picture within the limits.
    """
    check_bytes(data)
    with turn():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of odd metadata, which is thrown away, and of size, which is checked
                return _read(data, side)
        except PictureError:
            raise
        except MemoryError as error:
            raise PictureError("too-costly") from error
        except Exception as error:  # decoders of seven formats fail in more ways than can be listed
            raise PictureError("damaged") from error


def check_bytes(data: bytes) -> None:
    """Raise `PictureError` for a file that is empty or too heavy."""
    if not data:
        raise PictureError("empty")
    if len(data) > MAX_PICTURE:
        raise PictureError("too-heavy", given_mb=len(data) / 2**20)


@contextmanager
def turn() -> Iterator[None]:
    """One of the `AT_ONCE` turns to decode a picture. Raises `PictureError` where none gets free within `MAX_WAIT` seconds."""
    if not _turns.acquire(timeout=MAX_WAIT):
        raise PictureError("busy")
    try:
        yield
    finally:
        _turns.release()


def _read(data: bytes, side: int) -> Image.Image:
    with _open(data) as image:
        scale = min(1.0, side / max(image.size))
        # JPEG only: decodes at a half, a quarter or an eighth of its size
        image.draft("RGB", (max(1, round(image.width * scale)), max(1, round(image.height * scale))))
        image.load()
        turned = image.getexif().get(ExifTags.Base.Orientation)
        small = _shrunk(image, side)
    method = _TRANSPOSE.get(turned) if isinstance(turned, int) else None
    return small if method is None else small.transpose(method)


def _open(data: bytes) -> Image.Image:
    """The opened picture, nothing decoded, within the limits."""
    if size := picture_cost.webp_size(data):
        _check_pixels(size, picture_cost.WEBP_BYTES_A_PIXEL, "WEBP")
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError("bomb") from error  # Pillow refuses it without its size
    except UnidentifiedImageError as error:
        if not (_HAS_HEIF and data[4:8] == b"ftyp"):
            raise PictureError("format") from error
        return _open_heif(data)
    kind = "JPEG" if image.format == "MPO" else str(image.format)  # a JPEG with more pictures behind it
    _check_pixels(image.size, picture_cost.bytes_a_pixel(image, kind), kind)
    return image


def _open_heif(data: bytes) -> Image.Image:
    with _heif_lock:
        heif = importlib.import_module("pillow_heif")
    try:
        found = heif.open_heif(data, convert_hdr_to_8bit=True)
    except Exception as error:
        raise PictureError("damaged" if heif.is_supported(data) else "format") from error
    bit_depth = int(found.info.get("bit_depth") or 16)
    _check_pixels(found.size, picture_cost.heic_bytes_a_pixel(found.has_alpha, bit_depth), "HEIC")
    opened: Image.Image = found.to_pillow()
    opened.info.pop("exif", None)  # libheif has turned it upright already
    return opened


def _check_pixels(size: tuple[int, int], per_pixel: float, kind: str) -> None:
    width, height = size
    accepted = picture_cost.accepted_pixels(per_pixel)
    if width * height <= accepted:
        return
    if accepted < 1_000_000:
        raise PictureError("too-costly")
    raise PictureError("too-many-pixels", width=width, height=height, format=kind, limit_mp=accepted // 1_000_000)


# From any mode and size to a small RGB picture


def _shrunk(image: Image.Image, side: int = MAX_SIDE) -> Image.Image:
    """The picture in RGB and at most `side` pixels a side, with nothing else: no profile, no place, no comment.

    It is made tile by tile, so that the copies which conversions need are as large as a tile, not as the picture. A tile
    brings along what the filter looks at beyond it: the result is that of the whole picture resized at once.
    """
    to_rgb = _conversion(image)
    width, height = image.size
    scale = min(1.0, side / max(width, height))
    small = Image.new("RGB", (max(1, round(width * scale)), max(1, round(height * scale))))
    across, down = width / small.width, height / small.height  # source pixels a pixel of the result
    for left, right, x, x_box in _spans(small.width, across, width):
        for top, bottom, y, y_box in _spans(small.height, down, height):
            tile = to_rgb(image.crop((x[0], y[0], x[1], y[1])))
            box = (x_box[0], y_box[0], x_box[1], y_box[1])
            small.paste(tile.resize((right - left, bottom - top), Image.Resampling.LANCZOS, box=box), (left, top))
    return small


def _spans(length: int, step: float, source: int) -> Iterator[tuple[int, int, tuple[int, int], tuple[float, float]]]:
    """One axis cut into tiles: from and to in the result, the source pixels to cut out, and the exact part of them meant."""
    tile = max(1, int(_TILE / step))
    reach = math.ceil(_LANCZOS_REACH * step) + 1 if step > 1 else 0
    for start in range(0, length, tile):
        end = min(start + tile, length)
        low, high = start * step, min(end * step, source)
        cut = max(0, math.floor(low) - reach), min(source, math.ceil(high) + reach)
        yield start, end, cut, (low - cut[0], high - cut[0])


def _conversion(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """How a tile of this picture becomes RGB: deep greys scaled to 8 bits, transparency flattened on white."""
    if image.mode.startswith("I") or image.mode == "F":
        return _deep_grey(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _on_white
    return lambda tile: tile.convert("RGB")


def _on_white(tile: Image.Image) -> Image.Image:
    with_alpha = tile.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", with_alpha.size, "white"), with_alpha).convert("RGB")


def _deep_grey(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """16-bit greys are divided by 257; 32-bit and floating ones, which have no agreed range, are stretched over theirs."""
    import numpy as np  # takes longer to import than a usual picture, which does without, to read

    def values(tile: Image.Image) -> np.ndarray:
        return np.nan_to_num(np.asarray(tile).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)

    low, high = 0.0, 65535.0
    if not image.mode.startswith("I;16"):
        rows = max(1, _TILE**2 // image.width)
        strips = (values(image.crop((0, y, image.width, min(y + rows, image.height)))) for y in range(0, image.height, rows))
        ends = [(float(strip.min()), float(strip.max())) for strip in strips]
        least, most = min(end[0] for end in ends), max(end[1] for end in ends)
        if not (image.mode == "I" and least >= 0 and most <= high):
            low, high = least, most
    span = high - low or 1.0

    def convert(tile: Image.Image) -> Image.Image:
        return Image.fromarray(np.round((values(tile) - low) / span * 255).astype(np.uint8)).convert("RGB")

    return convert


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
