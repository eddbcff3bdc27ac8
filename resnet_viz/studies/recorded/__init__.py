"""What was recorded of studies: `python -m resnet_viz.recorder figures` writes the files of this folder."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@lru_cache
def recording(name: str) -> dict[str, Any]:
    """One file: `made` (date), `machine`, `code_version`, and what its study's `recorded` makes sense of."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found
