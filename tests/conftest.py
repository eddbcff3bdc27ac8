"""What every test shares: one thread, the data folder when there is one, random networks."""

from __future__ import annotations

import atexit
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from dask.system import cpu_count
from hypothesis import settings
from hypothesis import strategies as st

from resnet_viz import ResNetSpec
from resnet_viz.nets.spec import CHOICES

MOST_WORKERS = 8
"""Each takes about 2 GB where it has a browser, a server and a cluster."""
LONG = ("tests/browser", "tests/jobs", "tests/ui/server", "tests/recorder", "tests/ui")
"""Folders whose files take long, the longest first."""

torch.set_num_threads(1)
settings.register_profile("project", deadline=None, max_examples=40)
settings.load_profile("project")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes run tests: none beside this one for a single file, else one more than cores, for many tests wait."""
    given = [Path(argument.partition("::")[0]) for argument in config.args]
    if len(given) == 1 and given[0].is_file():
        return 0
    return min(cpu_count() + 1, MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, so that none is left for one worker at the end."""

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(item.config.rootpath).parent.as_posix()
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=turn)


def pytest_configure() -> None:
    """What the app keeps goes into a folder of this process's tests, from the first module that is collected on."""
    folder = tempfile.TemporaryDirectory(prefix="resnet_viz_tests_", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)  # what is registered first is called last: after all that writes there
    os.environ["RESNET_VIZ_HOME"] = folder.name
    os.environ["RESNET_VIZ_WORKERS"] = "1"  # each imports torch, beside as many processes that test as there are cores


@pytest.fixture(scope="session")
def own_home() -> Path:
    """Where the app keeps things while tests run, also in the processes that they start."""
    return Path(os.environ["RESNET_VIZ_HOME"])


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real pictures and third-party weights; tests that want it skip without it."""
    folder = os.environ.get("RESNET_VIZ_DATA", "")
    if not folder:
        pytest.skip("RESNET_VIZ_DATA names no data folder")
    return Path(folder)


@st.composite
def specs(draw: st.DrawFn, *, largest_stage: int = 3, widths: tuple[int, ...] = (4, 8, 16)) -> ResNetSpec:
    """Any network that can be described, small enough to build."""
    choose = {name: draw(st.sampled_from(words)) for name, words in CHOICES.items()}
    bottleneck = choose["block"] == "bottleneck"
    groups = draw(st.sampled_from([1, 2, 4])) if bottleneck else 1
    if not bottleneck:
        choose["stride_on"] = "3x3"
    spec = ResNetSpec(
        **choose,
        stages=tuple(draw(st.lists(st.integers(1, largest_stage), min_size=1, max_size=4))),
        width=draw(st.sampled_from(widths)),
        widen=draw(st.sampled_from([2, 1])),
        groups=groups,
        width_per_group=draw(st.sampled_from([32, 64, 128])) if bottleneck else 64,
        zero_gamma=draw(st.booleans()) and choose["norm"] == "batch",
        in_channels=draw(st.integers(1, 4)),
        classes=draw(st.integers(1, 12)),
    )
    kept = draw(st.one_of(st.sampled_from(["all", "none"]), st.sets(st.sampled_from(spec.blocks)).map(frozenset)))
    return replace(spec, skips=kept)
