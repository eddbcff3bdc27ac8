"""The largest picture that each format may hold, in the form that takes most: opening it stays within the stated memory.

The peak is that of a fresh process, as the system counts it. What Python and Pillow take by themselves is subtracted.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, features

from resnet_viz import picture_cost
from resnet_viz.pictures import PictureError, read_picture

pytestmark = [pytest.mark.endurance, pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")]

_READ = """
import sys
from PIL import Image
from resnet_viz.pictures import read_picture
Image.init()

def peak():
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

before = peak()
size = read_picture(sys.stdin.buffer.read()).size
print(*size, peak() - before)
"""


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def square(per_pixel: float) -> tuple[int, int]:
    """The largest square of which a pixel takes so many bytes."""
    return (int(picture_cost.accepted_pixels(per_pixel) ** 0.5),) * 2


ALL = square(1)
CLEAR = (9, 9, 9, 200)


def png() -> bytes:
    return encoded(Image.new("RGBA", ALL, CLEAR), "PNG", compress_level=1)


def palette_png() -> bytes:
    return encoded(Image.new("P", ALL, 1), "PNG", compress_level=1, transparency=1)


def deep_png() -> bytes:
    return encoded(Image.new("I;16", ALL, 1), "PNG", compress_level=1)


def animated_png() -> bytes:
    frames = [Image.new("RGBA", ALL, CLEAR), Image.new("RGBA", ALL, "red")]
    return encoded(frames[0], "PNG", compress_level=1, save_all=True, append_images=frames[1:], disposal=1)


def progressive_jpeg() -> bytes:
    return encoded(Image.new("RGB", square(7), "red"), "JPEG", progressive=True, subsampling=0)


def print_jpeg() -> bytes:
    return encoded(Image.new("CMYK", square(9)), "JPEG", progressive=True, subsampling=0)


def animated_gif() -> bytes:
    frames = [Image.new("P", ALL, 1), *(Image.new("P", ALL, n % 7) for n in range(3))]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2, transparency=1)


def bmp() -> bytes:
    return encoded(Image.new("1", ALL), "BMP")


def webp() -> bytes:
    size = square(picture_cost.WEBP_BYTES_A_PIXEL)
    return encoded(Image.new("RGBA", size, CLEAR), "WEBP", lossless=True, method=0)


def animated_webp() -> bytes:
    size = square(picture_cost.WEBP_BYTES_A_PIXEL)
    frames = [Image.new("RGBA", size, CLEAR), Image.new("RGBA", size, "red")]
    return encoded(frames[0], "WEBP", method=0, save_all=True, append_images=frames[1:])


def avif() -> bytes:
    if not features.check("avif"):
        pytest.skip("this Pillow reads no AVIF")
    return encoded(Image.new("RGBA", square(16), CLEAR), "AVIF", speed=10, subsampling="4:4:4")


def heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    heif.from_pillow(Image.new("RGB", square(picture_cost.heic_bytes_a_pixel(False, 8)), "red")).save(buffer, chroma=444)
    return buffer.getvalue()


def deep_heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    size, buffer = square(picture_cost.heic_bytes_a_pixel(True, 12)), io.BytesIO()
    heif.encode("RGBA;16", size, np.full((size[1], size[0], 4), 900, np.uint16).tobytes(), buffer, chroma=444)
    return buffer.getvalue()


def tiff() -> bytes:
    """All in one strip, which is unpacked as a whole."""
    return encoded(Image.new("RGBA", square(8), CLEAR), "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: 60_000})


def floating_tiff() -> bytes:
    return encoded(Image.new("F", square(8)), "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: 60_000})


LARGEST: list[Callable[[], bytes]] = [
    png, palette_png, deep_png, animated_png, progressive_jpeg, print_jpeg, animated_gif, bmp, webp, animated_webp, avif, heic,
    deep_heic, tiff, floating_tiff,
]  # fmt: skip


@pytest.mark.parametrize("make", LARGEST)
def test_the_largest_picture_stays_within_the_stated_memory(make: Callable[[], bytes]) -> None:
    done = subprocess.run([sys.executable, "-c", _READ], input=make(), stdout=subprocess.PIPE, check=True)
    width, _, peak = (int(word) for word in done.stdout.split())
    print(f"{make.__name__}: {peak / 2**20:.0f} MiB")
    assert width == 2048
    assert 0 < peak <= picture_cost.MAX_MEMORY


def test_one_line_more_is_refused() -> None:
    width, height = square(picture_cost.WEBP_BYTES_A_PIXEL)
    with pytest.raises(PictureError) as caught:
        read_picture(encoded(Image.new("RGBA", (width, height + 2), CLEAR), "WEBP", lossless=True, method=0))
    assert (caught.value.code, caught.value.values["height"]) == ("too-many-pixels", height + 2)
