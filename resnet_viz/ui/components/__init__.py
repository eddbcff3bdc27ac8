"""Components of our own: ES modules and CSS, each beside the Python function that mounts it and reads what it reports."""

from __future__ import annotations

from functools import lru_cache

from resnet_viz.ui.components.bundle import FOLDER


@lru_cache
def style(*names: str) -> str:
    """The text of style files of this folder, after what holds in every component."""
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("shared/base.css", *names))
