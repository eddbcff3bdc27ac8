"""What runs beside the tests."""

from __future__ import annotations

from contextlib import suppress

import psutil


def children_with(process: psutil.Process, word: str) -> list[psutil.Process]:
    """Its children, theirs too, whose command line has `word`; one that ends meanwhile is none."""
    found = []
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [child] if word in child.cmdline() else []
    return found
