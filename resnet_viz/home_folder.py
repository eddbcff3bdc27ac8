"""The folder for what the app keeps between two starts: finished runs, CIFAR-10, folders of one's own."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """`RESNET_VIZ_HOME`, or `resnet_viz` in the user's cache directory."""
    given = os.environ.get("RESNET_VIZ_HOME")
    if given:
        return Path(given)
    caches = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(caches) / "resnet_viz"
