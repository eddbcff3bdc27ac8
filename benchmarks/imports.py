"""How long a fresh interpreter takes to import us, and what people import otherwise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from benchmarks import Row, interleaved

OTHERS = ("streamlit", "torch", "torchvision")


def _importing(module: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True)


def rows() -> list[Row]:
    taken = interleaved({module: _importing(module) for module in ("sys", "resnet_viz", *OTHERS)}, rounds=3)
    bare = taken.pop("sys")  # the interpreter itself
    net = {module: seconds - bare for module, seconds in taken.items()}
    ours = net["resnet_viz"]
    return [Row("import resnet_viz", ours, f"import {other}", net[other], ours / net[other], "") for other in OTHERS]
