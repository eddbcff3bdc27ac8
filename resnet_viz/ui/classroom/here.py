"""The classes of this app, and what the live channel tells of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache

from resnet_viz.home_folder import home
from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.classroom import digest
from resnet_viz.ui.classroom.news import CLASS, DESK, class_source, desk_source
from resnet_viz.ui.classroom.register import Register
from resnet_viz.ui.classroom.replica import replica
from resnet_viz.ui.classroom.take_home import RunOutcome
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.server import at_end

_making = threading.Lock()


def classes() -> Register:
    """The one register of this app."""
    with _making:
        return _made()


@cache
def _made() -> Register:
    own = f"-{replica()}" if replica() else ""
    made = Register(ClassFile(home() / f"classes{own}.sqlite"), _tell)
    at_end(made.close)

    def hear_members(names: list[str], visitor: str) -> None:
        for name in names:
            code, _, page = name.partition("-")
            made.heard(code, digest(visitor), page)

    def count_anew(names: list[str], _visitor: str) -> None:
        for name in names:  # who has left says nothing
            CHANNEL.changed(f"{DESK}:{name}")

    CHANNEL.offer(CLASS, class_source(made), hear_members)
    CHANNEL.offer(DESK, desk_source(made), count_anew)
    return made


def outcome(run: str) -> RunOutcome:
    """What became of a run, by its experiment's text."""
    from resnet_viz.ui.kit.run_client import outcome_of  # with numpy and what reads pictures: nobody asks before the first page

    return outcome_of(run)


def _tell(code: str, pages: Iterable[str]) -> None:
    CHANNEL.changed(f"{DESK}:{code}")
    for page in pages:
        CHANNEL.changed(f"{CLASS}:{code}-{page}")
