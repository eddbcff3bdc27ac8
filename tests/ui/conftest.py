"""What tests on Streamlit's test bench share."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def installed_components() -> Iterator[None]:
    """Each bench reads the names of all installed packages to find components, which takes longer than a page: once is enough."""
    with pytest.MonkeyPatch.context() as session:
        session.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield
