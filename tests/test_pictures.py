"""Pictures as people bring them: every usual format comes out as the pixels it holds, everything else as one sentence."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from resnet_viz import pictures
from resnet_viz.picture_process import read_picture_apart
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


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "I;16", "CMYK"])
@pytest.mark.parametrize("size", [(2300, 1200), (5000, 40), (30, 9000)])
def test_tiles_give_what_the_whole_picture_gives(mode: str, size: tuple[int, int]) -> None:
    """Against Pillow's own conversion and resizing of the whole.

    Pillow chooses by the size which of its two passes comes first and rounds after each. Middle tones only: nothing is clipped.
    """
    small = Image.effect_noise((size[0] // 4 + 1, size[1] // 4 + 1), 90).point(lambda v: 96 + v // 4)
    noise = Image.merge("RGBA", [small, small.transpose(Image.Transpose.ROTATE_180), small, small]).resize(size)
    if mode == "I;16":
        whole = Image.fromarray(np.asarray(noise.convert("L")).astype(np.uint16) * 257)
        rgb = noise.convert("L").convert("RGB")
    else:
        whole = noise.convert("RGB").convert(mode) if mode != "RGBA" else noise
        white = Image.new("RGBA", size, "white")
        rgb = Image.alpha_composite(white, whole).convert("RGB") if mode == "RGBA" else whole.convert("RGB")
    scale = pictures.MAX_SIDE / max(size)
    expected = rgb.resize((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))), Image.Resampling.LANCZOS)
    found = as_array(encoded(whole, "TIFF", compression="tiff_adobe_deflate"))
    assert found.shape == np.asarray(expected).shape
    assert np.abs(found.astype(int) - np.asarray(expected)).max() <= 2


# How many at once


def test_never_more_at_once_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, running, most = threading.Lock(), 0, 0
    both = threading.Barrier(pictures.AT_ONCE)  # as many do come together: a single lock would not pass
    read = pictures._read

    def counted(data: bytes, side: int) -> Image.Image:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(30)
        image = read(data, side)
        with lock:
            running -= 1
        return image

    monkeypatch.setattr(pictures, "_read", counted)
    data = encoded(Image.fromarray(PIXELS), "PNG")
    with ThreadPoolExecutor(24) as pool:
        sizes = list(pool.map(lambda _: read_picture(data).size, range(48)))
    assert sizes == [(36, 24)] * 48
    assert most == pictures.AT_ONCE


def test_who_waits_too_long_is_told_and_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.fromarray(PIXELS), "PNG")
    monkeypatch.setattr(pictures, "MAX_WAIT", 0.01)
    with ExitStack() as others:
        for _ in range(pictures.AT_ONCE):
            others.enter_context(pictures.turn())
        for read in (read_picture, read_picture_apart):
            with pytest.raises(PictureError, match="choose it again") as caught:
                read(data)
            assert caught.value.code == "busy"
    assert read_picture(data).size == (36, 24)


# What is refused, and with which sentence


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def tiny_webp(width: int, height: int) -> bytes:
    """A WebP of 38 bytes that says it is huge."""
    data = bytearray(encoded(Image.new("RGBA", (9, 9), (9, 9, 9, 200)), "WEBP", lossless=True))
    data[21:25] = struct.pack("<I", (width - 1) | (height - 1) << 14 | 1 << 28)
    return bytes(data)


def huge_tile() -> bytes:
    """A TIFF of 8 × 8 pixels in one tile of 30,000 × 30,000."""
    numbers = {256: 8, 257: 8, 258: 8, 259: 5, 262: 1, 277: 1, 322: 30_000, 323: 30_000, 324: 8, 325: 100}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in numbers.items())
    return b"II*\0" + struct.pack("<IH", 8, len(numbers)) + entries + b"\0" * 100


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
        (tiny_webp(6320, 6320), "too-many-pixels", "6320 × 6320"),
        (tiny_webp(16_000, 16_000), "too-many-pixels", "as WEBP, up to 15 megapixels"),
        (huge_tile(), "too-costly", "300 MB"),
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
