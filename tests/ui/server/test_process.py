"""What holds for the whole process."""

from __future__ import annotations

import asyncio
import errno
import logging

import pytest

from resnet_viz.ui.server.process import Sparing, spare_the_log
from tests.loops import run as in_a_loop


def test_a_flood_of_the_same_failure_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """As asyncio reports it: 2,000 times in each turn of the event loop, while no file is left for a connection."""
    spare_the_log()
    spare_the_log()  # once a logger, however often it is asked for

    async def flood() -> None:
        for n in range(2_000):
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"socket.accept() out of system resource {n}", "exception": OSError(errno.EMFILE, "no files")}
            )

    in_a_loop(flood())
    logging.getLogger("asyncio").error("something else")
    flooded = [one.getMessage() for one in caplog.records if "out of system" in one.getMessage()]
    assert len(flooded) == Sparing.MOST
    assert "left out" in flooded[-1]
    assert "something else" in caplog.messages


def test_after_a_minute_the_same_message_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sparing, now = Sparing(), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def heard() -> int:
        records = (logging.LogRecord("name", logging.ERROR, "", 0, "refused %s", (n,), None) for n in range(100))
        return sum(map(sparing.filter, records))

    assert heard() == Sparing.MOST
    now[0] = Sparing.SECONDS - 1
    assert heard() == 0
    now[0] = Sparing.SECONDS + 1
    assert heard() == Sparing.MOST
