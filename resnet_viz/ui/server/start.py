"""The start on a laptop: say where the app is, and open it."""

from __future__ import annotations

import sys
import webbrowser

import streamlit as st

from resnet_viz.ui.server.addresses import base_path
from resnet_viz.ui.server.answers import sentence
from resnet_viz.ui.server.network import network_addresses
from resnet_viz.ui.streamlit_internals import is_started_by_streamlit

_EVERYWHERE = ("", "0.0.0.0", "::")


def listens_to_others() -> bool:
    """Whether others can reach this server by the machine's network address, as far as Streamlit's options say."""
    return is_started_by_streamlit() and str(st.get_option("server.address") or "") in _EVERYWHERE


def addresses() -> list[str]:
    """Where the app can be opened: on this machine first, then by others, where it listens for them."""
    where = str(st.get_option("server.address") or "")
    hosts = ["localhost", *network_addresses()] if where in _EVERYWHERE else [f"[{where}]" if ":" in where else where]
    return [address_at(host) for host in hosts]


def address_at(host: str) -> str:
    """The app's at a host of this machine."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}{base_path()}/"


def announce() -> None:
    """Print the addresses, and open the first in a browser unless `server.headless` says that nobody sits here. May take a while.

    Streamlit's own lines would ask a server in the Internet for this machine's address there, and its launcher of an application
    object opens no browser.
    """
    if not is_started_by_streamlit():
        return  # started by an ASGI server, which knows the port and says it
    here, *network = addresses()
    said = sentence("start_here", url=here) + ("\n" + sentence("start_network", urls=" · ".join(network)) if network else "")
    encoding = sys.stdout.encoding or "utf-8"
    print(f"\n{said}\n".encode(encoding, "replace").decode(encoding), flush=True)
    if not st.get_option("server.headless"):
        webbrowser.open(here)
