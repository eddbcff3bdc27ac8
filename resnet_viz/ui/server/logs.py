"""`RESNET_VIZ_LOG=json`: a line of JSON for each thing that happens, for whoever collects logs. No line has an address."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime

from resnet_viz.ui.server.addresses import ip_address

_ADDRESS = re.compile(r"\[?([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|\d{1,3}(?:\.\d{1,3}){3})\]?(?::\d+)?")
_LOGGERS = ("resnet_viz", "uvicorn", "uvicorn.error", "streamlit", "distributed", "asyncio")


def without_addresses(said: str) -> str:
    """A message without the IP addresses in it, except for loopback, which is nobody.

    >>> without_addresses("192.0.2.7:5001 - refused, [2001:db8::1]:80 too, 127.0.0.1 not, at 12:30:01")
    '(address) - refused, (address) too, 127.0.0.1 not, at 12:30:01'
    """

    def replaced(found: re.Match[str]) -> str:
        parsed = ip_address(found[1])
        return found[0] if parsed is None or parsed.is_loopback else "(address)"

    return _ADDRESS.sub(replaced, said)


class JsonLines(logging.Formatter):
    """A record as one line: `time` (UTC), `level`, `logger`, `message`, and `error` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_addresses(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = without_addresses(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def structured_log() -> None:
    """Write such lines to the standard error where the environment asks for them, with what the app itself has to tell."""
    if os.environ.get("RESNET_VIZ_LOG") != "json":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
    logging.getLogger("resnet_viz").setLevel(logging.INFO)
