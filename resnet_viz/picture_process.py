"""A stranger's picture is read in a process of its own: `read_picture_apart`.

What a header says bounds an honest file. A file that lies (an AVIF of 64 × 64 pixels with a frame of 16,000 × 16,000 in it, a
JPEG of ten thousand scans) is bounded by the system: the process may take so much memory and time, and ends. A decoder that
crashes ends it too, and the app goes on. Starting it takes about a tenth of a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from resnet_viz.picture_cost import MAX_MEMORY
from resnet_viz.pictures import MAX_SECONDS, PictureError, check_bytes, read_picture, turn

_OVERHEAD = 160 * 2**20
"""Address space of Python, Pillow, the decoders' code and the stacks of their threads."""
_PATIENCE = 4
"""So many times `MAX_SECONDS` may pass on the clock, for a machine that is busy with other things."""


def read_picture_apart(data: bytes) -> Image.Image:
    """`pictures.read_picture` in a process of its own, which is stopped at `MAX_MEMORY` and `MAX_SECONDS`.

    Raises `PictureError`, and nothing else, for anything that is not a picture within the limits.
    """
    check_bytes(data)
    with turn():
        try:
            done = subprocess.run(
                [sys.executable, "-m", "resnet_viz.picture_process", str(MAX_SECONDS)],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": _python_path()},
                timeout=_PATIENCE * MAX_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PictureError("too-costly") from error
        except OSError as error:  # no process, or no pipe to it, can be had
            raise PictureError("busy") from error
    head, _, pixels = done.stdout.partition(b"\n")
    if done.returncode != 0:
        raise PictureError("too-costly")
    answer = json.loads(head)
    if "code" in answer:
        raise PictureError(answer["code"], **answer["values"])
    return Image.frombytes("RGB", (answer["width"], answer["height"]), pixels)


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
    """A picture from standard input; a line of JSON, and its pixels, to standard output. The argument is the seconds."""
    _limit_myself(int(sys.argv[1]))
    _one_thread()
    try:
        image = read_picture(sys.stdin.buffer.read())
    except PictureError as error:
        sys.stdout.buffer.write(json.dumps({"code": error.code, "values": dict(error.values)}).encode() + b"\n")
        return
    sys.stdout.buffer.write(json.dumps({"width": image.width, "height": image.height}).encode() + b"\n" + image.tobytes())


if __name__ == "__main__":
    main()
