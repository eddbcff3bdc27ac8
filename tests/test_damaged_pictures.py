"""A thousand damaged pictures of every format: each is a picture or a `PictureError`, within a stated memory and time."""

from __future__ import annotations

import subprocess
import sys

import pytest

COUNT = 1000
SECONDS = 120
"""Time of one core for all of them together: where a file of a kilobyte takes much longer than the others, this ends."""

_READ_ALL = f"""
import io, random, resource
from PIL import Image
from resnet_viz.pictures import MAX_SIDE, PictureError, read_picture

resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
small = Image.effect_noise((24, 18), 80)
colour = Image.merge("RGB", [small, small.rotate(90).resize(small.size), small.rotate(180)]).resize((96, 72))
clear = colour.copy()
clear.putalpha(small.resize(colour.size))
exif = Image.Exif()
exif[0x0112], exif[0x010E] = 6, "a place"

def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()

valid = [
    encoded(colour, "PNG", exif=exif), encoded(clear, "PNG"), encoded(colour.convert("P"), "PNG", transparency=3),
    encoded(small.convert("I;16"), "PNG"), encoded(colour, "PNG", save_all=True, append_images=[colour.rotate(90)]),
    encoded(colour, "JPEG", exif=exif), encoded(colour, "JPEG", progressive=True, subsampling=0),
    encoded(colour.convert("CMYK"), "JPEG"), encoded(colour, "WEBP", exif=exif), encoded(clear, "WEBP", lossless=True),
    encoded(clear, "WEBP", save_all=True, append_images=[clear.rotate(90)]),
    encoded(colour, "GIF", save_all=True, append_images=[colour.rotate(90)], comment=b"x" * 300), encoded(colour, "BMP"),
    encoded(colour, "TIFF", exif=exif), encoded(clear, "TIFF", compression="tiff_adobe_deflate"),
    encoded(colour, "TIFF", compression="jpeg"), encoded(small.convert("F"), "TIFF", compression="tiff_lzw"),
]
if "AVIF" in Image.SAVE:
    valid += [encoded(colour, "AVIF", exif=exif), encoded(clear, "AVIF", subsampling="4:4:4")]
try:
    import pillow_heif
except ImportError:
    pass
else:
    for image in (colour, clear):
        buffer = io.BytesIO()
        pillow_heif.from_pillow(image).save(buffer)
        valid.append(buffer.getvalue())
assert all(max(read_picture(data).size) <= 96 for data in valid)

def peak():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

def memory():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmRSS"))

dice = random.Random(11)

def damaged(data):
    data = bytearray(data)
    kind = dice.randrange(4)
    if kind == 0:  # single bits
        for _ in range(dice.choice([1, 3, 30])):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif kind == 1:  # the end is missing
        del data[dice.randrange(len(data)):]
    elif kind == 2:  # something in between
        at = dice.randrange(len(data))
        data[at:at] = dice.randbytes(dice.choice([1, 8, 200]))
    else:  # the header, where the sizes are
        for _ in range(dice.choice([1, 2, 4])):
            data[dice.randrange(min(len(data), 64))] = dice.choice([0, 1, 127, 128, 255])
    return bytes(data)

start, after, read, refused = 0, [], 0, {{}}
for number in range({COUNT}):
    data = damaged(valid[number % len(valid)])
    try:
        image = read_picture(data)
    except PictureError as error:
        refused[error.code] = refused.get(error.code, 0) + 1
    else:
        assert image.mode == "RGB" and max(image.size) <= MAX_SIDE
        read += 1
    if number % ({COUNT} // 4) == {COUNT} // 4 - 1:
        after.append(memory())
print(read, sum(refused.values()), peak(), *after)
print(refused)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_thousand_damaged_pictures() -> None:
    done = subprocess.run([sys.executable, "-c", _READ_ALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)
    read, refused, peak, *after = (int(word) for word in done.stdout.splitlines()[0].split())
    assert read + refused == COUNT
    assert min(read, refused) > COUNT // 10, "the damages should do both"
    assert peak < 450, "MiB, with Python itself"
    assert after[-1] - after[0] < 40, f"MiB after each quarter: {after}"
