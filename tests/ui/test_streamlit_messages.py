"""Messages come whole, in their order and at once; where Streamlit's way is another, the failing test says what breaks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.elements import html
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import forward_msg_cache
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_messages
from tests.test_architecture import ROOT


def one_turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let it do what waits; in a thread, for a browser that other tests share keeps a loop running in this one."""

    def turn() -> None:
        loop.call_soon(loop.stop)
        loop.run_forever()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(turn).result()


def test_the_server_is_woken_once_for_all_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What threads send comes whole and in each thread's order; a loop that is busy is called once for all that has come."""
    monkeypatch.setattr(AppSession, "_call_soon_on_event_loop", AppSession._call_soon_on_event_loop)  # put back afterwards
    monkeypatch.setattr(Runtime, "_enqueued_some_message", Runtime._enqueued_some_message)
    streamlit_messages.wake_the_server_once()
    streamlit_messages.wake_the_server_once()  # once more changes nothing
    loop = asyncio.new_event_loop()
    woken: list[tuple[Any, ...]] = []
    wake = loop.call_soon_threadsafe

    def noting(*args: Any) -> None:
        woken.append(args)
        wake(*args)

    monkeypatch.setattr(loop, "call_soon_threadsafe", noting)
    session: Any = SimpleNamespace(_event_loop=loop)
    heard: list[tuple[int, int]] = []

    def run(thread: int) -> None:
        for number in range(200):
            AppSession._call_soon_on_event_loop(session, partial(heard.append, (thread, number)))
            if number == 100:
                AppSession._call_soon_on_event_loop(session, partial(divmod, 1, 0))  # what fails keeps back nothing else

    run(0)
    assert len(woken) == 1
    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(1, 4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        one_turn(loop)
    one_turn(loop)
    loop.close()
    for sender in range(4):
        assert [number for of, number in heard if of == sender] == list(range(200))


def test_nobody_is_left_in_the_line_when_it_is_served_between_a_look_and_a_step() -> None:
    """A thread sees that somebody is on the way; the loop serves and goes before the thread does anything more."""

    class ServedMeanwhile(streamlit_messages._Line):
        meanwhile = False
        flag = False

        @property
        def _is_awaited(self) -> bool:
            seen = self.flag
            if self.meanwhile:
                self.meanwhile = False
                self.serve()
            return seen

        @_is_awaited.setter
        def _is_awaited(self, value: bool) -> None:
            self.flag = value

    heard: list[str] = []
    line = ServedMeanwhile()
    assert line.stand(partial(heard.append, "first"))
    line.meanwhile = True
    assert not line.stand(partial(heard.append, "second"))
    assert heard == ["first", "second"]
    assert line.stand(partial(heard.append, "third")), "somebody has to be sent again"


def test_a_runtime_that_is_to_send_is_not_woken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, "_call_soon_on_event_loop", AppSession._call_soon_on_event_loop)
    told: list[object] = []
    monkeypatch.setattr(Runtime, "_enqueued_some_message", told.append)
    streamlit_messages.wake_the_server_once()
    need = asyncio.Event()
    runtime: Any = SimpleNamespace(_get_async_objs=lambda: SimpleNamespace(need_send_data=need, eventloop=None))
    Runtime._enqueued_some_message(runtime)
    assert told == [runtime]
    need.set()
    Runtime._enqueued_some_message(runtime)
    assert told == [runtime]


@pytest.mark.parametrize("is_own", [True, False])
def test_a_loop_that_asks_itself_to_send_is_not_woken(is_own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, "_call_soon_on_event_loop", AppSession._call_soon_on_event_loop)
    told: list[object] = []
    monkeypatch.setattr(Runtime, "_enqueued_some_message", told.append)
    streamlit_messages.wake_the_server_once()
    loop, need = asyncio.new_event_loop(), asyncio.Event()
    runtime: Any = SimpleNamespace(_get_async_objs=lambda: SimpleNamespace(need_send_data=need, eventloop=loop))
    if is_own:
        loop.call_soon(Runtime._enqueued_some_message, runtime)
        one_turn(loop)
    else:
        Runtime._enqueued_some_message(runtime)
    loop.close()
    assert need.is_set() == is_own
    assert told == ([] if is_own else [runtime])


