"""An ONNX file from a process of its own: `python -m resnet_viz.jobs.onnx_file NETWORK SIZE SEED` writes it to standard output.

Tracing a network keeps an interpreter busy for seconds and takes a gigabyte; pages must not wait for either. The process ends
with its standard input, that is with the app, however it dies.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

from resnet_viz.refused import Refused

SECONDS = 120.0
"""After which a file that is not ready is given up."""


def onnx_file(net: str, size: int, seed: int, *, seconds: float = SECONDS) -> bytes:
    """The untrained network of this text as an ONNX file for pictures of `size` × `size` pixels.

    Raises `Refused` when it is not ready in time, or cannot be made.
    """
    with contextlib.ExitStack() as open_:
        try:
            pipe = os.pipe()  # nothing is written into it: it closes when this process ends
            for end in pipe:
                open_.callback(os.close, end)
            process = subprocess.Popen(
                [sys.executable, "-m", "resnet_viz.jobs.onnx_file", net, str(size), str(seed)],
                stdin=pipe[0],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl + C is for the app
            )
        except OSError as error:  # no process, or no pipe to it, can be had
            raise Refused("onnx_failed", exit_code=error.errno) from error
        try:
            made, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise Refused("onnx_slow", seconds=seconds) from error
    if process.returncode:
        raise Refused("onnx_failed", exit_code=process.returncode)
    return made


def _end_with_standard_input() -> None:
    while os.read(0, 1):  # not through sys.stdin, whose lock others want
        pass
    os._exit(1)


def main() -> None:
    """The command line."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the exporter prints is no part of the file
    import torch

    from resnet_viz.nets.export import to_onnx
    from resnet_viz.nets.presets import parse_network
    from resnet_viz.nets.resnet import build

    torch.set_num_threads(1)
    net, size, seed = sys.argv[1:]
    made = to_onnx(build(parse_network(net), int(seed)).eval(), int(size))
    with os.fdopen(out, "wb") as file:
        file.write(made)
    os._exit(0)  # the thread that reads standard input would keep the process


if __name__ == "__main__":
    main()
