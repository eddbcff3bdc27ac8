"""A picture read in a process of its own: the same answers, and files that lie or crash a decoder end that process alone."""

from __future__ import annotations

import base64
import contextlib
import io
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, features

from resnet_viz import picture_process
from resnet_viz.picture_process import TOGETHER, read_picture_apart, read_pictures_apart
from resnet_viz.pictures import PictureError, read_picture

PIXELS = np.random.default_rng(1).integers(0, 256, (30, 50, 3), dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", *(["AVIF"] if features.check("avif") else [])])
def test_the_same_pixels_as_here(kind: str) -> None:
    data = encoded(Image.fromarray(PIXELS), kind)
    assert np.array_equal(np.asarray(read_picture_apart(data)), np.asarray(read_picture(data)))


def test_deep_greys_too() -> None:
    data = encoded(Image.fromarray(PIXELS[:, :, 0].astype(np.float32)), "TIFF")
    assert np.array_equal(np.asarray(read_picture_apart(data)), np.asarray(read_picture(data)))


@pytest.mark.parametrize("data", [b"", b"no picture", b"\0" * (20 * 2**20 + 1), encoded(Image.fromarray(PIXELS), "PNG")[:60]])
def test_the_same_refusals_as_here(data: bytes) -> None:
    with pytest.raises(PictureError) as here:
        read_picture(data)
    with pytest.raises(PictureError) as apart:
        read_picture_apart(data)
    assert (apart.value.code, apart.value.values, str(apart.value)) == (here.value.code, here.value.values, str(here.value))


def test_it_is_found_from_any_folder(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert read_picture_apart(encoded(Image.fromarray(PIXELS), "PNG")).size == (50, 30)


_LYING_AVIF = zlib.decompress(
    base64.b64decode(
        "eNpjYGBQSCupLEgsy0xjAAIQnZuZZpibmZjm62joBBR6nZtaksgAAYoZKTlFUDZDQWZyCQMa4CvILMkFsxiBWC4zJz8ZxHEB8RkhoozCDAw8M4"
        "FsjczMvDS4WikgJ5UJykssMzB0zs/JB9uVlVlQVACkvTMLkvOBtEhmcUEq1D4HKBYoyKzIBAkwc3BwACmexDJD50Z5HpCQcHJ+TlFeck4F0GRe"
        "BrYGoJB4ZkEuzE9Ah7EwMjWzADUtzE1JLBFi4OKW/15X//PvIiYpXg6jdkkBpeTDh40aWQT8FYCaE8+fC1yr+en+pvbTCbs7OzTWzp3WwdAtdv"
        "d3Zeizf02Ogi+DmUz0qhmW3ZTr2aywqVUsZfIbR74n91I/cEwTsZ253a175/4ls3b9aJ7H2iK2uL9IUiDFXabkVf8SfStbETOmYHVl3c/J589F"
        "lDN9CbRLmHr02XFtxqPmL8o3pnJMqy39cDIm/m7TXZnj1QYPd9rlqD13OxBxL+eN8s3Fs1YkHnrilaVwPHrWxf6wyfNW7PL/+HodW9K5GPFL4i"
        "l3jWNvVu1PdvCoiBPTm+twr4g3jC6WJJFlSdLVqxPVUszOKcoXbn8weXfjDaFdARxvJfI3vdfzt7TqfNE1YYrL+8jIR1V9ph9ELYZPaI1GyWiU"
        "jEbJaJSMRslolIxGyWiUDNYoiaGhR2IbhrLptAv8iAYAlDOcew=="
    )
)
"""Says 64 × 64 and holds one red frame of 16,000 × 16,000: made by Pillow, its two `ispe` numbers overwritten."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_a_header_that_lies_takes_no_more_memory() -> None:
    """libavif decodes all of it first, for half a gigabyte, and cuts it down then."""
    with pytest.raises(PictureError) as caught:
        read_picture_apart(_LYING_AVIF)
    assert caught.value.code in ("damaged", "too-costly")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not bound the time of a process")
def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progressive JPEG whose last scan comes a few hundred times: a quarter of a megabyte, minutes of work."""
    data = encoded(Image.new("RGB", (6000, 6000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    many = data[:last] + data[last:-2] * 1000 + data[-2:]
    monkeypatch.setattr(picture_process, "MAX_SECONDS", 1)
    with pytest.raises(PictureError, match="memory or 10 seconds") as caught:
        read_picture_apart(many)
    assert caught.value.code == "too-costly"


def test_a_crash_is_a_sentence_and_the_app_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.fromarray(PIXELS), "PNG")
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        with pytest.raises(PictureError) as caught:
            read_picture_apart(data)
        assert caught.value.code == "too-costly"
        broken.setattr(sys, "executable", "/no/such/program")
        with pytest.raises(PictureError) as caught:
            read_picture_apart(data)
        assert caught.value.code == "busy"
    assert read_picture_apart(data).size == (50, 30)


def test_many_are_read_as_one_by_one() -> None:
    files = [encoded(Image.fromarray(PIXELS[: 20 + n]), "PNG") for n in range(TOGETHER + 2)]
    files[3], files[5] = b"no picture", b""
    found = read_pictures_apart(files)
    for file, picture in zip(files, found, strict=True):
        if isinstance(picture, PictureError):
            with pytest.raises(PictureError) as caught:
                read_picture_apart(file)
            assert picture.code == caught.value.code
        else:
            assert picture.tobytes() == read_picture_apart(file).tobytes()
    assert [n for n, picture in enumerate(found) if isinstance(picture, PictureError)] == [3, 5]
    assert read_pictures_apart([]) == []


def test_who_has_waited_in_vain_for_one_picture_does_not_wait_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first dozen is read, then somebody else has all turns."""
    free, waits = [contextlib.nullcontext()], list[str]()

    def turn() -> contextlib.nullcontext[None]:
        if free:
            return free.pop()
        waits.append("in vain")
        raise PictureError("busy")

    monkeypatch.setattr(picture_process, "turn", turn)
    found = read_pictures_apart([encoded(Image.fromarray(PIXELS), "PNG")] * 50)
    assert [isinstance(picture, Image.Image) for picture in found] == [True] * TOGETHER + [False] * (50 - TOGETHER)
    assert {picture.code for picture in found if isinstance(picture, PictureError)} == {"busy"}
    assert waits == ["in vain"]


def test_many_come_back_as_small_as_they_are_wanted() -> None:
    (small,) = read_pictures_apart([encoded(Image.new("RGB", (300, 200)), "PNG")], 60)
    assert not isinstance(small, PictureError)
    assert small.size == (60, 40)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_a_picture_that_ends_the_process_takes_no_other_along() -> None:
    good = encoded(Image.fromarray(PIXELS), "PNG")
    found = read_pictures_apart([good, _LYING_AVIF, good])
    assert [isinstance(picture, PictureError) for picture in found] == [False, True, False]
