"""What holds for the whole process: how many files it may open, on how many threads it computes, what its log repeats."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_internals, streamlit_messages
from resnet_viz.ui.streamlit_internals import SOCKET_LOG

log = logging.getLogger(__name__)
MOST_FILES = 65_536
"""More is of no use here; macOS grants no more than 10,240 although it names no limit."""
_WITHOUT_LIMIT = 8_192


def one_thread_for_torch() -> None:
    """Have torch, once somebody imports it, compute on one thread in every thread of this process.

    `torch.set_num_threads` holds for the thread that calls it; the others take OpenMP's default, every core. Two threads that
    wait for each other by spinning are slowed down many times by one busy neighbour, and a class is many.
    """
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def raise_file_limit() -> int:
    """Take as many open files as this process is allowed; how many that is."""
    if sys.platform == "win32":
        return _WITHOUT_LIMIT
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    for wanted in (MOST_FILES, 10_240):
        wanted = wanted if hard == unlimited else min(wanted, hard)
        if soft != unlimited and soft < wanted:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                return wanted
    return MOST_FILES if soft == unlimited else soft


class Sparing(logging.Filter):
    """Lets the same message through five times a minute: what strangers can cause must not fill the disk."""

    MOST, SECONDS = 5, 60.0

    def __init__(self) -> None:
        super().__init__()
        self._minutes: dict[object, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Messages are the same when the first lines of their templates are, whatever numbers are in them."""
        first_line = re.sub(r"\d+", "", str(record.msg).partition("\n")[0])
        now, same = time.monotonic(), (record.name, record.levelno, first_line)
        begun, count = self._minutes.get(same, (now, 0))
        if now - begun > self.SECONDS:
            begun, count = now, 0
        if len(self._minutes) > 1_000:
            self._minutes.clear()
        self._minutes[same] = begun, count + 1
        if count + 1 == self.MOST:
            record.msg, record.args = f"{record.getMessage()} (the same message is left out for the next minute)", ()
        return count < self.MOST


def spare_the_log() -> None:
    """Bound what a client can make the server write: failed accepts, broken requests and messages, refused handshakes."""
    sparing = Sparing()
    for name in ("asyncio", "uvicorn.error", SOCKET_LOG, __name__):
        logger = logging.getLogger(name)
        if not any(isinstance(one, Sparing) for one in logger.filters):
            logger.addFilter(sparing)


def spare_every_run() -> None:
    """Have Streamlit leave out what it does in runs of a page, or in the first, and need not: a class has twenty a second."""
    for spare in (
        streamlit_messages.wake_the_server_once,
        streamlit_messages.hand_messages_over,
        streamlit_messages.look_for_a_stop_at_once,
        streamlit_messages.send_together,
        streamlit_messages.remember_hashes,
        streamlit_messages.look_once_for_what_is_no_style,
        streamlit_internals.remember_the_theme,
        streamlit_internals.ask_once_what_is_kept_by_browsers,
        streamlit_internals.take_no_mapping_for_a_table,
        streamlit_internals.look_for_no_repl,
    ):
        try:
            spare()
        except Missing as error:
            log.error("%s", error)  # the app works without
