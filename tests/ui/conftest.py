"""What tests on Streamlit's test bench share."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner

from resnet_viz.ui.lessons.bottleneck import times


@pytest.fixture(scope="session", autouse=True)
def installed_components() -> Iterator[None]:
    """Each bench reads the names of all installed packages to find components, which takes longer than a page: once is enough."""
    with pytest.MonkeyPatch.context() as session:
        session.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Measurements of a twentieth of a second, which no other test finds in the cache."""
    monkeypatch.setattr(times, "BLOCK_SECONDS", 0.05)
    monkeypatch.setattr(times, "NETWORK_SECONDS", 0.05)
    times.measure.clear()
    yield
    times.measure.clear()
