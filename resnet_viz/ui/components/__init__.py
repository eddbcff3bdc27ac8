"""Components of our own: plain ES modules and CSS, no build step, each beside the Python function that mounts it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache
def asset(name: str) -> str:
    """The text of a script or style file of this folder."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
