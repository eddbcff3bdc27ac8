"""The memory that opening a picture takes, told from its header: before a single pixel is decoded.

A file of 38 bytes can hold a picture of 40 megapixels, so the size of the file says nothing. The bytes a pixel below were
measured with pictures at their limit; `tests/test_picture_memory.py` measures them again.
"""

from __future__ import annotations

import math

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

MAX_MEMORY = 300 * 2**20
"""Bytes that opening one picture may take at its peak, the file itself included."""
MAX_PIXELS = 40_000_000
"""No picture may have more, however little memory it takes."""

_FIXED = 32 * 2**20
"""What any picture takes besides: its file and the small picture that is made of it."""
_BYTES_A_PIXEL = {
    "PNG": 5.0,  # decoded line by line into Pillow's 4 bytes a pixel
    "BMP": 5.0,
    "GIF": 5.0,  # one frame of 1 byte a pixel, its background and a mask
    "AVIF": 16.0,  # the planes, libavif's RGBA, a copy for Python, Pillow's own
}
WEBP_BYTES_A_PIXEL = 18.0
"""libwebp's two canvases and its lossless buffer, a copy for Python, Pillow's own: 4 bytes each."""


def bytes_a_pixel(image: Image.Image, kind: str) -> float:
    """What decoding this opened, not yet loaded picture of format `kind` takes at its peak, for each of its pixels."""
    if kind == "JPEG":
        # A file of several scans, such as a progressive one, keeps 2 bytes for every coefficient of every component; Pillow's
        # picture of 4 bytes a pixel is at half the size at most where a picture is large.
        return 2.0 * len(image.getbands()) + 1.0
    if kind == "TIFF" and isinstance(image, TiffImageFile):
        return 4.0 + _tiff_block(image) / (image.width * image.height)
    return WEBP_BYTES_A_PIXEL if kind == "WEBP" else _BYTES_A_PIXEL[kind]


def heic_bytes_a_pixel(has_alpha: bool, bit_depth: int) -> float:
    """The same for HEIC: planes of 1 or 2 bytes, libheif's picture, Pillow's."""
    return 20.0 if has_alpha or bit_depth > 8 else 10.0


def accepted_pixels(per_pixel: float) -> int:
    """How many pixels of this size in bytes fit into `MAX_MEMORY`."""
    return min(MAX_PIXELS, int((MAX_MEMORY - _FIXED) / per_pixel))


def _tiff_block(image: TiffImageFile) -> float:
    """Bytes of one strip or tile, which libtiff unpacks as a whole: as large as the file says, whatever the picture's size."""
    tags = image.tag_v2
    width, height = image.size
    tile = int(tags.get(322, 0)) * int(tags.get(323, 0))  # TileWidth, TileLength
    pixels = tile or width * min(height, int(tags.get(278, height)))  # RowsPerStrip
    bits = tags.get(258, (1,))  # BitsPerSample
    samples = max(int(tags.get(277, 1)), len(bits), 4 if image.mode == "RGBA" or tags.get(262) == 6 else 1)
    return float(pixels * samples * math.ceil(max(int(b) for b in bits) / 8))


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP file from its first chunk: Pillow's decoder takes memory for them as soon as it is made."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    little = int.from_bytes
    match data[12:16]:
        case b"VP8 ":
            return little(data[26:28], "little") & 0x3FFF, little(data[28:30], "little") & 0x3FFF
        case b"VP8L":
            sides = little(data[21:25], "little")
            return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return little(data[24:27], "little") + 1, little(data[27:30], "little") + 1
    return None
