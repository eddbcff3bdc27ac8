"""What is sent to one browser at once goes to it in one piece.

A page is seventy messages. Each by itself would be a call of the system, and Python hands its one lock on for each.
"""

from __future__ import annotations

import asyncio
from typing import Any

MOST = 1 << 16
"""Bytes that are held; what is more is written at once, so that a client who reads nothing is noticed."""


class Gathering:
    """A connection's transport that holds what is written until the event loop comes round, and writes it whole then."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._waiting: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= MOST:
            self.flush()

    def writelines(self, list_of_data: list[bytes]) -> None:
        for data in list_of_data:
            self.write(data)

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            self._transport.writelines(waiting)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def abort(self) -> None:
        self._waiting, self._size = [], 0
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        return self._size + self._transport.get_write_buffer_size()
