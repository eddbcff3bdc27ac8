"""How messages go from a run of a page to its browser, faster than Streamlit sends them: a class that goes to a page together
has seven thousand at once.

Like `streamlit_internals`: what is relied on without a promise, a function a use, each with the version seen and what its
absence would break.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from resnet_viz.missing import Missing

log = logging.getLogger(__name__)
MOST_TOGETHER = 32
"""Messages that are sent to one browser before the others have their turn: a sixteenth of what Streamlit lets wait for one."""


def wake_the_server_once() -> None:
    """Let what runs send wait for the event loop in one line, which wakes it once for all that has come meanwhile. To be called
    before the server is made, which gives its sessions the way to wake it that there is then.

    Seen in streamlit 1.67: everything from a run's thread goes, in its order, through `AppSession._call_soon_on_event_loop`, and
    `Runtime._enqueued_some_message` sets `need_send_data`. Without it each of a run's hundred messages wakes the loop twice.
    """
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.runtime import AsyncObjects, Runtime

    soon: Any = getattr(AppSession, "_call_soon_on_event_loop", None)
    sent: Any = getattr(Runtime, "_enqueued_some_message", None)
    if soon is None or sent is None or "need_send_data" not in AsyncObjects._fields:
        raise Missing("streamlit's way from a run to its event loop", "streamlit 1.67", "every message wakes the server twice")
    if getattr(soon, "wakes_once", False):
        return
    lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    def call_soon(self: Any, callback: Callable[[], None]) -> None:
        line = lines.get(self._event_loop)
        if line is None:  # several threads may find none: all take the one that is kept
            line = lines.setdefault(self._event_loop, _Line())
        if line.stand(callback):
            soon(self, line.serve)

    def enqueued(self: Any) -> None:
        asked = self._get_async_objs()
        if asked.need_send_data.is_set():
            return
        if _is_running(asked.eventloop):
            asked.need_send_data.set()
        else:
            sent(self)

    call_soon.wakes_once = True  # type: ignore[attr-defined]
    AppSession._call_soon_on_event_loop = call_soon  # type: ignore[method-assign]
    Runtime._enqueued_some_message = enqueued  # type: ignore[method-assign]


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this is called by the loop itself, which then need not be woken."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


class _Line:
    """Calls that wait for the event loop, in their order."""

    def __init__(self) -> None:
        self._calls: deque[Callable[[], None]] = deque()
        self._is_awaited = False

    def stand(self, call: Callable[[], None]) -> bool:
        """Put a call in; whether somebody has to be sent to serve."""
        self._calls.append(call)  # before the flag is read, as `serve` clears it before it counts: no call is left behind
        if self._is_awaited:
            return False  # and the flag is left alone: whoever is served meanwhile has cleared it
        self._is_awaited = True
        return True

    def serve(self) -> None:
        """Make the calls that are there now. One that fails keeps none of the others."""
        self._is_awaited = False
        for _ in range(len(self._calls)):
            try:
                self._calls.popleft()()
            except Exception:
                log.exception("an event of a run could not be handled")


def hand_messages_over() -> None:
    """Hand a run's messages to their session as they are. Streamlit takes each for an event of which nine things may be said.

    Seen in streamlit 1.67: `AppSession._on_scriptrunner_event`, and that `_handle_scriptrunner_event_on_event_loop` gives a
    message to `_enqueue_forward_msg` where its sender is the session's `_scriptrunner`. Without it a page takes 1 ms more.
    """
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.scriptrunner import ScriptRunnerEvent

    hear: Any = getattr(AppSession, "_on_scriptrunner_event", None)
    if hear is None or not hasattr(AppSession, "_enqueue_forward_msg"):
        raise Missing("streamlit's way from a run to its session", "streamlit 1.67", "every message is taken for an event")
    if getattr(hear, "hands_over", False):
        return
    kind = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG

    def on_event(self: Any, sender: Any, event: Any, forward_msg: ForwardMsg | None = None, **more: Any) -> None:
        if event is kind and forward_msg is not None:
            self._call_soon_on_event_loop(partial(take, self, sender, forward_msg))
        else:
            hear(self, sender, event, forward_msg, **more)

    def take(self: Any, sender: Any, message: ForwardMsg) -> None:
        if sender is self._scriptrunner:  # one that was told to stop may still say something
            self._enqueue_forward_msg(message)

    on_event.hands_over = True  # type: ignore[attr-defined]
    AppSession._on_scriptrunner_event = on_event  # type: ignore[assignment, method-assign]


def look_for_a_stop_at_once() -> None:
    """Let a run that nobody has told anything go on after one look. Streamlit has it look at whether parts of it that run at the
    same time have failed too, which our pages have not, at each message and each value of its session.

    Seen in streamlit 1.67: `ScriptRunner._maybe_handle_execution_control_request`, `_requests._state` and `_execing`. Without it
    a page takes 0.3 ms more.
    """
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

    whole: Any = getattr(ScriptRunner, "_maybe_handle_execution_control_request", None)
    if whole is None or not hasattr(ScriptRequests(), "_state"):
        raise Missing("the way of streamlit's ScriptRunner to a stop", "streamlit 1.67", "a run looks for one in four places")
    if getattr(whole, "looks_once", False):
        return
    go_on, current = ScriptRequestType.CONTINUE, threading.current_thread

    def look(self: Any) -> None:
        if not (self._requests._state is go_on and self._execing and self._script_thread is current()):
            whole(self)

    look.looks_once = True  # type: ignore[attr-defined]
    ScriptRunner._maybe_handle_execution_control_request = look  # type: ignore[method-assign]


def send_together() -> None:
    """Send what waits for a browser in one go, and not with a turn of the event loop after each message.

    Seen in streamlit 1.67: `Runtime._loop_coroutine` takes a session's messages from `AppSession.flush_browser_queue`, gives each
    to `Runtime._send_message` and waits for a turn. Without it a class that comes to a page together costs a fifth more.
    """
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.runtime import Runtime

    flush: Any = getattr(AppSession, "flush_browser_queue", None)
    send: Any = getattr(Runtime, "_send_message", None)
    if flush is None or send is None:
        raise Missing("streamlit's way from its event loop to a browser", "streamlit 1.67", "every message waits for a turn")
    if getattr(flush, "gives_together", False):
        return

    def give(self: Any) -> list[_Together]:
        waiting: list[ForwardMsg] = flush(self)
        return [_Together(waiting[at : at + MOST_TOGETHER]) for at in range(0, len(waiting), MOST_TOGETHER)]

    def send_all(self: Any, to: Any, together: _Together) -> None:
        for message in together:
            send(self, to, message)

    give.gives_together = True  # type: ignore[attr-defined]
    AppSession.flush_browser_queue = give  # type: ignore[assignment, method-assign]
    Runtime._send_message = send_all  # type: ignore[assignment, method-assign]


class _Together(tuple[ForwardMsg, ...]):
    """Messages to one browser, in their order."""


def remember_hashes() -> None:
    """Hash a message that is the same for many sessions, as a component's script is, once for all of them.

    Seen in streamlit 1.67: `forward_msg_cache` asks its `util` for `calc_hash`, of every message. Without it pages that are drawn
    at once take turns at each long message, for Python hands its lock on while it hashes one.
    """
    from streamlit.runtime import forward_msg_cache

    util: Any = getattr(forward_msg_cache, "util", None)
    if not hasattr(util, "calc_hash"):
        raise Missing(
            "the calc_hash of streamlit's forward_msg_cache", "streamlit 1.67", "long messages are hashed for everybody"
        )
    if not isinstance(util, _Hashes):
        forward_msg_cache.util = _Hashes(util.calc_hash)  # type: ignore[assignment, attr-defined]


class _Hashes:
    """Streamlit's hashes, those of middling messages as they were: small ones take no time, large ones are seldom another's."""

    MIDDLING = range(1 << 11, 1 << 15)
    """Bytes; of fewer Python hashes without handing its lock on."""

    def __init__(self, calc_hash: Callable[[bytes], str]) -> None:
        self._hash, self._remembered = calc_hash, lru_cache(maxsize=256)(calc_hash)

    def calc_hash(self, message: bytes) -> str:
        return self._remembered(message) if len(message) in self.MIDDLING else self._hash(message)


def look_once_for_what_is_no_style() -> None:
    """Remember of the app's style, which every page begins with, that it is nothing but style.

    Seen in streamlit 1.67: `elements.html._html_only_style_tags` searches each text. Without it a page takes 0.3 ms more.
    """
    from streamlit.elements import html

    is_style: Any = getattr(html, "_html_only_style_tags", None)
    if is_style is None:
        raise Missing("streamlit's _html_only_style_tags", "streamlit 1.67", "every run searches the app's style")
    if getattr(is_style, "remembers", False):
        return
    known = lru_cache(maxsize=8)(is_style)

    def remembered(text: str) -> bool:
        return bool((known if text.startswith("<style") else is_style)(text))  # of what a session draws nothing is kept

    remembered.remembers = True  # type: ignore[attr-defined]
    html._html_only_style_tags = remembered  # type: ignore[assignment]
