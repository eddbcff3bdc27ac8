"""Pictures as people bring them: every usual format comes out as the pixels it holds, everything else as one sentence."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from resnet_viz import pictures
from resnet_viz.pictures import PictureError, digest, read_picture, to_square

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (24, 36, 3), dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def as_array(data: bytes) -> np.ndarray:
    return np.asarray(read_picture(data))


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})]
)
def test_lossless_formats_come_back_pixel_for_pixel(kind: str, options: dict[str, object]) -> None:
    assert np.array_equal(as_array(encoded(Image.fromarray(PIXELS), kind, **options)), PIXELS)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", *(["AVIF"] if features.check("avif") else [])])
def test_lossy_formats_come_back_alike(kind: str) -> None:
    smooth = np.asarray(Image.fromarray(PIXELS).resize((6, 4)).resize((64, 48), Image.Resampling.BICUBIC))
    error = np.abs(as_array(encoded(Image.fromarray(smooth), kind, quality=90)).astype(int) - smooth)
    assert error.mean() < 4


@pytest.mark.parametrize("turn", range(1, 9))
def test_cameras_hold_the_picture_eight_ways(turn: int) -> None:
    """The stored pixels are turned so that the EXIF orientation undoes it."""
    undone = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = Image.fromarray(np.ascontiguousarray(undone(PIXELS)))
    for kind in ("PNG", "TIFF"):
        assert np.array_equal(as_array(encoded(stored, kind, exif=exif)), PIXELS), kind


def test_deep_greys_keep_their_tones() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(2, 0)
    expected = np.round(ramp / 257).astype(np.uint8)
    for kind in ("PNG", "TIFF"):
        grey = as_array(encoded(Image.fromarray(ramp), kind))
        assert np.array_equal(grey, np.stack([expected] * 3, -1)), kind
    floats = np.array([[-1.0, np.nan, 3.0]], dtype=np.float32)
    assert as_array(encoded(Image.fromarray(floats), "TIFF"))[0, :, 0].tolist() == [0, 64, 255]


def test_print_colours_become_screen_colours() -> None:
    inks = Image.fromarray(
        np.array([[[0, 0, 0, 0], [255, 255, 255, 0], [0, 0, 0, 255]]], np.uint8).repeat(8, 0).repeat(8, 1), "CMYK"
    )
    seen = as_array(encoded(inks, "JPEG", quality=100))[4, [2, 12, 20]]
    assert (seen[0] > 245).all()
    assert (seen[1] < 12).all()
    assert (seen[2] < 12).all()


def test_what_is_transparent_becomes_white() -> None:
    red = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    red.putpixel((0, 0), (255, 0, 0, 255))
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putpixel((0, 0), 0)
    for data in (encoded(red, "PNG"), encoded(red, "WEBP", lossless=True), encoded(palette, "GIF", transparency=1)):
        pixels = as_array(data)
        assert pixels[0, 0].tolist() == [255, 0, 0]
        assert pixels[3, 3].tolist() == [255, 255, 255]


def test_the_first_frame_of_a_film() -> None:
    frames = [Image.new("RGB", (5, 5), colour) for colour in ("lime", "red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert as_array(data)[2, 2].tolist() == [0, 255, 0]


def test_one_pixel_and_a_long_strip() -> None:
    assert read_picture(encoded(Image.new("1", (1, 1)), "PNG")).size == (1, 1)
    long = read_picture(encoded(Image.new("RGB", (9000, 3)), "PNG"))
    assert long.size == (pictures.MAX_SIDE, 1)
    assert to_square(long, 32).size == (32, 32)


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    read = read_picture(encoded(Image.fromarray(PIXELS), "JPEG", exif=exif, comment=b"a secret", icc_profile=b"p" * 128))
    assert read.info == {}
    assert not dict(read.getexif())


# What is refused, and with which sentence


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code", "quoted"),
    [
        (b"", "empty", "20 MB"),
        (b"\0" * (20 * 2**20 + 1), "too-heavy", "20.0 MB"),
        (b"GIF89a", "format", "PNG"),
        (b"hello, I am text", "format", "JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format", "WEBP"),
        (b"%PDF-1.7", "format", "TIFF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "format", "BMP"),
        (bomb(8000, 6000), "too-many-pixels", "8000 × 6000"),
        (bomb(100_000, 100_000), "bomb", "40 megapixels"),
        (bomb(100, 100), "damaged", "save it again"),
    ],
)
def test_refusals_say_what_was_wrong(data: bytes, code: str, quoted: str) -> None:
    with pytest.raises(PictureError) as caught:
        read_picture(data)
    assert caught.value.code == code
    assert quoted in str(caught.value)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.9])
def test_a_cut_off_heic_is_damaged_and_not_something_else(share: float) -> None:
    heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    heif.from_pillow(Image.fromarray(PIXELS).resize((64, 64))).save(buffer)
    whole = buffer.getvalue()
    assert read_picture(whole).size == (64, 64)
    with pytest.raises(PictureError) as caught:
        read_picture(whole[: int(share * len(whole))])
    assert caught.value.code == "damaged"


@lru_cache
def _samples() -> tuple[bytes, ...]:
    image = Image.fromarray(PIXELS)
    return tuple(encoded(image, kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"))


@settings(max_examples=150)
@given(st.integers(0, 5), st.floats(0, 1), st.binary(max_size=8), st.booleans())
def test_damage_is_never_more_than_a_sentence(which: int, place: float, noise: bytes, cut: bool) -> None:
    data = _samples()[which]
    at = int(place * len(data))
    damaged = data[:at] if cut else data[:at] + noise + data[at + len(noise) :]
    try:
        image = read_picture(damaged)
    except PictureError:
        return
    assert image.mode == "RGB"
    assert max(image.size) <= pictures.MAX_SIDE


@given(st.binary(max_size=200))
def test_any_bytes_at_all(data: bytes) -> None:
    with pytest.raises(PictureError):
        read_picture(data)


# What a network sees


def test_the_middle_square() -> None:
    wide = Image.fromarray(PIXELS)
    assert np.array_equal(np.asarray(to_square(wide, 24)), PIXELS[:, 6:30])
    tall = Image.fromarray(np.ascontiguousarray(PIXELS.swapaxes(0, 1)))
    assert np.array_equal(np.asarray(to_square(tall, 24)), PIXELS.swapaxes(0, 1)[6:30])
    assert to_square(wide, 224).size == (224, 224)


def test_equal_pixels_equal_digest() -> None:
    other = PIXELS.copy()
    other[3, 3, 0] ^= 1
    assert digest(Image.fromarray(PIXELS)) == digest(Image.fromarray(PIXELS.copy()))
    assert digest(Image.fromarray(PIXELS)) != digest(Image.fromarray(other))
    assert digest(Image.new("RGB", (2, 3))) != digest(Image.new("RGB", (3, 2)))
