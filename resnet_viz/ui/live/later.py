"""What is computed beside the pages: the channel tells when it is there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import Any

from resnet_viz.ui.live.hub import Hub, News

KEPT = 200
"""Answers that are awaited at a time; what was asked for first goes first."""


class Later:
    """Topics `later:<name>`, of which is told that they are `done`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lock = threading.Lock()
        self._awaited: OrderedDict[str, Future[Any]] = OrderedDict()
        hub.offer("later", self._since, lambda _names, _visitor: None)

    def topic(self, key: str, future: Future[Any]) -> str:
        """The topic of an answer; `key` names it."""
        name = hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
        with self._lock:
            is_new = self._awaited.get(name) is not future
            self._awaited[name] = future
            self._awaited.move_to_end(name)
            while len(self._awaited) > KEPT:
                self._awaited.popitem(last=False)
        topic = f"later:{name}"
        if is_new:
            future.add_done_callback(lambda _: self._hub.changed(topic))
        return topic

    def _since(self, name: str, mark: str) -> News | None:
        future = self._awaited.get(name)
        return News("done", json.dumps({"status": "done"})) if future and future.done() and not mark else None
