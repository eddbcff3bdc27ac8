"""Strangers' pictures are read in a process of their own: `read_picture_apart`, `read_pictures_apart`.

What a header says bounds an honest file. A file that lies (an AVIF of 64 × 64 pixels with a frame of 16,000 × 16,000 in it, a
JPEG of ten thousand scans) is bounded by the system: the process may take so much memory and time, and ends. A decoder that
crashes ends it too, and the app goes on. Starting it takes about a tenth of a second.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from resnet_viz.file_limits import MAX_PICTURE
from resnet_viz.picture_cost import MAX_MEMORY
from resnet_viz.pictures import MAX_SECONDS, MAX_SIDE, PictureError, check_bytes, read_picture, turn

_OVERHEAD = 160 * 2**20
"""Address space of Python, Pillow, the decoders' code and the stacks of their threads."""
_LENGTH = 8
"""Bytes in which the length of a file is told."""
_PATIENCE = 4
"""So many times `MAX_SECONDS` may pass on the clock, for a machine that is busy with other things."""


TOGETHER = 12
"""Pictures that one process reads, one after the other."""


def read_picture_apart(data: bytes) -> Image.Image:
    """`pictures.read_picture` in a process of its own, which is stopped at `MAX_MEMORY` and `MAX_SECONDS`.

    Raises `PictureError`, and nothing else, for anything that is not a picture within the limits.
    """
    (found,) = read_pictures_apart([data])
    if isinstance(found, PictureError):
        raise found
    return found


def read_pictures_apart(files: Sequence[bytes], side: int = MAX_SIDE) -> list[Image.Image | PictureError]:
    """Each file's picture, at most `side` pixels a side, or what is wrong with it.

    `TOGETHER` of them share a process and its limits.
    A picture that ends the process takes no other along: those behind it are read by the next one. Where no process can be had
    within `MAX_WAIT` seconds, that is said of all that are left.
    """
    found: list[Image.Image | PictureError] = []
    while len(found) < len(files):
        waiting = files[len(found) : len(found) + TOGETHER]
        try:
            check_bytes(waiting[0])
            with turn():
                found += _read_apart(waiting, side)
        except PictureError as error:
            alike = len(files) - len(found) if error.code == "busy" else 1  # who has waited in vain does not wait for each
            found += [error] * alike
    return found


def _read_apart(files: Sequence[bytes], side: int) -> list[Image.Image | PictureError]:
    """What one process says of these files, as far as it gets; the one at which it ends is too costly."""
    sent = [*itertools.takewhile(lambda data: 0 < len(data) <= MAX_PICTURE, files)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "resnet_viz.picture_process", str(MAX_SECONDS), str(side)],
            input=b"".join(len(data).to_bytes(_LENGTH) + data for data in sent),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": _python_path()},
            timeout=_PATIENCE * MAX_SECONDS,
            check=False,
        )
        said = io.BytesIO(done.stdout)
    except subprocess.TimeoutExpired as error:
        said = io.BytesIO(error.stdout or b"")
    except OSError as error:  # no process, or no pipe to it, can be had
        raise PictureError("busy") from error
    found: list[Image.Image | PictureError] = []
    while len(found) < len(sent) and (answer := _next_answer(said)):
        found.append(answer)
    if len(found) < len(sent):
        found.append(PictureError("too-costly"))
    return found


def _next_answer(said: io.BytesIO) -> Image.Image | PictureError | None:
    """The next of what a process has said; None where it had not said all of it when it ended."""
    head = said.readline()
    if not head.endswith(b"\n"):
        return None
    answer = json.loads(head)
    if "code" in answer:
        return PictureError(answer["code"], **answer["values"])
    size = answer["width"], answer["height"]
    pixels = said.read(3 * size[0] * size[1])
    return Image.frombytes("RGB", size, pixels) if len(pixels) == 3 * size[0] * size[1] else None


def _python_path() -> str:
    """Where the process finds this package, wherever the app was started."""
    return os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])


def _limit_myself(seconds: int) -> None:
    """Memory and time of a core, where the system has such limits (Linux; macOS limits the time only, Windows neither)."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY + _OVERHEAD,) * 2)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the picture of somebody is not left on the disk


def _one_thread() -> None:
    """Decoders start a thread a core otherwise, each with memory of its own."""
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1


def main() -> None:
    """Pictures from standard input, each behind its length; for each a line of JSON, and its pixels, to standard output.

    The arguments are the seconds and the largest side.
    """
    seconds, side = map(int, sys.argv[1:])
    _limit_myself(seconds)
    _one_thread()
    given, out = sys.stdin.buffer, sys.stdout.buffer
    while length := int.from_bytes(given.read(_LENGTH)):
        try:
            image = read_picture(given.read(length), side)
        except PictureError as error:
            out.write(json.dumps({"code": error.code, "values": dict(error.values)}).encode() + b"\n")
        else:
            out.write(json.dumps({"width": image.width, "height": image.height}).encode() + b"\n" + image.tobytes())
        out.flush()


if __name__ == "__main__":
    main()
