"""What the recorder's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.picture_files import write


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes, 16 pictures to train on and 8 to test on, 8×8."""
    folder = tmp_path_factory.mktemp("pictures")
    for part, count in (("train", 8), ("test", 4)):
        for label, name in enumerate(("dark", "light")):
            for i in range(count):
                write(folder / part / name / f"{i}.png", size=(8, 8), seed=1000 * label + i)
    return folder


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESNET_VIZ_SCHEDULER", raising=False)
