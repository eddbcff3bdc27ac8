"""For the teacher in a room: the addresses at which the class finds the app, with a code for the wall."""

from __future__ import annotations

import time
from functools import lru_cache
from html import escape

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.server.addresses import base_path, is_this_machine
from resnet_viz.ui.server.hosts import host_name
from resnet_viz.ui.server.network import answers_at, network_addresses
from resnet_viz.ui.server.qr import code_address
from resnet_viz.ui.server.start import address_at, listens_to_others

_SECONDS = 60
"""For which it is believed that the machine is in the same networks."""


def room(words: Lesson) -> None:
    """Show them to whoever opened the app by one of them; behind a proxy they would be nobody's."""
    if not listens_to_others():
        return
    host = host_name(st.context.headers.get("Host") or "")
    found = answering(int(time.monotonic() // _SECONDS))
    if not found or not (is_this_machine(host) or host in found):
        return
    code, alt = code_address(f"{base_path()}/"), escape(words.labels["room_code"], quote=True)
    lines = "".join(f"<li><code>{escape(address_at(one))}</code></li>" for one in found)
    st.html(
        f"<div class='rv-room'><img src='{code}' alt='{alt}'>"
        f"<div><p>{escape(words.labels['room'])}</p><ul>{lines}</ul></div></div>"
    )


@lru_cache(maxsize=1)
def answering(_minute: int) -> tuple[str, ...]:
    """The machine's addresses for others at which this very app answers, asked of this machine."""
    port = int(st.get_option("server.port"))
    return tuple(host for host in network_addresses() if answers_at(host, port))
