"""A session of the app without a browser: what a browser says over its WebSocket, said from Python."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from resnet_viz.ui.kit.words import FAILURE_ICON


@dataclass
class Run:
    """What one run of a page sent."""

    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    """The texts of what the page shows as an exception or as an error. One lesson quotes an error of torch's on purpose."""
    failures: list[str] = field(default_factory=list)
    """Of these, the exceptions and what the app says of a failure of its own."""
    components: dict[str, BidiComponent] = field(default_factory=dict)
    """By their keys: those of our components that the page drew."""
    buttons: dict[str, str] = field(default_factory=dict)
    """The identity of each button that the page drew, by its key."""
    query: str | None = None
    """What the page has written into the link; None where it wrote nothing."""


class Session:
    """One session on one page."""

    def __init__(
        self, url: str, page: str, *, cache: bool = False, cookie: str = "", trust: ssl.SSLContext | None = None
    ) -> None:
        """`trust` says whom a session believes whose address begins with https."""
        self.url, self.page, self.cookie, self._trust = url, page, cookie, trust
        self.query = ""
        self.components: dict[str, BidiComponent] = {}
        """Every component that the session has been shown, by its key."""
        self._cache = cache
        self._known: set[str] = set()
        self._page_hash = ""
        self._socket: ClientConnection | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Session]:
        """The session while its socket is open. Nothing has been asked yet."""
        scheme, host, base, *_ = urlsplit(self.url)
        address, origin = f"{'wss' if scheme == 'https' else 'ws'}://{host}{base}/_stcore/stream", f"{scheme}://{host}"
        said = {"Cookie": self.cookie} if self.cookie else {}
        async with connect(
            address,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=said,
            ssl=self._trust,
            open_timeout=60,
        ) as socket:
            self._socket = socket
            yield self

    @property
    def page_hash(self) -> str:
        """What identifies the page that was shown last."""
        return self._page_hash

    def turn_to(self, page: str) -> None:
        """The next run is of this page, as when a link inside the app is followed."""
        self.page, self._page_hash = page, ""

    async def run(self, query: str | None = None, widgets: Iterable[WidgetState] = ()) -> Run:
        """Ask for a run of the page with this link, and with these states of widgets, and wait for its end."""
        assert self._socket
        self.query = self.query if query is None else query
        start = time.perf_counter()
        await self._socket.send(self._request(widgets))
        run = Run()
        while not await self._hear(run):
            pass
        run.seconds = time.perf_counter() - start
        self.query = self.query if run.query is None else run.query
        self.components |= run.components
        return run

    def _request(self, widgets: Iterable[WidgetState]) -> bytes:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = self.query
        if self._page_hash:
            asked.page_script_hash = self._page_hash
        else:
            asked.page_name = self.page
        asked.widget_states.widgets.extend(widgets)
        asked.cached_message_hashes.extend(self._known)
        asked.context_info.locale, asked.context_info.url = "en-US", f"{self.url}/{self.page}"
        return message.SerializeToString()

    async def _hear(self, run: Run) -> bool:
        """Take one message; whether it ends the run."""
        assert self._socket
        data = await self._socket.recv(decode=False)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if self._cache and message.hash and kind != "ref_hash" and message.metadata.cacheable:
            self._known.add(message.hash)
        if kind == "navigation":  # the session's first message names the main script, which would open Home
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            run.query = message.page_info_changed.query_string
        elif kind == "delta":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "exception":
                run.errors.append(f"{element.exception.type}: {element.exception.message}")
                run.failures.append(run.errors[-1])
            elif shown == "alert" and element.alert.format == element.alert.ERROR:
                run.errors.append(element.alert.body)
                if element.alert.icon == FAILURE_ICON:
                    run.failures.append(element.alert.body)
            elif shown == "button":
                run.buttons[element.button.id.rpartition("-")[2]] = element.button.id
            elif shown == "bidi_component":
                run.components[element.bidi_component.id.rpartition("-")[2]] = element.bidi_component
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def state_of(component: BidiComponent, value: object) -> WidgetState:
    """A component's state as its script would report it by `setStateValue`. A text is sent as it is, as JSON or not."""
    return WidgetState(id=component.id, json_value=value if isinstance(value, str) else json.dumps(value))


def trigger_of(component: BidiComponent, value: object) -> WidgetState:
    """What a component's script would report by `setTriggerValue`: a list of {"event", "value"}."""
    address = f"$$STREAMLIT_INTERNAL_KEY_{component.id}__events"
    return WidgetState(id=address, json_trigger_value=value if isinstance(value, str) else json.dumps(value))


def press_of(button: str) -> WidgetState:
    """A press of the button of this identity."""
    return WidgetState(id=button, trigger_value=True)