def test_all_is_in_place_before_the_server_is_made() -> None:
    """What is made of the server's class keeps the way that it had then. Asked in a process of its own."""
    ask = (
        "import app\nfrom streamlit.runtime import Runtime\nfrom streamlit.runtime.app_session import AppSession as Session\n"
        "print(Runtime.exists(), Session._call_soon_on_event_loop.wakes_once, Session.flush_browser_queue.gives_together,"
        " Session._on_scriptrunner_event.hands_over)"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.split() == ["False", "True", "True", "True"]


def a_message(text: str) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.markdown.body = text
    return message


def test_a_message_is_handed_over_and_an_event_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; what a run says that the session has left is not."""
    heard: list[object] = []

    def hear(_session: object, _sender: object, event: object, forward_msg: object = None, **more: object) -> None:
        heard.append((event, forward_msg, more))

    monkeypatch.setattr(AppSession, "_on_scriptrunner_event", hear)
    streamlit_messages.hand_messages_over()
    streamlit_messages.hand_messages_over()
    run, kind = object(), ScriptRunnerEvent
    session: Any = SimpleNamespace(_scriptrunner=run, _enqueue_forward_msg=heard.append)
    session._call_soon_on_event_loop = lambda call: call()
    say: Any = partial(AppSession._on_scriptrunner_event, session)
    first, second = a_message("first"), a_message("second")
    say(run, event=kind.SCRIPT_STARTED, page_script_hash="page")
    say(run, event=kind.ENQUEUE_FORWARD_MSG, forward_msg=first)
    say(object(), event=kind.ENQUEUE_FORWARD_MSG, forward_msg=first)
    say(run, event=kind.ENQUEUE_FORWARD_MSG, forward_msg=second)
    say(run, event=kind.SHUTDOWN)
    assert heard == [
        (kind.SCRIPT_STARTED, None, {"page_script_hash": "page"}),
        first,
        second,
        (kind.SHUTDOWN, None, {}),
    ]


@pytest.mark.parametrize("count", [0, 1, streamlit_messages.MOST_TOGETHER, 3 * streamlit_messages.MOST_TOGETHER + 1])
def test_what_waits_is_sent_whole_and_in_its_order(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    messages, sent = [a_message(str(n)) for n in range(count)], []
    monkeypatch.setattr(AppSession, "flush_browser_queue", lambda session: session.waiting)
    monkeypatch.setattr(Runtime, "_send_message", lambda _runtime, to, message: sent.append((to, message)))
    streamlit_messages.send_together()
    streamlit_messages.send_together()
    session: Any = SimpleNamespace(waiting=messages)
    parts = AppSession.flush_browser_queue(session)
    assert len(parts) == -(-count // streamlit_messages.MOST_TOGETHER), "nobody else waits for more than so many"
    for part in parts:
        Runtime._send_message(SimpleNamespace(), "browser", part)  # type: ignore[arg-type]
    assert sent == [("browser", message) for message in messages]


def test_a_hash_is_the_hash_and_a_long_message_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", "short", "x" * 5_000, "y" * 5_000, "z" * 100_000]

    def hashes() -> list[str]:
        messages = [a_message(text) for text in texts]
        for message in messages:
            forward_msg_cache.populate_hash_if_needed(message)
        return [message.hash for message in messages]

    monkeypatch.setattr(forward_msg_cache, "util", forward_msg_cache.util)
    plain, asked, calc_hash = hashes(), list[int](), forward_msg_cache.util.calc_hash

    def counted(message: bytes) -> str:
        asked.append(len(message))
        return calc_hash(message)

    forward_msg_cache.util = SimpleNamespace(calc_hash=counted)  # type: ignore[assignment, attr-defined]
    streamlit_messages.remember_hashes()
    streamlit_messages.remember_hashes()
    assert hashes() == hashes() == plain
    assert len(set(plain)) == len(texts)
    middling = [size for size in asked if size in range(5_000, 6_000)]
    assert len(middling) == 2, "each of them once"
    assert len(asked) == 2 + 2 * 3


def test_what_is_style_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    is_style, looked = html._html_only_style_tags, list[str]()

    def noted(text: str) -> bool:
        looked.append(text)
        return is_style(text)

    monkeypatch.setattr(html, "_html_only_style_tags", noted)
    streamlit_messages.look_once_for_what_is_no_style()
    streamlit_messages.look_once_for_what_is_no_style()
    for _ in range(2):
        assert html._html_only_style_tags("<style>p {}</style>")
        assert not html._html_only_style_tags("<p>text</p>")
    assert looked == ["<style>p {}</style>", "<p>text</p>", "<p>text</p>"], "what is drawn is not kept"


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (AppSession, "_call_soon_on_event_loop", streamlit_messages.wake_the_server_once),
        (AppSession, "_on_scriptrunner_event", streamlit_messages.hand_messages_over),
        (AppSession, "flush_browser_queue", streamlit_messages.send_together),
        (forward_msg_cache, "util", streamlit_messages.remember_hashes),
        (html, "_html_only_style_tags", streamlit_messages.look_once_for_what_is_no_style),
    ],
)
def test_what_cannot_be_sent_faster_is_said(
    owner: object, name: str, call: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(owner, name)
    with pytest.raises(Missing, match=r"seen in streamlit \d.*is gone: "):
        call()
