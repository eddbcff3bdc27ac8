"""What the server does around the pages; `app.py` hands it to `st.App`."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.middleware import Middleware

from resnet_viz.ui.kit.visitor import VisitorCookie
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.server.connections import Connections, RequestTimes, guarding, limits
from resnet_viz.ui.server.garbage import collect_when_quiet
from resnet_viz.ui.server.headers import SecurityHeaders
from resnet_viz.ui.server.hosts import OwnHosts
from resnet_viz.ui.server.logs import structured_log
from resnet_viz.ui.server.metrics import METER, Metrics
from resnet_viz.ui.server.process import one_thread_for_torch, raise_file_limit, spare_every_run, spare_the_log
from resnet_viz.ui.server.qr import QrCodes
from resnet_viz.ui.server.sessions import SessionLimit
from resnet_viz.ui.server.shutdown import at_end, end_all
from resnet_viz.ui.server.start import announce
from resnet_viz.ui.server.static_files import CompressedStatic
from resnet_viz.ui.server.uploads import Uploads
from resnet_viz.ui.server.warm_up import Readiness, after_run, import_pandas, prepare_first_visit

__all__ = [
    "after_run",
    "at_end",
    "import_pandas",
    "lifespan",
    "middleware",
    "on_script_error",
    "one_thread_for_torch",
    "spare_every_run",
]
log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Guard what the server is about to accept, prepare the first visit, and say that the app is there."""
    allowed = limits(raise_file_limit())
    structured_log()
    spare_the_log()
    collect_when_quiet()
    METER.offer("stream_clients", "gauge", "Connections of the live channel", lambda: {"": CHANNEL.listeners})
    with guarding(Connections(allowed.connections, allowed.connections_an_address), CHANNEL.close):
        threading.Thread(target=announce, name="announce", daemon=True).start()
        timer = prepare_first_visit()
        yield {}
        timer.cancel()
        await end_all()


def middleware() -> list[Middleware]:
    """Outermost first."""
    allowed = limits(raise_file_limit())
    return [
        Middleware(RequestTimes),
        Middleware(SecurityHeaders),
        Middleware(OwnHosts),
        Middleware(Readiness),
        Middleware(Metrics),
        Middleware(SessionLimit, allowed.sessions, allowed.sessions_an_address),
        Middleware(VisitorCookie),
        Middleware(QrCodes),
        Middleware(Uploads),
        Middleware(CompressedStatic),
    ]


def on_script_error(error: Exception) -> bool:
    """One sentence for the user instead of a traceback, which goes to the log."""
    log.error("a page failed", exc_info=error)
    show: Callable[[Exception], None] | None = getattr(sys.modules.get("resnet_viz.ui.kit.words"), "show_failure", None)
    if show:
        show(error)
    return True
