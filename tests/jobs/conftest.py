"""What the tests of this room share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def guarded() -> Iterator[Path]:
    """A folder whose rights hold for the test, which root's do not: it becomes somebody else meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, -1)
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.chmod(folder, 0o700)
            if root:
                os.seteuid(0)
